//! The days between which students belong to classes.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManagePeople;
use gradebook_domain::ClassId;
use sea_orm::sea_query::{CaseStatement, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::CHUNK;
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::enrolment;
use crate::error::DbError;
use crate::query::roster::Enrolment;

/// From which day to which, the last one included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentDates {
    /// First day, ISO 8601.
    pub starts_on: String,
    /// Last day, ISO 8601; none while it goes on.
    pub ends_on: Option<String>,
}

/// Gives an enrolment other days.
///
/// # Errors
/// [`DbError::Duplicate`] when the student joined the class on that first day already.
pub async fn set_dates(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    before: &Enrolment,
    after: &EnrolmentDates,
) -> Result<(), DbError> {
    enrolment::Entity::update_many()
        .col_expr(
            enrolment::Column::StartsOn,
            Expr::value(after.starts_on.as_str()),
        )
        .col_expr(
            enrolment::Column::EndsOn,
            Expr::value(after.ends_on.clone()),
        )
        .filter(enrolment::Column::Id.eq(before.id.0))
        .exec(tx.raw())
        .await?;
    let ended = before.dates.ends_on.is_none() && after.ends_on.is_some();
    let kind = if ended {
        ChangeKind::EnrolmentEnded
    } else {
        ChangeKind::EnrolmentChanged
    };
    let change = change(kind, before, &before.dates, after);
    change_log::append(tx, stamp, [change]).await
}

/// Ends these enrolments, all of them with the same last day.
///
/// # Errors
/// Any database failure.
pub async fn end_enrolments(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    ended: &[Enrolment],
    ends_on: &str,
) -> Result<(), DbError> {
    if ended.is_empty() {
        return Ok(());
    }
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::EndsOn, Expr::value(ends_on))
        .filter(enrolment::Column::Id.is_in(ended.iter().map(|one| one.id.0)))
        .exec(tx.raw())
        .await?;
    let changes = ended.iter().map(|one| {
        let after = EnrolmentDates {
            starts_on: one.dates.starts_on.clone(),
            ends_on: Some(ends_on.to_owned()),
        };
        change(ChangeKind::EnrolmentEnded, one, &one.dates, &after)
    });
    change_log::append(tx, stamp, changes).await
}

/// Ends these enrolments, each with its own last day.
///
/// # Errors
/// Any database failure.
pub async fn end_each(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    ended: &[(Enrolment, String)],
) -> Result<(), DbError> {
    for chunk in ended.chunks(CHUNK) {
        let last_days = chunk
            .iter()
            .fold(CaseStatement::new(), |case, (one, last_day)| {
                let is_this = enrolment::Column::Id.eq(one.id.0);
                case.case(is_this, Expr::value(last_day.as_str()))
            })
            .finally(Expr::col(enrolment::Column::EndsOn));
        enrolment::Entity::update_many()
            .col_expr(enrolment::Column::EndsOn, last_days.into())
            .filter(enrolment::Column::Id.is_in(chunk.iter().map(|(one, _)| one.id.0)))
            .exec(tx.raw())
            .await?;
    }
    let changes = ended.iter().map(|(one, last_day)| {
        let after = EnrolmentDates {
            starts_on: one.dates.starts_on.clone(),
            ends_on: Some(last_day.clone()),
        };
        change(ChangeKind::EnrolmentEnded, one, &one.dates, &after)
    });
    change_log::append(tx, stamp, changes).await
}

/// Makes these enrolments ones of another class, each from a first day: the students never were in the
/// one that was entered.
///
/// # Errors
/// [`DbError::Duplicate`] when a student is enrolled in the class from that day already.
pub async fn put_in_class_instead(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    put_right: &[(Enrolment, ClassId, &str)],
) -> Result<(), DbError> {
    for chunk in put_right.chunks(CHUNK) {
        let mut classes = CaseStatement::new();
        let mut first_days = CaseStatement::new();
        for (one, class, first_day) in chunk {
            let is_this = || enrolment::Column::Id.eq(one.id.0);
            classes = classes.case(is_this(), Expr::value(class.0));
            first_days = first_days.case(is_this(), Expr::value(*first_day));
        }
        let classes = classes.finally(Expr::col(enrolment::Column::ClassId));
        let first_days = first_days.finally(Expr::col(enrolment::Column::StartsOn));
        enrolment::Entity::update_many()
            .col_expr(enrolment::Column::ClassId, classes.into())
            .col_expr(enrolment::Column::StartsOn, first_days.into())
            .col_expr(enrolment::Column::EndsOn, Expr::value(None::<String>))
            .filter(enrolment::Column::Id.is_in(chunk.iter().map(|(one, ..)| one.id.0)))
            .exec(tx.raw())
            .await?;
    }
    let changes = put_right.iter().map(|(one, class, first_day)| NewChange {
        student: Some(one.student.id),
        detail: Some(format!(
            "class {}: {} -> class {class}: {first_day} to open",
            one.class,
            words(&one.dates)
        )),
        ..NewChange::of(ChangeKind::EnrolmentChanged)
    });
    change_log::append(tx, stamp, changes).await
}

fn change(
    kind: ChangeKind,
    of: &Enrolment,
    before: &EnrolmentDates,
    after: &EnrolmentDates,
) -> NewChange {
    NewChange {
        student: Some(of.student.id),
        detail: Some(format!(
            "class {}: {} -> {}",
            of.class,
            words(before),
            words(after)
        )),
        ..NewChange::of(kind)
    }
}

fn words(dates: &EnrolmentDates) -> String {
    let last = dates.ends_on.as_deref().unwrap_or("open");
    format!("{} to {last}", dates.starts_on)
}
