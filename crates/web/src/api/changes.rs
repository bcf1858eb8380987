//! The change log.

use actix_web::web::{Json, Query};
use gradebook_app::read::{ChangeFilter, ChangeKind, LoggedChange, Way};
use gradebook_app::{Page, PublishedChange, name_in};
use gradebook_auth::Role;
use gradebook_domain::{AssessmentId, BatchId, ChangeId, CourseId, Score, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::time;
use super::history::EntryDto;
use super::paging::{Listing, Paging, wrong};
use crate::access::SignedIn;
use crate::problem::{Problem, ProblemBody};

/// Which changes to list, and which part of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesQuery {
    course_id: Option<i64>,
    /// About this student, as a pupil or as an account.
    student_id: Option<i64>,
    /// By this person.
    actor_id: Option<i64>,
    assessment_id: Option<i64>,
    batch_id: Option<i64>,
    /// `score`, `assessment_published`, `password_reset` …
    kind: Option<String>,
    /// At this time or later: `2026-11-21T08:00:00Z`, or a day, which begins at midnight UTC.
    since: Option<String>,
    /// Before this time.
    until: Option<String>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

impl ChangesQuery {
    fn parts(self) -> Result<(Paging, ChangeFilter), Problem> {
        let kind = self.kind.map(|kind| {
            ChangeKind::parse(&kind).ok_or_else(|| wrong("kind", "there is no such kind of change"))
        });
        let filter = ChangeFilter {
            course: self.course_id.map(CourseId),
            student: self.student_id.map(UserId),
            actor: self.actor_id.map(UserId),
            assessment: self.assessment_id.map(AssessmentId),
            batch: self.batch_id.map(BatchId),
            kind: kind.transpose()?,
            kinds: None,
            since: self.since.map(|text| instant("since", &text)).transpose()?,
            until: self.until.map(|text| instant("until", &text)).transpose()?,
        };
        Ok((Paging::new(self.limit, self.cursor), filter))
    }
}

/// Unix milliseconds of a time or of the beginning of a day.
pub(crate) fn day_or_time(text: &str) -> Option<i64> {
    let of_day = |text: &str| {
        let day = text.parse::<Date>().ok()?;
        let begins = day.to_zoned(TimeZone::UTC).ok()?;
        Some(begins.timestamp())
    };
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| of_day(text))
        .map(Timestamp::as_millisecond)
}

fn instant(field: &str, text: &str) -> Result<i64, Problem> {
    let detail = "a time such as 2026-11-21T08:00:00Z, or a day";
    day_or_time(text).ok_or_else(|| wrong(field, detail))
}

/// One change. What means nothing for its kind is null.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeDto {
    id: i64,
    at: String,
    /// Null for the operator at the server's shell, and to students.
    actor: Option<NamedDto>,
    /// Null for a kind that only a newer version of the server knows.
    kind: Option<&'static str>,
    course_id: Option<i64>,
    assessment_id: Option<i64>,
    /// The title; null when it was deleted.
    assessment: Option<String>,
    /// What a category, an assessment, a term, a subject, a class, an exam or a file was called that was
    /// added, changed or removed.
    name: Option<String>,
    student: Option<NamedDto>,
    /// The account that it is about.
    user: Option<NamedDto>,
    before: Option<EntryDto>,
    after: Option<EntryDto>,
    /// The remark after, where it changed; empty text when it was removed.
    comment: Option<String>,
    /// The remark before, where it changed; empty text when there was none, null when it is not known.
    comment_before: Option<String>,
    version: Option<i64>,
    reason: Option<String>,
    /// `web`, `api`, `cli`, `import` or `system`; null to students.
    source: Option<String>,
    /// `typed`, `paste`, `fill`, `clear`, `undo` or `redo`; null where nobody said.
    way: Option<&'static str>,
    batch_id: Option<i64>,
    /// The batch that this change took back.
    undoes: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedDto {
    id: i64,
    name: String,
}

