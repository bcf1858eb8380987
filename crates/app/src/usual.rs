//! What a student usually gets, and which scores are far from it. The check before publishing and the
//! list of unusual scores say the same.

use std::collections::{BTreeMap, HashMap};

use gradebook_domain::{
    AssessmentId, ClassId, CourseId, Exact, FEWEST_TO_COMPARE, Percentage, Points, UserId,
    far_from_mean,
};
use gradebook_persistence::query::watch::Entries;

/// A score far from what its student usually gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusual {
    /// The value.
    pub value: Points,
    /// The value in percent of full marks.
    pub percentage: Percentage,
    /// The mean of the student's other percentages.
    pub own_mean: Percentage,
    /// Which others.
    pub of: UsualOf,
    /// How many.
    pub others: usize,
}

/// Which other scores a score is compared with: those of its course, and where the student has fewer
/// than two of them, those of the class's exams in the term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsualOf {
    /// The other scores in the course.
    Course,
    /// The other scores in exams, of all subjects.
    Exams,
}

impl UsualOf {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Course => "course",
            Self::Exams => "exams",
        }
    }
}

/// A value with all that decides what it is compared with.
pub(crate) struct Scored {
    pub(crate) assessment: AssessmentId,
    pub(crate) class: ClassId,
    course: CourseId,
    of_exam: bool,
    pub(crate) value: Points,
    percentage: Percentage,
}

/// The scored values of each student, in order of the columns.
pub(crate) fn scored(entries: &Entries) -> BTreeMap<UserId, Vec<Scored>> {
    let mut scored: BTreeMap<UserId, Vec<Scored>> = BTreeMap::new();
    for entry in &entries.entries {
        let value = entry.score.value();
        let column = entries.columns.get(&entry.assessment);
        let (Some(value), Some(column)) = (value, column) else {
            continue;
        };
        let percentage = Percentage::of(value, column.limits.max_score);
        let class = entries.class_of.get(&column.course);
        if let (Some(percentage), Some(class)) = (percentage, class) {
            scored.entry(entry.student).or_default().push(Scored {
                assessment: entry.assessment,
                class: *class,
                course: column.course,
                of_exam: column.exam.is_some(),
                value,
                percentage,
            });
        }
    }
    for scores in scored.values_mut() {
        scores.sort_by_key(|score| score.assessment);
    }
    scored
}

struct Sum {
    of: Exact,
    count: usize,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            of: Exact::whole(0),
            count: 0,
        }
    }
}

impl Sum {
    fn add(&mut self, percentage: &Percentage) {
        self.of = &self.of + percentage.exact();
        self.count += 1;
    }

    fn without(&self, percentage: &Percentage) -> Self {
        Self {
            of: &self.of - percentage.exact(),
            count: self.count.saturating_sub(1),
        }
    }
}

/// Of one student's scores the ones that are far from what is usual.
pub(crate) fn unusual(scores: &[Scored]) -> Vec<(&Scored, Unusual)> {
    let mut courses: HashMap<CourseId, Sum> = HashMap::new();
    let mut exams: HashMap<ClassId, Sum> = HashMap::new();
    for score in scores {
        let of_course = courses.entry(score.course).or_default();
        of_course.add(&score.percentage);
        if score.of_exam {
            exams.entry(score.class).or_default().add(&score.percentage);
        }
    }
    let far = |score: &Scored| {
        let in_course = courses.get(&score.course)?.without(&score.percentage);
        let (of, others) = if in_course.count < FEWEST_TO_COMPARE && score.of_exam {
            let in_exams = exams.get(&score.class)?;
            (UsualOf::Exams, in_exams.without(&score.percentage))
        } else {
            (UsualOf::Course, in_course)
        };
        Some(Unusual {
            own_mean: far_from_mean(&score.percentage, &others.of, others.count)?,
            value: score.value,
            percentage: score.percentage.clone(),
            of,
            others: others.count,
        })
    };
    scores
        .iter()
        .filter_map(|score| Some((score, far(score)?)))
        .collect()
}
