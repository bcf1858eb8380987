//! Adding an assessment, to one course or the same to several.

use gradebook_auth::Actor;
use gradebook_domain::{AssessmentState, CategoryId, CourseId, Points, ScoreLimits, Weight};
use gradebook_persistence::query::gradebook::Assessment;
use gradebook_persistence::repo::scheme::{self, AssessmentFields, NewColumn};

use super::assessment::{category_name, checked};
use super::detail::{detail, of_assessment};
use super::{EditSchemeError, Editing, MOST_ASSESSMENTS, SchemeFault, others};
use crate::App;

/// An assessment to add.
#[derive(Debug, Clone)]
pub struct NewAssessment {
    /// Title.
    pub title: String,
    /// Full marks.
    pub max_score: Points,
    /// What extra credit may add.
    pub extra_credit_limit: Points,
    /// Category; the course's first one if none is named.
    pub category: Option<CategoryId>,
    /// Weight within a weighted category.
    pub weight: Weight,
    /// Day, ISO 8601; today if none is named.
    pub date: Option<String>,
}

/// What was added.
#[derive(Debug, Clone)]
pub struct AddedAssessments {
    /// The assessment of the course that was named first.
    pub assessment: Assessment,
    /// Those of the other courses, in the order in which they were named.
    pub also: Vec<Assessment>,
}

impl App {
    /// Adds a draft assessment to a course, and the same to others, there in the category of the
    /// same name.
    ///
    /// # Errors
    /// [`EditSchemeError`]; nothing is changed then.
    pub async fn add_assessment(
        &self,
        actor: &Actor,
        course: CourseId,
        also: &[CourseId],
        new: &NewAssessment,
    ) -> Result<AddedAssessments, EditSchemeError> {
        others(course, also)?;
        let courses: Vec<CourseId> = [course].into_iter().chain(also.iter().copied()).collect();
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let editing = self.editing_all(tx, actor, &courses).await?;
                let columns = self.new_columns(&editing, new)?;
                let grants: Vec<_> = editing.into_iter().map(|one| one.grant).collect();
                let made = scheme::create_assessments(tx, &grants, &stamp, &columns).await?;
                let mut added = columns.into_iter().filter_map(|(course, new, _)| {
                    Some(Assessment {
                        id: *made.get(&course)?,
                        course,
                        category: new.category,
                        exam: None,
                        title: new.title,
                        limits: new.limits,
                        weight: new.weight,
                        held_on: new.held_on,
                        state: AssessmentState::Draft,
                    })
                });
                Ok(AddedAssessments {
                    assessment: added.next().ok_or(EditSchemeError::NotFound)?,
                    also: added.collect(),
                })
            })
            .await
    }

    /// The columns to create, one a course; the first course has the category that is named.
    fn new_columns(
        &self,
        editing: &[Editing],
        new: &NewAssessment,
    ) -> Result<Vec<NewColumn>, EditSchemeError> {
        if editing
            .iter()
            .any(|one| one.book.assessments.len() >= MOST_ASSESSMENTS)
        {
            return Err(EditSchemeError::Full);
        }
        let first = editing.first().ok_or(EditSchemeError::NotFound)?;
        let usual = first.book.categories.first().map(|one| one.scheme.id);
        let fields = AssessmentFields {
            title: new.title.clone(),
            limits: ScoreLimits {
                max_score: new.max_score,
                extra_credit_limit: new.extra_credit_limit,
            },
            category: new.category.or(usual).ok_or(SchemeFault::Category)?,
            weight: new.weight,
            held_on: new.date.clone().unwrap_or_else(|| self.today()),
        };
        let fields = checked(&fields, &first.book)?;
        let category = category_name(&first.book, fields.category);
        let mut columns = Vec::with_capacity(editing.len());
        let mut without = Vec::new();
        for Editing { grant, book } in editing {
            let own = book.categories.iter().find(|one| one.name == category);
            let Some(own) = own else {
                without.push(book.course.clone());
                continue;
            };
            let fields = AssessmentFields {
                category: own.scheme.id,
                ..fields.clone()
            };
            let detail = detail(&fields.title, None, Some(of_assessment(&fields, category)));
            columns.push((grant.on().course, fields, detail));
        }
        if without.is_empty() {
            Ok(columns)
        } else {
            Err(EditSchemeError::NoSuchCategory {
                category: category.to_owned(),
                courses: without,
            })
        }
    }
}
