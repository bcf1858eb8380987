//! How amendments end.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::{AnswerReview, DecideAmendment, WithdrawAmendment};
use gradebook_domain::{AmendmentKind, AmendmentState, AssessmentId, Score, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{Amendment, Proposal, about, granted, read, status, value};
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::amendment;
use crate::error::DbError;
use crate::query::visible;
use crate::repo::scores::{self, ScoreWrite};
use crate::repo::{CHUNK, MANY_IDS};

/// Records that an admin approved it and which score that gives the cell, which is written by
/// [`crate::repo::scores::put_as`] in the same transaction. It must have been read by [`lock`].
///
/// # Errors
/// [`DbError::Configuration`] when it is not the grant's; any database failure.
pub async fn approve(
    tx: &Tx,
    grant: &Grant<DecideAmendment>,
    stamp: &Stamp<'_>,
    (amendment, note): (&Amendment, Option<&str>),
    given: &Proposal,
) -> Result<(), DbError> {
    granted(amendment, grant.on().amendment)?;
    let end = (AmendmentState::Approved, ChangeKind::AmendmentApproved);
    settle(tx, stamp, amendment, end, Some(given), note).await
}

/// Records that an admin rejected it. It must have been read by [`lock`].
///
/// # Errors
/// [`DbError::Configuration`] when it is not the grant's; any database failure.
pub async fn reject(
    tx: &Tx,
    grant: &Grant<DecideAmendment>,
    stamp: &Stamp<'_>,
    (amendment, note): (&Amendment, &str),
) -> Result<(), DbError> {
    granted(amendment, grant.on().amendment)?;
    let end = (AmendmentState::Rejected, ChangeKind::AmendmentRejected);
    settle(tx, stamp, amendment, end, None, Some(note)).await
}

/// Records that whoever made it took it back. It must have been read by [`lock`].
///
/// # Errors
/// [`DbError::Configuration`] when it is not the grant's; any database failure.
pub async fn withdraw(
    tx: &Tx,
    grant: &Grant<WithdrawAmendment>,
    stamp: &Stamp<'_>,
    amendment: &Amendment,
) -> Result<(), DbError> {
    granted(amendment, grant.on().amendment)?;
    let end = (AmendmentState::Withdrawn, ChangeKind::AmendmentWithdrawn);
    settle(tx, stamp, amendment, end, None, None).await
}

/// Records that the teacher settled it: by leaving the score, or with `given`, which is written by
/// [`crate::repo::scores::put_as`] in the same transaction. It must have been read by [`lock`].
///
/// # Errors
/// [`DbError::Configuration`] when it is not the grant's; any database failure.
pub async fn settle_review(
    tx: &Tx,
    grant: &Grant<AnswerReview>,
    stamp: &Stamp<'_>,
    (amendment, note): (&Amendment, &str),
    given: Option<&Proposal>,
) -> Result<(), DbError> {
    granted(amendment, grant.on().amendment)?;
    let end = match given {
        Some(_) => (AmendmentState::Corrected, ChangeKind::ReviewCorrected),
        None => (AmendmentState::Upheld, ChangeKind::ReviewUpheld),
    };
    settle(tx, stamp, amendment, end, given, Some(note)).await
}

async fn settle(
    tx: &Tx,
    stamp: &Stamp<'_>,
    amendment: &Amendment,
    (state, kind): (AmendmentState, ChangeKind),
    given: Option<&Proposal>,
    note: Option<&str>,
) -> Result<(), DbError> {
    let mut row = amendment::ActiveModel {
        id: Set(amendment.id.0),
        note: Set(note.map(str::to_owned)),
        ..ended(stamp, state)
    };
    if let Some(given) = given {
        row.proposed_status = Set(status(Some(given)));
        row.proposed_value = Set(value(Some(given)));
        row.proposed_comment = Set(given.comment.clone());
    }
    amendment::Entity::update(row).exec(tx.raw()).await?;
    let change = NewChange {
        after: given.map(|given| given.score),
        ..about(amendment, kind)
    };
    let reasoned = Stamp {
        reason: note,
        ..*stamp
    };
    change_log::append(tx, &reasoned, [change]).await
}

/// Settles the open requests for a review of cells whose score has just been changed, whatever
/// changed it: that is what they asked for. Part of writing scores, so it takes no grant of its own.
///
/// What is entered while students cannot see the assessment settles nothing: they were never told
/// that score. [`settle_published`] does it when the assessment is published.
pub(in crate::repo) async fn correct_reviews(
    tx: &Tx,
    stamp: &Stamp<'_>,
    writes: &[ScoreWrite],
) -> Result<(), DbError> {
    let changed: HashMap<(i64, i64), Score> = writes
        .iter()
        .filter(|write| {
            let before = write.before.as_ref().map_or(Score::Blank, |one| one.score);
            before != write.score
        })
        .map(|write| ((write.assessment.0, write.student.0), write.score))
        .collect();
    let assessments: HashSet<i64> = changed.keys().map(|(assessment, _)| *assessment).collect();
    let assessments: Vec<i64> = assessments.into_iter().collect();
    let mut given = Vec::new();
    for row in open_reviews(tx, &assessments).await? {
        if let Some(score) = changed.get(&(row.assessment_id, row.student_id)) {
            given.push((row, *score));
        }
    }
    correct(tx, stamp, given).await
}

/// Settles the open requests for a review in assessments that have just been published, where
/// students see another score now than the one that they asked about. Part of publishing, so it
/// takes no grant of its own. The assessments must be locked.
pub(in crate::repo) async fn settle_published(
    tx: &Tx,
    stamp: &Stamp<'_>,
    published: &[AssessmentId],
) -> Result<(), DbError> {
    let ids: Vec<i64> = published.iter().map(|id| id.0).collect();
    let open = open_reviews(tx, &ids).await?;
    if open.is_empty() {
        return Ok(());
    }
    let cell = |row: &amendment::Model| (AssessmentId(row.assessment_id), UserId(row.student_id));
    let now = scores::of_cells(tx, &open.iter().map(cell).collect()).await?;
    let mut given = Vec::new();
    for row in open {
        let score = now
            .get(&cell(&row))
            .map_or(Score::Blank, |stored| stored.score);
        if read(row.clone())?.before != score {
            given.push((row, score));
        }
    }
    correct(tx, stamp, given).await
}

/// The open requests for a review in those of these assessments that students can see.
async fn open_reviews(tx: &Tx, assessments: &[i64]) -> Result<Vec<amendment::Model>, DbError> {
    let mut open = Vec::new();
    for chunk in assessments.chunks(MANY_IDS) {
        let seen = visible::among(chunk.iter().copied());
        let rows = amendment::Entity::find()
            .filter(amendment::Column::Waiting.eq(1))
            .filter(amendment::Column::AssessmentId.in_subquery(seen))
            .filter(amendment::Column::Kind.eq(AmendmentKind::Review.as_str()))
            .all(tx.raw())
            .await?;
        open.extend(rows);
    }
    Ok(open)
}

/// Records that these requests were settled by the score that their cell got.
async fn correct(
    tx: &Tx,
    stamp: &Stamp<'_>,
    given: Vec<(amendment::Model, Score)>,
) -> Result<(), DbError> {
    let mut changes = Vec::new();
    let mut settled: HashMap<Score, Vec<i64>> = HashMap::new();
    for (row, score) in given {
        settled.entry(score).or_default().push(row.id);
        changes.push(NewChange {
            after: Some(score),
            ..about(&read(row)?, ChangeKind::ReviewCorrected)
        });
    }
    // Requests are few, and different scores fewer: one statement for those that got the same.
    for (score, ids) in settled {
        let given = Proposal {
            score,
            comment: None,
        };
        for chunk in ids.chunks(CHUNK) {
            amendment::Entity::update_many()
                .set(amendment::ActiveModel {
                    proposed_status: Set(status(Some(&given))),
                    proposed_value: Set(value(Some(&given))),
                    ..ended(stamp, AmendmentState::Corrected)
                })
                .filter(amendment::Column::Id.is_in(chunk.iter().copied()))
                .exec(tx.raw())
                .await?;
        }
    }
    change_log::append(tx, stamp, changes).await
}

/// Takes back whatever is open about an assessment that is being deleted: nobody could decide it, or
/// take it back, any more. Part of deleting, so it takes no grant of its own.
pub(in crate::repo) async fn withdraw_all(
    tx: &Tx,
    stamp: &Stamp<'_>,
    deleted: AssessmentId,
) -> Result<(), DbError> {
    let open = amendment::Entity::find()
        .filter(amendment::Column::Waiting.eq(1))
        .filter(amendment::Column::AssessmentId.eq(deleted.0))
        .lock_exclusive()
        .all(tx.raw())
        .await?;
    if open.is_empty() {
        return Ok(());
    }
    for chunk in open.chunks(CHUNK) {
        amendment::Entity::update_many()
            .set(ended(stamp, AmendmentState::Withdrawn))
            .filter(amendment::Column::Id.is_in(chunk.iter().map(|row| row.id)))
            .exec(tx.raw())
            .await?;
    }
    let changes = open
        .into_iter()
        .map(|row| read(row).map(|one| about(&one, ChangeKind::AmendmentWithdrawn)))
        .collect::<Result<Vec<_>, _>>()?;
    change_log::append(tx, stamp, changes).await
}

/// What is stored of one that ends in this state.
fn ended(stamp: &Stamp<'_>, state: AmendmentState) -> amendment::ActiveModel {
    amendment::ActiveModel {
        state: Set(state.as_str().to_owned()),
        waiting: Set(None),
        decided_by: Set(stamp.actor.user_id().map(|user| user.0)),
        decided_at: Set(Some(stamp.at)),
        ..Default::default()
    }
}
