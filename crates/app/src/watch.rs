//! Watching over the entering of scores: how far each column has come, and what looks wrong.

mod anomalies;

use gradebook_auth::actions::{School, SeeGradebook, WatchEntry};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{AssessmentId, CourseId, ExamId, Percentage, Points, TermId};
use gradebook_persistence::query::access;
use gradebook_persistence::query::courses::{self, Course};
use gradebook_persistence::query::gradebook::{Assessment, Student};
use gradebook_persistence::query::watch::{self, Scope, WatchedColumn};

use crate::App;
use crate::courses::Page;
use crate::error::ReadError;

/// Which columns to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WatchFilter {
    /// Those of an exam.
    pub exam: Option<ExamId>,
    /// Those of a term, unless an exam is named; without either, the term that runs.
    pub term: Option<TermId>,
}

/// How far a column has come.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The column.
    pub assessment: Assessment,
    /// Its course.
    pub course: Course,
    /// How many students belong to it.
    pub expected: u64,
    /// How many of them have anything but a blank cell.
    pub entered: u64,
    /// When something was last entered, unix milliseconds.
    pub last_entry: Option<i64>,
    /// Whether its day has come.
    pub due: bool,
}

/// Something that somebody should look at.
#[derive(Debug, Clone)]
pub struct Anomaly {
    /// What is odd.
    pub kind: AnomalyKind,
    /// Whose score it is.
    pub student: Student,
    /// The cell's column; for all zeros one of several.
    pub assessment: Assessment,
    /// Its course.
    pub course: Course,
}

/// What is odd about a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnomalyKind {
    /// More than 30 points of percent away from the mean of the student's other scores.
    FarFromOwnMean {
        /// The value.
        value: Points,
        /// In percent of full marks.
        percentage: Percentage,
        /// The mean of the others.
        own_mean: Percentage,
    },
    /// Every score of the student is zero.
    AllZero {
        /// How many.
        count: usize,
    },
    /// Nothing is entered, days after the day of the column, while most others are.
    StillBlank {
        /// How many have an entry.
        entered: u64,
        /// How many should.
        expected: u64,
    },
}

impl AnomalyKind {
    /// The stable name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::FarFromOwnMean { .. } => "far_from_own_mean",
            Self::AllZero { .. } => "all_zero",
            Self::StillBlank { .. } => "still_blank",
        }
    }
}

impl App {
    /// How far the columns of an exam or a term have come: those whose day has come first, and of
    /// these the ones that lack most. `skip` is how many were listed before.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin, [`ReadError::NotFound`] for an exam that
    /// does not exist.
    pub async fn progress(
        &self,
        actor: &Actor,
        filter: WatchFilter,
        skip: usize,
        limit: u16,
    ) -> Result<Page<Progress>, ReadError> {
        let Some(scope) = self.scope(actor, filter).await? else {
            return Ok(nothing());
        };
        let today = self.today();
        let mut found: Vec<Progress> = watch::columns(&self.db, scope)
            .await?
            .into_iter()
            .map(|column| progress(column, &today))
            .collect();
        found.sort_by(|a, b| {
            let missing = |one: &Progress| one.expected.saturating_sub(one.entered);
            // a's share of what is missing against b's, without division.
            let share = (missing(b) * a.expected.max(1)).cmp(&(missing(a) * b.expected.max(1)));
            b.due
                .cmp(&a.due)
                .then(share)
                .then_with(|| a.assessment.held_on.cmp(&b.assessment.held_on))
                .then(a.assessment.id.cmp(&b.assessment.id))
        });
        Ok(part(found, skip, limit))
    }

    /// What looks wrong in the scores of an exam or a term.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin, [`ReadError::NotFound`] for an exam that
    /// does not exist.
    pub async fn anomalies(
        &self,
        actor: &Actor,
        filter: WatchFilter,
        skip: usize,
        limit: u16,
    ) -> Result<Page<Anomaly>, ReadError> {
        match self.scope(actor, filter).await? {
            None => Ok(nothing()),
            Some(scope) => {
                let columns = watch::columns(&self.db, scope).await?;
                self.anomalies_in(scope, columns, skip, limit).await
            }
        }
    }

    /// A course, and what looks wrong in its scores. They are compared with what the course's teachers may
    /// see: its own scores and those of its class in exams.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a course that the actor does not keep.
    pub async fn course_anomalies(
        &self,
        actor: &Actor,
        course: CourseId,
        skip: usize,
        limit: u16,
    ) -> Result<(Course, Page<Anomaly>), ReadError> {
        let facts = access::course(&self.db, actor, course)
            .await?
            .ok_or(ReadError::NotFound)?;
        let grant = authorize::<SeeGradebook>(actor, facts)?;
        let scope = Scope::course(&grant);
        let columns = watch::columns(&self.db, scope).await?;
        let named = match columns.first() {
            Some(column) => Some(column.course.clone()),
            None => courses::one(&self.db, course).await?,
        };
        let found = self.anomalies_in(scope, columns, skip, limit).await?;
        Ok((named.ok_or(ReadError::NotFound)?, found))
    }

    /// The columns that an admin asks for; `None` while there is no term.
    async fn scope(&self, actor: &Actor, filter: WatchFilter) -> Result<Option<Scope>, ReadError> {
        let grant = authorize::<WatchEntry>(actor, School)?;
        if let Some(exam) = filter.exam {
            let there = watch::exam_exists(&self.db, &grant, exam).await?;
            return there
                .then(|| Some(Scope::exam(&grant, exam)))
                .ok_or(ReadError::NotFound);
        }
        let term = match filter.term {
            Some(term) => Some(term),
            None => watch::current_term(&self.db, &grant, &self.today()).await?,
        };
        Ok(term.map(|term| Scope::term(&grant, term)))
    }

    async fn anomalies_in(
        &self,
        scope: Scope,
        columns: Vec<WatchedColumn>,
        skip: usize,
        limit: u16,
    ) -> Result<Page<Anomaly>, ReadError> {
        let entries = watch::entries(&self.db, scope, &columns).await?;
        let found = anomalies::find(&columns, &entries, &self.today());
        let page = part(found, skip, limit);
        let ids = page.items.iter().map(|one| one.student).collect();
        let students = watch::students(&self.db, &ids).await?;
        let column = |id: AssessmentId| columns.iter().find(|one| one.assessment.id == id);
        let named = page.items.into_iter().filter_map(|one| {
            let column = column(one.assessment)?;
            Some(Anomaly {
                kind: one.kind,
                student: students.get(&one.student)?.clone(),
                assessment: column.assessment.clone(),
                course: column.course.clone(),
            })
        });
        Ok(Page {
            items: named.collect(),
            next: page.next,
        })
    }
}

fn progress(column: WatchedColumn, today: &str) -> Progress {
    Progress {
        due: column.assessment.held_on.as_str() <= today,
        assessment: column.assessment,
        course: column.course,
        expected: column.expected,
        entered: column.entered,
        last_entry: column.last_entry,
    }
}

const fn nothing<T>() -> Page<T> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

/// A part of a list that is put in order anew each time; `next` is how many were listed so far.
fn part<T>(all: Vec<T>, skip: usize, limit: u16) -> Page<T> {
    let end = skip.saturating_add(usize::from(limit));
    let next = (end < all.len()).then(|| i64::try_from(end).unwrap_or(i64::MAX));
    Page {
        items: all
            .into_iter()
            .skip(skip)
            .take(usize::from(limit))
            .collect(),
        next,
    }
}
