//! Amendments as people read them.

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{
    AmendmentAccess, AnswerReview, DecideAmendment, SeeAmendment, SeeOwnGrades, StudentRecord,
    WithdrawAmendment,
};
use gradebook_auth::{Actor, Denied, Role, authorize};
use gradebook_domain::{
    AmendmentId, AmendmentKind, AmendmentState, AssessmentId, AssessmentState, CourseId, UserId,
};
use gradebook_persistence::DbError;
use gradebook_persistence::query::access;
use gradebook_persistence::query::amendments::{self, AmendmentFilter};
use gradebook_persistence::query::courses::{self, Course, Which};
use gradebook_persistence::query::gradebook::{self, Assessment, Student};
use gradebook_persistence::repo::amendments::Amendment;
use gradebook_persistence::repo::scores::StoredScore;

use crate::App;
use crate::courses::Page;
use crate::error::ReadError;

/// An amendment with the names of what it is about. A student is shown neither who answered and
/// decided, nor what is only proposed.
#[derive(Debug, Clone)]
pub struct AmendmentView {
    /// The amendment.
    pub amendment: Amendment,
    /// Its assessment.
    pub assessment: Assessment,
    /// Its course.
    pub course: Course,
    /// Its student.
    pub student: Student,
    /// The cell now.
    pub current: Option<StoredScore>,
    /// Who made it, where it is known.
    pub made_by: Option<String>,
    /// Who answered it.
    pub answered_by: Option<String>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// Whether it is shown to the student, who is told no version: it counts the edits, also those
    /// from before publication.
    pub to_student: bool,
}

impl AmendmentView {
    /// Whether the score cannot simply be entered.
    #[must_use]
    pub fn frozen(&self) -> bool {
        self.assessment.state == AssessmentState::Locked || !self.course.term.open
    }

    /// The version of the cell now.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.current.as_ref().map_or(0, |one| one.version)
    }
}

/// What the actor can do with an amendment now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AmendmentSteps {
    /// Answer a request for a review.
    pub answer: bool,
    /// Approve and reject.
    pub decide: bool,
    /// Take it back.
    pub withdraw: bool,
}

/// What an actor sees of amendments: first what is open, the oldest first, then what is settled.
#[derive(Debug, Clone)]
pub struct Reviews {
    /// Open ones.
    pub open: Vec<AmendmentView>,
    /// Decided ones, newest first. What was taken back needs nobody's eye.
    pub settled: Page<AmendmentView>,
    /// The newest change that is certainly in here.
    pub as_of: gradebook_domain::ChangeId,
}

/// A student's own requests.
#[derive(Debug, Clone, Default)]
pub struct MyReviews {
    /// The newest request by assessment.
    pub requests: HashMap<AssessmentId, MyRequest>,
}

/// A student's own request.
#[derive(Debug, Clone)]
pub struct MyRequest {
    /// As far as it is for the student.
    pub amendment: Amendment,
    /// The teacher has looked at the score again, and an admin decides.
    pub answered: bool,
}

/// Open ones on one page. Nobody decides more at a sitting.
const MOST_OPEN_SHOWN: u64 = 200;

impl App {
    /// Amendments that the actor may read: all, those of the own courses, or the own requests.
    ///
    /// # Errors
    /// Database failures.
    pub async fn amendments(
        &self,
        actor: &Actor,
        filter: &AmendmentFilter,
        before: Option<AmendmentId>,
        limit: u16,
    ) -> Result<Page<AmendmentView>, ReadError> {
        let asked = u64::from(limit) + 1;
        let found = amendments::list(&self.db, actor, filter, before, asked).await?;
        let page = Page::cut(found, usize::from(limit), |one| one.id.0);
        Ok(Page {
            items: self.with_names(actor, page.items).await?,
            next: page.next,
        })
    }

    /// Open and settled amendments of all or of one course, to work through.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for a student.
    pub async fn reviews(
        &self,
        actor: &Actor,
        course: Option<CourseId>,
        before: Option<AmendmentId>,
        limit: u16,
    ) -> Result<Reviews, ReadError> {
        if actor.role == Role::Student {
            return Err(ReadError::Forbidden);
        }
        let as_of = self.last_event();
        let open = AmendmentFilter {
            state: Some(AmendmentState::Open),
            course,
            ..AmendmentFilter::default()
        };
        let settled = AmendmentFilter {
            decided: true,
            course,
            ..AmendmentFilter::default()
        };
        let mut found = amendments::list(&self.db, actor, &open, None, MOST_OPEN_SHOWN).await?;
        found.reverse();
        let asked = u64::from(limit) + 1;
        let rest = amendments::list(&self.db, actor, &settled, before, asked).await?;
        let rest = Page::cut(rest, usize::from(limit), |one| one.id.0);
        found.extend(rest.items);
        let (open, settled) = self
            .with_names(actor, found)
            .await?
            .into_iter()
            .partition(|one| one.amendment.state == AmendmentState::Open);
        Ok(Reviews {
            open,
            settled: Page {
                items: settled,
                next: rest.next,
            },
            as_of,
        })
    }

