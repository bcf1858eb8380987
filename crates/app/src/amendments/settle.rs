//! Answering, approving, rejecting and taking back.

use gradebook_auth::actions::{
    AmendmentAccess, AnswerReview as AnswerReviewAction, DecideAmendment, EnterScores,
    WithdrawAmendment,
};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{AmendmentId, AmendmentKind, AmendmentState, AmendmentStep, Score};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::amendments as query;
use gradebook_persistence::repo::amendments::{self, Amendment, Proposal};
use gradebook_persistence::repo::scores::{self, How, ScoreWrite};

use super::{AmendmentError, Ground, WantedScore};
use crate::App;
use crate::reason;

/// What a teacher says to a request for a review.
#[derive(Debug, Clone)]
pub struct AnswerReview {
    /// The score that it should be; `None` says that it was checked and stays.
    pub proposed: Option<WantedScore>,
    /// Why. The student reads it where the teacher decides.
    pub note: Option<String>,
    /// The version of the score that the teacher saw, where it is known.
    pub version: Option<i64>,
}

/// What an admin gives the cell.
#[derive(Debug, Clone)]
pub struct ApproveAmendment {
    /// Another score than the proposed one.
    pub proposed: Option<WantedScore>,
    /// What to say with it.
    pub note: Option<String>,
    /// The version of the score that the admin saw; that of the proposal unless stated.
    pub version: Option<i64>,
}

impl App {
    /// Answers a student's request. Where scores can still be entered this settles it: the score is
    /// corrected, or stays. Where they cannot, it is a recommendation to the admin, and a later one
    /// replaces it.
    ///
    /// # Errors
    /// [`AmendmentError`]; nothing is changed then.
    pub async fn answer_review(
        &self,
        actor: &Actor,
        id: AmendmentId,
        command: &AnswerReview,
    ) -> Result<AmendmentState, AmendmentError> {
        let note = reason::given(command.note.as_deref())?;
        let stamp = Stamp {
            reason: note,
            ..self.stamp(actor)
        };
        self.db
            .write(async |tx| {
                let (ground, amendment, access) = lock(tx, actor, id).await?;
                let grant = authorize::<AnswerReviewAction>(actor, access)?;
                let step = match (ground.frozen(), &command.proposed) {
                    (true, _) => AmendmentStep::Answer,
                    (false, Some(_)) => AmendmentStep::Correct,
                    (false, None) => AmendmentStep::Uphold,
                };
                let state = amendment
                    .state
                    .apply(amendment.kind, step, ground.frozen())?;
                let note = note.ok_or(AmendmentError::NoteRequired)?;
                if step != AmendmentStep::Uphold {
                    ground.seen_by_student()?;
                }
                if let Some(version) = command.version {
                    ground.expect(tx, version).await?;
                }
                let about = (&amendment, note);
                if step == AmendmentStep::Answer {
                    let wanted = command.proposed.clone();
                    let proposed = wanted.map(|one| ground.proposal(one)).transpose()?;
                    let seen = (ground.score(), ground.version());
                    amendments::answer(tx, &grant, &stamp, about, seen, proposed.as_ref()).await?;
                    return Ok(state);
                }
                let Some(wanted) = command.proposed.clone() else {
                    amendments::settle_review(tx, &grant, &stamp, about, None).await?;
                    return Ok(state);
                };
                let given = ground.proposal(wanted)?;
                amendments::settle_review(tx, &grant, &stamp, about, Some(&given)).await?;
                write(tx, actor, &stamp, &ground, &amendment, given).await?;
                Ok(state)
            })
            .await
    }

