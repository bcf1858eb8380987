//! Requests to change scores that cannot simply be entered any more.

mod settle;

use gradebook_auth::Grant;
use gradebook_auth::actions::{AnswerReview, ProposeAmendment, RequestReview};
use gradebook_domain::{
    AmendmentId, AmendmentKind, AmendmentState, AssessmentId, CourseId, Points, Score, UserId,
};
use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect};

use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::{amendment, assessment, course};
use crate::error::DbError;

pub use settle::{approve, reject, settle_review, withdraw};
pub(super) use settle::{correct_reviews, settle_published, withdraw_all};

/// A score that somebody wants a cell to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Status and value.
    pub score: Score,
    /// The remark to the student, empty to remove it; `None` leaves it.
    pub comment: Option<String>,
}

/// What a teacher told the admin after looking again. A recommended score is the proposal of the
/// amendment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the score should stay.
    pub stays: bool,
    /// Why.
    pub note: String,
    /// Who; `None` for the operator.
    pub by: Option<UserId>,
    /// Unix milliseconds.
    pub at: i64,
}

/// How an amendment ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who; `None` for the operator.
    pub by: Option<UserId>,
    /// Unix milliseconds.
    pub at: i64,
    /// What was said with it.
    pub note: Option<String>,
}

/// An amendment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Id.
    pub id: AmendmentId,
    /// The course of the assessment.
    pub course: CourseId,
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// Who began it, and with what.
    pub kind: AmendmentKind,
    /// What has become of it.
    pub state: AmendmentState,
    /// Who made it; `None` for the operator.
    pub made_by: Option<UserId>,
    /// When it was made, unix milliseconds.
    pub made_at: i64,
    /// Why.
    pub reason: String,
    /// The score that whoever proposed it, or asked, had before their eyes.
    pub before: Score,
    /// Its version.
    pub version: i64,
    /// The score that was proposed, or in the end given.
    pub proposed: Option<Proposal>,
    /// What the teacher told the admin.
    pub answer: Option<Answer>,
    /// How it ended.
    pub decision: Option<Decision>,
}

/// An amendment to make.
#[derive(Debug, Clone)]
pub struct NewAmendment<'a> {
    /// Assessment, of the grant's course.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// Why.
    pub reason: &'a str,
    /// The score now.
    pub before: Score,
    /// Its version.
    pub version: i64,
}

pub(crate) fn read(row: amendment::Model) -> Result<Amendment, DbError> {
    let corrupt = |column, value: String| DbError::Corrupt {
        table: "amendments",
        column,
        value,
    };
    let score = |column, status: &str, value: Option<i64>| {
        let value = value.map(Points::from_ten_thousandths);
        let parsed = status.parse().ok();
        parsed
            .and_then(|status| Score::from_parts(status, value).ok())
            .ok_or_else(|| corrupt(column, format!("{status} with {value:?}")))
    };
    let proposed = match &row.proposed_status {
        None => None,
        Some(status) => Some(Proposal {
            score: score("proposed_status", status, row.proposed_value)?,
            comment: row.proposed_comment.clone(),
        }),
    };
    let answer = row.answer.as_deref().map(|answer| Answer {
        stays: answer == STAYS,
        note: row.answer_note.clone().unwrap_or_default(),
        by: row.answered_by.map(UserId),
        at: row.answered_at.unwrap_or_default(),
    });
    Ok(Amendment {
        id: AmendmentId(row.id),
        course: CourseId(row.course_id),
        assessment: AssessmentId(row.assessment_id),
        student: UserId(row.student_id),
        kind: row
            .kind
            .parse()
            .map_err(|_| corrupt("kind", row.kind.clone()))?,
        state: row
            .state
            .parse()
            .map_err(|_| corrupt("state", row.state.clone()))?,
        made_by: row.made_by.map(UserId),
        made_at: row.made_at,
        before: score("before_status", &row.before_status, row.before_value)?,
        version: row.before_version,
        proposed,
        answer,
        decision: row.decided_at.map(|at| Decision {
            by: row.decided_by.map(UserId),
            at,
            note: row.note,
        }),
        reason: row.reason,
    })
}

const STAYS: &str = "stays";
const CHANGE: &str = "change";

/// The amendment, locked against other writers until the transaction ends. Whoever locks assessments
/// and scores, too, locks them first.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn lock(tx: &Tx, id: AmendmentId) -> Result<Option<Amendment>, DbError> {
    amendment::Entity::find_by_id(id.0)
        // SQLite knows no row locks and needs none: its write transactions run one by one.
        .lock_exclusive()
        .one(tx.raw())
        .await?
        .map(read)
        .transpose()
}

