//! What a teacher looks at before students see an assessment.

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{ChangeAssessmentState, SeeGradebook};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{AssessmentId, Exact, Percentage, Points, Score, UserId, Weight, mean};
use gradebook_persistence::query::courses::{self, Course};
use gradebook_persistence::query::gradebook::{self, Assessment, Student};
use gradebook_persistence::query::membership::DaysInClass;
use gradebook_persistence::query::publication;
use gradebook_persistence::query::watch::{self, Entries, Scope};
use gradebook_persistence::repo::scores::StoredScore;

use crate::App;
use crate::error::ReadError;
use crate::usual::{Unusual, scored, unusual};

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
    /// The last assessment of the course that was held before, is published and has values; one of the
    /// same sort if there is any.
    pub previous: Option<EarlierMean>,
    /// Values that look like typing slips, by student number.
    pub unusual: Vec<UnusualScore>,
    /// What the weights of the course's categories add up to, in percent.
    pub weights: Points,
}

/// An earlier assessment to compare a mean with.
#[derive(Debug, Clone)]
pub struct EarlierMean {
    /// The assessment.
    pub assessment: Assessment,
    /// Mean of its values, over the students of the present class.
    pub mean: Exact,
    /// Whether it is of the same sort: an exam before an exam, or of the same category.
    pub same_sort: bool,
}

/// A value far from what the same student usually gets.
#[derive(Debug, Clone)]
pub struct UnusualScore {
    /// Whose.
    pub student: Student,
    /// The value, and what is usual.
    pub unusual: Unusual,
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

    /// By how many percentage points the mean is above that of the earlier assessment. Full marks
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
        let scope = Scope::course(&authorize::<SeeGradebook>(actor, facts)?);
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
            days.owes(&course, student.id, &assessment.held_on, score)
        });
        let entries =
            watch::entries(&self.db, scope, &course.term, &HashSet::from([class])).await?;
        let unusual = unusual_in(&assessment, &students, &entries);
        let categories = gradebook::categories(&self.db, &[course.id]).await?;
        let weights = Weight::sum(categories.iter().map(|(_, one)| one.scheme.weight));
        let found = look(assessment, course, students, &assessments, &cells);
        Ok(Preflight {
            unusual,
            weights,
            ..found
        })
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
    let is_blank = |student: &Student| own.get(&student.id).is_none_or(|one| *one == Score::Blank);
    Preflight {
        expected: students.len(),
        scored: values.len(),
        absent: count(Score::Absent),
        excused: count(Score::Excused),
        missing: count(Score::Missing),
        mean: mean(&values),
        previous: previous(&assessment, assessments, cells),
        unusual: Vec::new(),
        blank: students.into_iter().filter(is_blank).collect(),
        assessment,
        course,
        weights: Points::ZERO,
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
/// A dictation says little beside an exam: one of the same sort comes first.
fn previous(
    assessment: &Assessment,
    assessments: &[Assessment],
    cells: &[StoredScore],
) -> Option<EarlierMean> {
    let same_sort = |one: &Assessment| match assessment.exam {
        Some(_) => one.exam.is_some(),
        None => one.exam.is_none() && one.category == assessment.category,
    };
    let found: Vec<EarlierMean> = assessments
        .iter()
        .rev()
        .skip_while(|one| one.id != assessment.id)
        .skip(1)
        .filter(|one| one.state.visible_to_students())
        .filter_map(|one| {
            Some(EarlierMean {
                mean: mean(&values_of(one.id, cells))?,
                same_sort: same_sort(one),
                assessment: one.clone(),
            })
        })
        .collect();
    let like = found.iter().find(|one| one.same_sort);
    like.or(found.first()).cloned()
}

fn unusual_in(
    assessment: &Assessment,
    students: &[Student],
    entries: &Entries,
) -> Vec<UnusualScore> {
    let scored = scored(entries);
    let of_student = |student: &Student| {
        let mut found = unusual(scored.get(&student.id)?).into_iter();
        let (_, unusual) = found.find(|(score, _)| score.assessment == assessment.id)?;
        Some(UnusualScore {
            student: student.clone(),
            unusual,
        })
    };
    students.iter().filter_map(of_student).collect()
}
