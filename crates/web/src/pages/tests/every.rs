//! Every page with samples in it.

use super::*;

/// Every page: what it is called here, and its HTML.
pub(super) fn every_page(locale: Locale) -> Vec<(String, String)> {
    let at = |path: &str| request(path, locale);
    let mut pages = Vec::new();
    let mut add = |name: &str, html: askama::Result<String>| {
        pages.push((format!("{name} ({})", locale.tag()), html.unwrap()));
    };
    for (failed, next) in [(false, ""), (false, "/me"), (true, "/me")] {
        let view = login::LoginPage {
            heading: "Sign in".to_owned(),
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
    #[cfg(debug_assertions)]
    add("design", design::design_page(&at("/design")).render());
    for session in [
        (frame::Visitor::Somebody, true),
        (frame::Visitor::Person(Role::Teacher), false),
    ] {
        for refusal in [None, Some(password::Refusal::sample())] {
            let view = password::password_page(&at("/account/password"), session, "/me", refusal);
            add("password", view.render());
        }
    }
    for (name, html) in account_pages(locale) {
        add(name, html);
    }
    for (name, html) in admin_pages(locale) {
        add(name, html);
    }
    for (name, html) in history::pages(locale) {
        add(name, html);
    }
    for (name, html) in setup_samples::setup_pages(locale) {
        add(name, html);
    }
    for role in [Role::Admin, Role::Teacher] {
        let full = gradebook_app::HomeView {
            terms: vec![samples::term(true), samples::term(false)],
            term: Some(samples::term(false)),
            courses: samples::courses(),
            exams: samples::exams(),
            waiting: watch_samples::progress().rows.items,
        };
        add("home", home::home_page(&at("/"), role, full).render());
        let empty = gradebook_app::HomeView {
            terms: Vec::new(),
            term: None,
            courses: gradebook_app::Page {
                items: Vec::new(),
                next: None,
            },
            exams: gradebook_app::Page {
                items: Vec::new(),
                next: None,
            },
            waiting: Vec::new(),
        };
        let empty = home::home_page(&at("/"), role, empty);
        add("empty home", empty.render());
    }
    for (open, done, refused) in [
        ("", Some("category-saved"), None),
        ("category", None, None),
        ("category-1", None, None),
        (
            "category-1",
            None,
            Some(settings::Refused::sample(settings::SettingsForm::sample())),
        ),
        ("delete-category-2", None, None),
        ("assessment", None, None),
        ("assessment-in-1", None, None),
        ("empty-category-1", Some("assessments-added"), None),
        ("assessment-1", Some("scheme-copied"), None),
        ("delete-assessment-1", None, None),
        ("policy", None, None),
    ] {
        let path = at("/courses/1/settings");
        let query = settings::SettingsQuery::sample(open, done);
        let others = [samples::course(2, true), samples::course(3, true)];
        for book in [samples::gradebook(), samples::open_gradebook()] {
            let refused = refused.as_ref();
            let view =
                settings::settings_page(&path, Role::Teacher, (&book, &others), &query, refused);
            add("settings", view.render());
        }
    }
    for (others, said) in [
        (Vec::new(), scheme_copy::Said::default()),
        (vec![samples::course(2, true)], samples::scheme_copied()),
    ] {
        let path = at("/courses/1/settings/copy");
        let book = samples::open_gradebook();
        let sent = scheme_copy::Sent(vec![("reason".to_owned(), "<b>".to_owned())]);
        let found = (&book, others.as_slice());
        let view = scheme_copy::copy_page(&path, Role::Teacher, found, Some(&sent), said);
        add("scheme copy", view.render());
    }
    for (role, report) in [
        (Role::Student, samples::report(None)),
        (Role::Student, samples::report_of_a_year()),
        (Role::Teacher, samples::report(Some(2))),
        (Role::Teacher, samples::report(Some(0))),
    ] {
        for query in [
            report::ReportPageQuery::default(),
            report::ReportPageQuery::sample("zh-CN", "1"),
            report::ReportPageQuery::sample("en", "999"),
        ] {
            let shown = (&query, "2026-11-22");
            let view = report::report_page(&at("/me/report"), role, report.clone(), shown);
            add("report", view.render());
        }
    }
    let book = gradebook::gradebook_page(
        &at("/courses/1"),
        &samples::teacher(),
        &samples::gradebook(),
    );
    add("gradebook", book.render());
    let sheet = sheet::sheet_page(
        &at("/exams/1/classes/1"),
        &samples::teacher(),
        &samples::exam_sheet(),
    );
    add("sheet", sheet.render());
    for (name, html) in analysis_pages(locale) {
        add(name, html);
    }
    for (name, html) in watch_pages(locale) {
        add(name, html);
    }
    for (name, html) in import_samples::pages(locale) {
        add(name, html);
    }
    for (name, html) in review_pages(locale) {
        add(name, html);
    }
    let grades = samples::my_grades();
    add("me", me::me_page(&at("/me"), &grades, 0).render());
    add(
        "empty me",
        me::me_page(&at("/me"), &samples::no_grades(), 0).render(),
    );
    for course in &grades.courses {
        let view = my_course::my_course_page(
            &at("/me/courses/1"),
            course,
            ChangeId(7),
            &gradebook_app::MyReviews::default(),
        );
        add("my course", view.render());
        let typed = |pairs: &[(&str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            calculator::Typed(pairs.collect())
        };
        for typed in [
            None,
            Some(typed(&[("target", "90")])),
            Some(typed(&[("target", "良"), ("s101", "3.5"), ("c2", "70")])),
            Some(typed(&[
                ("target", "<b>"),
                ("s106", "1000"),
                ("s101", "x"),
                ("c2", "-1"),
            ])),
        ] {
            let at = at("/me/courses/1/calculator");
            let view = calculator::calculator_page(&at, course, typed.as_ref());
            add("calculator", view.render());
        }
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

fn analysis_pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    use analysis_samples::{analysis as sample, earlier, nothing};
    let path = request("/exams/4/analysis", locale);
    let mut pages = Vec::new();
    for (role, view, done, refused) in [
        (Role::Admin, sample(true), Some("lines"), None),
        (
            Role::Admin,
            sample(true),
            None,
            Some(analysis::Refused::sample()),
        ),
        (Role::Teacher, sample(false), Some("settings"), None),
        (Role::Admin, nothing(), None, None),
    ] {
        let page = analysis::analysis_page(&path, role, &view, &[earlier()], done, refused);
        pages.push(("analysis", page.render()));
    }
    pages
}

fn watch_pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    use watch_samples::{anomalies, nothing_odd, nothing_to_enter, progress, query, sittings};
    let at = |path: &str| request(path, locale);
    let (board, list, own) = (
        at("/admin/progress"),
        at("/admin/anomalies"),
        at("/courses/1/anomalies"),
    );
    let (course, found) = (samples::course(1, true), anomalies());
    let (asked, plain, places) = (query(), watch::WatchQuery::default(), sittings());
    let of_course = watch::course_anomalies_page(&own, Role::Teacher, &plain, &course, &found.rows);
    vec![
        (
            "progress",
            watch::progress_page(&board, &asked, &places, progress()).render(),
        ),
        (
            "no progress",
            watch::progress_page(&board, &plain, &places, nothing_to_enter(0)).render(),
        ),
        (
            "all entered",
            watch::progress_page(&board, &asked, &places, nothing_to_enter(7)).render(),
        ),
        (
            "unusual scores",
            watch::anomalies_page(&list, &asked, &places, &found).render(),
        ),
        (
            "nothing unusual",
            watch::anomalies_page(&list, &plain, &places, &nothing_odd()).render(),
        ),
        ("unusual scores of a course", of_course.render()),
    ]
}

fn review_pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    use gradebook_domain::AssessmentState::{Draft, Locked, Published};
    let at = |path: &str| request(path, locale);
    let mut pages = Vec::new();
    for (state, open, done, of_reason) in [
        (Draft, true, None, None),
        (Published, true, Some("publish"), Some(true)),
        (Locked, true, Some("lock"), Some(false)),
        (Published, false, None, None),
        (Published, true, None, None),
    ] {
        let refused = of_reason.map(|of_reason| publish::Refused {
            reason: "<b>".to_owned(),
            key: "review-reason-missing",
            of_reason,
        });
        let found = samples::preflight(state, open);
        let path = at("/assessments/1/publish");
        let query = publish::PublishQuery::sample(done, done.is_none().then_some("lock"));
        let view = publish::publish_page(&path, Role::Teacher, &found, &query, refused);
        pages.push(("publish", view.render()));
    }
    for (state, open, wrong) in [
        (Draft, true, false),
        (Published, true, true),
        (Locked, true, false),
        (Draft, false, false),
    ] {
        let found = samples::entry(state, open);
        let outcome = wrong.then(|| entry::Outcome {
            typed: [(gradebook_domain::UserId(1), entry::Sent::default())].into(),
            errors: [(gradebook_domain::UserId(1), "<b>".to_owned())].into(),
            conflicts: [gradebook_domain::UserId(1)].into(),
            saved: 2,
            reason: "<b>".to_owned(),
            reason_error: Some("review-reason-missing"),
        });
        let path = at("/assessments/1/entry");
        let view = entry::entry_page(&path, Role::Teacher, &found, outcome.as_ref());
        pages.push(("entry", view.render()));
    }
    use gradebook_app::AmendmentSteps;
    use gradebook_domain::{AmendmentKind, AmendmentState};
    let nothing = gradebook_app::Reviews {
        open: Vec::new(),
        settled: gradebook_app::Page {
            items: Vec::new(),
            next: None,
        },
        as_of: ChangeId(7),
    };
    for found in [samples::reviews(), nothing] {
        let query = reviews::ReviewsQuery::default();
        let view = reviews::reviews_page(&at("/reviews"), Role::Admin, found, &query);
        pages.push(("reviews", view.render()));
    }
    let steps = |answer, decide, withdraw| AmendmentSteps {
        answer,
        decide,
        withdraw,
    };
    for (kind, state, steps, said) in [
        (
            AmendmentKind::Change,
            AmendmentState::Open,
            steps(false, true, false),
            Some(("approve", review::Field::Value)),
        ),
        (
            AmendmentKind::Change,
            AmendmentState::Open,
            steps(false, true, true),
            Some(("reject", review::Field::Note)),
        ),
        (
            AmendmentKind::Review,
            AmendmentState::Open,
            steps(true, true, false),
            Some(("stays", review::Field::Page)),
        ),
        (
            AmendmentKind::Review,
            AmendmentState::Rejected,
            steps(false, false, false),
            None,
        ),
    ] {
        let wrong = said.map(|(step, field)| review::Wrong {
            form: review::DecideForm::sample(step),
            field,
            text: T(locale).get("review-note-missing"),
        });
        let found = samples::amendment(kind, state);
        let view =
            review::review_page(&at("/reviews/3"), Role::Admin, found, steps, wrong.as_ref());
        pages.push(("review", view.render()));
    }
    let grades = samples::my_grades();
    let course = &grades.courses[0];
    for state in AmendmentState::ALL {
        let reviews = samples::my_reviews(*state);
        let view = my_course::my_course_page(&at("/me/courses/1"), course, ChangeId(7), &reviews);
        pages.push(("my course with a request", view.render()));
    }
    for said in [
        [None, None],
        [Some("<b>".to_owned()), None],
        [None, Some("<b>".to_owned())],
    ] {
        let path = at("/me/assessments/101/review");
        let grade = &course.assessments[0];
        let none = gradebook_app::MyReviews::default();
        let view = my_review::my_review_page(&path, &course.course, grade, &none, "<b>", said);
        pages.push(("ask for a review", view.render()));
    }
    let waiting = samples::my_reviews(AmendmentState::Open);
    let path = at("/me/assessments/101/review");
    let grade = &course.assessments[0];
    let view = my_review::my_review_page(&path, &course.course, grade, &waiting, "", [None, None]);
    pages.push(("a review that waits", view.render()));
    for (course, reason) in [("1", "<b>"), ("", "")] {
        let view = my_review::gone_page(&path, &grades, course, reason.to_owned());
        pages.push(("a review of what is gone", view.render()));
    }
    pages
}

fn admin_pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    use admin::user_steps::{Step, step_page};
    use admin::{new_user, one_time, slips, user, users};
    let at = |path: &str| request(path, locale);
    // One of the samples lacks the second factor that is required.
    const TOTP_OF: [Role; 2] = [Role::Admin, Role::Teacher];
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
        let count = gradebook_app::ListCount { all: 120, before };
        let view = users::users_page(&at("/admin/users"), &query, found, count, &TOTP_OF);
        pages.push(("users", view.render()));
    }
    let counts = gradebook_app::read::SchoolCounts {
        users: 120,
        ..gradebook_app::read::SchoolCounts::default()
    };
    let view = admin::overview::overview_page(&at("/admin"), &named_school(), &counts);
    pages.push(("administration", view.render()));
    for wrong in [
        None,
        Some(("username", "user-username-taken")),
        Some(("student_number", "user-number-wrong")),
        Some(("role", "user-role-missing")),
    ] {
        let form = new_user::NewUserForm::sample();
        let wrong = wrong.map(|(field, key): (&str, &str)| (field.to_owned(), key.to_owned()));
        let classes = vec![gradebook_app::ClassWithSize {
            class: samples::class(),
            students: 3,
        }];
        let view = new_user::new_user_page(&at("/admin/users/new"), form, classes, wrong);
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
        let view = user::user_page(
            &path,
            user::Found {
                classes: samples::days_in_classes(),
                user: account,
                own,
                log,
            },
            &TOTP_OF,
            &query,
            refused.as_ref(),
        );
        pages.push(("account of somebody", view.render()));
    }
    for (step, role, own, many) in [
        (Step::Disable, Role::Teacher, false, 2),
        (Step::Disable, Role::Student, false, 0),
        (Step::ResetPassword, Role::Admin, true, 1),
        (Step::ResetTotp, Role::Teacher, false, 3),
    ] {
        let ties = gradebook_app::read::AccountTies {
            sessions: many,
            courses: many,
            alone: many,
            scores: many,
        };
        let path = at("/admin/users/7?confirm=disable");
        let view = step_page(&path, step, (&samples::user(role), own), ties);
        pages.push(("step to confirm", view.render()));
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

fn account_pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    let at = |path: &str| request(path, locale);
    let mut pages = Vec::new();
    let mut add = |name: &'static str, html: askama::Result<String>| pages.push((name, html));
    for role in Role::ALL {
        for second_factor in [false, true] {
            let shown = samples::account(role, second_factor);
            let done = if second_factor { "session-ended" } else { "" };
            let view = account::account_page(&at("/account"), shown, done);
            add("account", view.render());
        }
    }
    let teacher = frame::Visitor::Person(Role::Teacher);
    for refusal in [None, Some(T(locale).get("login-code-wrong"))] {
        for recovery in [false, true] {
            let (ticket, refusal) = ("ticket".to_owned(), refusal.clone());
            let view = login_code::login_code_page(&at("/login"), ticket, "/me", refusal, recovery);
            add("login code", view.render());
        }
        for (visitor, step) in [
            (
                frame::Visitor::Somebody,
                totp::Step::Begin { required: true },
            ),
            (teacher, totp::Step::Begin { required: false }),
            (
                teacher,
                totp::Step::Confirm {
                    picture: "data:image/svg+xml;base64,AAAA".to_owned(),
                    uri: "otpauth://totp/Gradebook:li?secret=GEZDGNBV".to_owned(),
                    secret: "GEZD GNBV".to_owned(),
                },
            ),
            (
                teacher,
                totp::Step::Manage {
                    codes_left: "3".to_owned(),
                    few: true,
                    removable: true,
                },
            ),
            (
                teacher,
                totp::Step::Manage {
                    codes_left: "10".to_owned(),
                    few: false,
                    removable: false,
                },
            ),
        ] {
            let field = match step {
                totp::Step::Confirm { .. } => totp::CODE,
                totp::Step::Manage { few: true, .. } => totp::REMOVE,
                totp::Step::Begin { .. } | totp::Step::Manage { .. } => totp::RENEW,
            };
            let wrong = refusal.clone().map(|text| totp::Wrong { field, text });
            let view = totp::totp_page(&at("/account/totp"), visitor, step, wrong.as_ref());
            add("totp", view.render());
        }
    }
    let codes = vec!["cdfh-jkmn-prtw-xy47".to_owned()];
    let view = totp::codes_page(&at("/account/totp"), teacher, codes);
    add("recovery codes", view.render());
    pages
}

/// A school that somebody has named.
pub(super) fn named_school() -> gradebook_app::read::School {
    gradebook_app::read::School {
        name: "Hill <b> School".to_owned(),
        locale: "en".to_owned(),
    }
}
