//! Classes.

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::ClassId;
use gradebook_persistence::Tx;
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::query::roster::{self, ClassFilter};
use gradebook_persistence::repo::school::{self, NewClass};

use super::error::{Fault, SetupError};
use super::fields::Fields;
use crate::App;
use crate::courses::{ListCount, Page};
use crate::error::ReadError;

/// More students than any class has.
pub(super) const MOST_STUDENTS: u64 = 5_000;

/// What was typed of a class. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassFields {
    /// School year, e.g. `2026-2027`.
    pub school_year: Option<String>,
    /// Grade level, e.g. `Grade 6`.
    pub grade_level: Option<String>,
    /// Name, e.g. `Class 3`.
    pub name: Option<String>,
}

impl ClassFields {
    fn read(&self, present: Option<&Class>) -> Result<NewClass, SetupError> {
        let mut fields = Fields::default();
        let of = |part: fn(&Class) -> &String| present.map(|class| part(class).as_str());
        let year = self.school_year.as_deref();
        let level = self.grade_level.as_deref();
        let new = NewClass {
            school_year: fields.line_or("school_year", year, of(|class| &class.school_year), 32),
            grade_level: fields.line_or("grade_level", level, of(|class| &class.grade_level), 64),
            name: fields.line_or("name", self.name.as_deref(), of(|class| &class.name), 64),
        };
        fields.checked()?;
        Ok(new)
    }
}

/// A class and how many students it has now or will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassWithSize {
    /// The class.
    pub class: Class,
    /// Its students.
    pub students: u64,
}

impl App {
    /// Classes after `after`, in order of id, with their sizes.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn classes(
        &self,
        actor: &Actor,
        filter: &ClassFilter,
        after: ClassId,
        limit: u16,
    ) -> Result<Page<ClassWithSize>, ReadError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let asked = u64::from(limit) + 1;
        let classes = roster::classes(&self.db, &grant, filter, after, asked).await?;
        self.sized(classes, limit).await
    }

    /// Classes by school year, the newest first, grade level and name ([`Class::place`]); those after `after`.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn classes_by_year(
        &self,
        actor: &Actor,
        filter: &ClassFilter,
        after: Option<ClassId>,
        limit: u16,
    ) -> Result<Page<ClassWithSize>, ReadError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let asked = u64::from(limit) + 1;
        let classes = roster::classes_by_year(&self.db, &grant, filter, after, asked).await?;
        self.sized(classes, limit).await
    }

    async fn sized(
        &self,
        classes: Vec<Class>,
        limit: u16,
    ) -> Result<Page<ClassWithSize>, ReadError> {
        let ids: Vec<ClassId> = classes.iter().map(|class| class.id).collect();
        let sizes = roster::sizes(&self.db, &ids, &self.today()).await?;
        let items = classes
            .into_iter()
            .map(|class| ClassWithSize {
                students: sizes.get(&class.id).copied().unwrap_or(0),
                class,
            })
            .collect();
        Ok(Page::cut(items, usize::from(limit), |one| one.class.id.0))
    }

    /// How many classes the filter lets through, and how many of them are not after `after` in the order
    /// of [`App::classes_by_year`].
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn count_classes(
        &self,
        actor: &Actor,
        filter: &ClassFilter,
        after: Option<ClassId>,
    ) -> Result<ListCount, ReadError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let before = match after {
            Some(_) => roster::count_classes(&self.db, &grant, filter, after).await?,
            None => 0,
        };
        Ok(ListCount {
            all: roster::count_classes(&self.db, &grant, filter, None).await?,
            before,
        })
    }

    /// The school years that have classes or terms, the newest first.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn school_years(&self, actor: &Actor) -> Result<Vec<String>, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        Ok(roster::school_years(&self.db).await?)
    }

    /// One class.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin; [`ReadError::NotFound`].
    pub async fn class(&self, actor: &Actor, id: ClassId) -> Result<Class, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        let found = roster::classes_by_id(&self.db, &[id].into()).await?;
        found.into_values().next().ok_or(ReadError::NotFound)
    }

    /// Adds a class.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_class(&self, actor: &Actor, typed: &ClassFields) -> Result<Class, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let new = typed.read(None)?;
        let stamp = self.stamp(actor);
        let id = self
            .db
            .write(async |tx| {
                let id = school::create_class(tx, &grant, &stamp, &new).await;
                id.map_err(SetupError::from)
            })
            .await?;
        Ok(class_of(id, new))
    }

    /// Changes a class. One that has courses stays in its school year.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is changed then.
    pub async fn change_class(
        &self,
        actor: &Actor,
        id: ClassId,
        typed: &ClassFields,
    ) -> Result<Class, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let before = known(tx, id).await?;
                let after = typed.read(Some(&before))?;
                if before.school_year != after.school_year && roster::has_courses(tx, id).await? {
                    return Err(SetupError::field("school_year", Fault::HasCourses));
                }
                school::change_class(tx, &grant, &stamp, &before, &after).await?;
                Ok(class_of(id, after))
            })
            .await
    }
}

pub(crate) async fn known(tx: &Tx, id: ClassId) -> Result<Class, SetupError> {
    let found = roster::classes_by_id(tx, &[id].into()).await?;
    found.into_values().next().ok_or(SetupError::NotFound)
}

/// A class to add, of what was typed.
pub(crate) fn new_class(typed: &ClassFields) -> Result<NewClass, SetupError> {
    typed.read(None)
}

pub(super) fn class_of(id: ClassId, new: NewClass) -> Class {
    Class {
        id,
        school_year: new.school_year,
        grade_level: new.grade_level,
        name: new.name,
    }
}
