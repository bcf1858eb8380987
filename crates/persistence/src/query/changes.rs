//! The change log as people read it: single changes and batches, newest first, with the names of
//! what they are about.

mod groups;
mod own;

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::{SeeChangeLog, SeeHistory};
use gradebook_domain::{AssessmentId, BatchId, ChangeId, CourseId, Score, UserId};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use groups::{ChangeGroup, GroupAssessment, groups, sizes};
pub use own::{OwnStep, Sight, own_steps, sights};

use super::{courses, gradebook, history};
use crate::change_log::{ChangeKind, Way};
use crate::db::Read;
use crate::entity::change;
use crate::error::DbError;

/// Whose changes may be read.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// All of the school.
    School(&'a Grant<SeeChangeLog>),
    /// Those of these courses.
    Courses(&'a [Grant<SeeHistory>]),
}

/// Which changes to read; what is `None` is left open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// In this course.
    pub course: Option<CourseId>,
    /// About this student: as a pupil or as an account.
    pub student: Option<UserId>,
    /// By this person.
    pub actor: Option<UserId>,
    /// In this assessment.
    pub assessment: Option<AssessmentId>,
    /// Of this kind.
    pub kind: Option<ChangeKind>,
    /// Of one of these kinds.
    pub kinds: Option<&'static [ChangeKind]>,
    /// At this time or later, unix milliseconds.
    pub since: Option<i64>,
    /// Before this time, unix milliseconds.
    pub until: Option<i64>,
    /// Of this batch.
    pub batch: Option<BatchId>,
}

/// One change with the names of what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedChange {
    /// Id of the change.
    pub id: ChangeId,
    /// Unix milliseconds.
    pub at: i64,
    /// Who; `None` for the operator at the server's shell.
    pub actor: Option<(UserId, String)>,
    /// What; `None` for a kind that only a newer version knows.
    pub kind: Option<ChangeKind>,
    /// The course that it happened in.
    pub course: Option<CourseId>,
    /// The assessment that it is about; without a title when it was deleted.
    pub assessment: Option<(AssessmentId, Option<String>)>,
    /// The student whose score or enrolment it is about.
    pub student: Option<(UserId, String)>,
    /// The account that it is about.
    pub user: Option<(UserId, String)>,
    /// The score before and after.
    pub score: Option<(Score, Score)>,
    /// The remark before and after, where it changed; what was before may be unknown.
    pub comment: Option<(Option<String>, String)>,
    /// What else is on record, of anything but a score: names and what became of them.
    pub detail: Option<String>,
    /// The version after.
    pub version: Option<i64>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// `web`, `api`, `cli`, `import` or `system`.
    pub source: String,
    /// The batch that it was part of.
    pub batch: Option<BatchId>,
    /// How it was entered.
    pub way: Option<Way>,
    /// The batch that it took back.
    pub undoes: Option<BatchId>,
}

impl ChangeFilter {
    /// The condition for rows of `table`; `None` when no row can fit.
    fn condition(&self, scope: Scope<'_>, table: &'static str) -> Option<Condition> {
        let column = |name: &'static str| Expr::col((table, name));
        let mut all = Condition::all();
        if let Scope::Courses(grants) = scope {
            let allowed: HashSet<i64> = grants.iter().map(|grant| grant.on().course.0).collect();
            match self.course {
                Some(course) if !allowed.contains(&course.0) => return None,
                // The condition below says it.
                Some(_) => {}
                None if allowed.is_empty() => return None,
                None => all = all.add(column("course_id").is_in(allowed)),
            }
        }
        let ids = [
            ("course_id", self.course.map(|id| id.0)),
            ("actor_id", self.actor.map(|id| id.0)),
            ("assessment_id", self.assessment.map(|id| id.0)),
            ("batch_id", self.batch.map(|id| id.0)),
        ];
        for (name, id) in ids {
            if let Some(id) = id {
                all = all.add(column(name).eq(id));
            }
        }
        if let Some(student) = self.student {
            all = all.add(
                column("student_id")
                    .eq(student.0)
                    .or(column("user_id").eq(student.0)),
            );
        }
        if let Some(kind) = self.kind {
            all = all.add(column("kind").eq(kind.as_str()));
        }
        if let Some(kinds) = self.kinds {
            all = all.add(column("kind").is_in(kinds.iter().map(|kind| kind.as_str())));
        }
        if let Some(since) = self.since {
            all = all.add(column("at").gte(since));
        }
        if let Some(until) = self.until {
            all = all.add(column("at").lt(until));
        }
        Some(all)
    }
}