/// Locks the course of an assessment, which every amendment names: the database looks it up when one
/// is made. Whoever locks the assessment, too, locks the course first. `false` without such an
/// assessment.
///
/// # Errors
/// Any database failure.
pub async fn lock_course(tx: &Tx, id: AssessmentId) -> Result<bool, DbError> {
    let course: Option<i64> = assessment::Entity::find_by_id(id.0)
        .select_only()
        .column(assessment::Column::CourseId)
        .into_tuple()
        .one(tx.raw())
        .await?;
    let Some(course) = course else {
        return Ok(false);
    };
    let locked: Option<i64> = course::Entity::find_by_id(course)
        .select_only()
        .column(course::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .one(tx.raw())
        .await?;
    Ok(locked.is_some())
}

/// Records a teacher's proposal in the grant's course. The assessment must have been locked, and
/// nothing of this kind may be open for the cell.
///
/// # Errors
/// [`DbError::Contention`] when something was made for the same cell in between.
pub async fn propose(
    tx: &Tx,
    grant: &Grant<ProposeAmendment>,
    stamp: &Stamp<'_>,
    new: &NewAmendment<'_>,
    proposed: &Proposal,
) -> Result<AmendmentId, DbError> {
    let course = grant.on().course;
    insert(tx, stamp, course, new, Some(proposed)).await
}

/// Records a student's request to have the grant's score looked at again; the same conditions.
///
/// # Errors
/// [`DbError::Contention`] when something was made for the same cell in between.
pub async fn request(
    tx: &Tx,
    grant: &Grant<RequestReview>,
    stamp: &Stamp<'_>,
    new: &NewAmendment<'_>,
) -> Result<AmendmentId, DbError> {
    let on = grant.on();
    let own = NewAmendment {
        student: on.student,
        ..new.clone()
    };
    insert(tx, stamp, on.course.course, &own, None).await
}

async fn insert(
    tx: &Tx,
    stamp: &Stamp<'_>,
    course: CourseId,
    new: &NewAmendment<'_>,
    proposed: Option<&Proposal>,
) -> Result<AmendmentId, DbError> {
    let (kind, change) = match proposed {
        Some(_) => (AmendmentKind::Change, ChangeKind::AmendmentProposed),
        None => (AmendmentKind::Review, ChangeKind::ReviewRequested),
    };
    let row = amendment::ActiveModel {
        course_id: Set(course.0),
        assessment_id: Set(new.assessment.0),
        student_id: Set(new.student.0),
        kind: Set(kind.as_str().to_owned()),
        state: Set(AmendmentState::Open.as_str().to_owned()),
        waiting: Set(Some(1)),
        made_by: Set(stamp.actor.user_id().map(|user| user.0)),
        made_at: Set(stamp.at),
        reason: Set(new.reason.to_owned()),
        before_status: Set(new.before.status().as_str().to_owned()),
        before_value: Set(new.before.value().map(Points::ten_thousandths)),
        before_version: Set(new.version),
        proposed_status: Set(status(proposed)),
        proposed_value: Set(value(proposed)),
        proposed_comment: Set(proposed.and_then(|one| one.comment.clone())),
        ..Default::default()
    };
    let inserted = amendment::Entity::insert(row).exec(tx.raw()).await;
    let id = match inserted.map_err(DbError::from) {
        Err(DbError::Duplicate(cause)) => return Err(DbError::Contention(cause)),
        other => AmendmentId(other?.last_insert_id),
    };
    let change = NewChange {
        course: Some(course),
        assessment: Some(new.assessment),
        student: Some(new.student),
        before: Some(new.before),
        after: proposed.map(|one| one.score),
        version: Some(new.version),
        amendment: Some(id),
        ..NewChange::of(change)
    };
    let reasoned = Stamp {
        reason: Some(new.reason),
        ..*stamp
    };
    change_log::append(tx, &reasoned, [change]).await?;
    Ok(id)
}

fn status(proposed: Option<&Proposal>) -> Option<String> {
    proposed.map(|one| one.score.status().as_str().to_owned())
}

fn value(proposed: Option<&Proposal>) -> Option<i64> {
    proposed
        .and_then(|one| one.score.value())
        .map(Points::ten_thousandths)
}

/// Records what the teacher tells the admin: that the score should stay, or become `proposed`, seen
/// against the score `before` at this version. The amendment must have been read by [`lock`].
///
/// # Errors
/// [`DbError::Configuration`] when it is not the grant's; any database failure.
pub async fn answer(
    tx: &Tx,
    grant: &Grant<AnswerReview>,
    stamp: &Stamp<'_>,
    (amendment, note): (&Amendment, &str),
    (before, version): (Score, i64),
    proposed: Option<&Proposal>,
) -> Result<(), DbError> {
    granted(amendment, grant.on().amendment)?;
    let answer = if proposed.is_some() { CHANGE } else { STAYS };
    let row = amendment::ActiveModel {
        id: Set(amendment.id.0),
        before_status: Set(before.status().as_str().to_owned()),
        before_value: Set(before.value().map(Points::ten_thousandths)),
        before_version: Set(version),
        proposed_status: Set(status(proposed)),
        proposed_value: Set(value(proposed)),
        proposed_comment: Set(proposed.and_then(|one| one.comment.clone())),
        answer: Set(Some(answer.to_owned())),
        answer_note: Set(Some(note.to_owned())),
        answered_by: Set(stamp.actor.user_id().map(|user| user.0)),
        answered_at: Set(Some(stamp.at)),
        ..Default::default()
    };
    amendment::Entity::update(row).exec(tx.raw()).await?;
    let change = NewChange {
        after: proposed.map(|one| one.score),
        ..about(amendment, ChangeKind::ReviewAnswered)
    };
    let reasoned = Stamp {
        reason: Some(note),
        ..*stamp
    };
    change_log::append(tx, &reasoned, [change]).await
}

fn granted(amendment: &Amendment, of: AmendmentId) -> Result<(), DbError> {
    if amendment.id == of {
        return Ok(());
    }
    Err(DbError::Configuration(format!(
        "no grant for amendment {}",
        amendment.id
    )))
}

fn about(amendment: &Amendment, kind: ChangeKind) -> NewChange {
    NewChange {
        course: Some(amendment.course),
        assessment: Some(amendment.assessment),
        student: Some(amendment.student),
        before: Some(amendment.before),
        amendment: Some(amendment.id),
        ..NewChange::of(kind)
    }
}
