//! Choosing the language of the pages.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::own_path::own_path;
use crate::access::{Public, SafeForm};
use crate::cookies;
use crate::i18n::Locale;

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
    _visitor: Public,
    SafeForm(form): SafeForm<LanguageForm>,
) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    if let Some(locale) = Locale::from_tag(&form.locale) {
        response.cookie(cookies::language(&request, locale.tag()));
    }
    response
        .insert_header((header::LOCATION, own_path(&form.next).unwrap_or("/")))
        .finish()
}
