//! Editing a course's scheme: its policy, its categories and its assessments.
//!
//! Totals are never stored: they are computed from the scheme whenever they are read, so a change
//! of the scheme is in every total at once. What students have seen changes only with a reason, and
//! the change log keeps both sides.

mod adding;
mod assessment;
mod category;
mod consequence;
mod copy;
mod course;
pub(crate) mod detail;
mod moving;
mod other_courses;
mod places;

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{EditAssessments, SeeGradebook};
use gradebook_auth::{Actor, Denied, Grant, authorize};
use gradebook_domain::{CourseId, LetterScaleError, Points, UserId, Weight};
use gradebook_persistence::query::access;
use gradebook_persistence::query::courses::Course;
use gradebook_persistence::query::gradebook::{self, Gradebook};
use gradebook_persistence::repo::scheme;
use gradebook_persistence::{DatabaseFailure, DbError, Tx};

use crate::App;
use crate::reason::InvalidReason;

pub use adding::{AddedAssessments, NewAssessment};
pub use assessment::AssessmentChange;
pub use category::{CategoryChange, NewCategory};
pub use consequence::Consequence;
pub use copy::{CopiedScheme, CopiedSchemes, CopyScheme};
pub use course::{ChangeCourseError, CourseChange, PolicyChange};
pub use moving::{MoveAssessments, MovedAssessments};

/// The heaviest weight: ten times the whole.
pub const HEAVIEST: Points = Points::from_ten_thousandths(1_000 * Points::SCALE);
/// The most full marks, and the most extra credit.
pub const HIGHEST_MARKS: Points = Points::from_ten_thousandths(100_000 * Points::SCALE);
/// The most that can be dropped at either end.
pub const MOST_DROPS: u32 = 100;
/// Categories of one course.
const MOST_CATEGORIES: usize = 50;
/// Assessments of one course.
const MOST_ASSESSMENTS: usize = 300;
/// Courses that are changed at once.
const MOST_AT_ONCE: usize = 60;
const LONGEST_NAME: usize = 64;
const LONGEST_TITLE: usize = 128;

/// A field that cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemeFault {
    /// The name of a category.
    #[error("the name of a category has 1 to {LONGEST_NAME} characters on one line")]
    Name,
    /// The title of an assessment.
    #[error("the title of an assessment has 1 to {LONGEST_TITLE} characters on one line")]
    Title,
    /// A weight.
    #[error("a weight is from 0 to {HEAVIEST} percent, with at most four decimals")]
    Weight,
    /// How many of the lowest are dropped.
    #[error("from 0 to {MOST_DROPS} can be dropped")]
    DropLowest,
    /// How many of the highest are dropped.
    #[error("from 0 to {MOST_DROPS} can be dropped")]
    DropHighest,
    /// Full marks.
    #[error("full marks are above 0 and at most {HIGHEST_MARKS}")]
    MaxScore,
    /// Extra credit.
    #[error("extra credit is from 0 to {HIGHEST_MARKS}")]
    ExtraCredit,
    /// A category that the course does not have.
    #[error("the course has no such category")]
    Category,
    /// A day.
    #[error("the date is a day like 2026-11-21")]
    Date,
    /// A place among its like.
    #[error("places begin at 1")]
    Position,
    /// A letter scale.
    #[error(transparent)]
    Letters(#[from] LetterScaleError),
}

/// A score that would be above the new maximum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreAbove {
    /// Whose.
    pub student: UserId,
    /// Their name.
    pub name: String,
    /// The score.
    pub value: Points,
}

/// Why a scheme was not edited.
#[derive(Debug, thiserror::Error)]
pub enum EditSchemeError {
    /// No such course, category or assessment, or the actor may not know of it.
    #[error("not found")]
    NotFound,
    /// The actor may not edit it.
    #[error("not allowed")]
    Forbidden,
    /// The term is closed.
    #[error("the term is closed")]
    TermClosed,
    /// The assessment is locked.
    #[error("the assessment is locked; unlock it first")]
    Locked,
    /// The assessment is published and has to be taken back first.
    #[error("the assessment is published; unpublish it first")]
    Published,
    /// A field cannot be kept.
    #[error(transparent)]
    Field(#[from] SchemeFault),
    /// It changes what students have seen.
    #[error("this changes published grades; give a reason")]
    ReasonRequired(Consequence),
    /// The reason cannot be kept.
    #[error(transparent)]
    Reason(#[from] InvalidReason),
    /// The course has a category of this name.
    #[error("the course has a category of this name already")]
    AlreadyExists,
    /// The course has as many as it can have.
    #[error("the course has no room for another one")]
    Full,
    /// Other courses have no category of the same name.
    #[error(
        "some courses have no category {category:?}; copy the grading scheme to them first, or leave them out"
    )]
    NoSuchCategory {
        /// The name.
        category: String,
        /// The courses without one.
        courses: Vec<Course>,
    },
    /// More courses at once than can be.
    #[error("at most {MOST_AT_ONCE} courses are changed at once")]
    TooMany,
    /// No course is named, or the same twice, or the one that it is about.
    #[error("name the other courses, each once")]
    Courses,
    /// What would be done is not what was agreed to.
    #[error("what would change is not what was looked at any more; look again")]
    PlanChanged,
    /// Entered scores would be above the maximum.
    #[error("{} entered scores are above this maximum", .0.len())]
    ScoresAbove(Vec<ScoreAbove>),
    /// The assessment has scores; its title was not repeated.
    #[error("the assessment has {scores} scores; repeat its title to delete them, too")]
    ConfirmationRequired {
        /// What to repeat.
        title: String,
        /// How many scores would go.
        scores: usize,
    },
    /// The category has assessments.
    #[error("the category has {0} assessments; move or delete them first")]
    NotEmpty(usize),
    /// It is the only category; new assessments need one.
    #[error("a course keeps at least one category")]
    LastCategory,
    /// The database failed.
    #[error(transparent)]
    Database(DbError),
}

