//! Every path and method, on one screen.

use actix_web::guard::{self, Guard};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};

use crate::{api, pages};

/// A path with the methods that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Path pattern.
    pub path: &'static str,
    /// Method, upper case.
    pub method: &'static str,
}

macro_rules! routes {
    ($routes:ident, $register:ident: $($path:literal => { $($method:ident $handler:path),+ $(,)? })+) => {
        /// Routes, for the tests that demand that each is classified and documented.
        pub const $routes: &[Route] = &[
            $($(Route { path: $path, method: stringify!($method) },)+)+
        ];

        fn $register(config: &mut ServiceConfig) {
            $(
                config.service(
                    web::resource($path)
                        $(.route(web::route().guard(takes(stringify!($method))).to($handler)))+
                        .default_service(web::to(|| not_allowed(&[$(stringify!($method)),+]))),
                );
            )+
        }
    };
}

/// Registers every route.
pub fn configure(config: &mut ServiceConfig) {
    #[cfg(debug_assertions)]
    workshop(config);
    shipped(config);
}

// What only builds for development have.
#[cfg(debug_assertions)]
routes! { WORKSHOP_ROUTES, workshop:
    "/design" => { GET pages::design::show }
}
/// A release has none of them.
#[cfg(not(debug_assertions))]
pub const WORKSHOP_ROUTES: &[Route] = &[];

