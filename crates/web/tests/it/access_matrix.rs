//! Every route × who asks → what they are answered. A route that is not here fails by name.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use awc::http::Method;
use gradebook_app::demo::demo_accounts;
use gradebook_app::{Lifetimes, SystemClock};
use gradebook_auth::Role;
use gradebook_test_databases::on_both_databases;
use gradebook_web::routes::{ROUTES, WORKSHOP_ROUTES};
use serde_json::json;

use crate::browser::Browser;
use crate::forge::Real;
use crate::harness::{Request, Setup, TestServer, local};
use crate::imports::files::multipart;
use crate::world::World;

/// Statuses in the order of [`CALLERS`].
type Answers = [u16; 6];

const CALLERS: [&str; 6] = [
    "nobody",
    "admin",
    "the course's teacher",
    "another teacher",
    "a student of the course",
    "somebody with an initial password",
];

enum Body {
    None,
    Json(fn(&World) -> serde_json::Value),
    Form(&'static [(&'static str, &'static str)]),
    /// A form with a file, and fields beside it.
    File(&'static str, fn(&World) -> Vec<(&'static str, String)>),
    /// A form with an id in it.
    Id(&'static str, fn(&World) -> i64),
}

struct Row {
    method: &'static str,
    route: &'static str,
    path: fn(&World) -> String,
    body: Body,
    answers: Answers,
}

fn row(
    method: &'static str,
    route: &'static str,
    path: fn(&World) -> String,
    body: Body,
    answers: Answers,
) -> Row {
    Row {
        method,
        route,
        path,
        body,
        answers,
    }
}

fn plain(method: &'static str, route: &'static str, body: Body, answers: Answers) -> Row {
    // The path of a route without parameters is the route itself.
    Row {
        method,
        route,
        path: |_| String::new(),
        body,
        answers,
    }
}

const REASON: fn(&World) -> serde_json::Value =
    |_| json!({"reason": "entered for the wrong class"});

/// The matrix. Order matters where a row changes a state: published, taken back, locked, opened.
fn matrix() -> Vec<Row> {
    use Body::{File, Form, Id, Json, None};
    let book = |world: &World| format!("/api/v1/courses/{}/gradebook", world.course);
    vec![
        plain("GET", "/", None, [303, 200, 200, 200, 303, 303]),
        // Everybody is led elsewhere: the demonstration school has been begun.
        plain("GET", "/setup", None, [303; 6]),
        plain("POST", "/setup", Form(&[("code", "x")]), [303; 6]),
        plain("GET", "/login", None, [200, 303, 303, 303, 303, 303]),
        plain(
            "POST",
            "/login",
            Form(&[("username", "nobody"), ("password", "wrong"), ("next", "/")]),
            [401; 6],
        ),
        plain(
            "POST",
            "/language",
            Form(&[("locale", "en"), ("next", "/")]),
            [303; 6],
        ),
        plain("GET", "/account", None, [303, 200, 200, 200, 200, 303]),
        plain(
            "GET",
            "/account/password",
            None,
            [303, 200, 200, 200, 200, 200],
        ),
        plain(
            "POST",
            "/account/password",
            Form(&[
                ("current", "wrong"),
                ("new", "a-much-better-one"),
                ("repeat", "a-much-better-one"),
            ]),
            [401, 422, 422, 422, 422, 422],
        ),
        plain("GET", "/admin", None, [303, 200, 403, 403, 403, 303]),
        plain("GET", "/admin/users", None, [303, 200, 403, 403, 403, 303]),
        plain(
            "GET",
            "/admin/users/new",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        plain(
            "POST",
            "/admin/users/new",
            Form(&[
                ("username", "by.form"),
                ("name", "By Form"),
                ("role", "teacher"),
                ("locale", "en"),
            ]),
            [401, 201, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/admin/users/{user_id}",
            |w| format!("/admin/users/{}", w.student_id),
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "POST",
            "/admin/users/{user_id}",
            |w| format!("/admin/users/{}", w.student_id),
            Form(&[("name", "王雨桐"), ("locale", "en")]),
            [401, 303, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/users/{user_id}/enabled",
            |w| format!("/admin/users/{}/enabled", w.students[9]),
            Form(&[("enabled", "false"), ("confirmed", "yes")]),
            [401, 303, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/users/{user_id}/password-reset",
            |w| format!("/admin/users/{}/password-reset", w.students[9]),
            Form(&[("confirmed", "yes")]),
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/users/{user_id}/totp-reset",
            |w| format!("/admin/users/{}/totp-reset", w.students[9]),
            Form(&[("confirmed", "yes")]),
            [401, 303, 403, 403, 403, 403],
        ),
        plain("GET", "/admin/setup", None, [303, 303, 403, 403, 403, 303]),
        row(
            "GET",
            "/admin/setup/{step}",
            |_| "/admin/setup/class".to_owned(),
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "POST",
            "/admin/setup/{step}",
            |_| "/admin/setup/year".to_owned(),
            Form(&[("school_year", "")]),
            [401, 422, 403, 403, 403, 403],
        ),
        plain("GET", "/admin/school", None, [303, 200, 403, 403, 403, 303]),
        plain(
            "POST",
            "/admin/school",
            Form(&[("name", "Hill School"), ("locale", "en")]),
            [401, 303, 403, 403, 403, 403],
        ),
        plain("GET", "/admin/terms", None, [303, 200, 403, 403, 403, 303]),
        plain(
            "POST",
            "/admin/terms",
            Form(&[
                ("school_year", "2031-2032"),
                ("name", "Autumn"),
                ("starts_on", "2031-09-01"),
                ("ends_on", "2032-01-31"),
                ("weight", "50"),
                ("rank_shown", "hidden"),
            ]),
            [401, 303, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/admin/terms/{term_id}",
            |_| "/admin/terms/1".to_owned(),
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "POST",
            "/admin/terms/{term_id}",
            |_| "/admin/terms/1".to_owned(),
            Form(&[("school_year", "")]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/terms/{term_id}/close",
            |_| "/admin/terms/1/close".to_owned(),
            Form(&[]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/terms/{term_id}/reopen",
            |_| "/admin/terms/999999/reopen".to_owned(),
            Form(&[("reason", "x")]),
            [401, 404, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/admin/subjects",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        plain(
            "POST",
            "/admin/subjects",
            Form(&[
                ("code", "art"),
                ("name_zh", "美术"),
                ("name_en", "Art"),
                ("default_max_score", "100"),
            ]),
            [401, 303, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/admin/subjects/{subject_id}",
            |_| "/admin/subjects/1".to_owned(),
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "POST",
            "/admin/subjects/{subject_id}",
            |_| "/admin/subjects/999999".to_owned(),
            Form(&[("code", "x")]),
            [401, 404, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/admin/classes",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        plain(
            "POST",
            "/admin/classes",
            Form(&[
                ("school_year", "2031-2032"),
                ("grade_level", "Grade 1"),
                ("name", "Class 1"),
            ]),
            [401, 303, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/admin/classes/{class_id}",
            |w| format!("/admin/classes/{}", w.class),
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "POST",
            "/admin/classes/{class_id}",
            |w| format!("/admin/classes/{}", w.class),
            Form(&[("name", "")]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/classes/{class_id}/promote",
            |w| format!("/admin/classes/{}/promote", w.class),
            Form(&[]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/classes/{class_id}/pupils",
            |w| format!("/admin/classes/{}/pupils", w.class),
            Form(&[("pupil_number", "")]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/classes/{class_id}/students",
            |w| format!("/admin/classes/{}/students", w.class),
            Form(&[("student_number", "nobody")]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/classes/{class_id}/students/{student_id}",
            |w| format!("/admin/classes/{}/students/999999", w.class),
            Form(&[("action", "leave")]),
            [401, 404, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/admin/courses",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        plain(
            "POST",
            "/admin/courses",
            Form(&[("term", "1")]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/admin/courses/{course_id}",
            |w| format!("/admin/courses/{}", w.course),
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "POST",
            "/admin/courses/{course_id}",
            |w| format!("/admin/courses/{}", w.course),
            Form(&[("username", "nobody")]),
            [401, 422, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/admin/teaching",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        plain("GET", "/admin/exams", None, [303, 200, 403, 403, 403, 303]),
        plain(
            "POST",
            "/admin/exams",
            Form(&[("term", "1"), ("name", "x")]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/admin/exams/{exam_id}",
            |w| format!("/admin/exams/{}", w.exam),
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "POST",
            "/admin/exams/{exam_id}",
            |w| format!("/admin/exams/{}", w.exam),
            Form(&[("name", "")]),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/exams/{exam_id}/courses",
            |w| format!("/admin/exams/{}/courses", w.exam),
            Form(&[]),
            [401, 303, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/admin/exams/{exam_id}/courses/{course_id}/remove",
            |w| format!("/admin/exams/{}/courses/999999/remove", w.exam),
            Form(&[]),
            [401, 404, 403, 403, 403, 403],
        ),
        plain("GET", "/admin/slips", None, [303, 200, 403, 403, 403, 303]),
        plain(
            "POST",
            "/admin/slips",
            Id("class", |w| w.class),
            [401, 200, 403, 403, 403, 403],
        ),
        // A second factor that nobody has can be neither removed nor renewed.
        plain("GET", "/account/totp", None, [303, 200, 200, 200, 200, 303]),
        plain(
            "POST",
            "/api/v1/users/me/totp/confirm",
            Json(|_| json!({"code": "000000"})),
            [401, 409, 409, 409, 409, 403],
        ),
        plain(
            "POST",
            "/account/totp/confirm",
            Form(&[("code", "000000")]),
            [401, 303, 303, 303, 303, 403],
        ),
        plain(
            "POST",
            "/account/totp",
            Form(&[]),
            [401, 200, 200, 200, 200, 403],
        ),
        plain(
            "POST",
            "/account/totp/remove",
            Form(&[("password", "wrong")]),
            [401, 303, 303, 303, 303, 403],
        ),
        plain(
            "POST",
            "/account/totp/recovery-codes",
            Form(&[("password", "wrong")]),
            [401, 303, 303, 303, 303, 403],
        ),
        // Nobody has this session; on a page one that has ended already is no error.
        row(
            "POST",
            "/account/sessions/{session_id}/end",
            |_| "/account/sessions/999999/end".to_owned(),
            Form(&[]),
            [401, 303, 303, 303, 303, 403],
        ),
        plain(
            "POST",
            "/account/sessions/end-others",
            Form(&[]),
            [401, 303, 303, 303, 303, 403],
        ),
        plain(
            "POST",
            "/login/code",
            Form(&[("ticket", "none"), ("code", "000000")]),
            [401; 6],
        ),
        row(
            "GET",
            "/courses/{course_id}",
            |w| format!("/courses/{}", w.course),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        row(
            "GET",
            "/assessments/{assessment_id}/entry",
            |w| format!("/assessments/{}/entry", w.draft),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        // Nothing in it was changed.
        row(
            "POST",
            "/assessments/{assessment_id}/entry",
            |w| format!("/assessments/{}/entry", w.draft),
            Form(&[("score.1", ""), ("was.1", "")]),
            [401, 303, 303, 404, 404, 403],
        ),
        row(
            "GET",
            "/assessments/{assessment_id}/publish",
            |w| format!("/assessments/{}/publish", w.draft),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        // Taking back what is a draft is refused on the page itself.
        row(
            "POST",
            "/assessments/{assessment_id}/publish",
            |w| format!("/assessments/{}/publish", w.draft),
            Form(&[("step", "unpublish"), ("reason", "too early")]),
            [401, 409, 409, 404, 404, 403],
        ),
        row(
            "GET",
            "/exams/{exam_id}/classes/{class_id}",
            |w| format!("/exams/{}/classes/{}", w.exam, w.class),
            None,
            [303, 200, 200, 200, 404, 303],
        ),
        plain("GET", "/me", None, [303, 403, 403, 403, 200, 303]),
        plain(
            "POST",
            "/me/cover",
            Form(&[("covered", "no")]),
            [401, 403, 403, 403, 303, 403],
        ),
        row(
            "GET",
            "/me/courses/{course_id}",
            |w| format!("/me/courses/{}", w.course),
            None,
            [303, 403, 403, 403, 200, 303],
        ),
        row(
            "GET",
            "/me/courses/{course_id}/calculator",
            |w| format!("/me/courses/{}/calculator", w.course),
            None,
            [303, 403, 403, 403, 200, 303],
        ),
        row(
            "POST",
            "/me/courses/{course_id}/calculator",
            |w| format!("/me/courses/{}/calculator", w.course),
            Form(&[("target", "80")]),
            [401, 403, 403, 403, 200, 403],
        ),
        plain("GET", "/offline", None, [200; 6]),
        plain("GET", "/sw.js", None, [200; 6]),
        plain("GET", "/manifest.webmanifest", None, [200; 6]),
        plain("POST", "/session/refresh", None, [401; 6]),
        plain(
            "POST",
            "/api/v1/token",
            Form(&[
                ("grant_type", "password"),
                ("username", "nobody"),
                ("password", "wrong"),
            ]),
            [401; 6],
        ),
        plain(
            "POST",
            "/api/v1/token/revoke",
            Form(&[("token", "unknown")]),
            [200; 6],
        ),
        plain("GET", "/.well-known/jwks.json", None, [200; 6]),
        plain(
            "GET",
            "/.well-known/oauth-authorization-server",
            None,
            [200; 6],
        ),
        plain(
            "GET",
            "/api/v1/users/me",
            None,
            [401, 200, 200, 200, 200, 200],
        ),
        plain(
            "POST",
            "/api/v1/users/me/password",
            Json(|_| json!({"current_password": "wrong", "new_password": "a-much-better-one"})),
            [401, 422, 422, 422, 422, 422],
        ),
        plain(
            "GET",
            "/api/v1/users/me/sessions",
            None,
            [401, 200, 200, 200, 200, 403],
        ),
        row(
            "DELETE",
            "/api/v1/users/me/sessions/{session_id}",
            |_| "/api/v1/users/me/sessions/999999".to_owned(),
            None,
            [401, 404, 404, 404, 404, 403],
        ),
        plain(
            "POST",
            "/api/v1/users/me/sessions/end-others",
            None,
            [401, 200, 200, 200, 200, 403],
        ),
        plain(
            "POST",
            "/api/v1/users/me/totp",
            None,
            [401, 200, 200, 200, 200, 403],
        ),
        plain(
            "DELETE",
            "/api/v1/users/me/totp",
            Json(|_| json!({"password": "wrong"})),
            [401, 409, 409, 409, 409, 403],
        ),
        plain(
            "POST",
            "/api/v1/users/me/totp/recovery-codes",
            Json(|_| json!({"password": "wrong"})),
            [401, 409, 409, 409, 409, 403],
        ),
        plain("GET", "/api/v1/users", None, [401, 200, 403, 403, 403, 403]),
        plain(
            "POST",
            "/api/v1/users",
            Json(|_| json!({"username": "new.here", "name": "New Here", "role": "teacher"})),
            [401, 201, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/users/{user_id}",
            |w| format!("/api/v1/users/{}", w.student_id),
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "PATCH",
            "/api/v1/users/{user_id}",
            |w| format!("/api/v1/users/{}", w.student_id),
            Json(|_| json!({"locale": "en"})),
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/api/v1/users/{user_id}/password-reset",
            // Nobody who asks here, because it ends the sessions.
            |w| format!("/api/v1/users/{}/password-reset", w.students[9]),
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/api/v1/users/{user_id}/totp-reset",
            |w| format!("/api/v1/users/{}/totp-reset", w.students[9]),
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/courses/{course_id}",
            |w| format!("/api/v1/courses/{}", w.course),
            None,
            [401, 200, 200, 404, 200, 403],
        ),
        row(
            "PATCH",
            "/api/v1/courses/{course_id}",
            |w| format!("/api/v1/courses/{}", w.course),
            Json(|w| json!({"teacher_ids": [w.teacher_id]})),
            [401, 200, 403, 403, 403, 403],
        ),
        plain("GET", "/me/report", None, [303, 403, 403, 403, 200, 303]),
        plain(
            "GET",
            "/api/v1/me/report",
            None,
            [401, 403, 403, 403, 200, 403],
        ),
        // The other teacher teaches the class another subject.
        row(
            "GET",
            "/classes/{class_id}/report",
            |w| format!("/classes/{}/report", w.class),
            None,
            [303, 200, 200, 200, 404, 303],
        ),
        row(
            "GET",
            "/api/v1/classes/{class_id}/report",
            |w| format!("/api/v1/classes/{}/report", w.class),
            None,
            [401, 200, 200, 200, 404, 403],
        ),
        row(
            "GET",
            "/courses/{course_id}/settings",
            |w| format!("/courses/{}/settings", w.course),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        row(
            "POST",
            "/courses/{course_id}/settings",
            |w| format!("/courses/{}/settings", w.course),
            Form(&[("open", "policy"), ("absent", "zero"), ("scale", "none")]),
            [401, 303, 303, 404, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/courses/{course_id}/students/{student_id}/total",
            |w| {
                let (course, student) = (w.course, w.student_id);
                format!("/api/v1/courses/{course}/students/{student}/total")
            },
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        // The second to ask finds the name taken.
        row(
            "POST",
            "/api/v1/courses/{course_id}/categories",
            |w| format!("/api/v1/courses/{}/categories", w.course),
            Json(|_| json!({"name": "Homework", "weight": 30})),
            [401, 201, 409, 404, 404, 403],
        ),
        row(
            "PATCH",
            "/api/v1/categories/{category_id}",
            |w| format!("/api/v1/categories/{}", w.category),
            Json(|_| json!({"name": "Tests"})),
            [401, 200, 200, 404, 404, 403],
        ),
        row(
            "DELETE",
            "/api/v1/categories/{category_id}",
            |w| format!("/api/v1/categories/{}", w.category),
            None,
            [401, 409, 409, 404, 404, 403],
        ),
        row(
            "POST",
            "/api/v1/courses/{course_id}/assessments",
            |w| format!("/api/v1/courses/{}/assessments", w.course),
            Json(|_| json!({"title": "Quiz", "max_score": 10})),
            [401, 201, 201, 404, 404, 403],
        ),
        // It is the only category, and no other.
        row(
            "POST",
            "/api/v1/categories/{category_id}/move-assessments",
            |w| format!("/api/v1/categories/{}/move-assessments", w.category),
            Json(|w| json!({"category_id": w.category})),
            [401, 422, 422, 404, 404, 403],
        ),
        // Nobody copies a scheme to its own course, and who may not see it learns no more.
        row(
            "POST",
            "/api/v1/courses/{course_id}/scheme/copy",
            |w| format!("/api/v1/courses/{}/scheme/copy", w.course),
            Json(|w| json!({"to": [w.course], "dry_run": true})),
            [401, 422, 422, 422, 422, 403],
        ),
        row(
            "GET",
            "/courses/{course_id}/settings/copy",
            |w| format!("/courses/{}/settings/copy", w.course),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        row(
            "POST",
            "/courses/{course_id}/settings/copy",
            |w| format!("/courses/{}/settings/copy", w.course),
            Form(&[("categories", "on")]),
            [401, 422, 422, 404, 404, 403],
        ),
        row(
            "PATCH",
            "/api/v1/assessments/{assessment_id}",
            |w| format!("/api/v1/assessments/{}", w.draft),
            Json(|_| json!({"date": "2026-11-13"})),
            [401, 200, 200, 404, 404, 403],
        ),
        // It has scores, and nobody repeats its title.
        row(
            "DELETE",
            "/api/v1/assessments/{assessment_id}",
            |w| format!("/api/v1/assessments/{}", w.draft),
            None,
            [401, 409, 409, 404, 404, 403],
        ),
        plain("GET", "/api/v1/school", None, [200; 6]),
        plain(
            "PATCH",
            "/api/v1/school",
            Json(|_| json!({"name": "Hill School"})),
            [401, 200, 403, 403, 403, 403],
        ),
        plain("GET", "/api/v1/terms", None, [401, 200, 403, 403, 403, 403]),
        plain(
            "POST",
            "/api/v1/terms",
            Json(
                |_| json!({"school_year": "2030-2031", "name": "Autumn", "starts_on": "2030-09-01", "ends_on": "2031-01-31"}),
            ),
            [401, 201, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/terms/{term_id}",
            |_| "/api/v1/terms/1".to_owned(),
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "PATCH",
            "/api/v1/terms/{term_id}",
            |_| "/api/v1/terms/1".to_owned(),
            Json(|_| json!({"rank_shown": "bands"})),
            [401, 200, 403, 403, 403, 403],
        ),
        // Nobody closes the term that the other rows need.
        row(
            "POST",
            "/api/v1/terms/{term_id}/close",
            |_| "/api/v1/terms/999999/close".to_owned(),
            None,
            [401, 404, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/api/v1/terms/{term_id}/reopen",
            |_| "/api/v1/terms/999999/reopen".to_owned(),
            Json(REASON),
            [401, 404, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/api/v1/subjects",
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        plain(
            "POST",
            "/api/v1/subjects",
            Json(|_| json!({"code": "physics", "name_zh": "物理", "name_en": "Physics"})),
            [401, 201, 403, 403, 403, 403],
        ),
        row(
            "PATCH",
            "/api/v1/subjects/{subject_id}",
            |_| "/api/v1/subjects/1".to_owned(),
            Json(|_| json!({"default_max_score": 120})),
            [401, 200, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/api/v1/classes",
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        plain(
            "POST",
            "/api/v1/classes",
            Json(
                |_| json!({"school_year": "2030-2031", "grade_level": "Grade 1", "name": "Class 1"}),
            ),
            [401, 201, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/classes/{class_id}",
            |w| format!("/api/v1/classes/{}", w.class),
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "PATCH",
            "/api/v1/classes/{class_id}",
            |w| format!("/api/v1/classes/{}", w.class),
            Json(|_| json!({})),
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/api/v1/classes/{class_id}/promote",
            |_| "/api/v1/classes/999999/promote".to_owned(),
            Json(
                |_| json!({"school_year": "2027-2028", "grade_level": "Grade 8", "name": "Class 1", "starts_on": "2027-09-01"}),
            ),
            [401, 404, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/classes/{class_id}/students",
            |w| format!("/api/v1/classes/{}/students", w.class),
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "PUT",
            "/api/v1/classes/{class_id}/students/{student_id}",
            |w| format!("/api/v1/classes/{}/students/{}", w.class, w.student_id),
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "DELETE",
            "/api/v1/classes/{class_id}/students/{student_id}",
            |w| format!("/api/v1/classes/{}/students/999999", w.class),
            None,
            [401, 404, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/api/v1/classes/{class_id}/students/{student_id}/move",
            |w| format!("/api/v1/classes/{}/students/999999/move", w.class),
            Json(|w| json!({"to_class_id": w.class % 3 + 1, "from": "2026-12-01"})),
            [401, 404, 403, 403, 403, 403],
        ),
        plain(
            "POST",
            "/api/v1/courses",
            Json(|w| json!({"class_id": w.class, "subject_id": 999_999, "term_id": 1})),
            [401, 422, 403, 403, 403, 403],
        ),
        plain(
            "POST",
            "/api/v1/exams",
            Json(
                |_| json!({"term_id": 1, "name": "Final", "kind": "final", "held_on": "2027-01-20"}),
            ),
            [401, 201, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/exams/{exam_id}",
            |w| format!("/api/v1/exams/{}", w.exam),
            None,
            [401, 200, 200, 200, 404, 403],
        ),
        row(
            "PATCH",
            "/api/v1/exams/{exam_id}",
            |w| format!("/api/v1/exams/{}", w.exam),
            Json(|_| json!({})),
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/api/v1/exams/{exam_id}/courses",
            |w| format!("/api/v1/exams/{}/courses", w.exam),
            Json(|_| json!({"courses": []})),
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "DELETE",
            "/api/v1/exams/{exam_id}/courses/{course_id}",
            |w| format!("/api/v1/exams/{}/courses/999999", w.exam),
            None,
            [401, 404, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/api/v1/courses",
            None,
            [401, 200, 200, 200, 200, 403],
        ),
        row(
            "GET",
            "/api/v1/courses/{course_id}/gradebook",
            book,
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        row(
            "POST",
            "/api/v1/courses/{course_id}/presence",
            |w| format!("/api/v1/courses/{}/presence", w.course),
            Json(|_| json!({"assessment_id": 1, "student_id": 1})),
            [401, 200, 200, 404, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/courses/{course_id}/gradebook.csv",
            |w| format!("/api/v1/courses/{}/gradebook.csv", w.course),
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/courses/{course_id}/gradebook.xlsx",
            |w| format!("/api/v1/courses/{}/gradebook.xlsx", w.course),
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/exams/{exam_id}/classes/{class_id}/sheet.csv",
            |w| format!("/api/v1/exams/{}/classes/{}/sheet.csv", w.exam, w.class),
            None,
            [401, 200, 200, 200, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/exams/{exam_id}/classes/{class_id}/sheet.xlsx",
            |w| format!("/api/v1/exams/{}/classes/{}/sheet.xlsx", w.exam, w.class),
            None,
            [401, 200, 200, 200, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/classes/{class_id}/students.csv",
            |w| format!("/api/v1/classes/{}/students.csv", w.class),
            None,
            [401, 200, 200, 200, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/classes/{class_id}/students.xlsx",
            |w| format!("/api/v1/classes/{}/students.xlsx", w.class),
            None,
            [401, 200, 200, 200, 404, 403],
        ),
        plain(
            "GET",
            "/api/v1/oneroster.zip",
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        plain("GET", "/api/v1/exams", None, [401, 200, 200, 200, 200, 403]),
        row(
            "GET",
            "/api/v1/exams/{exam_id}/classes/{class_id}/sheet",
            |w| format!("/api/v1/exams/{}/classes/{}/sheet", w.exam, w.class),
            None,
            [401, 200, 200, 200, 404, 403],
        ),
        row(
            "GET",
            "/exams/{exam_id}/analysis",
            |w| format!("/exams/{}/analysis", w.exam),
            None,
            [303, 200, 200, 200, 404, 303],
        ),
        row(
            "POST",
            "/exams/{exam_id}/analysis/lines",
            |w| format!("/exams/{}/analysis/lines", w.exam),
            Form(&[]),
            [401, 303, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/exams/{exam_id}/analysis/settings",
            |w| format!("/exams/{}/analysis/settings", w.exam),
            Form(&[
                ("weight-mean", "40"),
                ("weight-pass", "30"),
                ("weight-excellent", "30"),
                ("ties", "competition"),
            ]),
            [401, 303, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/admin/progress",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        plain(
            "GET",
            "/admin/anomalies",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "GET",
            "/courses/{course_id}/anomalies",
            |w| format!("/courses/{}/anomalies", w.course),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        plain(
            "GET",
            "/api/v1/progress",
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/api/v1/anomalies",
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/courses/{course_id}/anomalies",
            |w| format!("/api/v1/courses/{}/anomalies", w.course),
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/exams/{exam_id}/analysis",
            |w| format!("/api/v1/exams/{}/analysis", w.exam),
            None,
            [401, 200, 200, 200, 404, 403],
        ),
        row(
            "PUT",
            "/api/v1/exams/{exam_id}/lines",
            |w| format!("/api/v1/exams/{}/lines", w.exam),
            Json(|_| json!({"lines": []})),
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "PUT",
            "/api/v1/exams/{exam_id}/analysis-settings",
            |w| format!("/api/v1/exams/{}/analysis-settings", w.exam),
            Json(|_| {
                json!({"composite": {"mean": 40, "pass": 30, "excellent": 30},
                    "rank_style": "competition"})
            }),
            [401, 200, 403, 403, 403, 403],
        ),
        plain(
            "PATCH",
            "/api/v1/scores",
            Json(|_| json!({"edits": []})),
            [401, 200, 200, 200, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/batches/{batch_id}",
            |w| format!("/api/v1/batches/{}", w.batch),
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        plain(
            "GET",
            "/api/v1/changes",
            None,
            [401, 200, 200, 200, 200, 403],
        ),
        plain(
            "GET",
            "/admin/changes",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "GET",
            "/courses/{course_id}/changes",
            |w| format!("/courses/{}/changes", w.course),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        row(
            "GET",
            "/batches/{batch_id}",
            |w| format!("/batches/{}", w.batch),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        // Everything in it is published: without a reason, it is asked for.
        row(
            "POST",
            "/batches/{batch_id}/undo",
            |w| format!("/batches/{}/undo", w.batch),
            Form(&[("reason", "")]),
            [401, 422, 422, 404, 404, 403],
        ),
        row(
            "POST",
            "/api/v1/batches/{batch_id}/undo",
            |w| format!("/api/v1/batches/{}/undo", w.batch),
            None,
            [401, 422, 422, 404, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/assessments/{assessment_id}/students/{student_id}/history",
            |w| {
                format!(
                    "/api/v1/assessments/{}/students/{}/history",
                    w.published, w.student_id
                )
            },
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/assessments/{assessment_id}/preflight",
            |w| format!("/api/v1/assessments/{}/preflight", w.draft),
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        plain(
            "GET",
            "/admin/imports",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        plain(
            "POST",
            "/admin/imports",
            File("学号,月考\n", |_| Vec::new()),
            [401, 422, 403, 403, 403, 403],
        ),
        plain(
            "GET",
            "/admin/imports/roster",
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        plain(
            "POST",
            "/admin/imports/roster",
            File("学号,班级\n", |_| Vec::new()),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/admin/imports/forms/{name}",
            |_| "/admin/imports/forms/roster.csv".to_owned(),
            None,
            [303, 200, 403, 403, 403, 303],
        ),
        row(
            "GET",
            "/courses/{course_id}/import",
            |w| format!("/courses/{}/import", w.course),
            None,
            [303, 200, 200, 404, 404, 303],
        ),
        row(
            "POST",
            "/courses/{course_id}/import",
            |w| format!("/courses/{}/import", w.course),
            File("学号,月考\n", |_| Vec::new()),
            [401, 422, 422, 404, 404, 403],
        ),
        // One that is there is in `imports.rs`.
        row(
            "GET",
            "/imports/{import_id}",
            |_| "/imports/999999".to_owned(),
            None,
            [303, 404, 404, 404, 404, 303],
        ),
        row(
            "POST",
            "/imports/{import_id}/columns",
            |_| "/imports/999999/columns".to_owned(),
            Form(&[("ignore", "备注")]),
            [401, 404, 404, 404, 404, 403],
        ),
        row(
            "POST",
            "/imports/{import_id}/commit",
            |_| "/imports/999999/commit".to_owned(),
            Form(&[("plan_hash", "0")]),
            [401, 404, 404, 404, 404, 403],
        ),
        row(
            "POST",
            "/imports/{import_id}/cancel",
            |_| "/imports/999999/cancel".to_owned(),
            Form(&[]),
            [401, 404, 404, 404, 404, 403],
        ),
        row(
            "POST",
            "/imports/{import_id}/undo",
            |_| "/imports/999999/undo".to_owned(),
            Form(&[("reason", "")]),
            [401, 404, 404, 404, 404, 403],
        ),
        plain(
            "GET",
            "/api/v1/imports",
            None,
            [401, 200, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/api/v1/imports/{import_id}",
            |_| "/api/v1/imports/999999".to_owned(),
            None,
            [401, 404, 404, 404, 404, 403],
        ),
        row(
            "GET",
            "/api/v1/imports/{import_id}/left-out.csv",
            |_| "/api/v1/imports/999999/left-out.csv".to_owned(),
            None,
            [401, 404, 404, 404, 404, 403],
        ),
        plain(
            "POST",
            "/api/v1/imports/scores",
            // A file without rows: whoever may import hears so.
            File("学号,月考\n", |w| {
                vec![
                    ("course_id", w.course.to_string()),
                    ("dry_run", "true".to_owned()),
                ]
            }),
            [401, 422, 422, 404, 403, 403],
        ),
        plain(
            "POST",
            "/api/v1/imports/roster",
            // A file without rows: whoever may import hears so.
            File("年级,班级,学号,姓名\n", |_| {
                vec![("dry_run", "true".to_owned())]
            }),
            [401, 422, 403, 403, 403, 403],
        ),
        plain(
            "POST",
            "/api/v1/imports/oneroster",
            // No zip: whoever may import hears so.
            File("sourcedId,title\n", |_| {
                vec![("dry_run", "true".to_owned())]
            }),
            [401, 422, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/api/v1/assessments/{assessment_id}/publish",
            |w| format!("/api/v1/assessments/{}/publish", w.draft),
            None,
            [401, 200, 409, 404, 404, 403],
        ),
        row(
            "POST",
            "/api/v1/assessments/{assessment_id}/unpublish",
            |w| format!("/api/v1/assessments/{}/unpublish", w.draft),
            Json(REASON),
            [401, 200, 409, 404, 404, 403],
        ),
        row(
            "POST",
            "/api/v1/assessments/{assessment_id}/lock",
            |w| format!("/api/v1/assessments/{}/lock", w.published),
            None,
            [401, 200, 409, 404, 404, 403],
        ),
        // Locked now: staff propose, and the student asks. The first one is the admin's.
        plain(
            "POST",
            "/api/v1/amendments",
            Json(|w| {
                json!({"assessment_id": w.published, "student_id": w.student_id,
                    "proposed": {"value": 1}, "reason": "page 3"})
            }),
            [401, 201, 409, 404, 422, 403],
        ),
        plain(
            "GET",
            "/api/v1/amendments",
            None,
            [401, 200, 200, 200, 200, 403],
        ),
        row(
            "GET",
            "/api/v1/amendments/{amendment_id}",
            |_| "/api/v1/amendments/1".to_owned(),
            None,
            [401, 200, 200, 404, 404, 403],
        ),
        row(
            "POST",
            "/api/v1/amendments/{amendment_id}/answer",
            |_| "/api/v1/amendments/1/answer".to_owned(),
            Json(|_| json!({"note": "no request for a review"})),
            [401, 409, 409, 404, 404, 403],
        ),
        row(
            "POST",
            "/api/v1/amendments/{amendment_id}/approve",
            |_| "/api/v1/amendments/1/approve".to_owned(),
            Json(|_| json!({"proposed": {"value": -1}})),
            [401, 422, 403, 404, 404, 403],
        ),
        row(
            "POST",
            "/api/v1/amendments/{amendment_id}/reject",
            |_| "/api/v1/amendments/1/reject".to_owned(),
            Json(|_| json!({"note": ""})),
            [401, 422, 403, 404, 404, 403],
        ),
        plain("GET", "/reviews", None, [303, 200, 200, 200, 403, 303]),
        row(
            "GET",
            "/reviews/{amendment_id}",
            |_| "/reviews/1".to_owned(),
            None,
            [303, 200, 200, 404, 403, 303],
        ),
        row(
            "POST",
            "/reviews/{amendment_id}",
            |_| "/reviews/1".to_owned(),
            Form(&[("step", "reject"), ("note", "")]),
            [401, 422, 403, 404, 403, 403],
        ),
        row(
            "POST",
            "/api/v1/amendments/{amendment_id}/withdraw",
            |_| "/api/v1/amendments/1/withdraw".to_owned(),
            None,
            [401, 200, 403, 404, 404, 403],
        ),
        row(
            "GET",
            "/me/assessments/{assessment_id}/review",
            |w| format!("/me/assessments/{}/review", w.published),
            None,
            [303, 403, 403, 403, 200, 303],
        ),
        row(
            "POST",
            "/me/assessments/{assessment_id}/review",
            |w| format!("/me/assessments/{}/review", w.published),
            Form(&[("reason", "question 7")]),
            [401, 403, 403, 403, 303, 403],
        ),
        row(
            "POST",
            "/me/reviews/{amendment_id}/withdraw",
            |_| "/me/reviews/2/withdraw".to_owned(),
            Form(&[]),
            [401, 403, 403, 403, 303, 403],
        ),
        row(
            "POST",
            "/api/v1/assessments/{assessment_id}/unlock",
            |w| format!("/api/v1/assessments/{}/unlock", w.published),
            Json(REASON),
            [401, 200, 409, 404, 404, 403],
        ),
        plain(
            "GET",
            "/api/v1/me/grades",
            None,
            [401, 403, 403, 403, 200, 403],
        ),
        plain(
            "GET",
            "/api/v1/events",
            None,
            [401, 200, 200, 200, 200, 403],
        ),
        #[cfg(debug_assertions)]
        plain("GET", "/design", None, [200; 6]),
        plain("GET", "/api/v1/openapi.json", None, [200; 6]),
        plain("GET", "/healthz", None, [200; 6]),
        plain("GET", "/readyz", None, [200; 6]),
        // Last, because it ends the sessions of all who ask.
        plain("POST", "/logout", Form(&[]), [303; 6]),
    ]
}

#[test]
fn every_route_is_classified() {
    let known: BTreeSet<(&str, &str)> = ROUTES
        .iter()
        .chain(WORKSHOP_ROUTES)
        .map(|one| (one.path, one.method))
        .collect();
    let classified: BTreeSet<(&str, &str)> =
        matrix().iter().map(|one| (one.route, one.method)).collect();
    let missing: Vec<_> = known.difference(&classified).collect();
    let stale: Vec<_> = classified.difference(&known).collect();
    assert!(missing.is_empty(), "not in the access matrix: {missing:?}");
    assert!(
        stale.is_empty(),
        "in the access matrix, but no route: {stale:?}"
    );
}

on_both_databases! {
    async fn everybody_is_answered_by_the_matrix(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let newcomer = demo_accounts().first_login_student;
            let newcomer = server.token(&newcomer.username).await;
            let callers = [
                Caller::Nobody,
                Caller::Token(&world.admin),
                Caller::Token(&world.teacher),
                Caller::Token(&world.other_teacher),
                Caller::Token(&world.student),
                Caller::Token(&newcomer),
            ];
            let mut wrong = Vec::new();
            for row in matrix() {
                for (who, caller) in CALLERS.iter().zip(&callers) {
                    let (status, _) = ask(&server, &world, &row, caller).await;
                    let place = CALLERS.iter().position(|one| one == who).unwrap();
                    let expected = row.answers[place];
                    if status != expected {
                        wrong.push(format!("{} {} as {who}: {status}, not {expected}", row.method, row.route));
                    }
                }
            }
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        })
        .await;
    }
}

/// What stays open to somebody who must set up a second factor first. All else is closed, by one rule.
const OPEN_WITHOUT_SECOND_FACTOR: [(&str, &str); 36] = [
    // Setting it up.
    ("GET", "/account/totp"),
    ("POST", "/account/totp"),
    ("POST", "/account/totp/confirm"),
    ("POST", "/account/totp/remove"),
    ("POST", "/account/totp/recovery-codes"),
    ("POST", "/api/v1/users/me/totp"),
    ("POST", "/api/v1/users/me/totp/confirm"),
    ("DELETE", "/api/v1/users/me/totp"),
    ("POST", "/api/v1/users/me/totp/recovery-codes"),
    // The own account's password and sessions.
    ("GET", "/api/v1/users/me"),
    ("GET", "/account/password"),
    ("POST", "/account/password"),
    ("POST", "/api/v1/users/me/password"),
    ("GET", "/api/v1/users/me/sessions"),
    ("DELETE", "/api/v1/users/me/sessions/{session_id}"),
    ("POST", "/api/v1/users/me/sessions/end-others"),
    // Signing in and out.
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("POST", "/login/code"),
    ("POST", "/logout"),
    ("POST", "/session/refresh"),
    ("POST", "/api/v1/token"),
    ("POST", "/api/v1/token/revoke"),
    // What everybody reads and chooses.
    // Only builds for development have this one.
    ("GET", "/design"),
    ("GET", "/offline"),
    ("GET", "/sw.js"),
    ("GET", "/manifest.webmanifest"),
    ("POST", "/language"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/api/v1/school"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
];

/// A teacher of whom the school requires a second factor, and who has none: what opens is answered as
/// to any teacher, every page leads to the setting up, and all else says why it is closed.
#[tokio::test]
async fn without_the_second_factor_that_is_required_only_its_setting_up_is_open() {
    local(async {
        let database = gradebook_test_databases::sqlite().await;
        let setup = Setup {
            clock: Arc::new(SystemClock),
            lifetimes: Lifetimes::default(),
            totp_required_of: vec![Role::Teacher],
        };
        let app = setup.app(database.migrated().await);
        let server = TestServer::serve(Some(database), app).await;
        server.app.fill_demo().await.unwrap().unwrap();
        let world = World::of(&server).await;
        let mut wrong = Vec::new();
        let mut left: BTreeSet<(&str, &str)> = OPEN_WITHOUT_SECOND_FACTOR.into();
        for row in matrix() {
            let open = left.remove(&(row.method, row.route));
            let caller = Caller::Token(&world.teacher);
            let (status, answered) = ask(&server, &world, &row, &caller).await;
            let as_expected = if open {
                status == row.answers[2] && answered != "totp_setup_required"
            } else if row.route.starts_with("/api/") {
                (status, answered.as_str()) == (403, "totp_setup_required")
            } else if row.method == "GET" {
                (status, answered.as_str()) == (303, "/account/totp")
            } else {
                (status, answered.as_str()) == (403, "")
            };
            if !as_expected {
                wrong.push(format!("{} {}: {status} {answered}", row.method, row.route));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(left.is_empty(), "open, but no route: {left:?}");
    })
    .await;
}

/// A caller whose token holds no more is a stranger: the first column says what they are answered,
/// and where that is 401, the code says why. Without exceptions.
#[tokio::test]
async fn a_token_that_holds_no_more_opens_nothing() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let world = World::of(&server).await;
        let admin = demo_accounts().admin.username;
        let real = Real::of(&server, &admin).await;
        let ended = server
            .post("/api/v1/token/revoke")
            .form(&[("token", &real.token)]);
        assert_eq!(ended.send().await.status, 200);
        for _ in 0..400 {
            let reply = server
                .get("/api/v1/users/me")
                .bearer(&real.token)
                .send()
                .await;
            if reply.status == 401 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        let other = Real::of(&server, &admin).await;
        let mut claims = other.claims.clone();
        for (claim, before_s) in [("iat", 900), ("nbf", 900), ("exp", 600)] {
            claims[claim] = json!(other.claims["iat"].as_i64().unwrap() - before_s);
        }
        let expired = other.signed_claims(&claims.to_string());
        let mut wrong = Vec::new();
        for row in matrix() {
            for (token, code) in [(&real.token, "token_revoked"), (&expired, "token_expired")] {
                let (status, answered) = ask(&server, &world, &row, &Caller::Token(token)).await;
                let as_nobody = row.answers[0];
                let says_why = as_nobody != 401 || !guarded(&row) || answered == code;
                if status != as_nobody || !says_why {
                    wrong.push(format!(
                        "{} {} with {code}: {status} {answered}",
                        row.method, row.route
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// Whether a 401 of this route is about the access token and says so to a program. Pages say it in
/// words, and those routes that sign in say 401 for other reasons.
fn guarded(row: &Row) -> bool {
    row.route.starts_with("/api/") && row.answers != [401; 6]
}

/// An admin's cookies open what an admin's token opens, and for another site nothing that changes
/// anything. The exceptions are those that live on the refresh cookie.
#[tokio::test]
async fn cookies_are_as_good_as_a_token_for_our_own_pages_only() {
    const EXCEPTIONS: [(&str, u16); 1] = [("/session/refresh", 204)];
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let world = World::of(&server).await;
        let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
        browser.open("/account/password").await;
        let mut wrong = Vec::new();
        for row in matrix() {
            let as_admin = EXCEPTIONS
                .iter()
                .find(|(route, _)| *route == row.route)
                .map_or(row.answers[1], |(_, status)| *status);
            let foreign = if row.method == "GET" { as_admin } else { 403 };
            // First the other site: what is refused there must still be there to be done.
            for (site, expected) in [
                ("cross-site", foreign),
                ("same-site", foreign),
                ("same-origin", as_admin),
            ] {
                let caller = Caller::Cookies(&browser, site);
                let (status, code) = ask(&server, &world, &row, &caller).await;
                let refused_right = status != 403
                    || row.method == "GET"
                    || as_admin == 403
                    || code == "cross_site_request"
                    || code.is_empty();
                if status != expected || !refused_right {
                    wrong.push(format!(
                        "{} {} from {site}: {status} {code}, not {expected}",
                        row.method, row.route
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// How somebody shows who they are.
enum Caller<'a> {
    Nobody,
    Token(&'a str),
    /// A browser that says where the request came from.
    Cookies(&'a Browser<'a>, &'static str),
}

/// Status and, of a problem that is JSON, code; of a redirection, where it leads.
async fn ask(server: &TestServer, world: &World, row: &Row, caller: &Caller<'_>) -> (u16, String) {
    let path = match (row.path)(world) {
        path if path.is_empty() => row.route.to_owned(),
        path => path,
    };
    let method = Method::from_bytes(row.method.as_bytes()).unwrap();
    let for_browsers = !row.route.starts_with("/api/");
    let stranger = Browser::new(server);
    let mut request = server.request(method, &path);
    let mut form_token = None;
    match caller {
        Caller::Token(token) => request = request.bearer(token),
        Caller::Cookies(browser, site) => {
            request = browser.with_cookies(request).header("sec-fetch-site", site);
            form_token = Some(browser.form_token());
        }
        Caller::Nobody => {
            if for_browsers && matches!(row.body, Body::Form(_)) {
                stranger.open("/login").await;
                request = stranger.with_cookies(request);
                form_token = Some(stranger.form_token());
            }
        }
    }
    if for_browsers && !matches!(caller, Caller::Cookies(..)) {
        request = request.header("sec-fetch-site", "same-origin");
    }
    // Another name each time: too many wrong attempts for one would be a matter of their own.
    static NAMES: AtomicU32 = AtomicU32::new(0);
    let nobody = format!("nobody{}", NAMES.fetch_add(1, Ordering::Relaxed));
    let with_token = |mut fields: Vec<(&'static str, String)>| {
        if let (true, Some(token)) = (for_browsers, &form_token) {
            fields.push(("form_token", token.clone()));
        }
        fields
    };
    let form = |request: Request, fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        request.form(&fields)
    };
    request = match &row.body {
        Body::None if row.method == "POST" && for_browsers => form(request, with_token(Vec::new())),
        Body::None => request,
        Body::Json(body) => request.json(&body(world)),
        Body::Form(fields) => {
            let fields = fields.iter().map(|(name, value)| match *value {
                "nobody" => (*name, nobody.clone()),
                value => (*name, value.to_owned()),
            });
            form(request, with_token(fields.collect()))
        }
        Body::File(file, fields) => {
            let fields = with_token(fields(world));
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            multipart(request, "file.csv", file.as_bytes(), &fields)
        }
        Body::Id(name, id) => form(request, with_token(vec![(*name, id(world).to_string())])),
    };
    if row.route == "/api/v1/events" {
        // The stream does not end; its head says all.
        let mut head = request.stream().await;
        let status = head.status().as_u16();
        if status == 200 {
            return (status, String::new());
        }
        let body = head.body().await.unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        return (status, problem["code"].as_str().unwrap_or("").to_owned());
    }
    let reply = request.send().await;
    let code = match reply.header("content-type") {
        "application/problem+json" => reply.code(),
        _ => reply.header("location").to_owned(),
    };
    (reply.status.as_u16(), code)
}