impl DatabaseFailure for EditSchemeError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DbError> for EditSchemeError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Duplicate(_) => Self::AlreadyExists,
            error => Self::Database(error),
        }
    }
}

impl From<Denied> for EditSchemeError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}

/// Other courses than this one: some, each once, not more than can be changed at once.
fn others(course: CourseId, of: &[CourseId]) -> Result<(), EditSchemeError> {
    let mut seen = HashSet::from([course]);
    if of.len() >= MOST_AT_ONCE {
        return Err(EditSchemeError::TooMany);
    }
    if of.iter().all(|other| seen.insert(*other)) {
        Ok(())
    } else {
        Err(EditSchemeError::Courses)
    }
}

/// A course whose scheme is locked and may be edited, with everything in it.
struct Editing {
    grant: Grant<EditAssessments>,
    book: Gradebook,
}

impl App {
    /// Locks the course's scheme and reads it.
    async fn editing(
        &self,
        tx: &Tx,
        actor: &Actor,
        course: CourseId,
    ) -> Result<Editing, EditSchemeError> {
        let mut all = self.editing_all(tx, actor, &[course]).await?;
        all.pop().ok_or(EditSchemeError::NotFound)
    }

    /// The same of several courses, in the order in which they are named.
    async fn editing_all(
        &self,
        tx: &Tx,
        actor: &Actor,
        courses: &[CourseId],
    ) -> Result<Vec<Editing>, EditSchemeError> {
        let grants = may_edit(tx, actor, courses).await?;
        if !scheme::lock(tx, &grants).await? {
            return Err(EditSchemeError::NotFound);
        }
        // After the lock: whoever held it before may have changed anything, also who teaches here.
        let grants = may_edit(tx, actor, courses).await?;
        let may_see: Vec<Grant<SeeGradebook>> = grants
            .iter()
            .map(|grant| authorize::<SeeGradebook>(actor, *grant.on()))
            .collect::<Result<_, Denied>>()?;
        let books = gradebook::gradebooks(tx, &may_see).await?;
        let mut books: HashMap<CourseId, Gradebook> = books
            .into_iter()
            .map(|book| (book.course.id, book))
            .collect();
        grants
            .into_iter()
            .map(|grant| {
                let book = books.remove(&grant.on().course);
                let book = book.ok_or(EditSchemeError::NotFound)?;
                if !book.course.term.open {
                    return Err(EditSchemeError::TermClosed);
                }
                Ok(Editing { grant, book })
            })
            .collect()
    }
}

/// The grants to edit the schemes of these courses, in their order.
async fn may_edit(
    tx: &Tx,
    actor: &Actor,
    courses: &[CourseId],
) -> Result<Vec<Grant<EditAssessments>>, EditSchemeError> {
    let facts = access::courses(tx, actor, &courses.iter().copied().collect()).await?;
    courses
        .iter()
        .map(|course| {
            let facts = facts.get(course).ok_or(EditSchemeError::NotFound)?;
            Ok(authorize::<EditAssessments>(actor, *facts)?)
        })
        .collect()
}

/// One line of text with 1 to `longest` characters, without spaces around it.
fn line(text: &str, longest: usize, fault: SchemeFault) -> Result<String, SchemeFault> {
    let text = text.trim();
    let fits =
        !text.is_empty() && text.chars().count() <= longest && !crate::text::has_unprintable(text);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(fault)
    }
}

fn weight(weight: Weight) -> Result<Weight, SchemeFault> {
    if weight.ten_thousandths() > HEAVIEST.ten_thousandths() {
        return Err(SchemeFault::Weight);
    }
    Ok(weight)
}

/// `items` with the one at `from` at place `to`, which counts from 1; beyond the end is the end.
fn moved<T>(mut items: Vec<T>, from: usize, to: usize) -> Vec<T> {
    if from < items.len() {
        let item = items.remove(from);
        items.insert(to.saturating_sub(1).min(items.len()), item);
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_moves_to_its_place_and_never_beyond_the_ends() {
        let at = |from, to| moved(vec!['a', 'b', 'c'], from, to);
        assert_eq!(at(0, 1), ['a', 'b', 'c']);
        assert_eq!(at(0, 3), ['b', 'c', 'a']);
        assert_eq!(at(2, 1), ['c', 'a', 'b']);
        assert_eq!(at(1, 99), ['a', 'c', 'b']);
        assert_eq!(at(7, 1), ['a', 'b', 'c']);
    }

    #[test]
    fn a_name_is_one_short_line() {
        let name = |text: &str| line(text, 4, SchemeFault::Name);
        assert_eq!(name("  作业 "), Ok("作业".to_owned()));
        for wrong in ["", "  ", "a\nb", "12345", "a\u{202e}b"] {
            assert_eq!(name(wrong), Err(SchemeFault::Name), "{wrong:?}");
        }
    }
}
