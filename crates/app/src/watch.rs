//! Watching over the entering of scores: how far each column has come, and what looks wrong.

mod anomalies;
mod asked;

use gradebook_auth::actions::{School, SeeGradebook, WatchEntry};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::CourseId;
use gradebook_persistence::query::courses::{self, Course};
use gradebook_persistence::query::gradebook::{Assessment, Student};
use gradebook_persistence::query::watch::{self, Scope, WatchedColumn};
use gradebook_persistence::query::{access, terms};

use self::anomalies::Odd;
pub use self::asked::{WatchChoice, WatchFilter};
use crate::App;
use crate::courses::Page;
use crate::error::ReadError;
use crate::usual::Unusual;
use crate::which_term::to_enter;

/// The progress of entry: some columns, and what all of them come to.
#[derive(Debug, Clone)]
pub struct ProgressBoard {
    /// A part of the columns.
    pub rows: Page<Progress>,
    /// Of the columns that were asked for, whether finished or not.
    pub summary: ProgressSummary,
    /// What else can be asked for.
    pub choice: WatchChoice,
}

/// How far some columns have come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProgressSummary {
    /// How many.
    pub assessments: usize,
    /// In how many of them nothing is missing.
    pub complete: usize,
    /// How many of them students see.
    pub published: usize,
}

/// A part of what looks wrong.
#[derive(Debug, Clone)]
pub struct AnomalyList {
    /// The part.
    pub rows: Page<Anomaly>,
    /// What else can be asked for.
    pub choice: WatchChoice,
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
    /// Whose score it is; of blanks all who lack one, by student number.
    pub students: Vec<Student>,
    /// The cell's column; for all zeros one of several.
    pub assessment: Assessment,
    /// Its course.
    pub course: Course,
}

/// What is odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnomalyKind {
    /// More than 30 points of percent away from the mean of the student's other scores.
    FarFromOwnMean(Unusual),
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

/// What is odd, without its figures; in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnomalyName {
    /// [`AnomalyKind::AllZero`].
    AllZero,
    /// [`AnomalyKind::FarFromOwnMean`].
    FarFromOwnMean,
    /// [`AnomalyKind::StillBlank`].
    StillBlank,
}

impl AnomalyName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AllZero, Self::FarFromOwnMean, Self::StillBlank];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllZero => "all_zero",
            Self::FarFromOwnMean => "far_from_own_mean",
            Self::StillBlank => "still_blank",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

impl AnomalyKind {
    /// Which it is.
    #[must_use]
    pub const fn name(&self) -> AnomalyName {
        match self {
            Self::FarFromOwnMean(_) => AnomalyName::FarFromOwnMean,
            Self::AllZero { .. } => AnomalyName::AllZero,
            Self::StillBlank { .. } => AnomalyName::StillBlank,
        }
    }
}

impl App {
    /// How far the columns of an exam or a term have come: those whose day has come first, and of
    /// these the ones that lack most; on wish only those that lack anything. `skip` is how many were
    /// listed before.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin, [`ReadError::NotFound`] for an exam that
    /// does not exist.
    pub async fn progress(
        &self,
        actor: &Actor,
        filter: &WatchFilter,
        unfinished: bool,
        skip: usize,
        limit: u16,
    ) -> Result<ProgressBoard, ReadError> {
        let columns = match self.scope(actor, filter).await? {
            Some(scope) => watch::columns(&self.db, scope).await?,
            None => Vec::new(),
        };
        let choice = WatchChoice::of(&columns);
        let today = self.today();
        let mut found: Vec<Progress> = columns
            .into_iter()
            .filter(|column| filter.fits(&column.course))
            .map(|column| progress(column, &today))
            .collect();
        let count = |is: fn(&Progress) -> bool| found.iter().filter(|one| is(one)).count();
        let summary = ProgressSummary {
            assessments: found.len(),
            complete: count(Progress::is_complete),
            published: count(|one| one.assessment.state.visible_to_students()),
        };
        found.retain(|one| !unfinished || !one.is_complete());
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
        Ok(ProgressBoard {
            rows: part(found, skip, limit),
            summary,
            choice,
        })
    }