impl From<(UserId, String)> for NamedDto {
    fn from((id, name): (UserId, String)) -> Self {
        Self { id: id.0, name }
    }
}

/// The change log, newest first. Admins read all of it, teachers that of their courses. A student
/// reads what was changed of their own scores after it was published: from what, to what and when.
#[utoipa::path(get, operation_id = "list_changes", path = "/api/v1/changes", tag = "grades",
    params(ChangesQuery),
    responses((status = 200, body = Listing<ChangeDto>), (status = 401, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    caller: SignedIn,
    query: Query<ChangesQuery>,
) -> Result<Json<Listing<ChangeDto>>, Problem> {
    let (paging, filter) = query.into_inner().parts()?;
    let (before, limit) = (paging.position()?.map(ChangeId), paging.limit()?);
    if caller.actor.role == Role::Student {
        let student = caller.actor.user_id();
        let own = caller.app.own_published_changes(&caller.actor).await?;
        let mut items: Vec<PublishedChange> = own
            .into_iter()
            .filter(|change| fits(change, student, &filter))
            .filter(|change| before.is_none_or(|before| change.id < before))
            .take(usize::from(limit) + 1)
            .collect();
        let more = items.len() > usize::from(limit);
        items.truncate(usize::from(limit));
        let next = items.last().filter(|_| more).map(|last| last.id.0);
        return Ok(Json(Listing::of(Page { items, next }, of_student)));
    }
    let page = caller
        .app
        .changes(&caller.actor, &filter, before, limit)
        .await?;
    Ok(Json(Listing::of(page, ChangeDto::from)))
}

/// Whether a student asked for this change.
fn fits(change: &PublishedChange, student: Option<UserId>, filter: &ChangeFilter) -> bool {
    filter.course.is_none_or(|course| course == change.course)
        && filter.assessment.is_none_or(|one| one == change.assessment)
        && filter.kind.is_none_or(|kind| kind == ChangeKind::Score)
        && filter.since.is_none_or(|since| since <= change.at)
        && filter.until.is_none_or(|until| change.at < until)
        && filter.student.is_none_or(|one| Some(one) == student)
        && filter.actor.is_none()
        && filter.batch.is_none()
}

fn of_student(change: PublishedChange) -> ChangeDto {
    ChangeDto {
        id: change.id.0,
        at: time(change.at),
        actor: None,
        kind: Some(ChangeKind::Score.as_str()),
        course_id: Some(change.course.0),
        assessment_id: Some(change.assessment.0),
        assessment: Some(change.title),
        name: None,
        student: None,
        user: None,
        before: Some(change.from.into()),
        after: Some(change.to.into()),
        comment: None,
        comment_before: None,
        version: None,
        reason: None,
        source: None,
        way: None,
        batch_id: None,
        undoes: None,
    }
}

impl From<LoggedChange> for ChangeDto {
    fn from(change: LoggedChange) -> Self {
        let entry = |pick: fn(&(Score, Score)) -> Score| {
            change.score.as_ref().map(|both| EntryDto::from(pick(both)))
        };
        let (comment_before, comment) = change.comment.clone().unzip();
        let name = name_in(&change);
        Self {
            id: change.id.0,
            at: time(change.at),
            before: entry(|both| both.0),
            after: entry(|both| both.1),
            actor: change.actor.map(NamedDto::from),
            kind: change.kind.map(ChangeKind::as_str),
            course_id: change.course.map(|id| id.0),
            name,
            assessment_id: change.assessment.as_ref().map(|(id, _)| id.0),
            assessment: change.assessment.and_then(|(_, title)| title),
            student: change.student.map(NamedDto::from),
            user: change.user.map(NamedDto::from),
            comment,
            comment_before: comment_before.flatten(),
            version: change.version,
            reason: change.reason,
            source: Some(change.source),
            way: change.way.map(Way::as_str),
            batch_id: change.batch.map(|id| id.0),
            undoes: change.undoes.map(|id| id.0),
        }
    }
}
