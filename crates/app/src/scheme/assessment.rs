//! Assessments: adding, changing, ordering and deleting them.

use std::collections::HashSet;

use gradebook_auth::Actor;
use gradebook_domain::{
    AssessmentId, AssessmentState, CategoryId, Points, Score, ScoreLimits, Weight,
};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::courses;
use gradebook_persistence::query::gradebook::{self, Assessment, Gradebook};
use gradebook_persistence::repo::scheme::{self, AssessmentFields};
use gradebook_persistence::repo::scores::StoredScore;
use jiff::civil::Date;

use super::consequence::{Consequence, students_affected};
use super::detail::{detail, of_assessment, place};
use super::{
    EditSchemeError, Editing, HIGHEST_MARKS, LONGEST_TITLE, SchemeFault, ScoreAbove, line, moved,
    weight,
};
use crate::App;

/// What an assessment is to become; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct AssessmentChange {
    /// Title.
    pub title: Option<String>,
    /// Full marks.
    pub max_score: Option<Points>,
    /// What extra credit may add.
    pub extra_credit_limit: Option<Points>,
    /// Category.
    pub category: Option<CategoryId>,
    /// Weight within a weighted category.
    pub weight: Option<Weight>,
    /// Day, ISO 8601.
    pub date: Option<String>,
    /// Its place among the assessments of its day, from 1.
    pub position: Option<usize>,
    /// Why; needed when students have seen what changes.
    pub reason: Option<String>,
}

pub(super) fn fields(assessment: &Assessment) -> AssessmentFields {
    AssessmentFields {
        title: assessment.title.clone(),
        limits: assessment.limits,
        category: assessment.category,
        weight: assessment.weight,
        held_on: assessment.held_on.clone(),
    }
}

/// The assessment as its fields have it.
fn with(fields: &AssessmentFields, old: &Assessment) -> Assessment {
    Assessment {
        category: fields.category,
        title: fields.title.clone(),
        limits: fields.limits,
        weight: fields.weight,
        held_on: fields.held_on.clone(),
        ..old.clone()
    }
}

pub(super) fn checked(
    fields: &AssessmentFields,
    book: &Gradebook,
) -> Result<AssessmentFields, SchemeFault> {
    let limits = fields.limits;
    if limits.max_score <= Points::ZERO || limits.max_score > HIGHEST_MARKS {
        return Err(SchemeFault::MaxScore);
    }
    if !(Points::ZERO..=HIGHEST_MARKS).contains(&limits.extra_credit_limit) {
        return Err(SchemeFault::ExtraCredit);
    }
    let mut categories = book.categories.iter();
    if !categories.any(|one| one.scheme.id == fields.category) {
        return Err(SchemeFault::Category);
    }
    let day = fields.held_on.trim().parse::<Date>();
    Ok(AssessmentFields {
        title: line(&fields.title, LONGEST_TITLE, SchemeFault::Title)?,
        weight: weight(fields.weight)?,
        held_on: day.map_err(|_| SchemeFault::Date)?.to_string(),
        ..fields.clone()
    })
}

impl App {
    /// Changes an assessment that is not locked. What changes the totals that students have seen
    /// needs a reason, and no entered score may be above the new maximum.
    ///
    /// # Errors
    /// [`EditSchemeError`]; nothing is changed then.
    pub async fn change_assessment(
        &self,
        actor: &Actor,
        id: AssessmentId,
        change: &AssessmentChange,
    ) -> Result<Assessment, EditSchemeError> {
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let editing = self.editing_assessment(tx, actor, id).await?;
                let old = editing.assessment(id)?;
                if old.state == AssessmentState::Locked {
                    return Err(EditSchemeError::Locked);
                }
                let before = fields(old);
                let wanted = AssessmentFields {
                    title: change.title.clone().unwrap_or_else(|| before.title.clone()),
                    limits: ScoreLimits {
                        max_score: change.max_score.unwrap_or(before.limits.max_score),
                        extra_credit_limit: change
                            .extra_credit_limit
                            .unwrap_or(before.limits.extra_credit_limit),
                    },
                    category: change.category.unwrap_or(before.category),
                    weight: change.weight.unwrap_or(before.weight),
                    held_on: change
                        .date
                        .clone()
                        .unwrap_or_else(|| before.held_on.clone()),
                };
                let after = checked(&wanted, &editing.book)?;
                editing.refuse_scores_above(tx, id, after.limits).await?;
                let new = with(&after, old);
                let consequence = editing.consequence_of_change(old, &new);
                let reason = consequence.allowed(change.reason.as_deref())?;
                let stamp = &Stamp { reason, ..stamp };
                if after != before {
                    let side =
                        |one: &AssessmentFields| of_assessment(one, editing.name_of(one.category));
                    let detail = detail(&after.title, Some(side(&before)), Some(side(&after)));
                    scheme::change_assessment(tx, &editing.grant, stamp, id, &after, detail)
                        .await?;
                }
                if let Some(to) = change.position {
                    editing.move_assessment(tx, stamp, &new, to).await?;
                }
                Ok(new)
            })
            .await
    }

    /// Deletes a draft assessment. One that has scores or remarks needs its title in `confirm`.
    ///
    /// # Errors
    /// [`EditSchemeError`]; nothing is changed then.
    pub async fn delete_assessment(
        &self,
        actor: &Actor,
        id: AssessmentId,
        confirm: Option<&str>,
    ) -> Result<(), EditSchemeError> {
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let editing = self.editing_assessment(tx, actor, id).await?;
                let old = editing.assessment(id)?;
                match old.state {
                    AssessmentState::Draft => {}
                    AssessmentState::Published => return Err(EditSchemeError::Published),
                    AssessmentState::Locked => return Err(EditSchemeError::Locked),
                }
                let cells: Vec<StoredScore> = editing.cells(id).cloned().collect();
                let scores = cells
                    .iter()
                    .filter(|cell| cell.score != Score::Blank || cell.comment.is_some())
                    .count();
                let confirmed = confirm.is_some_and(|text| text.trim() == old.title.trim());
                if scores > 0 && !confirmed {
                    return Err(EditSchemeError::ConfirmationRequired {
                        title: old.title.clone(),
                        scores,
                    });
                }
                let before = of_assessment(&fields(old), editing.name_of(old.category));
                let detail = detail(&old.title, Some(before), None);
                scheme::delete_assessment(tx, &editing.grant, &stamp, id, &cells, detail).await?;
                Ok(())
            })
            .await
    }

    async fn editing_assessment(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: AssessmentId,
    ) -> Result<Editing, EditSchemeError> {
        let course = gradebook::assessments(tx, &HashSet::from([id]))
            .await?
            .remove(&id)
            .map(|found| found.course)
            .ok_or(EditSchemeError::NotFound)?;
        self.editing(tx, actor, course).await
    }
}

