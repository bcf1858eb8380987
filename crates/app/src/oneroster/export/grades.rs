//! Categories, assessments and scores.

use std::collections::HashMap;

use gradebook_domain::{CourseId, Points, Score, Weight};
use gradebook_persistence::query::gradebook::{Assessment, Exam};
use gradebook_persistence::query::whole_school::{CourseLinks, WholeSchool};
use gradebook_persistence::repo::scores::StoredScore;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::files::{CATEGORIES, LINE_ITEMS, RESULTS};
use super::{Known, SCHOOL, course_id, row, term_id};

pub(super) fn categories(school: &WholeSchool) -> Vec<Vec<String>> {
    let rows = school
        .categories
        .iter()
        .map(|(course, category, position)| {
            let scheme = &category.scheme;
            row(
                CATEGORIES,
                &[
                    ("sourcedId", &format!("category-{}", scheme.id)),
                    ("title", &category.name),
                    ("weight", &whole_percent(scheme.weight)),
                    ("metadata.gradebook.class", &course_id(*course)),
                    ("metadata.gradebook.weight", &scheme.weight.to_string()),
                    (
                        "metadata.gradebook.aggregation",
                        scheme.aggregation.as_str(),
                    ),
                    (
                        "metadata.gradebook.dropLowest",
                        &scheme.drop_lowest.to_string(),
                    ),
                    (
                        "metadata.gradebook.dropHighest",
                        &scheme.drop_highest.to_string(),
                    ),
                    ("metadata.gradebook.position", &position.to_string()),
                ],
            )
        });
    rows.collect()
}

/// The standard knows whole percents from 0 to 100; the exact weight stands beside it.
fn whole_percent(weight: Weight) -> String {
    let half = Points::SCALE / 2;
    let rounded = weight.ten_thousandths().saturating_add(half) / Points::SCALE;
    rounded.min(100).to_string()
}

pub(super) fn line_items(school: &WholeSchool, known: &Known<'_>) -> Vec<Vec<String>> {
    let rows = school.assessments.iter().filter_map(|(one, position)| {
        let course = known.courses.get(&one.course)?;
        let exam = one.exam.and_then(|exam| known.exams.get(&exam).copied());
        let by_term = school.locked_by_term.contains(&one.id);
        Some(line_item(one, (*position, by_term), course, exam))
    });
    rows.collect()
}

fn line_item(
    one: &Assessment,
    (position, locked_by_term): (i64, bool),
    course: &CourseLinks,
    exam: Option<&Exam>,
) -> Vec<String> {
    let exam_text = |text: fn(&Exam) -> &str| exam.map_or("", text);
    row(
        LINE_ITEMS,
        &[
            ("sourcedId", &format!("assessment-{}", one.id)),
            ("title", &one.title),
            ("assignDate", &one.held_on),
            ("dueDate", &one.held_on),
            ("classSourcedId", &course_id(one.course)),
            ("categorySourcedId", &format!("category-{}", one.category)),
            ("academicSessionSourcedId", &term_id(course.term)),
            ("resultValueMin", "0"),
            ("resultValueMax", &one.limits.max_score.to_string()),
            ("schoolSourcedId", SCHOOL),
            ("metadata.gradebook.weight", &one.weight.to_string()),
            (
                "metadata.gradebook.extraCredit",
                &one.limits.extra_credit_limit.to_string(),
            ),
            ("metadata.gradebook.state", one.state.as_str()),
            ("metadata.gradebook.position", &position.to_string()),
            ("metadata.gradebook.exam", exam_text(|exam| &exam.name)),
            ("metadata.gradebook.examKind", exam_text(|exam| &exam.kind)),
            (
                "metadata.gradebook.examDate",
                exam_text(|exam| &exam.held_on),
            ),
            (
                "metadata.gradebook.lockedByTerm",
                if locked_by_term { "true" } else { "" },
            ),
        ],
    )
}

pub(super) fn results(school: &WholeSchool) -> Vec<Vec<String>> {
    let course_of: HashMap<_, _> = school
        .assessments
        .iter()
        .map(|(one, _)| (one.id, one.course))
        .collect();
    let rows = school.scores.iter().filter_map(|stored| {
        let course = course_of.get(&stored.assessment)?;
        // A cell that was emptied, without a remark, says nothing.
        let says = stored.score != Score::Blank || stored.comment.is_some();
        says.then(|| result(stored, *course))
    });
    rows.collect()
}

fn result(stored: &StoredScore, course: CourseId) -> Vec<String> {
    let (status, text) = match stored.score {
        Score::Scored(_) => ("fully graded", ""),
        Score::Absent => ("not submitted", "abs"),
        Score::Excused => ("exempt", "ex"),
        Score::Missing => ("not submitted", "mi"),
        Score::Blank => ("not submitted", ""),
    };
    let value = stored.score.value().map(|value| value.to_string());
    let missing = if stored.score == Score::Missing {
        "true"
    } else {
        "false"
    };
    row(
        RESULTS,
        &[
            (
                "sourcedId",
                &format!("result-{}-{}", stored.assessment, stored.student),
            ),
            (
                "lineItemSourcedId",
                &format!("assessment-{}", stored.assessment),
            ),
            ("studentSourcedId", &format!("user-{}", stored.student)),
            ("scoreStatus", status),
            ("score", value.as_deref().unwrap_or("")),
            ("scoreDate", &day(stored.updated_at)),
            ("comment", stored.comment.as_deref().unwrap_or("")),
            ("textScore", text),
            ("classSourcedId", &course_id(course)),
            ("inProgress", "false"),
            ("incomplete", "false"),
            ("late", "false"),
            ("missing", missing),
            (
                "metadata.gradebook.corrected",
                if stored.corrected { "true" } else { "false" },
            ),
        ],
    )
}

/// The day of a moment, in UTC.
fn day(unix_ms: i64) -> String {
    Timestamp::from_millisecond(unix_ms).map_or_else(
        |_| String::new(),
        |at| at.to_zoned(TimeZone::UTC).date().to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_also_a_whole_percent() {
        let weight = |text: &str| whole_percent(text.parse().unwrap());
        assert_eq!(weight("9.9"), "10");
        assert_eq!(weight("23.1"), "23");
        assert_eq!(weight("120"), "100");
    }
}
