//! Terms: adding, changing, closing and opening them again.

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::{Actor, Grant, authorize};
use gradebook_domain::{RankShown, TermId, Weight};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::courses::Term;
use gradebook_persistence::query::terms::{self, TermContent};
use gradebook_persistence::repo::school::{self, NewTerm};

use super::error::{Fault, SetupError, Wrong};
use super::fields::Fields;
use crate::App;
use crate::courses::Page;
use crate::error::ReadError;
use crate::reason;

/// What a term weighs in its year unless stated otherwise, in percent: a year has two.
const USUAL_WEIGHT: i64 = 50;

/// What was typed of a term. What is absent stays as it is, or has its usual value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermFields {
    /// School year, e.g. `2026-2027`.
    pub school_year: Option<String>,
    /// Name, e.g. `Autumn`.
    pub name: Option<String>,
    /// First day, ISO 8601.
    pub starts_on: Option<String>,
    /// Last day, ISO 8601.
    pub ends_on: Option<String>,
    /// Percent of the year; 50 for a new term.
    pub weight: Option<String>,
    /// `hidden` or `bands`.
    pub rank_shown: Option<String>,
}

impl TermFields {
    /// The term as it is to be.
    fn read(&self, present: Option<&Term>) -> Result<Term, SetupError> {
        let mut fields = Fields::default();
        let of = |part: fn(&Term) -> &String| present.map(|term| part(term).as_str());
        let school_year = self.school_year.as_deref();
        let school_year =
            fields.line_or("school_year", school_year, of(|term| &term.school_year), 32);
        let name = fields.line_or("name", self.name.as_deref(), of(|term| &term.name), 64);
        let starts_on = self.starts_on.as_deref();
        let starts_on = fields.day_or("starts_on", starts_on, of(|term| &term.starts_on));
        let ends_on = fields.day_or("ends_on", self.ends_on.as_deref(), of(|term| &term.ends_on));
        if !starts_on.is_empty() && !ends_on.is_empty() && ends_on < starts_on {
            fields.refuse("ends_on", Fault::EndsBeforeStart);
        }
        let usual = || Weight::from_percent(USUAL_WEIGHT).unwrap_or(Weight::HUNDRED);
        let weight = match &self.weight {
            Some(typed) => fields.weight("weight", typed),
            None => present.map_or_else(usual, |term| term.weight),
        };
        let present_rank = present.map(|term| term.rank_shown).unwrap_or_default();
        let rank_shown = match &self.rank_shown {
            None => present_rank,
            Some(typed) => typed.parse().unwrap_or_else(|_| {
                fields.refuse("rank_shown", Fault::NotOneOf("hidden, bands"));
                RankShown::Hidden
            }),
        };
        fields.checked()?;
        Ok(Term {
            id: present.map_or(TermId(0), |term| term.id),
            school_year,
            name,
            starts_on,
            ends_on,
            open: present.is_none_or(|term| term.open),
            weight,
            rank_shown,
        })
    }
}

