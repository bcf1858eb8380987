//! Which assessment of a course a column means.
//!
//! Exports write the title; where two assessments have the same, the day behind it; where these are
//! the same, too, the number of the assessment.

use std::collections::{HashMap, HashSet};

use gradebook_domain::AssessmentId;
use gradebook_persistence::query::gradebook::Assessment;

use super::header::title_key;

/// What the assessments of a course may be called, the plainest first.
pub(super) struct Titles {
    /// Exact titles, titles, titles with days, titles with numbers.
    levels: [HashMap<String, Vec<AssessmentId>>; 4],
}

/// What a title means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// This assessment.
    One(AssessmentId),
    /// One of several.
    Several,
    /// None.
    Nothing,
}

impl Meant {
    /// The assessment, if it is one.
    pub(super) fn one(self) -> Option<AssessmentId> {
        match self {
            Self::One(id) => Some(id),
            Self::Several | Self::Nothing => None,
        }
    }
}

impl Titles {
    pub(super) fn of(assessments: &[Assessment]) -> Self {
        let mut levels: [HashMap<String, Vec<AssessmentId>>; 4] = Default::default();
        for one in assessments {
            let names = [
                one.title.trim().to_owned(),
                title_key(&one.title),
                title_key(&format!("{} ({})", one.title, one.held_on)),
                title_key(&format!("{} (#{})", one.title, one.id)),
            ];
            for (level, name) in levels.iter_mut().zip(names) {
                level.entry(name).or_default().push(one.id);
            }
        }
        Self { levels }
    }

    /// Every form by which a column may name an assessment, as [`title_key`] writes it.
    pub(super) fn keys(&self) -> HashSet<String> {
        let [_, rest @ ..] = &self.levels;
        rest.iter().flat_map(HashMap::keys).cloned().collect()
    }

    pub(super) fn meant(&self, title: &str) -> Meant {
        let key = title_key(title);
        let mut several = false;
        for (nth, level) in self.levels.iter().enumerate() {
            let name = if nth == 0 { title.trim() } else { key.as_str() };
            match level.get(name).map(Vec::as_slice) {
                Some([one]) => return Meant::One(*one),
                Some(_) => several = true,
                None => {}
            }
        }
        if several {
            Meant::Several
        } else {
            Meant::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use gradebook_domain::{AssessmentState, CategoryId, CourseId, Points, ScoreLimits, Weight};

    use super::*;

    fn assessment(id: i64, title: &str, day: &str) -> Assessment {
        Assessment {
            id: AssessmentId(id),
            course: CourseId(1),
            category: CategoryId(1),
            exam: None,
            title: title.to_owned(),
            limits: ScoreLimits {
                max_score: Points::from_ten_thousandths(1_000_000),
                extra_credit_limit: Points::ZERO,
            },
            weight: Weight::HUNDRED,
            held_on: day.to_owned(),
            state: AssessmentState::Draft,
        }
    }

    #[test]
    fn a_title_is_as_long_as_it_must_be() {
        let titles = Titles::of(&[
            assessment(1, "Quiz", "2026-09-01"),
            assessment(2, "Quiz", "2026-10-01"),
            assessment(3, "单元测验", "2026-10-01"),
            assessment(4, "单元测验", "2026-10-01"),
            assessment(5, "Quiz (2026-09-01)", "2026-12-01"),
            assessment(6, "Lab 1", "2026-12-01"),
            assessment(7, "Lab-1", "2026-12-02"),
        ]);
        let one = |id| Meant::One(AssessmentId(id));
        for (title, expected) in [
            ("Quiz", Meant::Several),
            ("quiz (2026-10-01)", one(2)),
            ("Quiz (2026-09-01)", one(5)),
            ("Quiz (#1)", one(1)),
            ("单元测验 (2026-10-01)", Meant::Several),
            ("单元测验 (#4)", one(4)),
            ("Lab 1", one(6)),
            ("Lab-1", one(7)),
            ("lab1", Meant::Several),
            ("Essay", Meant::Nothing),
        ] {
            assert_eq!(titles.meant(title), expected, "{title}");
        }
        assert!(titles.keys().contains("quiz(#1)"));
    }
}
