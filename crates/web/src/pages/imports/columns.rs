//! Which columns of a file are left out: chosen on the page of its plan, the file stays.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::imports::{
    ImportChange, ImportError, ImportOrder, ImportOutcome, KeptImport, RowError,
};
use gradebook_domain::ImportId;

use super::advice;
use super::agree::Refusal;
use super::one::answer;
use super::plan::RowsQuery;
use crate::access::{SafeForm, SignedIn};
use crate::api::imports::problem;
use crate::i18n::T;
use crate::pages::see_other;
use crate::problem::Problem;

/// A column that can be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct ColumnChoice {
    pub(in crate::pages) title: String,
    /// Why it is in question.
    pub(in crate::pages) why: String,
    pub(in crate::pages) ignored: bool,
}

/// The columns that are in question: those for which nothing is known, those that become subjects, and
/// those that are left out already.
pub(super) fn choices(
    t: T,
    kept: &KeptImport,
    plan: Result<&ImportOutcome, &ImportError>,
) -> Vec<ColumnChoice> {
    let order = kept.order.as_ref();
    let choice = |title: &str, why: String, ignored| ColumnChoice {
        title: title.to_owned(),
        why,
        ignored,
    };
    let unknown = match plan {
        Err(ImportError::Refused { errors, .. }) => {
            let of_columns = errors.iter().filter(|error| error.is_of_unknown_column());
            let known = RowError::unknown_columns(errors);
            of_columns
                .filter(|error| known.contains(&error.column.as_str()))
                .map(|error| choice(&error.column, advice(t, error.code), false))
                .collect()
        }
        Ok(outcome) => outcome
            .report
            .new_subjects
            .iter()
            .map(|title| choice(title, t.get("imports-column-new-subject"), false))
            .collect(),
        Err(_) => Vec::new(),
    };
    let ignored = order.map_or(&[][..], ImportOrder::ignore_columns).iter();
    let ignored = ignored.map(|title| choice(title, t.get("imports-column-ignored"), true));
    unknown.into_iter().chain(ignored).collect()
}

/// `POST /imports/{import_id}/columns`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(pairs): SafeForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let id = ImportId(*id);
    let titles = pairs.into_iter().filter(|(name, _)| name == "ignore");
    let change = ImportChange {
        reason: None,
        ignore_columns: Some(titles.map(|(_, title)| title).collect()),
    };
    let changed = visitor.app.change_import(&visitor.actor, id, &change).await;
    match changed {
        Ok(()) => Ok(see_other(&format!("/imports/{id}"))),
        Err(ImportError::Order { code, .. }) => {
            let query = RowsQuery::default();
            let status = StatusCode::CONFLICT;
            answer(&request, &visitor, id, &query, status, Refusal::of(code)).await
        }
        Err(error) => Err(problem(error)),
    }
}
