//! Lines and settings of an exam's analysis. What nobody set is not stored.

use std::collections::{BTreeMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use gradebook_domain::{CompositeWeights, ExamId, Lines, Points, RankStyle, SubjectId, Weight};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::CHUNK;
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::{Read, Tx};
use crate::entity::{exam, exam_line, exam_setting};
use crate::error::DbError;

/// Lines by subject and grade level.
pub type LinesByPlace = BTreeMap<(SubjectId, String), Lines>;

/// How an exam is analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExamSettings {
    /// What the composite is made of.
    pub weights: CompositeWeights,
    /// What follows a tie.
    pub rank_style: RankStyle,
}

impl Default for ExamSettings {
    fn default() -> Self {
        Self {
            weights: CompositeWeights::USUAL,
            rank_style: RankStyle::Competition,
        }
    }
}

/// Lines and settings of an exam, as far as somebody set them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExamRules {
    /// Lines that somebody set.
    pub lines: LinesByPlace,
    /// Weights and ties, if somebody set them.
    pub settings: Option<ExamSettings>,
}

/// What was set for an exam.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn of_exam(db: &impl Read, exam: ExamId) -> Result<ExamRules, DbError> {
    Ok(ExamRules {
        lines: lines(db, exam).await?,
        settings: settings(db, exam).await?,
    })
}

/// What was set about weights and ties of an exam.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn settings(db: &impl Read, exam: ExamId) -> Result<Option<ExamSettings>, DbError> {
    let row = exam_setting::Entity::find_by_id(exam.0)
        .one(&db.on().0)
        .await?;
    row.map(|row| {
        let corrupt = |column, value: String| DbError::Corrupt {
            table: "exam_settings",
            column,
            value,
        };
        let weight = |column, value: i64| {
            Weight::from_ten_thousandths(value).ok_or_else(|| corrupt(column, value.to_string()))
        };
        Ok(ExamSettings {
            weights: CompositeWeights::new(
                weight("mean_weight", row.mean_weight)?,
                weight("pass_weight", row.pass_weight)?,
                weight("excellent_weight", row.excellent_weight)?,
            )
            .map_err(|_| corrupt("mean_weight", row.mean_weight.to_string()))?,
            rank_style: row
                .rank_style
                .parse()
                .map_err(|_| corrupt("rank_style", row.rank_style.clone()))?,
        })
    })
    .transpose()
}

async fn lines(db: &impl Read, exam: ExamId) -> Result<LinesByPlace, DbError> {
    let rows = exam_line::Entity::find()
        .filter(exam_line::Column::ExamId.eq(exam.0))
        .all(&db.on().0)
        .await?;
    rows.into_iter()
        .map(|row| {
            let points = Points::from_ten_thousandths;
            let lines = Lines::new(
                points(row.full_marks),
                points(row.excellent),
                points(row.good),
                points(row.pass),
            )
            .map_err(|error| DbError::Corrupt {
                table: "exam_lines",
                column: "full_marks",
                value: error.to_string(),
            })?;
            Ok(((SubjectId(row.subject_id), row.grade_level), lines))
        })
        .collect()
}

