//! Categories: adding, changing, ordering and deleting them.

use gradebook_auth::Actor;
use gradebook_domain::{Aggregation, CategoryId, CourseId, Weight};
use gradebook_persistence::query::gradebook::{Category, Gradebook};
use gradebook_persistence::query::scheme as find;
use gradebook_persistence::repo::scheme::{self, CategoryFields};
use gradebook_persistence::{DbError, Tx};

use super::consequence::{Consequence, students_affected};
use super::detail::{detail, of_category, place};
use super::{
    EditSchemeError, Editing, LONGEST_NAME, MOST_CATEGORIES, MOST_DROPS, SchemeFault, line, moved,
    weight,
};
use crate::App;
use gradebook_persistence::change_log::Stamp;

/// A category to add.
#[derive(Debug, Clone)]
pub struct NewCategory {
    /// Name, unique in its course.
    pub name: String,
    /// Its share in the course.
    pub weight: Weight,
    /// How its assessments are put together.
    pub aggregation: Aggregation,
    /// How many of the lowest are dropped.
    pub drop_lowest: u32,
    /// How many of the highest are dropped.
    pub drop_highest: u32,
}

/// What a category is to become; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct CategoryChange {
    /// Name.
    pub name: Option<String>,
    /// Its share in the course.
    pub weight: Option<Weight>,
    /// How its assessments are put together.
    pub aggregation: Option<Aggregation>,
    /// How many of the lowest are dropped.
    pub drop_lowest: Option<u32>,
    /// How many of the highest are dropped.
    pub drop_highest: Option<u32>,
    /// Its place among the categories, from 1.
    pub position: Option<usize>,
    /// Why; needed when students have seen what changes.
    pub reason: Option<String>,
}

fn checked(category: &CategoryFields) -> Result<CategoryFields, SchemeFault> {
    if category.drop_lowest > MOST_DROPS {
        return Err(SchemeFault::DropLowest);
    }
    if category.drop_highest > MOST_DROPS {
        return Err(SchemeFault::DropHighest);
    }
    Ok(CategoryFields {
        name: line(&category.name, LONGEST_NAME, SchemeFault::Name)?,
        weight: weight(category.weight)?,
        ..category.clone()
    })
}

/// What the log keeps of a category that is deleted.
pub(super) fn deletion(book: &Gradebook, id: CategoryId) -> String {
    let mut categories = book.categories.iter();
    let found = categories.find(|one| one.scheme.id == id).map(fields);
    let name = found.as_ref().map_or("", |fields| fields.name.as_str());
    detail(name, found.as_ref().map(of_category), None)
}

pub(super) fn fields(category: &Category) -> CategoryFields {
    CategoryFields {
        name: category.name.clone(),
        weight: category.scheme.weight,
        aggregation: category.scheme.aggregation,
        drop_lowest: category.scheme.drop_lowest,
        drop_highest: category.scheme.drop_highest,
    }
}

/// The category as its fields have it.
pub(super) fn with(fields: &CategoryFields, id: CategoryId) -> Category {
    Category {
        name: fields.name.clone(),
        scheme: gradebook_domain::CategoryScheme {
            id,
            weight: fields.weight,
            aggregation: fields.aggregation,
            drop_lowest: fields.drop_lowest,
            drop_highest: fields.drop_highest,
        },
    }
}