impl App {
    /// Terms after `after`, in order of id.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn terms(
        &self,
        actor: &Actor,
        after: TermId,
        limit: u16,
    ) -> Result<Page<Term>, ReadError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let items = terms::list(&self.db, &grant, after, u64::from(limit) + 1).await?;
        Ok(Page::cut(items, usize::from(limit), |term| term.id.0))
    }

    /// A term and how much stands in it.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin; [`ReadError::NotFound`].
    pub async fn term(&self, actor: &Actor, id: TermId) -> Result<(Term, TermContent), ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        let term = terms::one(&self.db, id).await?.ok_or(ReadError::NotFound)?;
        Ok((term, terms::content(&self.db, id).await?))
    }

    /// Adds a term.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_term(&self, actor: &Actor, typed: &TermFields) -> Result<Term, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let wanted = typed.read(None)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| add(tx, &grant, &stamp, &wanted).await)
            .await
    }

    /// Adds the terms of a year, all of them or none. What is wrong is named after the term's place:
    /// `0/name`.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_terms(
        &self,
        actor: &Actor,
        typed: &[TermFields],
    ) -> Result<Vec<Term>, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let (mut wanted, mut wrong) = (Vec::with_capacity(typed.len()), Vec::new());
        for (place, one) in typed.iter().enumerate() {
            match one.read(None) {
                Ok(term) => wanted.push((place, term)),
                Err(error) => wrong.extend(of_place(place, error)?),
            }
        }
        if !wrong.is_empty() {
            return Err(SetupError::Invalid(wrong));
        }
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let mut added = Vec::with_capacity(wanted.len());
                for (place, one) in &wanted {
                    match add(tx, &grant, &stamp, one).await {
                        Ok(term) => added.push(term),
                        Err(error) => return Err(SetupError::Invalid(of_place(*place, error)?)),
                    }
                }
                Ok(added)
            })
            .await
    }

    /// Changes a term. Another weight moves the year's totals: where students see some of the term's
    /// work already it needs a reason.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is changed then.
    pub async fn change_term(
        &self,
        actor: &Actor,
        id: TermId,
        typed: &TermFields,
        reason: Option<&str>,
    ) -> Result<Term, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let reason = reason::given(reason)?;
        let stamp = Stamp {
            reason,
            ..self.stamp(actor)
        };
        self.db
            .write(async |tx| {
                let before = locked(tx, id).await?;
                let after = typed.read(Some(&before))?;
                let dates = |term: &Term| {
                    let span = (term.starts_on.clone(), term.ends_on.clone());
                    (term.school_year.clone(), span)
                };
                if dates(&before) != dates(&after) {
                    no_overlap(tx, &after).await?;
                }
                if before.weight != after.weight && reason.is_none() {
                    let content = terms::content(tx, id).await?;
                    if content.published + content.locked > 0 {
                        return Err(SetupError::ReasonRequired);
                    }
                }
                school::change_term(tx, &grant, &stamp, &before, &after).await?;
                Ok(after)
            })
            .await
    }

    /// Closes a term: what is published in it is locked, and no score is taken any more. Returns the
    /// term and how many assessments were locked.
    ///
    /// # Errors
    /// [`SetupError::StateAlready`], …; nothing is changed then.
    pub async fn close_term(&self, actor: &Actor, id: TermId) -> Result<(Term, usize), SetupError> {
        self.move_term(actor, id, None, false).await
    }

    /// Opens a closed term again, with a reason, and unlocks what its closing locked. Returns the term
    /// and how many assessments were unlocked.
    ///
    /// # Errors
    /// [`SetupError::ReasonRequired`], [`SetupError::StateAlready`], …; nothing is changed then.
    pub async fn reopen_term(
        &self,
        actor: &Actor,
        id: TermId,
        reason: Option<&str>,
    ) -> Result<(Term, usize), SetupError> {
        self.move_term(actor, id, reason, true).await
    }

    async fn move_term(
        &self,
        actor: &Actor,
        id: TermId,
        reason: Option<&str>,
        open: bool,
    ) -> Result<(Term, usize), SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let reason = reason::given(reason)?;
        let stamp = Stamp {
            reason,
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        self.db
            .write(async |tx| {
                let term = locked(tx, id).await?;
                if term.open == open {
                    let state = if open { "open" } else { "closed" };
                    return Err(SetupError::StateAlready(state));
                }
                if open && reason.is_none() {
                    return Err(SetupError::ReasonRequired);
                }
                let moved = move_locked(tx, &grant, &stamp, &term, open).await?;
                Ok((Term { open, ..term }, moved))
            })
            .await
    }
}

async fn add(
    tx: &Tx,
    grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    wanted: &Term,
) -> Result<Term, SetupError> {
    no_overlap(tx, wanted).await?;
    let new = NewTerm {
        school_year: wanted.school_year.clone(),
        name: wanted.name.clone(),
        starts_on: wanted.starts_on.clone(),
        ends_on: wanted.ends_on.clone(),
        weight: wanted.weight,
    };
    let id = school::create_term(tx, grant, stamp, &new).await?;
    let added = locked(tx, id).await?;
    let complete = Term {
        rank_shown: wanted.rank_shown,
        ..added.clone()
    };
    school::change_term(tx, grant, stamp, &added, &complete).await?;
    Ok(complete)
}

/// The mistakes of the term at this place of a list; what no field is to blame for stays as it is.
fn of_place(place: usize, error: SetupError) -> Result<Vec<Wrong>, SetupError> {
    match error {
        SetupError::Invalid(wrong) => {
            let wrong = wrong.into_iter().map(|one| Wrong {
                field: format!("{place}/{}", one.field),
                ..one
            });
            Ok(wrong.collect())
        }
        other => Err(other),
    }
}

async fn move_locked(
    tx: &Tx,
    grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    term: &Term,
    open: bool,
) -> Result<usize, SetupError> {
    Ok(if open {
        school::reopen_term(tx, grant, stamp, term).await?
    } else {
        school::close_term(tx, grant, stamp, term).await?
    })
}

async fn locked(tx: &Tx, id: TermId) -> Result<Term, SetupError> {
    school::lock_term(tx, id).await?.ok_or(SetupError::NotFound)
}

/// The term, locked against closing; scores and courses are added to open ones only.
pub(crate) async fn locked_open(tx: &Tx, id: TermId) -> Result<Term, SetupError> {
    let term = school::lock_term(tx, id)
        .await?
        .ok_or_else(|| SetupError::field("term_id", Fault::Unknown("term")))?;
    if term.open {
        Ok(term)
    } else {
        Err(SetupError::TermClosed)
    }
}

async fn no_overlap(tx: &Tx, term: &Term) -> Result<(), SetupError> {
    let span = (term.starts_on.as_str(), term.ends_on.as_str());
    let except = Some(term.id);
    match terms::overlapping(tx, &term.school_year, span, except).await? {
        // The same name is told by the database as what it is.
        Some(other) if other.name != term.name => Err(SetupError::field(
            "starts_on",
            Fault::Overlaps {
                name: other.name,
                starts_on: other.starts_on,
                ends_on: other.ends_on,
            },
        )),
        _ => Ok(()),
    }
}
