//! What a teacher looks at before students see an assessment.

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::ChangeAssessmentState;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{
    AssessmentId, Exact, Percentage, Points, Score, UserId, far_from_own_mean, mean,
};
use gradebook_persistence::query::courses::{self, Course};
use gradebook_persistence::query::gradebook::{self, Assessment, Student};
use gradebook_persistence::query::membership::DaysInClass;
use gradebook_persistence::query::publication;
use gradebook_persistence::repo::scores::StoredScore;

use crate::App;
use crate::error::ReadError;

/// What publishing would show.
#[derive(Debug, Clone)]
pub struct Preflight {
    /// The assessment.
    pub assessment: Assessment,
    /// Its course.
    pub course: Course,
    /// Students whose it is: in the class on its day, or with an entry all the same.
    pub expected: usize,
    /// Cells with a value.
    pub scored: usize,
    /// Cells marked absent.
    pub absent: usize,
    /// Cells marked excused.
    pub excused: usize,
    /// Cells marked missing.
    pub missing: usize,
    /// The students without any entry, by student number.
    pub blank: Vec<Student>,
    /// Mean of the values.
    pub mean: Option<Exact>,
    /// The last assessment of the course that was held before, is published and has values.
    pub previous: Option<EarlierMean>,
    /// Values that look like typing slips, by student number.
    pub unusual: Vec<UnusualScore>,
}

/// An earlier assessment to compare a mean with.
#[derive(Debug, Clone)]
pub struct EarlierMean {
    /// The assessment.
    pub assessment: Assessment,
    /// Mean of its values, over the students of the present class.
    pub mean: Exact,
}

/// A value far from what the same student usually gets in the course.
#[derive(Debug, Clone)]
pub struct UnusualScore {
    /// Whose.
    pub student: Student,
    /// The value.
    pub value: Points,
    /// The value in percent of full marks.
    pub percentage: Percentage,
    /// The mean of the student's other percentages in the course.
    pub own_mean: Percentage,
}

impl Preflight {
    /// Students with an entry of any kind.
    #[must_use]
    pub fn entered(&self) -> usize {
        self.expected.saturating_sub(self.blank.len())
    }

    /// The mean in percent of full marks.
    #[must_use]
    pub fn mean_percentage(&self) -> Option<Percentage> {
        in_percent(self.mean.as_ref()?, &self.assessment)
    }

    /// By how many points of percent the mean is above that of the earlier assessment. Full marks
    /// may differ, so that points alone cannot be compared.
    #[must_use]
    pub fn mean_change(&self) -> Option<Exact> {
        let now = self.mean_percentage()?;
        let before = self.previous.as_ref()?.mean_percentage()?;
        Some(now.exact() - before.exact())
    }
}

impl EarlierMean {
    /// The mean in percent of full marks.
    #[must_use]
    pub fn mean_percentage(&self) -> Option<Percentage> {
        in_percent(&self.mean, &self.assessment)
    }
}

fn in_percent(mean: &Exact, of: &Assessment) -> Option<Percentage> {
    let full = Exact::from(of.limits.max_score);
    let share = mean.checked_div(&full)?;
    Some(Percentage::new(&share * &Exact::whole(100)))
}

impl App {
    /// What publishing would show: how many have a score, who is missing, how the mean compares,
    /// and what looks like a slip.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for an assessment that the actor does not keep.
    pub async fn preflight(&self, actor: &Actor, id: AssessmentId) -> Result<Preflight, ReadError> {
        let (assessment, facts) = self
            .assessment_with_facts(&self.db, actor, id)
            .await?
            .ok_or(ReadError::NotFound)?;
        let grant = authorize::<ChangeAssessmentState>(actor, facts)?;
        let course = courses::one(&self.db, assessment.course)
            .await?
            .ok_or(ReadError::NotFound)?;
        let mut students =
            gradebook::students_of_class(&self.db, course.class.id, &course.term).await?;
        let (assessments, mut cells) = publication::of_course(&self.db, &grant).await?;
        let members: HashSet<_> = students.iter().map(|student| student.id).collect();
        cells.retain(|stored| members.contains(&stored.student));
        let class = course.class.id;
        let days = DaysInClass::of_classes(&self.db, &HashSet::from([class])).await?;
        let own = scores_in(assessment.id, &cells);
        students.retain(|student| {
            let score = own.get(&student.id).copied().unwrap_or_default();
            days.owes(class, student.id, &assessment.held_on, score)
        });
        Ok(look(assessment, course, students, &assessments, &cells))
    }
}

fn look(
    assessment: Assessment,
    course: Course,
    students: Vec<Student>,
    assessments: &[Assessment],
    cells: &[StoredScore],
) -> Preflight {
    let own = scores_in(assessment.id, cells);
    let count = |wanted: Score| own.values().filter(|score| **score == wanted).count();
    let values = values_of(assessment.id, cells);
    let unusual = unusual(&assessment, &students, assessments, cells);
    let is_blank = |student: &Student| own.get(&student.id).is_none_or(|one| *one == Score::Blank);
    Preflight {
        expected: students.len(),
        scored: values.len(),
        absent: count(Score::Absent),
        excused: count(Score::Excused),
        missing: count(Score::Missing),
        mean: mean(&values),
        previous: previous(&assessment, assessments, cells),
        unusual,
        blank: students.into_iter().filter(is_blank).collect(),
        assessment,
        course,
    }
}

fn scores_in(assessment: AssessmentId, cells: &[StoredScore]) -> HashMap<UserId, Score> {
    cells
        .iter()
        .filter(|stored| stored.assessment == assessment)
        .map(|stored| (stored.student, stored.score))
        .collect()
}

fn values_of(assessment: AssessmentId, cells: &[StoredScore]) -> Vec<Points> {
    cells
        .iter()
        .filter(|stored| stored.assessment == assessment)
        .filter_map(|stored| stored.score.value())
        .collect()
}

/// Of the assessments in their order, the last one held before that students see and that has values.
fn previous(
    assessment: &Assessment,
    assessments: &[Assessment],
    cells: &[StoredScore],
) -> Option<EarlierMean> {
    assessments
        .iter()
        .rev()
        .skip_while(|one| one.id != assessment.id)
        .skip(1)
        .filter(|one| one.state.visible_to_students())
        .find_map(|one| {
            Some(EarlierMean {
                mean: mean(&values_of(one.id, cells))?,
                assessment: one.clone(),
            })
        })
}

fn unusual(
    assessment: &Assessment,
    students: &[Student],
    assessments: &[Assessment],
    cells: &[StoredScore],
) -> Vec<UnusualScore> {
    let full: HashMap<AssessmentId, Points> = assessments
        .iter()
        .map(|one| (one.id, one.limits.max_score))
        .collect();
    let mut others: HashMap<UserId, Vec<Percentage>> = HashMap::new();
    let mut own: HashMap<UserId, (Points, Percentage)> = HashMap::new();
    for stored in cells {
        let Some(value) = stored.score.value() else {
            continue;
        };
        let full = full.get(&stored.assessment).copied();
        let Some(percentage) = full.and_then(|full| Percentage::of(value, full)) else {
            continue;
        };
        if stored.assessment == assessment.id {
            own.insert(stored.student, (value, percentage));
        } else {
            others.entry(stored.student).or_default().push(percentage);
        }
    }
    students
        .iter()
        .filter_map(|student| {
            let (value, percentage) = own.remove(&student.id)?;
            let own_mean = far_from_own_mean(&percentage, others.get(&student.id)?)?;
            Some(UnusualScore {
                student: student.clone(),
                value,
                percentage,
                own_mean,
            })
        })
        .collect()
}