impl App {
    /// Adds a category to a course, after the others.
    ///
    /// # Errors
    /// [`EditSchemeError`]; nothing is changed then.
    pub async fn add_category(
        &self,
        actor: &Actor,
        course: CourseId,
        new: &NewCategory,
    ) -> Result<Category, EditSchemeError> {
        let new = &CategoryFields {
            name: new.name.clone(),
            weight: new.weight,
            aggregation: new.aggregation,
            drop_lowest: new.drop_lowest,
            drop_highest: new.drop_highest,
        };
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let Editing { grant, book } = self.editing(tx, actor, course).await?;
                let new = checked(new)?;
                if book.categories.len() >= MOST_CATEGORIES {
                    return Err(EditSchemeError::Full);
                }
                let detail = detail(&new.name, None, Some(of_category(&new)));
                let id = scheme::create_category(tx, &grant, &stamp, &new, detail).await?;
                Ok(with(&new, id))
            })
            .await
    }

    /// Changes a category. What changes the totals that students have seen needs a reason.
    ///
    /// # Errors
    /// [`EditSchemeError`]; nothing is changed then.
    pub async fn change_category(
        &self,
        actor: &Actor,
        id: CategoryId,
        change: &CategoryChange,
    ) -> Result<Category, EditSchemeError> {
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let editing = self.editing_category(tx, actor, id).await?;
                let found = editing.category(id)?;
                let before = fields(found);
                let after = checked(&CategoryFields {
                    name: change.name.clone().unwrap_or_else(|| before.name.clone()),
                    weight: change.weight.unwrap_or(before.weight),
                    aggregation: change.aggregation.unwrap_or(before.aggregation),
                    drop_lowest: change.drop_lowest.unwrap_or(before.drop_lowest),
                    drop_highest: change.drop_highest.unwrap_or(before.drop_highest),
                })?;
                let consequence = editing.consequence_of(id, &before, &after);
                let reason = consequence.allowed(change.reason.as_deref())?;
                let stamp = &Stamp { reason, ..stamp };
                if after != before {
                    let sides = (of_category(&before), of_category(&after));
                    let detail = detail(&after.name, Some(sides.0), Some(sides.1));
                    scheme::change_category(tx, &editing.grant, stamp, id, &after, detail).await?;
                }
                if let Some(to) = change.position {
                    editing.move_category(tx, stamp, id, to).await?;
                }
                Ok(with(&after, id))
            })
            .await
    }

    /// Deletes a category that has no assessments.
    ///
    /// # Errors
    /// [`EditSchemeError`]; nothing is changed then.
    pub async fn delete_category(
        &self,
        actor: &Actor,
        id: CategoryId,
    ) -> Result<(), EditSchemeError> {
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let editing = self.editing_category(tx, actor, id).await?;
                editing.category(id)?;
                let held = editing.book.assessments.iter();
                let held = held.filter(|one| one.category == id).count();
                if held > 0 {
                    return Err(EditSchemeError::NotEmpty(held));
                }
                if editing.book.categories.len() < 2 {
                    return Err(EditSchemeError::LastCategory);
                }
                let detail = deletion(&editing.book, id);
                scheme::delete_category(tx, &editing.grant, &stamp, id, detail).await?;
                Ok(())
            })
            .await
    }

    pub(super) async fn editing_category(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: CategoryId,
    ) -> Result<Editing, EditSchemeError> {
        let course = find::course_of_category(tx, id)
            .await?
            .ok_or(EditSchemeError::NotFound)?;
        self.editing(tx, actor, course).await
    }
}

impl Editing {
    /// One of the course's categories.
    pub(super) fn category(&self, id: CategoryId) -> Result<&Category, EditSchemeError> {
        let mut categories = self.book.categories.iter();
        categories
            .find(|one| one.scheme.id == id)
            .ok_or(EditSchemeError::NotFound)
    }

    fn consequence_of(
        &self,
        id: CategoryId,
        before: &CategoryFields,
        after: &CategoryFields,
    ) -> Consequence {
        let renamed = CategoryFields {
            name: before.name.clone(),
            ..after.clone()
        };
        if renamed == *before {
            return Consequence::default();
        }
        let categories = self.book.categories.iter().map(|one| {
            if one.scheme.id == id {
                with(after, id)
            } else {
                one.clone()
            }
        });
        let changed = Gradebook {
            categories: categories.collect(),
            ..self.book.clone()
        };
        let seen = self
            .book
            .assessments
            .iter()
            .filter(|one| one.category == id);
        Consequence {
            assessments: seen.filter(|one| one.state.visible_to_students()).count(),
            students: students_affected(&self.book, &changed),
        }
    }

    async fn move_category(
        &self,
        tx: &Tx,
        stamp: &Stamp<'_>,
        id: CategoryId,
        to: usize,
    ) -> Result<(), EditSchemeError> {
        if to == 0 {
            return Err(SchemeFault::Position.into());
        }
        let order: Vec<CategoryId> = self
            .book
            .categories
            .iter()
            .map(|one| one.scheme.id)
            .collect();
        let place_in = |order: &[CategoryId]| order.iter().position(|one| *one == id);
        let from = place_in(&order).ok_or(EditSchemeError::NotFound)?;
        let order = moved(order, from, to);
        let now = place_in(&order).unwrap_or(from);
        if now == from {
            return Ok(());
        }
        let detail = place(&self.category(id)?.name, from + 1, now + 1);
        let written: Result<(), DbError> =
            scheme::order_categories(tx, &self.grant, stamp, &order, detail).await;
        Ok(written?)
    }
}