pub(super) fn category_name(book: &Gradebook, id: CategoryId) -> &str {
    let mut categories = book.categories.iter();
    categories
        .find(|one| one.scheme.id == id)
        .map_or("", |one| one.name.as_str())
}

impl Editing {
    /// One of the course's assessments.
    fn assessment(&self, id: AssessmentId) -> Result<&Assessment, EditSchemeError> {
        let mut assessments = self.book.assessments.iter();
        assessments
            .find(|one| one.id == id)
            .ok_or(EditSchemeError::NotFound)
    }

    fn name_of(&self, category: CategoryId) -> &str {
        category_name(&self.book, category)
    }

    fn cells(&self, id: AssessmentId) -> impl Iterator<Item = &StoredScore> {
        self.book
            .scores
            .iter()
            .filter(move |cell| cell.assessment == id)
    }

    async fn refuse_scores_above(
        &self,
        tx: &Tx,
        id: AssessmentId,
        limits: ScoreLimits,
    ) -> Result<(), EditSchemeError> {
        let above: Vec<_> = self
            .cells(id)
            .filter(|cell| limits.check(cell.score).is_err())
            .filter_map(|cell| Some((cell.student, cell.score.value()?)))
            .collect();
        if above.is_empty() {
            return Ok(());
        }
        let mut names = courses::names_of(tx, above.iter().map(|(student, _)| *student)).await?;
        let above = above.into_iter().map(|(student, value)| ScoreAbove {
            student,
            name: names.remove(&student).unwrap_or_default(),
            value,
        });
        Err(EditSchemeError::ScoresAbove(above.collect()))
    }

    fn consequence_of_change(&self, old: &Assessment, new: &Assessment) -> Consequence {
        if !old.state.visible_to_students() || old.scheme() == new.scheme() {
            return Consequence::default();
        }
        let assessments = self.book.assessments.iter();
        let assessments = assessments.map(|one| if one.id == new.id { new } else { one });
        let changed = Gradebook {
            assessments: assessments.cloned().collect(),
            ..self.book.clone()
        };
        Consequence {
            assessments: 1,
            students: students_affected(&self.book, &changed),
        }
    }

    async fn move_assessment(
        &self,
        tx: &Tx,
        stamp: &Stamp<'_>,
        of: &Assessment,
        to: usize,
    ) -> Result<(), EditSchemeError> {
        if to == 0 {
            return Err(SchemeFault::Position.into());
        }
        let mut order: Vec<AssessmentId> = self
            .book
            .assessments
            .iter()
            .filter(|one| one.held_on == of.held_on || one.id == of.id)
            .map(|one| one.id)
            .collect();
        let place_in = |order: &[AssessmentId]| order.iter().position(|one| *one == of.id);
        let from = place_in(&order).ok_or(EditSchemeError::NotFound)?;
        order = moved(order, from, to);
        let now = place_in(&order).unwrap_or(from);
        if now == from {
            return Ok(());
        }
        let detail = place(&of.title, from + 1, now + 1);
        scheme::order_assessments(tx, &self.grant, stamp, of.id, &order, detail).await?;
        Ok(())
    }
}