    /// Gives the cell the proposed score, or another one. Locked cells and those of closed terms
    /// change in this way only.
    ///
    /// # Errors
    /// [`AmendmentError::Conflict`] when the cell was changed since; nothing is changed then.
    pub async fn approve_amendment(
        &self,
        actor: &Actor,
        id: AmendmentId,
        command: &ApproveAmendment,
    ) -> Result<AmendmentState, AmendmentError> {
        let note = reason::given(command.note.as_deref())?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let (ground, amendment, access) = lock(tx, actor, id).await?;
                let grant = authorize::<DecideAmendment>(actor, access)?;
                let step = AmendmentStep::Approve;
                let state = amendment
                    .state
                    .apply(amendment.kind, step, ground.frozen())?;
                if amendment.kind == AmendmentKind::Review {
                    ground.seen_by_student()?;
                }
                let version = command.version.unwrap_or(amendment.version);
                ground.expect(tx, version).await?;
                let proposed = amendment.proposed.clone().map(WantedScore::from);
                let wanted = command.proposed.clone().or(proposed);
                let given = ground.proposal(wanted.ok_or(AmendmentError::ProposalRequired)?)?;
                amendments::approve(tx, &grant, &stamp, (&amendment, note), &given).await?;
                let stamp = Stamp {
                    reason: Some(why(&amendment, note)),
                    ..stamp
                };
                write(tx, actor, &stamp, &ground, &amendment, given).await?;
                Ok(state)
            })
            .await
    }

    /// Leaves the score as it is.
    ///
    /// # Errors
    /// [`AmendmentError`]; nothing is changed then.
    pub async fn reject_amendment(
        &self,
        actor: &Actor,
        id: AmendmentId,
        note: Option<&str>,
    ) -> Result<AmendmentState, AmendmentError> {
        let note = reason::given(note)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let (ground, amendment, access) = lock(tx, actor, id).await?;
                let grant = authorize::<DecideAmendment>(actor, access)?;
                let step = AmendmentStep::Reject;
                let state = amendment
                    .state
                    .apply(amendment.kind, step, ground.frozen())?;
                let note = note.ok_or(AmendmentError::NoteRequired)?;
                amendments::reject(tx, &grant, &stamp, (&amendment, note)).await?;
                Ok(state)
            })
            .await
    }

    /// Takes back what the actor proposed or asked for.
    ///
    /// # Errors
    /// [`AmendmentError`]; nothing is changed then.
    pub async fn withdraw_amendment(
        &self,
        actor: &Actor,
        id: AmendmentId,
    ) -> Result<AmendmentState, AmendmentError> {
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let (ground, amendment, access) = lock(tx, actor, id).await?;
                let grant = authorize::<WithdrawAmendment>(actor, access)?;
                let step = AmendmentStep::Withdraw;
                let state = amendment
                    .state
                    .apply(amendment.kind, step, ground.frozen())?;
                amendments::withdraw(tx, &grant, &stamp, &amendment).await?;
                Ok(state)
            })
            .await
    }
}

/// Why the score changes, for its history: what the teacher said, or whoever asked.
fn why<'a>(amendment: &'a Amendment, note: Option<&'a str>) -> &'a str {
    let answered = amendment.answer.as_ref().map(|answer| answer.note.as_str());
    match amendment.kind {
        AmendmentKind::Change => &amendment.reason,
        AmendmentKind::Review => answered.or(note).unwrap_or(amendment.reason.as_str()),
    }
}

/// The amendment with its cell, locked in the order of all writers, and how the actor stands to it.
async fn lock(
    tx: &Tx,
    actor: &Actor,
    id: AmendmentId,
) -> Result<(Ground, Amendment, AmendmentAccess), AmendmentError> {
    // Its cell never changes, so what is read without a lock says what to lock first.
    let found = query::one(tx, id).await?.ok_or(AmendmentError::NotFound)?;
    let ground = Ground::lock(tx, actor, (found.assessment, found.student))
        .await?
        .ok_or(AmendmentError::NotFound)?;
    let amendment = amendments::lock(tx, id)
        .await?
        .ok_or(AmendmentError::NotFound)?;
    let access = AmendmentAccess {
        amendment: id,
        course: ground.access,
        made_by: amendment.made_by,
        visible: ground.assessment.state.visible_to_students(),
    };
    Ok((ground, amendment, access))
}

/// Writes the score, marked as corrected if students see it.
async fn write(
    tx: &Tx,
    actor: &Actor,
    stamp: &Stamp<'_>,
    ground: &Ground,
    amendment: &Amendment,
    given: Proposal,
) -> Result<(), AmendmentError> {
    let grant = authorize::<EnterScores>(actor, ground.access)?;
    let (score, comment): (Score, Option<String>) = ground.outcome(given.into())?;
    let before = ground.stored.clone();
    let seen = ground.assessment.state.visible_to_students();
    let write = ScoreWrite {
        course: ground.assessment.course,
        corrected: before
            .as_ref()
            .is_some_and(|one| one.corrected || (seen && one.has_score())),
        before,
        assessment: ground.assessment.id,
        student: ground.student,
        score,
        comment,
    };
    let how = How {
        amendment: Some(amendment.id),
        ..How::default()
    };
    Ok(scores::put_as(tx, &[grant], stamp, how, vec![write]).await?)
}

impl From<Proposal> for WantedScore {
    fn from(proposal: Proposal) -> Self {
        Self {
            score: Some(Ok(proposal.score)),
            comment: proposal.comment,
        }
    }
}