    /// What looks wrong in the scores of an exam or a term: all of it, or one kind.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin, [`ReadError::NotFound`] for an exam that
    /// does not exist.
    pub async fn anomalies(
        &self,
        actor: &Actor,
        filter: &WatchFilter,
        kind: Option<AnomalyName>,
        skip: usize,
        limit: u16,
    ) -> Result<AnomalyList, ReadError> {
        let Some(scope) = self.scope(actor, filter).await? else {
            return Ok(AnomalyList {
                rows: part(Vec::new(), 0, limit),
                choice: WatchChoice::default(),
            });
        };
        let mut columns = watch::columns(&self.db, scope).await?;
        let choice = WatchChoice::of(&columns);
        columns.retain(|column| filter.fits(&column.course));
        let found = self.anomalies_in(scope, &columns, kind).await?;
        let rows = self.named(&columns, part(found, skip, limit)).await?;
        Ok(AnomalyList { rows, choice })
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
        kind: Option<AnomalyName>,
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
        let found = self.anomalies_in(scope, &columns, kind).await?;
        let rows = self.named(&columns, part(found, skip, limit)).await?;
        Ok((named.ok_or(ReadError::NotFound)?, rows))
    }

    /// The columns that an admin asks for; `None` while there is no term.
    async fn scope(&self, actor: &Actor, filter: &WatchFilter) -> Result<Option<Scope>, ReadError> {
        let grant = authorize::<WatchEntry>(actor, School)?;
        if let Some(exam) = filter.exam {
            let there = watch::exam_exists(&self.db, &grant, exam).await?;
            return there
                .then(|| Some(Scope::exam(&grant, exam)))
                .ok_or(ReadError::NotFound);
        }
        let term = match filter.term {
            Some(term) => Some(term),
            None => {
                let terms = terms::all(&self.db).await?;
                to_enter(&terms, &self.today()).map(|term| term.id)
            }
        };
        Ok(term.map(|term| Scope::term(&grant, term)))
    }

    async fn anomalies_in(
        &self,
        scope: Scope,
        columns: &[WatchedColumn],
        kind: Option<AnomalyName>,
    ) -> Result<Vec<Odd>, ReadError> {
        // What is watched at once is of one term.
        let Some(term) = columns.first().map(|one| &one.course.term) else {
            return Ok(Vec::new());
        };
        let classes = columns.iter().map(|one| one.course.class.id).collect();
        let entries = watch::entries(&self.db, scope, term, &classes).await?;
        let mut found = anomalies::find(columns, &entries, &self.today());
        found.retain(|odd| kind.is_none_or(|kind| kind == odd.kind.name()));
        Ok(found)
    }

    async fn named(
        &self,
        columns: &[WatchedColumn],
        found: Page<Odd>,
    ) -> Result<Page<Anomaly>, ReadError> {
        let ids = found.items.iter().flat_map(|one| &one.students).copied();
        let students = watch::students(&self.db, &ids.collect()).await?;
        let named = found.items.into_iter().filter_map(|one| {
            let mut columns = columns.iter();
            let column = columns.find(|column| column.assessment.id == one.assessment)?;
            let whose = one.students.iter().filter_map(|id| students.get(id));
            let mut whose: Vec<Student> = whose.cloned().collect();
            whose.sort_by(|a, b| a.student_number.cmp(&b.student_number));
            Some(Anomaly {
                kind: one.kind,
                students: whose,
                assessment: column.assessment.clone(),
                course: column.course.clone(),
            })
        });
        Ok(Page {
            items: named.collect(),
            next: found.next,
        })
    }
}

impl Progress {
    /// Whether nothing is missing.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.entered >= self.expected
    }
}

pub(crate) fn progress(column: WatchedColumn, today: &str) -> Progress {
    Progress {
        due: column.assessment.held_on.as_str() <= today,
        assessment: column.assessment,
        course: column.course,
        expected: column.expected,
        entered: column.entered,
        last_entry: column.last_entry,
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
