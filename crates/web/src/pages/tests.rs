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

mod analysis_samples;
mod every;
mod history;
mod import_samples;
mod samples;
mod setup_samples;
mod watch_samples;

use every::every_page;

fn request(path: &str, locale: Locale) -> HttpRequest {
    TestRequest::get()
        .uri(path)
        .cookie(Cookie::new("language", locale.tag()))
        .to_http_request()
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
                html.contains(&format!("<html lang=\"{}\"", locale.tag())),
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
    let view = me::me_page(&request("/me", Locale::En), &grades, 0);
    assert!(view.render().unwrap().contains("&#60;b&#62;"));
}

#[test]
fn a_second_factor_and_one_that_is_missing_are_seen_at_a_glance() {
    let badges = |role, totp_enabled, enabled, required: &[Role]| {
        let account = gradebook_app::read::User {
            totp_enabled,
            enabled,
            ..samples::user(role)
        };
        let found = gradebook_app::Page {
            items: vec![account.clone()],
            next: None,
        };
        let count = gradebook_app::ListCount { all: 1, before: 0 };
        let query = admin::users::UsersQuery::default();
        let at = request("/admin/users", Locale::En);
        let list = admin::users::users_page(&at, &query, found, count, required);
        let log = gradebook_app::Page {
            items: Vec::new(),
            next: None,
        };
        let query = admin::user::UserQuery::default();
        let found = admin::user::Found {
            user: account,
            own: false,
            classes: Vec::new(),
            log,
        };
        let one = admin::user::user_page(&at, found, required, &query, None);
        assert_eq!(list.rows[0].badges, one.badges);
        let texts = one.badges.into_iter().map(|badge| badge.text);
        (texts.collect::<Vec<_>>(), list.rows[0].active)
    };
    let (on, missing) = ("Two-step sign-in", "Two-step sign-in missing");
    let of_teachers = [Role::Teacher];
    assert_eq!(
        badges(Role::Teacher, true, true, &[]),
        (vec![on.to_owned()], true)
    );
    assert_eq!(
        badges(Role::Teacher, true, true, &of_teachers),
        (vec![on.to_owned()], true)
    );
    assert_eq!(
        badges(Role::Teacher, false, true, &of_teachers),
        (vec![missing.to_owned()], true)
    );
    assert_eq!(badges(Role::Teacher, false, true, &[]), (Vec::new(), true));
    assert_eq!(
        badges(Role::Admin, false, true, &of_teachers),
        (Vec::new(), true)
    );
    // Nobody signs in to it, so nothing is missing.
    let (texts, active) = badges(Role::Teacher, false, false, &of_teachers);
    assert_eq!((texts, active), (vec!["Disabled".to_owned()], false));
}

#[test]
fn a_log_tells_roles_courses_and_people_and_no_other_detail() {
    let log = samples::account_log();
    let query = admin::user::UserQuery::default();
    let found = admin::user::Found {
        user: samples::user(Role::Teacher),
        own: false,
        classes: Vec::new(),
        log,
    };
    let page = request("/admin/users/7", Locale::En);
    let view = admin::user::user_page(&page, found, &[], &query, None);
    let html = view.render().unwrap();
    for text in [
        "Role changed, sessions ended",
        "Teacher → Administrator",
        "Course assigned",
        "/courses/1",
        "Server operator",
        "through another program",
        "Something recorded by a newer version",
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
    let view = me::me_page(&request("/me", Locale::ZhCn), &grades, 0);
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
        &gradebook_app::MyReviews::default(),
    );
    let html = course.render().unwrap();
    for text in ["免考，不计入", "未录入，计 0 分", "去掉最低的 1 次", "权重"] {
        assert!(html.contains(text), "{text}");
    }
}
