//! What the columns of an exported gradebook are called. Importing finds the assessments by it.

use std::collections::HashMap;

use gradebook_persistence::query::gradebook::Assessment;

use crate::imports::header::{is_reserved, title_key};

/// The header of each assessment's column: its title; where that is not unique or means something
/// else, the title with its day; where even that is not unique, with its id. Two headers are the same
/// if they differ in letter case, width or spaces only.
#[must_use]
pub fn assessment_headers(assessments: &[Assessment]) -> Vec<String> {
    let mut headers: Vec<String> = assessments
        .iter()
        .map(|one| one.title.trim().to_owned())
        .collect();
    let dated = |one: &Assessment| format!("{} ({})", one.title.trim(), one.held_on);
    let numbered = |one: &Assessment| format!("{} (#{})", one.title.trim(), one.id);
    rename(&mut headers, assessments, dated);
    rename(&mut headers, assessments, numbered);
    // A title can look like one of these.
    rename(&mut headers, assessments, numbered);
    headers
}

/// Gives those whose header cannot be told from others a longer one.
fn rename(
    headers: &mut [String],
    assessments: &[Assessment],
    longer: impl Fn(&Assessment) -> String,
) {
    let keys: Vec<String> = headers.iter().map(|header| title_key(header)).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for key in &keys {
        *uses.entry(key).or_default() += 1;
    }
    for ((header, key), assessment) in headers.iter_mut().zip(&keys).zip(assessments) {
        let shared = uses.get(key.as_str()).is_some_and(|uses| *uses > 1);
        // A percent sign ends the header of a category.
        if shared || is_reserved(key) || key.is_empty() || key.ends_with('%') {
            *header = longer(assessment);
        }
    }
}

#[cfg(test)]
mod tests {
    use gradebook_domain::{
        AssessmentId, AssessmentState, CategoryId, CourseId, Points, ScoreLimits, Weight,
    };

    use super::*;

    fn headers(columns: &[(&str, &str)]) -> Vec<String> {
        let assessments: Vec<Assessment> = (1..)
            .zip(columns)
            .map(|(id, (title, day))| Assessment {
                id: AssessmentId(id),
                course: CourseId(1),
                category: CategoryId(1),
                exam: None,
                title: (*title).to_owned(),
                limits: ScoreLimits {
                    max_score: Points::from_ten_thousandths(1_000_000),
                    extra_credit_limit: Points::ZERO,
                },
                weight: Weight::HUNDRED,
                held_on: (*day).to_owned(),
                state: AssessmentState::Draft,
            })
            .collect();
        assessment_headers(&assessments)
    }

    #[test]
    fn a_title_that_is_unique_is_the_header() {
        assert_eq!(
            headers(&[("Quiz 1", "a"), ("Quiz 2", "a")]),
            ["Quiz 1", "Quiz 2"]
        );
    }

    #[test]
    fn equal_titles_get_their_day_and_equal_days_their_number() {
        assert_eq!(
            headers(&[
                ("Quiz", "2026-11-01"),
                ("quiz ", "2026-11-02"),
                ("Ｑｕｉｚ", "2026-11-02"),
                ("Essay", "2026-11-02"),
            ]),
            ["Quiz (2026-11-01)", "quiz (#2)", "Ｑｕｉｚ (#3)", "Essay"]
        );
    }

    #[test]
    fn no_title_passes_for_a_total() {
        assert_eq!(
            headers(&[
                ("Final", "2027-01-15"),
                ("姓名", "2027-01-16"),
                ("期末", "x"),
                ("5 %", "y")
            ]),
            ["Final (2027-01-15)", "姓名 (2027-01-16)", "期末", "5 % (y)"]
        );
    }

    #[test]
    fn titles_that_look_like_longer_headers_stay_apart() {
        let made = headers(&[("Q", "d"), ("Q", "e"), ("Q (d)", "f"), ("Q (#1)", "g")]);
        let distinct: std::collections::HashSet<_> = made.iter().collect();
        assert_eq!(distinct.len(), 4, "{made:?}");
    }
}