    /// One amendment, and what the actor can do with it.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for one that the actor may not know of.
    pub async fn amendment(
        &self,
        actor: &Actor,
        id: AmendmentId,
    ) -> Result<(AmendmentView, AmendmentSteps), ReadError> {
        let found = amendments::one(&self.db, id)
            .await?
            .ok_or(ReadError::NotFound)?;
        let facts = access::course(&self.db, actor, found.course)
            .await?
            .ok_or(ReadError::NotFound)?;
        let (made_by, kind, state) = (found.made_by, found.kind, found.state);
        let view = self
            .with_names(actor, vec![found])
            .await?
            .pop()
            .ok_or(ReadError::NotFound)?;
        let access = AmendmentAccess {
            amendment: id,
            course: facts,
            made_by,
            visible: view.assessment.state.visible_to_students(),
        };
        let _may_see = authorize::<SeeAmendment>(actor, access)?;
        let open = state == AmendmentState::Open;
        let steps = AmendmentSteps {
            answer: open
                && kind == AmendmentKind::Review
                && authorize::<AnswerReview>(actor, access).is_ok(),
            decide: open && authorize::<DecideAmendment>(actor, access).is_ok(),
            withdraw: open && authorize::<WithdrawAmendment>(actor, access).is_ok(),
        };
        Ok((view, steps))
    }

    /// How many amendments wait for the actor; none for a student.
    ///
    /// # Errors
    /// Database failures.
    pub async fn amendments_waiting(&self, actor: &Actor) -> Result<u64, DbError> {
        if actor.role == Role::Student {
            return Ok(0);
        }
        amendments::waiting_for(&self.db, actor).await
    }

    /// The actor's own requests for a review.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but a student.
    pub async fn my_reviews(&self, actor: &Actor) -> Result<MyReviews, ReadError> {
        let student = actor.user_id().ok_or(Denied::Visible)?;
        let grant = authorize::<SeeOwnGrades>(actor, StudentRecord { student })?;
        Ok(MyReviews {
            requests: amendments::requests_of(&self.db, &grant)
                .await?
                .into_iter()
                .map(|(assessment, one)| {
                    let request = MyRequest {
                        answered: one.answer.is_some(),
                        amendment: for_student(one),
                    };
                    (assessment, request)
                })
                .collect(),
        })
    }

    async fn with_names(
        &self,
        actor: &Actor,
        found: Vec<Amendment>,
    ) -> Result<Vec<AmendmentView>, DbError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let ids: HashSet<AssessmentId> = found.iter().map(|one| one.assessment).collect();
        let assessments = gradebook::assessments(&self.db, &ids).await?;
        let ids: HashSet<CourseId> = found.iter().map(|one| one.course).collect();
        let which = Which::Ids(ids.iter().copied().collect());
        let most = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        let courses: HashMap<CourseId, Course> = courses::list(&self.db, &which, CourseId(0), most)
            .await?
            .into_iter()
            .map(|course| (course.id, course))
            .collect();
        let people: HashSet<UserId> = found.iter().flat_map(people_of).collect();
        let people = amendments::people(&self.db, people).await?;
        let cells = amendments::cells(&self.db, &found).await?;
        let name = |id: Option<UserId>| Some(people.get(&id?)?.name.clone());
        Ok(found
            .into_iter()
            .filter_map(|one| {
                let answered_by = name(one.answer.as_ref().and_then(|answer| answer.by));
                let decided_by = name(one.decision.as_ref().and_then(|decision| decision.by));
                let of_student = actor.role == Role::Student;
                Some(AmendmentView {
                    assessment: assessments.get(&one.assessment)?.clone(),
                    course: courses.get(&one.course)?.clone(),
                    student: people.get(&one.student)?.clone(),
                    current: cells.get(&(one.assessment, one.student)).cloned(),
                    made_by: name(one.made_by),
                    answered_by: answered_by.filter(|_| !of_student),
                    decided_by: decided_by.filter(|_| !of_student),
                    to_student: of_student,
                    amendment: if of_student { for_student(one) } else { one },
                })
            })
            .collect())
    }
}

fn people_of(one: &Amendment) -> impl Iterator<Item = UserId> + use<> {
    let answered = one.answer.as_ref().and_then(|answer| answer.by);
    let decided = one.decision.as_ref().and_then(|decision| decision.by);
    [Some(one.student), one.made_by, answered, decided]
        .into_iter()
        .flatten()
}

/// What a teacher told the admin, and a score that is only proposed, are not for the student.
fn for_student(mut one: Amendment) -> Amendment {
    one.answer = None;
    if let Some(decision) = &mut one.decision {
        decision.by = None;
    }
    match one.state {
        AmendmentState::Approved | AmendmentState::Corrected => {}
        AmendmentState::Open
        | AmendmentState::Rejected
        | AmendmentState::Withdrawn
        | AmendmentState::Upheld => one.proposed = None,
    }
    one
}
