//! Somebody who is in the middle of something while somebody else comes.

use std::collections::HashSet;
use std::time::Duration;

use gradebook_auth::actions::{EditAssessments, ManageSetup, School};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{AssessmentId, CourseId, TermId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::access;
use gradebook_persistence::repo::{assessments, scheme, school};
use gradebook_persistence::{Db, DbError, Tx};
use tokio::sync::Notify;

/// How long `other` gets to come as far as the lock that it has to wait for.
const HEAD_START: Duration = Duration::from_millis(400);

/// Begins a transaction, locks with `lock`, lets `other` begin, and goes on with `then`: `other` meets
/// the locks and sees what `then` did.
pub(crate) async fn overtaken<T>(
    db: &Db,
    lock: impl AsyncFn(&Tx) -> Result<(), DbError>,
    then: impl AsyncFn(&Tx) -> Result<(), DbError>,
    other: impl Future<Output = T>,
) -> T {
    let locked = Notify::new();
    let first = db.write(async |tx| {
        lock(tx).await?;
        locked.notify_one();
        tokio::time::sleep(HEAD_START).await;
        then(tx).await
    });
    let second = async {
        locked.notified().await;
        other.await
    };
    let (first, second) = tokio::join!(first, second);
    first.unwrap();
    second
}

/// Closes a term while `other` comes. Its assessments, `columns`, are locked already, as they are by a
/// closing that has come so far.
pub(crate) async fn closing<T>(
    db: &Db,
    term: TermId,
    columns: &HashSet<AssessmentId>,
    other: impl Future<Output = T>,
) -> T {
    let operator = Actor::operator();
    let lock = async |tx: &Tx| {
        school::lock_term(tx, term).await?;
        assessments::lock(tx, columns).await.map(drop)
    };
    let close = async |tx: &Tx| {
        let grant = authorize::<ManageSetup>(&operator, School).unwrap();
        let term = school::lock_term(tx, term).await?.unwrap();
        let closed = school::close_term(tx, &grant, &stamp(&operator), &term).await;
        closed.map(drop)
    };
    overtaken(db, lock, close, other).await
}

/// Deletes an assessment with its scores while `other` comes.
#[allow(dead_code, reason = "not every test deletes")]
pub(crate) async fn deleting<T>(
    db: &Db,
    course: CourseId,
    column: AssessmentId,
    other: impl Future<Output = T>,
) -> T {
    let operator = Actor::operator();
    let ids = HashSet::from([column]);
    let lock = async |tx: &Tx| assessments::lock(tx, &ids).await.map(drop);
    let delete = async |tx: &Tx| {
        let access = access::course(tx, &operator, course).await?.unwrap();
        let grant = authorize::<EditAssessments>(&operator, access).unwrap();
        let at = stamp(&operator);
        let deleted = scheme::delete_assessment(tx, &grant, &at, column, &[], String::new()).await;
        deleted.map(drop)
    };
    overtaken(db, lock, delete, other).await
}

fn stamp(actor: &Actor) -> Stamp<'_> {
    Stamp {
        at: crate::support::NOW,
        actor,
        batch: None,
        reason: None,
    }
}
