//! A form that keeps what was typed and says what is wrong beside the field.

use actix_web::http::StatusCode;
use gradebook_app::SetupError;

use super::faults::fault_text;
use super::{Typed, sent};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::problem::{Problem, database_problem};

/// A choice of a form whose options are known at run time only.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Select {
    pub(in crate::pages) id: &'static str,
    pub(in crate::pages) label: String,
    pub(in crate::pages) options: Vec<SelectOption>,
    pub(in crate::pages) hint: Option<String>,
    pub(in crate::pages) error: Option<String>,
}

/// One of the options.
#[derive(Debug, Clone)]
pub(in crate::pages) struct SelectOption {
    pub(in crate::pages) value: String,
    pub(in crate::pages) text: String,
    pub(in crate::pages) chosen: bool,
}

/// What a form shows: nothing yet, or what was sent and why it was refused.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Form {
    typed: Option<Typed>,
    /// Names of fields and what is wrong with them.
    wrong: Vec<(String, String)>,
    /// What no field is to blame for.
    pub(in crate::pages) alert: Option<String>,
}

impl Form {
    /// The form with what was sent, and the status of the answer; or the problem that no form shows.
    pub(super) fn refused(
        t: T,
        typed: Typed,
        error: &SetupError,
    ) -> Result<(StatusCode, Self), Problem> {
        let mut form = Self {
            typed: Some(typed),
            ..Self::default()
        };
        let mut status = StatusCode::UNPROCESSABLE_ENTITY;
        match error {
            SetupError::NotFound => return Err(Problem::not_found()),
            SetupError::Forbidden => return Err(Problem::forbidden()),
            SetupError::Database(_) => return Err(database_problem(error)),
            SetupError::Invalid(wrong) => {
                for one in wrong {
                    form.refuse(&one.field, fault_text(t, &one.fault));
                }
            }
            SetupError::ReasonRequired => form.refuse("reason", t.get("setup-reason-required")),
            SetupError::Reason(_) => form.refuse("reason", t.get("setup-reason-wrong")),
            SetupError::AlreadyExists
            | SetupError::TermClosed
            | SetupError::StateAlready(_)
            | SetupError::NotEmpty => {
                status = StatusCode::CONFLICT;
                let key = match error {
                    SetupError::AlreadyExists => "setup-exists",
                    SetupError::TermClosed => "setup-term-closed",
                    SetupError::NotEmpty => "setup-not-empty",
                    _ => "setup-state-already",
                };
                form.alert = Some(t.get(key));
            }
        }
        Ok((status, form))
    }

    /// The form with what was sent and one field that is wrong.
    pub(super) fn wrong(typed: Typed, field: &str, text: String) -> (StatusCode, Self) {
        let mut form = Self {
            typed: Some(typed),
            ..Self::default()
        };
        form.refuse(field, text);
        (StatusCode::UNPROCESSABLE_ENTITY, form)
    }

    #[cfg(test)]
    pub(in crate::pages) fn sample(field: &str) -> Self {
        let typed = vec![(field.to_owned(), "<b>typed".to_owned())];
        let mut form = Self::wrong(typed, field, "wrong <b>".to_owned()).1;
        form.alert = Some("alert <b>".to_owned());
        form
    }

    /// What is wrong with a field, said of the one that stands for it on this page.
    pub(super) fn rename(&mut self, field: &str, on_page: &str) {
        for (name, _) in &mut self.wrong {
            if name == field {
                on_page.clone_into(name);
            }
        }
    }

    fn refuse(&mut self, field: &str, text: String) {
        self.wrong.push((field.to_owned(), text));
    }

    /// What is wrong with a field, or with a part of it.
    pub(super) fn error(&self, field: &str) -> Option<String> {
        let of_field = |name: &str| {
            name == field
                || name
                    .strip_prefix(field)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let found = self.wrong.iter().find(|(name, _)| of_field(name));
        found.map(|(_, text)| text.clone())
    }

    /// What was sent of a field, or what it holds otherwise.
    pub(super) fn value(&self, field: &str, otherwise: &str) -> String {
        match &self.typed {
            Some(typed) if typed.iter().any(|(name, _)| name == field) => {
                sent(typed, field).to_owned()
            }
            _ => otherwise.to_owned(),
        }
    }

    /// Whether a box was ticked; `otherwise` for a form that was not sent.
    pub(super) fn ticked(&self, field: &str, value: &str, otherwise: bool) -> bool {
        self.typed.as_ref().map_or(otherwise, |typed| {
            typed.iter().any(|(name, of)| name == field && of == value)
        })
    }

    /// A field for text that has to be filled in.
    pub(super) fn field(&self, id: &'static str, label: String, holds: &str, most: u16) -> Field {
        Field {
            id,
            label,
            value: self.value(id, holds),
            most,
            required: true,
            hint: None,
            error: self.error(id),
        }
    }

    /// A field that may stay empty, with what it is for.
    pub(super) fn optional(
        &self,
        id: &'static str,
        label: String,
        holds: &str,
        hint: String,
    ) -> Field {
        Field {
            required: false,
            hint: Some(hint),
            ..self.field(id, label, holds, 1_000)
        }
    }

    /// A choice among pairs of value and text.
    pub(in crate::pages) fn select(
        &self,
        id: &'static str,
        label: String,
        options: impl IntoIterator<Item = (String, String)>,
        holds: &str,
    ) -> Select {
        let chosen = self.value(id, holds);
        let option = |(value, text)| SelectOption {
            chosen: value == chosen,
            value,
            text,
        };
        Select {
            id,
            label,
            options: options.into_iter().map(option).collect(),
            hint: None,
            error: self.error(id),
        }
    }
}