/// Makes these the lines of an exam; those that are not among them are as usual again. `false` when
/// there is no such exam.
///
/// # Errors
/// Any database failure.
pub async fn set_lines(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    exam: ExamId,
    wanted: &LinesByPlace,
) -> Result<bool, DbError> {
    if !lock(tx, exam).await? {
        return Ok(false);
    }
    let now = lines(tx, exam).await?;
    let places: HashSet<&(SubjectId, String)> = now.keys().chain(wanted.keys()).collect();
    let mut changed: Vec<&(SubjectId, String)> = places
        .into_iter()
        .filter(|place| now.get(*place) != wanted.get(*place))
        .collect();
    changed.sort();
    if changed.is_empty() {
        return Ok(true);
    }
    for chunk in changed.chunks(CHUNK) {
        let any = chunk
            .iter()
            .fold(Condition::any(), |any, (subject, level)| {
                any.add(
                    Condition::all()
                        .add(exam_line::Column::SubjectId.eq(subject.0))
                        .add(exam_line::Column::GradeLevel.eq(level)),
                )
            });
        exam_line::Entity::delete_many()
            .filter(exam_line::Column::ExamId.eq(exam.0))
            .filter(any)
            .exec(tx.raw())
            .await?;
    }
    let rows: Vec<exam_line::ActiveModel> = changed
        .iter()
        .filter_map(|place| Some(line_row(exam, place, wanted.get(*place)?)))
        .collect();
    if !rows.is_empty() {
        exam_line::Entity::insert_many(rows)
            .exec_without_returning(tx.raw())
            .await?;
    }
    let changes = changed.iter().map(|place| NewChange {
        detail: Some(format!(
            "exam {exam}, subject {}, {}: {} -> {}",
            place.0,
            place.1,
            in_words(now.get(*place)),
            in_words(wanted.get(*place)),
        )),
        ..NewChange::of(ChangeKind::ExamLinesChanged)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(true)
}

fn line_row(exam: ExamId, place: &(SubjectId, String), lines: &Lines) -> exam_line::ActiveModel {
    exam_line::ActiveModel {
        exam_id: Set(exam.0),
        subject_id: Set(place.0.0),
        grade_level: Set(place.1.clone()),
        full_marks: Set(lines.full().ten_thousandths()),
        excellent: Set(lines.excellent().ten_thousandths()),
        good: Set(lines.good().ten_thousandths()),
        pass: Set(lines.pass().ten_thousandths()),
    }
}

fn in_words(lines: Option<&Lines>) -> String {
    lines.map_or_else(
        || "usual".to_owned(),
        |lines| {
            format!(
                "{}/{}/{}/{}",
                lines.full(),
                lines.excellent(),
                lines.good(),
                lines.pass()
            )
        },
    )
}

/// Sets how an exam is analysed; `false` when there is no such exam.
///
/// # Errors
/// Any database failure.
pub async fn set_settings(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    exam: ExamId,
    wanted: ExamSettings,
) -> Result<bool, DbError> {
    if !lock(tx, exam).await? {
        return Ok(false);
    }
    let now = settings(tx, exam).await?;
    if now.unwrap_or_default() == wanted {
        return Ok(true);
    }
    exam_setting::Entity::delete_by_id(exam.0)
        .exec(tx.raw())
        .await?;
    let row = exam_setting::ActiveModel {
        exam_id: Set(exam.0),
        mean_weight: Set(wanted.weights.mean().ten_thousandths()),
        pass_weight: Set(wanted.weights.pass().ten_thousandths()),
        excellent_weight: Set(wanted.weights.excellent().ten_thousandths()),
        rank_style: Set(wanted.rank_style.as_str().to_owned()),
    };
    exam_setting::Entity::insert(row)
        .exec_without_returning(tx.raw())
        .await?;
    let text = |settings: ExamSettings| {
        format!(
            "{}/{}/{} {}",
            settings.weights.mean(),
            settings.weights.pass(),
            settings.weights.excellent(),
            settings.rank_style
        )
    };
    let change = NewChange {
        detail: Some(format!(
            "exam {exam}: {} -> {}",
            text(now.unwrap_or_default()),
            text(wanted)
        )),
        ..NewChange::of(ChangeKind::ExamSettingsChanged)
    };
    change_log::append(tx, stamp, [change]).await?;
    Ok(true)
}

/// Whether there is such an exam.
///
/// # Errors
/// Any database failure.
pub async fn exists(tx: &Tx, exam: ExamId) -> Result<bool, DbError> {
    lock(tx, exam).await
}

/// Locks the exam, so that of two who set its rules at once the second replaces what the first set.
async fn lock(tx: &Tx, exam: ExamId) -> Result<bool, DbError> {
    let locked: Option<i64> = exam::Entity::find_by_id(exam.0)
        .select_only()
        .column(exam::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .one(tx.raw())
        .await?;
    Ok(locked.is_some())
}
