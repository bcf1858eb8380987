//! Every template, rendered with samples in both languages.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use askama::Template;
use gradebook_auth::Role;
use gradebook_domain::ChangeId;

use super::*;
use crate::assets;
use crate::i18n::{Locale, T};

mod samples;

fn request(path: &str, locale: Locale) -> HttpRequest {
    TestRequest::get()
        .uri(path)
        .cookie(Cookie::new("language", locale.tag()))
        .to_http_request()
}

/// Every page: what it is called here, and its HTML.
fn every_page(locale: Locale) -> Vec<(String, String)> {
    let at = |path: &str| request(path, locale);
    let mut pages = Vec::new();
    let mut add = |name: &str, html: askama::Result<String>| {
        pages.push((format!("{name} ({})", locale.tag()), html.unwrap()));
    };
    for (failed, next) in [(false, ""), (false, "/me"), (true, "/me")] {
        let view = login::LoginPage {
            frame: frame::Frame::new(
                &at("/login"),
                frame::Visitor::Stranger,
                T(locale).get("login-page"),
            ),
            t: T(locale),
            username: if failed {
                "li".to_owned()
            } else {
                String::new()
            },
            next: next.to_owned(),
            refusal: failed.then(|| T(locale).get("login-failed")),
        };
        add("login", view.render());
    }
    for session in [
        (frame::Visitor::Somebody, true),
        (frame::Visitor::Person(Role::Teacher), false),
    ] {
        for refusal in [None, Some(password::Refusal::sample())] {
            let view = password::password_page(&at("/account/password"), session, refusal);
            add("password", view.render());
        }
    }
    for role in Role::ALL {
        let view = account::account_page(&at("/account"), samples::user(role));
        add("account", view.render());
    }
    for (name, html) in admin_pages(locale) {
        add(name, html);
    }
    for role in [Role::Admin, Role::Teacher] {
        let full = home::home_page(&at("/"), role, samples::courses(), samples::exams());
        add("home", full.render());
        let nothing = || gradebook_app::Page {
            items: Vec::new(),
            next: None,
        };
        let empty = home::home_page(
            &at("/"),
            role,
            nothing(),
            gradebook_app::Page {
                items: Vec::new(),
                next: None,
            },
        );
        add("empty home", empty.render());
    }
    let book = gradebook::gradebook_page(&at("/courses/1"), Role::Teacher, &samples::gradebook());
    add("gradebook", book.render());
    let sheet = sheet::sheet_page(
        &at("/exams/1/classes/1"),
        &samples::teacher(),
        &samples::exam_sheet(),
    );
    add("sheet", sheet.render());
    let grades = samples::my_grades();
    add("me", me::me_page(&at("/me"), &grades).render());
    add(
        "empty me",
        me::me_page(&at("/me"), &samples::no_grades()).render(),
    );
    for course in &grades.courses {
        let view = my_course::my_course_page(&at("/me/courses/1"), course, ChangeId(7));
        add("my course", view.render());
    }
    for (code, _) in error::Texts::BY_CODE {
        let problem = Problem::new(StatusCode::NOT_FOUND, code, "");
        add(
            "problem",
            error::problem_page(&at("/x"), &problem, "0123").render(),
        );
    }
    pages
}

fn admin_pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    use admin::{new_user, one_time, slips, user, users};
    let at = |path: &str| request(path, locale);
    let mut pages = Vec::new();
    let nobody = gradebook_app::Page {
        items: Vec::new(),
        next: None,
    };
    for (found, before, query) in [
        (samples::users(), 0, users::UsersQuery::default()),
        (
            samples::users(),
            50,
            users::UsersQuery::sample("li <b>", Some(50)),
        ),
        (nobody, 0, users::UsersQuery::sample("nobody", None)),
    ] {
        let count = gradebook_app::PeopleCount { all: 120, before };
        let view = users::users_page(&at("/admin/users"), &query, found, count);
        pages.push(("users", view.render()));
    }
    for wrong in [
        None,
        Some(("username", "user-username-taken")),
        Some(("student_number", "user-number-wrong")),
        Some(("role", "user-role-missing")),
    ] {
        let form = new_user::NewUserForm::sample();
        let view = new_user::new_user_page(&at("/admin/users/new"), form, wrong);
        pages.push(("new user", view.render()));
    }
    let frame = || one_time::SlipFrame::at(&at("/"), "https://grades.example".to_owned());
    for (role, added) in [(Role::Student, true), (Role::Teacher, false)] {
        let path = at("/admin/users/7/password-reset");
        let password = "kcwt-h4mf-ryjd".to_owned();
        let view = one_time::one_time_page(&path, frame(), samples::user(role), password, added);
        pages.push(("one-time password", view.render()));
    }
    for (role, own, query, refused) in [
        (Role::Student, false, user::UserQuery::default(), None),
        (Role::Teacher, false, user::UserQuery::sample("saved"), None),
        (Role::Admin, true, user::UserQuery::sample("disabled"), None),
        (
            Role::Admin,
            true,
            user::UserQuery::default(),
            Some(user::Refused::sample("role", "user-last-admin")),
        ),
        (
            Role::Student,
            false,
            user::UserQuery::default(),
            Some(user::Refused::sample("name", "user-name-wrong")),
        ),
    ] {
        let account = gradebook_app::read::User {
            enabled: role != Role::Teacher,
            ..samples::user(role)
        };
        let log = if own {
            gradebook_app::Page {
                items: Vec::new(),
                next: None,
            }
        } else {
            samples::account_log()
        };
        let path = at("/admin/users/7");
        let view = user::user_page(&path, (account, own), log, &query, refused.as_ref());
        pages.push(("account of somebody", view.render()));
    }
    for classes in [samples::classes(), Vec::new()] {
        let view = slips::classes_page(&at("/admin/slips"), classes);
        pages.push(("classes", view.render()));
    }
    for (found, made) in [
        (samples::class_slips(1), None),
        (samples::class_slips(0), None),
        (samples::class_slips(0), Some(Vec::new())),
        (
            samples::class_slips(0),
            Some(vec![(
                samples::user(Role::Student),
                "kcwt-h4mf-ryjd".to_owned(),
            )]),
        ),
    ] {
        let view = slips::class_slips_page(&at("/admin/slips"), frame(), found, made);
        pages.push(("slips of a class", view.render()));
    }
    pages
}