routes! { ROUTES, shipped:
    // Pages.
    "/" => { GET pages::home::show }
    "/setup" => { GET pages::setup::begin::first_admin::show, POST pages::setup::begin::first_admin::submit }
    "/login" => { GET pages::login::show, POST pages::login::submit }
    "/login/code" => { POST pages::login_code::submit }
    "/logout" => { POST pages::login::sign_out }
    "/language" => { POST pages::language::choose }
    "/account" => { GET pages::account::show }
    "/account/password" => { GET pages::password::show, POST pages::password::submit }
    "/account/sessions/end-others" => { POST pages::account::end_other_sessions }
    "/account/sessions/{session_id}/end" => { POST pages::account::end_session }
    "/account/totp" => { GET pages::totp::show, POST pages::totp::begin }
    "/account/totp/confirm" => { POST pages::totp::confirm }
    "/account/totp/remove" => { POST pages::totp::remove }
    "/account/totp/recovery-codes" => { POST pages::totp::renew_codes }
    "/admin" => { GET pages::admin::overview::show }
    "/admin/users" => { GET pages::admin::users::show }
    "/admin/users/new" => { GET pages::admin::new_user::show, POST pages::admin::new_user::submit }
    "/admin/users/{user_id}" => { GET pages::admin::user::show, POST pages::admin::user::submit }
    "/admin/users/{user_id}/enabled" => { POST pages::admin::user_steps::set_enabled }
    "/admin/users/{user_id}/password-reset" => { POST pages::admin::user_steps::reset_password }
    "/admin/users/{user_id}/totp-reset" => { POST pages::admin::user_steps::reset_totp }
    "/admin/setup" => { GET pages::setup::begin::go_on }
    "/admin/setup/{step}" => { GET pages::setup::begin::show, POST pages::setup::begin::act::submit }
    "/admin/school" => { GET pages::setup::the_school::show, POST pages::setup::the_school::submit }
    "/admin/terms" => { GET pages::setup::terms::show, POST pages::setup::terms::submit }
    "/admin/terms/{term_id}" => { GET pages::setup::term::show, POST pages::setup::term::submit }
    "/admin/terms/{term_id}/close" => { POST pages::setup::term::close }
    "/admin/terms/{term_id}/reopen" => { POST pages::setup::term::reopen }
    "/admin/subjects" => { GET pages::setup::subjects::show, POST pages::setup::subjects::submit }
    "/admin/subjects/{subject_id}" => {
        GET pages::setup::subjects::show_one,
        POST pages::setup::subjects::submit_one,
    }
    "/admin/classes" => { GET pages::setup::classes::show, POST pages::setup::classes::submit }
    "/admin/classes/{class_id}" => { GET pages::setup::class::show, POST pages::setup::class::submit }
    "/admin/classes/{class_id}/promote" => { POST pages::setup::promotion::promote }
    "/admin/classes/{class_id}/pupils" => { POST pages::setup::pupils::submit }
    "/admin/classes/{class_id}/students" => { POST pages::setup::class::enrol }
    "/admin/classes/{class_id}/students/{student_id}" => { POST pages::setup::leaving::change_student }
    "/admin/courses" => { GET pages::setup::courses::show, POST pages::setup::courses::submit }
    "/admin/courses/{course_id}" => { GET pages::setup::course::show, POST pages::setup::course::submit }
    "/admin/teaching" => { GET pages::setup::teaching::show }
    "/admin/exams" => { GET pages::setup::exams::show, POST pages::setup::exams::submit }
    "/admin/exams/{exam_id}" => { GET pages::setup::exam::show, POST pages::setup::exam::submit }
    "/admin/exams/{exam_id}/courses" => { POST pages::setup::exam::add }
    "/admin/exams/{exam_id}/courses/{course_id}/remove" => { POST pages::setup::exam::remove }
    "/admin/slips" => { GET pages::admin::slips::show, POST pages::admin::slips::submit }
    "/admin/changes" => { GET pages::admin::school_changes::show }
    "/admin/imports" => { GET pages::imports::list::show, POST pages::imports::list::submit }
    "/admin/imports/roster" => { GET pages::imports::roster::show, POST pages::imports::roster::submit }
    "/admin/imports/forms/{name}" => { GET pages::imports::forms::show }
    "/imports/{import_id}" => { GET pages::imports::one::show }
    "/imports/{import_id}/columns" => { POST pages::imports::columns::submit }
    "/imports/{import_id}/commit" => { POST pages::imports::agree::commit }
    "/imports/{import_id}/cancel" => { POST pages::imports::agree::cancel }
    "/imports/{import_id}/undo" => { POST pages::imports::agree::undo }
    "/admin/progress" => { GET pages::watch::progress }
    "/admin/anomalies" => { GET pages::watch::anomalies }
    "/courses/{course_id}/anomalies" => { GET pages::watch::course_anomalies }
    "/courses/{course_id}" => { GET pages::gradebook::show }
    "/courses/{course_id}/settings" => { GET pages::settings::show, POST pages::settings::submit }
    "/courses/{course_id}/settings/copy" => { GET pages::scheme_copy::show, POST pages::scheme_copy::submit }
    "/courses/{course_id}/import" => { GET pages::imports::list::show_course, POST pages::imports::list::submit_course }
    "/assessments/{assessment_id}/entry" => { GET pages::entry::show, POST pages::entry::submit }
    "/assessments/{assessment_id}/publish" => { GET pages::publish::show, POST pages::publish::submit }
    "/courses/{course_id}/changes" => { GET pages::course_changes::show }
    "/batches/{batch_id}" => { GET pages::batch::show }
    "/batches/{batch_id}/undo" => { POST pages::batch::undo }
    "/exams/{exam_id}/analysis" => { GET pages::analysis::show }
    "/exams/{exam_id}/analysis/lines" => { POST pages::analysis::set_lines }
    "/exams/{exam_id}/analysis/settings" => { POST pages::analysis::set_settings }
    "/exams/{exam_id}/classes/{class_id}" => { GET pages::sheet::show }
    "/reviews" => { GET pages::reviews::list }
    "/reviews/{amendment_id}" => { GET pages::review::show, POST pages::review::submit }
    "/me" => { GET pages::me::show }
    "/me/cover" => { POST pages::cover::submit }
    "/me/courses/{course_id}" => { GET pages::my_course::show }
    "/me/courses/{course_id}/calculator" => { GET pages::calculator::show, POST pages::calculator::submit }
    "/me/report" => { GET pages::report::mine }
    "/classes/{class_id}/report" => { GET pages::report::of_class }
    "/me/assessments/{assessment_id}/review" => { GET pages::my_review::show, POST pages::my_review::submit }
    "/me/reviews/{amendment_id}/withdraw" => { POST pages::my_review::withdraw }

    // The app on a phone.
    "/offline" => { GET pages::installed::offline }
    "/sw.js" => { GET pages::installed::worker }
    "/manifest.webmanifest" => { GET pages::installed::manifest }

    // Sessions of browsers.
    "/session/refresh" => { POST api::token::refresh_cookies }

    // Sign-in and tokens.
    "/api/v1/token" => { POST api::token::issue }
    "/api/v1/token/revoke" => { POST api::token::revoke }
    "/.well-known/jwks.json" => { GET api::metadata::jwks }
    "/.well-known/oauth-authorization-server" => { GET api::metadata::authorization_server }
    "/api/v1/users/me" => { GET api::me::show }
    "/api/v1/users/me/password" => { POST api::me::change_password }
    "/api/v1/users/me/sessions" => { GET api::own_sessions::list }
    "/api/v1/users/me/sessions/end-others" => { POST api::own_sessions::end_others }
    "/api/v1/users/me/sessions/{session_id}" => { DELETE api::own_sessions::end }
    "/api/v1/users/me/totp" => { POST api::second_factor::begin, DELETE api::second_factor::remove }
    "/api/v1/users/me/totp/confirm" => { POST api::second_factor::confirm }
    "/api/v1/users/me/totp/recovery-codes" => { POST api::second_factor::renew_codes }

    // Set-up. After `/users/me`, which is no id.
    "/api/v1/users" => { GET api::users::list, POST api::users::create }
    "/api/v1/users/{user_id}" => { GET api::users::show, PATCH api::users::change }
    "/api/v1/users/{user_id}/password-reset" => { POST api::users::reset_password }
    "/api/v1/users/{user_id}/totp-reset" => { POST api::users::reset_totp }
    "/api/v1/school" => { GET api::school::show, PATCH api::school::change }
    "/api/v1/terms" => { GET api::terms::list, POST api::terms::create }
    "/api/v1/terms/{term_id}" => { GET api::terms::show, PATCH api::terms::change }
    "/api/v1/terms/{term_id}/close" => { POST api::terms::close }
    "/api/v1/terms/{term_id}/reopen" => { POST api::terms::reopen }
    "/api/v1/subjects" => { GET api::subjects::list, POST api::subjects::create }
    "/api/v1/subjects/{subject_id}" => { PATCH api::subjects::change }
    "/api/v1/classes" => { GET api::classes::list, POST api::classes::create }
    "/api/v1/classes/{class_id}" => { GET api::classes::show, PATCH api::classes::change }
    "/api/v1/classes/{class_id}/promote" => { POST api::classes::promote }
    "/api/v1/classes/{class_id}/students" => { GET api::class_students::list }
    "/api/v1/classes/{class_id}/students/{student_id}" => {
        PUT api::class_students::enrol,
        DELETE api::class_students::leave,
    }
    "/api/v1/classes/{class_id}/students/{student_id}/move" => { POST api::class_students::move_to }
    "/api/v1/courses/{course_id}" => { GET api::courses::show, PATCH api::courses::change }

    // Grades.
    "/api/v1/courses" => { GET api::courses::list, POST api::courses::create }
    "/api/v1/courses/{course_id}/gradebook" => { GET api::gradebook::show }
    "/api/v1/courses/{course_id}/gradebook.csv" => { GET api::exports::gradebook_csv }
    "/api/v1/courses/{course_id}/gradebook.xlsx" => { GET api::exports::gradebook_xlsx }
    "/api/v1/courses/{course_id}/presence" => { POST api::presence::say }
    "/api/v1/courses/{course_id}/students/{student_id}/total" => { GET api::total::show }
    "/api/v1/courses/{course_id}/categories" => { POST api::scheme::add_category }
    "/api/v1/categories/{category_id}" => { PATCH api::scheme::change_category, DELETE api::scheme::delete_category }
    "/api/v1/categories/{category_id}/move-assessments" => { POST api::scheme_many::move_assessments }
    "/api/v1/courses/{course_id}/scheme/copy" => { POST api::scheme_many::copy }
    "/api/v1/courses/{course_id}/assessments" => { POST api::scheme::add_assessment }
    "/api/v1/assessments/{assessment_id}" => { PATCH api::scheme::change_assessment, DELETE api::scheme::delete_assessment }
    "/api/v1/exams" => { GET api::exams::list, POST api::exams::create }
    "/api/v1/exams/{exam_id}" => { GET api::exams::show, PATCH api::exams::change }
    "/api/v1/exams/{exam_id}/courses" => { POST api::exams::add_courses }
    "/api/v1/exams/{exam_id}/courses/{course_id}" => { DELETE api::exams::remove_course }
    "/api/v1/exams/{exam_id}/classes/{class_id}/sheet" => { GET api::sheet::show }
    "/api/v1/exams/{exam_id}/classes/{class_id}/sheet.csv" => { GET api::exports::sheet_csv }
    "/api/v1/exams/{exam_id}/classes/{class_id}/sheet.xlsx" => { GET api::exports::sheet_xlsx }
    "/api/v1/classes/{class_id}/students.csv" => { GET api::exports::class_csv }
    "/api/v1/classes/{class_id}/students.xlsx" => { GET api::exports::class_xlsx }
    "/api/v1/progress" => { GET api::watch::progress }
    "/api/v1/anomalies" => { GET api::watch::anomalies }
    "/api/v1/courses/{course_id}/anomalies" => { GET api::watch::course_anomalies }
    "/api/v1/exams/{exam_id}/analysis" => { GET api::exam_analysis::show }
    "/api/v1/exams/{exam_id}/lines" => { PUT api::exam_rules::set_lines }
    "/api/v1/exams/{exam_id}/analysis-settings" => { PUT api::exam_rules::set_settings }
    "/api/v1/oneroster.zip" => { GET api::exports::oneroster }
    "/api/v1/scores" => { PATCH api::scores::enter }
    "/api/v1/batches/{batch_id}" => { GET api::batches::show }
    "/api/v1/batches/{batch_id}/undo" => { POST api::batches::undo }
    "/api/v1/assessments/{assessment_id}/students/{student_id}/history" => { GET api::history::show }
    "/api/v1/assessments/{assessment_id}/preflight" => { GET api::assessments::preflight }
    "/api/v1/assessments/{assessment_id}/publish" => { POST api::assessments::publish }
    "/api/v1/assessments/{assessment_id}/unpublish" => { POST api::assessments::unpublish }
    "/api/v1/assessments/{assessment_id}/lock" => { POST api::assessments::lock }
    "/api/v1/assessments/{assessment_id}/unlock" => { POST api::assessments::unlock }
    "/api/v1/imports" => { GET api::kept_import::list }
    "/api/v1/imports/scores" => { POST api::imports::scores }
    "/api/v1/imports/roster" => { POST api::import_roster::roster }
    "/api/v1/imports/oneroster" => { POST api::oneroster::import }
    "/api/v1/changes" => { GET api::changes::list }
    "/api/v1/imports/{import_id}" => { GET api::kept_import::show }
    "/api/v1/imports/{import_id}/left-out.csv" => { GET api::kept_import::left_out_csv }
    "/api/v1/amendments" => { GET api::amendments::list, POST api::amendments::make }
    "/api/v1/amendments/{amendment_id}" => { GET api::amendments::show }
    "/api/v1/amendments/{amendment_id}/answer" => { POST api::amendments::answer }
    "/api/v1/amendments/{amendment_id}/approve" => { POST api::amendments::approve }
    "/api/v1/amendments/{amendment_id}/reject" => { POST api::amendments::reject }
    "/api/v1/amendments/{amendment_id}/withdraw" => { POST api::amendments::withdraw }
    "/api/v1/me/grades" => { GET api::my_grades::show }
    "/api/v1/me/report" => { GET api::report::mine }
    "/api/v1/classes/{class_id}/report" => { GET api::report::of_class }
    "/api/v1/events" => { GET api::events::follow }

    // Documentation and operations.
    "/api/v1/openapi.json" => { GET api::docs::openapi }
    "/healthz" => { GET api::health::healthz }
    "/readyz" => { GET api::health::readyz }
}

/// Whoever may GET may ask for the head of it.
fn takes(method: &'static str) -> impl Guard {
    guard::fn_guard(move |context| {
        let asked = context.head().method.as_str();
        asked == method || (asked == "HEAD" && method == "GET")
    })
}

async fn not_allowed(methods: &'static [&'static str]) -> impl Responder {
    HttpResponse::build(StatusCode::METHOD_NOT_ALLOWED)
        .insert_header((header::ALLOW, allow(methods)))
        .finish()
}

fn allow(methods: &[&str]) -> String {
    let mut allowed = methods.to_vec();
    if methods.contains(&"GET") {
        allowed.push("HEAD");
    }
    allowed.join(", ")
}
