//! Subjects.

use std::collections::HashSet;

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{Points, SubjectId};
use gradebook_persistence::query::courses::Subject;
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::school::{self, NewSubject};

use super::error::{Fault, SetupError, Wrong};
use super::fields::Fields;
use crate::App;
use crate::courses::Page;
use crate::error::ReadError;

/// Full marks of a subject unless stated otherwise.
const USUAL_FULL_MARKS: Points = Points::from_ten_thousandths(100 * Points::SCALE);

/// A subject with the full marks of assessments that state none.
pub type SubjectWithMarks = (Subject, Points);

/// What was typed of a subject. What is absent stays as it is, or has its usual value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubjectFields {
    /// Short unique code.
    pub code: Option<String>,
    /// Chinese name.
    pub name_zh: Option<String>,
    /// English name; the Chinese one for a new subject without it.
    pub name_en: Option<String>,
    /// Full marks; 100 for a new subject.
    pub default_max_score: Option<String>,
    /// Place among the subjects; the last one for a new subject.
    pub position: Option<String>,
}

impl SubjectFields {
    fn read(
        &self,
        present: Option<&NewSubject>,
        last_position: i64,
    ) -> Result<NewSubject, SetupError> {
        let mut fields = Fields::default();
        let of = |part: fn(&NewSubject) -> &String| present.map(|one| part(one).as_str());
        let code = fields.line_or("code", self.code.as_deref(), of(|one| &one.code), 64);
        if code.chars().any(char::is_whitespace) {
            fields.refuse("code", Fault::Characters);
        }
        // Either name stands in for the other.
        let zh = self.name_zh.as_deref().or(match present {
            None => self.name_en.as_deref(),
            Some(_) => None,
        });
        let en = self.name_en.as_deref().or(match present {
            None => self.name_zh.as_deref(),
            Some(_) => None,
        });
        let name_zh = fields.line_or("name_zh", zh, of(|one| &one.name_zh), 64);
        let name_en = fields.line_or("name_en", en, of(|one| &one.name_en), 64);
        let default_max_score = match &self.default_max_score {
            Some(typed) => fields.full_marks("default_max_score", typed),
            None => present.map_or(USUAL_FULL_MARKS, |one| one.default_max_score),
        };
        let position = match self.position.as_deref().map(str::trim) {
            None | Some("") => present.map_or(last_position + 1, |one| one.position),
            Some(typed) => typed
                .parse()
                .ok()
                .filter(|place| (0..=1_000_000).contains(place))
                .unwrap_or_else(|| {
                    fields.refuse("position", Fault::NotANumber("whole, 0 to 1000000"));
                    0
                }),
        };
        fields.checked()?;
        Ok(NewSubject {
            code,
            name_zh,
            name_en,
            default_max_score,
            position,
        })
    }
}

impl App {
    /// All subjects in their order.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn all_subjects(&self, actor: &Actor) -> Result<Vec<SubjectWithMarks>, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        Ok(structure::subjects(&self.db).await?)
    }

    /// Subjects after `after`, in order of id.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn subjects(
        &self,
        actor: &Actor,
        after: SubjectId,
        limit: u16,
    ) -> Result<Page<SubjectWithMarks>, ReadError> {
        let mut items = self.all_subjects(actor).await?;
        items.retain(|(subject, _)| subject.id > after);
        items.sort_by_key(|(subject, _)| subject.id);
        items.truncate(usize::from(limit) + 1);
        Ok(Page::cut(items, usize::from(limit), |(subject, _)| {
            subject.id.0
        }))
    }

    /// Adds a subject.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_subject(
        &self,
        actor: &Actor,
        typed: &SubjectFields,
    ) -> Result<SubjectWithMarks, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let present = structure::subjects(tx).await?;
                let last = present.iter().map(|(subject, _)| subject.position).max();
                let new = typed.read(None, last.unwrap_or(0))?;
                let id = school::create_subject(tx, &grant, &stamp, &new).await?;
                Ok(stored(id, new))
            })
            .await
    }

    /// Adds several subjects, all of them or none. What is wrong is named after the subject's place:
    /// `0/code`.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_subjects(
        &self,
        actor: &Actor,
        typed: &[SubjectFields],
    ) -> Result<usize, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let present = structure::subjects(tx).await?;
                let mut codes: HashSet<String> =
                    present.iter().map(|(one, _)| one.code.clone()).collect();
                let mut last = present.iter().map(|(one, _)| one.position).max();
                let (mut new, mut wrong) = (Vec::with_capacity(typed.len()), Vec::new());
                for (place, one) in typed.iter().enumerate() {
                    match one.read(None, last.unwrap_or(0)) {
                        Ok(one) if !codes.insert(one.code.clone()) => wrong.push(Wrong {
                            field: format!("{place}/code"),
                            fault: Fault::Twice,
                        }),
                        Ok(one) => {
                            last = Some(one.position);
                            new.push(one);
                        }
                        Err(SetupError::Invalid(faults)) => {
                            wrong.extend(faults.into_iter().map(|one| Wrong {
                                field: format!("{place}/{}", one.field),
                                ..one
                            }));
                        }
                        Err(error) => return Err(error),
                    }
                }
                if !wrong.is_empty() {
                    return Err(SetupError::Invalid(wrong));
                }
                school::create_subjects(tx, &grant, &stamp, &new).await?;
                Ok(new.len())
            })
            .await
    }

    /// Changes a subject. Assessments that exist keep their full marks.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is changed then.
    pub async fn change_subject(
        &self,
        actor: &Actor,
        id: SubjectId,
        typed: &SubjectFields,
    ) -> Result<SubjectWithMarks, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let present = structure::subjects(tx).await?;
                let (subject, marks) = present
                    .into_iter()
                    .find(|(subject, _)| subject.id == id)
                    .ok_or(SetupError::NotFound)?;
                let before = NewSubject {
                    code: subject.code,
                    name_zh: subject.name_zh,
                    name_en: subject.name_en,
                    default_max_score: marks,
                    position: subject.position,
                };
                let after = typed.read(Some(&before), before.position)?;
                school::change_subject(tx, &grant, &stamp, id, (&before, &after)).await?;
                Ok(stored(id, after))
            })
            .await
    }
}

fn stored(id: SubjectId, of: NewSubject) -> SubjectWithMarks {
    let subject = Subject {
        id,
        code: of.code,
        name_zh: of.name_zh,
        name_en: of.name_en,
        position: of.position,
    };
    (subject, of.default_max_score)
}
