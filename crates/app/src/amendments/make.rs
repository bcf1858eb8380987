//! Proposing another score, and asking for a review.

use gradebook_auth::actions::{OwnScore, ProposeAmendment, RequestReview};
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{AmendmentId, AmendmentKind, AssessmentId, UserId};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::amendments as query;
use gradebook_persistence::repo::amendments::{self, NewAmendment};

use super::{AmendmentError, DAY_MS, Ground, MOST_A_DAY, MOST_FOR_A_SCORE, MOST_OPEN, WantedScore};
use crate::App;
use crate::reason;
use crate::scores::{CellRefusal, RefusalCode};

/// What a teacher proposes, or a student asks for.
#[derive(Debug, Clone)]
pub struct MakeAmendment {
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student; `None` for a student's own score.
    pub student: Option<UserId>,
    /// The score that a teacher proposes; a student asks without one.
    pub proposed: Option<WantedScore>,
    /// Why.
    pub reason: Option<String>,
    /// The version of the score that the author saw, where it is known.
    pub version: Option<i64>,
}

impl App {
    /// Makes a teacher's proposal for a score that cannot simply be entered, or a student's request
    /// to have an own score looked at again.
    ///
    /// # Errors
    /// [`AmendmentError`]; nothing is made then.
    pub async fn make_amendment(
        &self,
        actor: &Actor,
        command: &MakeAmendment,
    ) -> Result<AmendmentId, AmendmentError> {
        let reason =
            reason::given(command.reason.as_deref())?.ok_or(AmendmentError::ReasonRequired)?;
        let student = match (actor.role, command.student) {
            (_, Some(student)) => student,
            (Role::Student, None) => actor.user_id().ok_or(AmendmentError::NotFound)?,
            (Role::Admin | Role::Teacher, None) => return Err(AmendmentError::NotFound),
        };
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                if !amendments::lock_course(tx, command.assessment).await? {
                    return Err(AmendmentError::NotFound);
                }
                let cell = (command.assessment, student);
                let ground = Ground::lock(tx, actor, cell)
                    .await?
                    .ok_or(AmendmentError::NotFound)?;
                let new = NewAmendment {
                    assessment: command.assessment,
                    student,
                    reason,
                    before: ground.score(),
                    version: ground.version(),
                };
                match actor.role {
                    Role::Student => ask(tx, actor, &stamp, &ground, &new, command).await,
                    Role::Admin | Role::Teacher => {
                        propose(tx, actor, &stamp, &ground, &new, command).await
                    }
                }
            })
            .await
    }
}

async fn ask(
    tx: &Tx,
    actor: &Actor,
    stamp: &Stamp<'_>,
    ground: &Ground,
    new: &NewAmendment<'_>,
    command: &MakeAmendment,
) -> Result<AmendmentId, AmendmentError> {
    let own = OwnScore {
        course: ground.access,
        student: new.student,
        visible: ground.assessment.state.visible_to_students(),
    };
    let grant = authorize::<RequestReview>(actor, own)?;
    if !ground.enrolled {
        return Err(AmendmentError::NotFound);
    }
    if command.proposed.is_some() {
        return Err(AmendmentError::NoProposal);
    }
    if command.version.is_some_and(|seen| seen != ground.version()) {
        return Err(AmendmentError::Changed(ground.score()));
    }
    none_open(tx, new, AmendmentKind::Review).await?;
    let score = (new.assessment, new.version);
    let made = query::requests_made(tx, new.student, score, stamp.at - DAY_MS).await?;
    if made.open >= MOST_OPEN {
        return Err(AmendmentError::TooManyOpen);
    }
    // Each request is kept, and told to teachers and admins, also when it is taken back at once.
    if made.of_score >= MOST_FOR_A_SCORE {
        return Err(AmendmentError::AskedOften);
    }
    if made.since >= MOST_A_DAY {
        return Err(AmendmentError::TooManyToday);
    }
    Ok(amendments::request(tx, &grant, stamp, new).await?)
}

async fn propose(
    tx: &Tx,
    actor: &Actor,
    stamp: &Stamp<'_>,
    ground: &Ground,
    new: &NewAmendment<'_>,
    command: &MakeAmendment,
) -> Result<AmendmentId, AmendmentError> {
    let grant = authorize::<ProposeAmendment>(actor, ground.access)?;
    if !ground.enrolled {
        return Err(AmendmentError::Refused(CellRefusal::of(
            RefusalCode::NotEnrolled,
        )));
    }
    if !ground.frozen() {
        return Err(AmendmentError::NotLocked);
    }
    if let Some(version) = command.version {
        ground.expect(tx, version).await?;
    }
    let wanted = command.proposed.clone();
    let proposed = ground.proposal(wanted.ok_or(AmendmentError::ProposalRequired)?)?;
    none_open(tx, new, AmendmentKind::Change).await?;
    Ok(amendments::propose(tx, &grant, stamp, new, &proposed).await?)
}

/// The assessment is locked, so nothing can come in between.
async fn none_open(
    tx: &Tx,
    new: &NewAmendment<'_>,
    kind: AmendmentKind,
) -> Result<(), AmendmentError> {
    let cell = (new.assessment, new.student);
    match query::open_of_cell(tx, cell, kind).await? {
        Some(open) => Err(AmendmentError::AlreadyOpen(open)),
        None => Ok(()),
    }
}
