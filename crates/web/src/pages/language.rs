//! Choosing the language of the pages.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::Standing;
use serde::Deserialize;

use super::own_path::own_path;
use crate::access::{Public, SafeForm};
use crate::api::users;
use crate::cookies;
use crate::i18n::Locale;
use crate::problem::Problem;

/// The fields of the form.
#[derive(Deserialize)]
pub(crate) struct LanguageForm {
    #[serde(default)]
    locale: String,
    #[serde(default)]
    next: String,
}

/// `POST /language`. A language that there is not changes nothing.
pub(crate) async fn choose(
    request: HttpRequest,
    visitor: Public,
    SafeForm(form): SafeForm<LanguageForm>,
) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::SeeOther();
    if let Some(locale) = Locale::from_tag(&form.locale) {
        response.cookie(cookies::language(&request, locale.tag()));
        // Whoever is signed in finds it again on every other device.
        if let (Some(actor), Some(Standing::Full)) = (&visitor.actor, visitor.standing) {
            let chosen = visitor.app.choose_language(actor, locale.tag()).await;
            chosen.map_err(|error| users::problem(&error))?;
        }
    }
    Ok(response
        .insert_header((header::LOCATION, own_path(&form.next).unwrap_or("/")))
        .finish())
}
