//! The OpenAPI document, generated from the handlers.

use utoipa::openapi::security::{
    Flow, HttpAuthScheme, HttpBuilder, OAuth2, Password, Scopes, SecurityScheme,
};
use utoipa::{Modify, OpenApi};

use crate::api;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Gradebook",
        description = "Teachers enter grades, students read their own, admins set the school up."
    ),
    paths(
        api::token::issue,
        api::token::revoke,
        api::metadata::jwks,
        api::metadata::authorization_server,
        api::me::show,
        api::me::change_password,
        api::own_sessions::list,
        api::own_sessions::end,
        api::own_sessions::end_others,
        api::second_factor::begin,
        api::second_factor::remove,
        api::second_factor::confirm,
        api::second_factor::renew_codes,
        api::users::list,
        api::users::create,
        api::users::show,
        api::users::change,
        api::users::reset_password,
        api::users::reset_totp,
        api::school::show,
        api::school::change,
        api::terms::list,
        api::terms::create,
        api::terms::show,
        api::terms::change,
        api::terms::close,
        api::terms::reopen,
        api::subjects::list,
        api::subjects::create,
        api::subjects::change,
        api::classes::list,
        api::classes::create,
        api::classes::show,
        api::classes::change,
        api::classes::promote,
        api::class_students::list,
        api::class_students::enrol,
        api::class_students::leave,
        api::class_students::move_to,
        api::courses::list,
        api::courses::create,
        api::courses::show,
        api::courses::change,
        api::gradebook::show,
        api::presence::say,
        api::total::show,
        api::report::of_class,
        api::report::mine,
        api::scheme::add_category,
        api::scheme::change_category,
        api::scheme::delete_category,
        api::scheme::add_assessment,
        api::scheme::change_assessment,
        api::scheme::delete_assessment,
        api::scheme_many::copy,
        api::scheme_many::move_assessments,
        api::exams::list,
        api::exams::create,
        api::exams::show,
        api::exams::change,
        api::exams::add_courses,
        api::exams::remove_course,
        api::sheet::show,
        api::exports::gradebook_csv,
        api::exports::gradebook_xlsx,
        api::exports::sheet_csv,
        api::exports::sheet_xlsx,
        api::exports::class_csv,
        api::exports::class_xlsx,
        api::watch::progress,
        api::watch::anomalies,
        api::watch::course_anomalies,
        api::exam_analysis::show,
        api::exam_rules::set_lines,
        api::exam_rules::set_settings,
        api::exports::oneroster,
        api::scores::enter,
        api::batches::show,
        api::batches::undo,
        api::changes::list,
        api::history::show,
        api::amendments::make,
        api::amendments::list,
        api::amendments::show,
        api::amendments::answer,
        api::amendments::approve,
        api::amendments::reject,
        api::amendments::withdraw,
        api::assessments::preflight,
        api::assessments::publish,
        api::assessments::unpublish,
        api::assessments::lock,
        api::assessments::unlock,
        api::imports::scores,
        api::import_roster::roster,
        api::oneroster::import,
        api::kept_import::list,
        api::kept_import::show,
        api::kept_import::left_out_csv,
        api::my_grades::show,
        api::events::follow,
        api::docs::openapi,
        api::health::healthz,
        api::health::readyz,
    ),
    modifiers(&SignIn),
    security(("password" = []), ("bearer" = []))
)]
struct Document;

/// How to sign in, so that the documentation's Authorize button works.
struct SignIn;

impl Modify for SignIn {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let password = Flow::Password(Password::new("/api/v1/token", Scopes::new()));
        components.add_security_scheme("password", SecurityScheme::OAuth2(OAuth2::new([password])));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
