//! Moving all assessments of a category to another one.

use gradebook_auth::Actor;
use gradebook_domain::{AssessmentState, CategoryId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::gradebook::{Assessment, Gradebook};
use gradebook_persistence::repo::scheme::{self, AssessmentFields};

use super::assessment::fields;
use super::category::deletion;
use super::consequence::{Consequence, students_affected};
use super::detail::{detail, of_assessment};
use super::{EditSchemeError, Editing, SchemeFault};
use crate::App;

/// Where the assessments of a category go.
#[derive(Debug, Clone)]
pub struct MoveAssessments {
    /// Another category of the same course.
    pub to: CategoryId,
    /// Whether the category, empty then, is deleted, too.
    pub then_delete: bool,
    /// Why; needed when students have seen what moves.
    pub reason: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedAssessments {
    /// How many were moved.
    pub moved: usize,
    /// Whether the category is gone.
    pub deleted: bool,
}

impl App {
    /// Moves all assessments of a category to another one of its course. What changes the totals that
    /// students have seen needs a reason; locked assessments stay where they are, and so does all else.
    ///
    /// # Errors
    /// [`EditSchemeError`]; nothing is changed then.
    pub async fn move_assessments(
        &self,
        actor: &Actor,
        from: CategoryId,
        order: &MoveAssessments,
    ) -> Result<MovedAssessments, EditSchemeError> {
        let stamp = Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        self.db
            .write(async |tx| {
                let editing = self.editing_category(tx, actor, from).await?;
                let to = editing.category(order.to).ok().filter(|_| order.to != from);
                let to = to.ok_or(SchemeFault::Category)?.name.clone();
                let own = editing.book.assessments.iter();
                let own: Vec<&Assessment> = own.filter(|one| one.category == from).collect();
                let consequence = editing.consequence_of_moving(&own, order.to)?;
                let reason = consequence.allowed(order.reason.as_deref())?;
                let stamp = &Stamp { reason, ..stamp };
                let course = editing.book.course.id;
                let gone = (course, from, deletion(&editing.book, from));
                let moves: Vec<_> = own
                    .iter()
                    .map(|one| {
                        let detail = moved_detail(&editing.book, one, (order.to, &to));
                        (course, one.id, order.to, detail)
                    })
                    .collect();
                let grants = [editing.grant];
                let deleted = order.then_delete.then_some(gone);
                scheme::move_assessments(tx, &grants, stamp, &moves).await?;
                scheme::delete_categories(tx, &grants, stamp, deleted.as_slice()).await?;
                Ok(MovedAssessments {
                    moved: moves.len(),
                    deleted: order.then_delete,
                })
            })
            .await
    }
}

impl Editing {
    fn consequence_of_moving(
        &self,
        own: &[&Assessment],
        to: CategoryId,
    ) -> Result<Consequence, EditSchemeError> {
        if own.iter().any(|one| one.state == AssessmentState::Locked) {
            return Err(EditSchemeError::Locked);
        }
        let visible = own.iter().filter(|one| one.state.visible_to_students());
        let assessments = visible.count();
        if assessments == 0 {
            return Ok(Consequence::default());
        }
        let mut changed = self.book.clone();
        for one in &mut changed.assessments {
            if own.iter().any(|moving| moving.id == one.id) {
                one.category = to;
            }
        }
        Ok(Consequence {
            assessments,
            students: students_affected(&self.book, &changed),
        })
    }
}

/// What the log keeps of an assessment that moves to another category of its course.
pub(super) fn moved_detail(
    book: &Gradebook,
    one: &Assessment,
    (to, name): (CategoryId, &str),
) -> String {
    let before = fields(one);
    let after = AssessmentFields {
        category: to,
        ..before.clone()
    };
    let mut categories = book.categories.iter();
    let now = categories.find(|category| category.scheme.id == one.category);
    let now = now.map_or("", |category| category.name.as_str());
    let sides = (of_assessment(&before, now), of_assessment(&after, name));
    detail(&one.title, Some(sides.0), Some(sides.1))
}