/// The attributes of each opening tag of an element.
fn tags<'a>(html: &'a str, element: &str) -> Vec<&'a str> {
    html.split(&format!("<{element}"))
        .skip(1)
        .filter(|rest| rest.starts_with([' ', '>']))
        .filter_map(|rest| rest.split('>').next())
        .collect()
}

#[test]
fn every_page_is_complete_in_both_languages() {
    for locale in Locale::ALL {
        for (name, html) in every_page(locale) {
            assert!(!html.contains("[["), "{name}: a text is missing");
            assert!(
                html.contains(&format!("<html lang=\"{}\">", locale.tag())),
                "{name}"
            );
            assert_eq!(tags(&html, "h1").len(), 1, "{name}: one main heading");
            assert_eq!(tags(&html, "main").len(), 1, "{name}");
            assert!(html.contains("href=\"#main\""), "{name}: a skip link");
            assert!(html.contains("action=\"/language\""), "{name}");
        }
    }
}

#[test]
fn no_page_needs_inline_script_or_style() {
    for (name, html) in every_page(Locale::ZhCn) {
        let markup = html.to_lowercase();
        for forbidden in [
            " style=",
            "<style",
            "javascript:",
            " onclick=",
            " onload=",
            " onsubmit=",
        ] {
            assert!(!markup.contains(forbidden), "{name}: {forbidden}");
        }
        for script in tags(&markup, "script") {
            let harmless =
                script.contains(" src=\"/static/") || script.contains("application/json");
            assert!(harmless, "{name}: {script}");
        }
    }
}

#[test]
fn every_bundled_file_exists() {
    let directory = assets::directory(None);
    for (name, html) in every_page(Locale::En) {
        let files: Vec<&str> = html
            .split("\"/static/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(!files.is_empty(), "{name}");
        for file in files {
            assert!(directory.join(file).is_file(), "{name}: {file}");
        }
    }
}

#[test]
fn every_field_has_a_label_and_every_id_is_unique() {
    for (name, html) in every_page(Locale::En) {
        let mut ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        for input in tags(&html, "input")
            .iter()
            .filter(|tag| !tag.contains("hidden"))
        {
            let id = input
                .split(" id=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            let label = format!("<label for=\"{}\"", id.unwrap());
            assert!(html.contains(&label), "{name}: {input}");
        }
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: {ids:?}");
    }
}

#[test]
fn what_people_typed_is_escaped() {
    for (name, html) in every_page(Locale::En) {
        assert!(!html.contains("<b>"), "{name}");
    }
    let grades = samples::my_grades();
    let view = me::me_page(&request("/me", Locale::En), &grades);
    assert!(view.render().unwrap().contains("&#60;b&#62;"));
}

#[test]
fn a_log_tells_roles_courses_and_people_and_no_other_detail() {
    let log = samples::account_log();
    let query = admin::user::UserQuery::default();
    let account = (samples::user(Role::Teacher), false);
    let page = request("/admin/users/7", Locale::En);
    let view = admin::user::user_page(&page, account, log, &query, None);
    let html = view.render().unwrap();
    for text in [
        "Role changed, sessions ended",
        "Teacher → Administrator",
        "Course given",
        "/courses/1",
        "At the server",
        "through the interface",
        "Something that a newer version recorded",
        "?before=1#log",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert!(
        !html.contains("hush"),
        "a detail that is not known to be fit to be shown"
    );
}

#[test]
fn a_slip_speaks_both_languages_and_says_where_to_go() {
    let request = request("/admin/slips", Locale::ZhCn);
    let frame = admin::one_time::SlipFrame::at(&request, "https://grades.example".to_owned());
    let user = gradebook_app::read::User {
        username: "li.lei".to_owned(),
        ..samples::user(Role::Student)
    };
    let made = Some(vec![(user, "kcwt-h4mf-ryjd".to_owned())]);
    let view = admin::slips::class_slips_page(&request, frame, samples::class_slips(0), made);
    let html = view.render().unwrap();
    for text in [
        "李雷",
        "六年级三班",
        "li.lei",
        "20260001",
        "kcwt-h4mf-ryjd",
        "https://grades.example",
        "初始密码 <span lang=\"en\">One-time password</span>",
    ] {
        assert!(html.contains(text), "{text}");
    }
}

#[test]
fn a_student_reads_values_words_and_totals() {
    let grades = samples::my_grades();
    let view = me::me_page(&request("/me", Locale::ZhCn), &grades);
    let html = view.render().unwrap();
    for text in [
        "<strong>88.5</strong>",
        "缺考",
        "已更正",
        "总分",
        "2026年11月6日",
        "/me/courses/1",
    ] {
        assert!(html.contains(text), "{text}");
    }
    let course = my_course::my_course_page(
        &request("/me/courses/1", Locale::ZhCn),
        &grades.courses[0],
        ChangeId(7),
    );
    let html = course.render().unwrap();
    for text in ["免考，不计入", "未录入，计 0 分", "去掉最低的 1 次", "权重"] {
        assert!(html.contains(text), "{text}");
    }
}
