//! The admins' pages for setting the school up: terms, subjects, classes and who is in them, courses,
//! exams.

pub(crate) mod begin;
pub(crate) mod class;
pub(crate) mod classes;
pub(crate) mod course;
pub(crate) mod courses;
pub(crate) mod exam;
pub(crate) mod exams;
mod faults;
mod form;
pub(crate) mod leaving;
pub(crate) mod promotion;
pub(crate) mod pupils;
pub(crate) mod subjects;
pub(crate) mod teaching;
pub(crate) mod term;
pub(crate) mod terms;
pub(crate) mod the_school;

use actix_web::HttpRequest;
use gradebook_app::read::Term;
use gradebook_app::{App, ReadError};
use gradebook_auth::{Actor, Role};
use gradebook_domain::TermId;
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use crate::i18n::{Locale, T};

pub(in crate::pages) use faults::fault_text;
pub(in crate::pages) use form::{Form, Select, SelectOption};

/// The fields of a form, in the order in which they were sent.
pub(crate) type Typed = Vec<(String, String)>;

/// What a page of the set-up is asked for; what means nothing is left open.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct SetupQuery {
    /// What was just done.
    #[serde(default)]
    done: String,
    /// How many.
    #[serde(default)]
    many: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    term: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    student: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    before: String,
}

#[cfg(test)]
impl SetupQuery {
    pub(in crate::pages) fn sample(done: &str) -> Self {
        Self {
            done: done.to_owned(),
            many: "3".to_owned(),
            q: "<b>".to_owned(),
            ..Self::default()
        }
    }

    pub(in crate::pages) fn of_student(student: i64) -> Self {
        Self {
            student: student.to_string(),
            ..Self::default()
        }
    }
}

/// A positive id; nothing for what is none.
fn id(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|id| *id > 0)
}

/// The first field of this name.
fn sent<'a>(typed: &'a Typed, name: &str) -> &'a str {
    let found = typed.iter().find(|(of, _)| of == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// The ids in all fields of this name.
fn sent_ids(typed: &Typed, name: &str) -> Vec<i64> {
    let of_name = typed.iter().filter(|(of, _)| of == name);
    of_name.filter_map(|(_, value)| id(value)).collect()
}

/// The frame of a page of the set-up, which is opened again at `path`.
fn frame(request: &HttpRequest, title: String, path: &str) -> Frame {
    Frame::new(request, Visitor::Person(Role::Admin), title).returning_to(path)
}

fn t_of(request: &HttpRequest) -> T {
    T(Locale::of(request))
}

/// All terms, the newest first.
async fn newest_terms(app: &App, actor: &Actor) -> Result<Vec<Term>, ReadError> {
    let mut terms = app.terms(actor, TermId(0), 1_000).await?.items;
    terms.sort_by(|a, b| b.starts_on.cmp(&a.starts_on).then(b.id.cmp(&a.id)));
    Ok(terms)
}

/// The terms to choose from, and the chosen one.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Terms {
    /// All of them, the newest first.
    pub(in crate::pages) all: Vec<Term>,
    /// The one that was asked for, or that an admin sets up now.
    pub(in crate::pages) chosen: Option<TermId>,
}

impl Terms {
    async fn find(app: &App, actor: &Actor, asked: &str) -> Result<Self, ReadError> {
        let all = newest_terms(app, actor).await?;
        let asked = id(asked).map(TermId);
        let named = asked.filter(|asked| all.iter().any(|term| term.id == *asked));
        let chosen = named.or_else(|| app.term_to_set_up(&all));
        Ok(Self { all, chosen })
    }

    fn term(&self) -> Option<&Term> {
        let mut all = self.all.iter();
        all.find(|term| Some(term.id) == self.chosen)
    }
}
