//! `?limit=` and `?cursor=` of every list.

use gradebook_app::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{FieldError, Problem};

/// Which part of a list to answer.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

const USUAL_LIMIT: u16 = 50;
const HIGHEST_LIMIT: u16 = 200;

impl Paging {
    /// For a list that has questions of its own beside these two.
    pub(crate) fn new(limit: Option<u16>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// Items to answer.
    pub(crate) fn limit(&self) -> Result<u16, Problem> {
        let limit = self.limit.unwrap_or(USUAL_LIMIT);
        if (1..=HIGHEST_LIMIT).contains(&limit) {
            return Ok(limit);
        }
        Err(wrong("limit", "limit is 1 to 200"))
    }

    /// The id at which the part before ended.
    pub(crate) fn position(&self) -> Result<Option<i64>, Problem> {
        self.cursor
            .as_deref()
            .map(|cursor| {
                cursor
                    .parse::<i64>()
                    .ok()
                    .filter(|id| *id > 0)
                    .ok_or_else(|| wrong("cursor", "this cursor is none of ours"))
            })
            .transpose()
    }
}

/// No search needs more characters.
const LONGEST_SEARCH: usize = 100;

/// What is looked for; nothing finds everything.
pub(super) fn sought(q: Option<String>) -> Result<String, Problem> {
    let text = q.unwrap_or_default();
    if text.chars().count() > LONGEST_SEARCH {
        return Err(wrong("q", "q has at most 100 characters"));
    }
    Ok(text)
}

pub(super) fn wrong(field: &str, detail: &str) -> Problem {
    Problem::invalid(vec![FieldError {
        pointer: field.to_owned(),
        code: "invalid_field",
        detail: detail.to_owned(),
    }])
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listing<T> {
    /// The items.
    items: Vec<T>,
    /// The cursor of the next part; null at the end.
    next_cursor: Option<String>,
}

impl<T> Listing<T> {
    pub(crate) fn of<S>(page: Page<S>, item: impl Fn(S) -> T) -> Self {
        Self {
            next_cursor: page.next.map(|id| id.to_string()),
            items: page.items.into_iter().map(item).collect(),
        }
    }
}