const LOG: &str = "change_log";

/// Changes, newest first, older than `before` if given.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn list(
    db: &impl Read,
    scope: Scope<'_>,
    filter: &ChangeFilter,
    before: Option<ChangeId>,
    limit: u64,
) -> Result<Vec<LoggedChange>, DbError> {
    let Some(condition) = filter.condition(scope, LOG) else {
        return Ok(Vec::new());
    };
    let rows = newest_first(db, condition, before, limit).await?;
    named(db, rows).await
}

async fn newest_first(
    db: &impl Read,
    condition: Condition,
    before: Option<ChangeId>,
    limit: u64,
) -> Result<Vec<change::Model>, DbError> {
    let mut select = change::Entity::find()
        .filter(condition)
        .order_by_desc(change::Column::At)
        .order_by_desc(change::Column::Id)
        .limit(limit);
    if let Some(before) = before {
        let at: Option<i64> = change::Entity::find_by_id(before.0)
            .select_only()
            .column(change::Column::At)
            .into_tuple()
            .one(&db.on().0)
            .await?;
        let Some(at) = at else {
            return Ok(Vec::new());
        };
        // The first of the two lets the index on the time find the place.
        select = select.filter(change::Column::At.lte(at)).filter(
            change::Column::At
                .lt(at)
                .or(change::Column::Id.lt(before.0)),
        );
    }
    Ok(select.all(&db.on().0).await?)
}

async fn titles(
    db: &impl Read,
    ids: impl Iterator<Item = i64>,
) -> Result<HashMap<AssessmentId, String>, DbError> {
    let ids: HashSet<AssessmentId> = ids.map(AssessmentId).collect();
    Ok(gradebook::assessments(db, &ids)
        .await?
        .into_iter()
        .map(|(id, assessment)| (id, assessment.title))
        .collect())
}

async fn named(db: &impl Read, rows: Vec<change::Model>) -> Result<Vec<LoggedChange>, DbError> {
    let people = rows
        .iter()
        .flat_map(|row| [row.actor_id, row.student_id, row.user_id])
        .flatten();
    let names = courses::names(db, people).await?;
    let titles = titles(db, rows.iter().filter_map(|row| row.assessment_id)).await?;
    rows.into_iter()
        .map(|row| read(row, &names, &titles))
        .collect()
}

fn read(
    row: change::Model,
    names: &HashMap<UserId, String>,
    titles: &HashMap<AssessmentId, String>,
) -> Result<LoggedChange, DbError> {
    let kind = ChangeKind::parse(&row.kind);
    let person = |id: i64| {
        let id = UserId(id);
        (id, names.get(&id).cloned().unwrap_or_default())
    };
    let is_score = kind == Some(ChangeKind::Score);
    let score = if is_score {
        Some((
            history::score(row.before_status.as_deref(), row.before_value)?,
            history::score(row.after_status.as_deref(), row.after_value)?,
        ))
    } else {
        None
    };
    Ok(LoggedChange {
        id: ChangeId(row.id),
        at: row.at,
        actor: row.actor_id.map(person),
        kind,
        course: row.course_id.map(CourseId),
        assessment: row.assessment_id.map(|id| {
            let id = AssessmentId(id);
            (id, titles.get(&id).cloned())
        }),
        student: row.student_id.map(person),
        user: row.user_id.map(person),
        score,
        comment: row
            .detail
            .clone()
            .filter(|_| is_score)
            .map(|after| (row.comment_before, after)),
        detail: row.detail.filter(|_| !is_score),
        version: row.version,
        reason: row.reason,
        source: row.source,
        batch: row.batch_id.map(BatchId),
        way: row.way.as_deref().and_then(Way::parse),
        undoes: row.undoes.map(BatchId),
    })
}
