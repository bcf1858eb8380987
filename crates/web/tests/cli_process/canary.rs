//! Secrets that are easy to find again, and a log in which they must not be found.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gradebook_app::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;

use super::{FORM, Home, JSON, Said, Serving, json_of, serving};

const PASSWORD: &str = "canary-first-password";
const WRONG: &str = "canary-wrong-password";
const NEXT: &str = "canary-second-password";

/// Everything said at the finest level, in both formats, with every secret that went through.
#[test]
fn no_secret_is_logged_at_any_level() {
    for format in ["pretty", "json"] {
        let mut home = Home::new();
        home.variables
            .push(("GRADEBOOK_LOG_FORMAT".to_owned(), format.to_owned()));
        home.variables
            .push(("GRADEBOOK_LOG".to_owned(), "trace".to_owned()));
        let mut secrets = vec![PASSWORD.to_owned(), WRONG.to_owned(), NEXT.to_owned()];
        let add = [
            "user",
            "add",
            "canary",
            "--name",
            "Canary",
            "--role",
            "admin",
            "--password-stdin",
        ];
        let mut said = vec![home.type_in(&format!("{PASSWORD}\n")).run(&add).exits(0)];
        let server = serving(&home, &[]);
        use_everything(&server, &mut secrets);
        said.push(server.stop().exits(0));
        for keys in ["list", "rotate"] {
            said.push(home.run(&["keys", keys]).exits(0));
        }
        secrets.extend(files_of(&home));
        let said: String = said
            .iter()
            .map(|one| format!("{}{}", one.stdout, one.stderr))
            .collect();
        assert!(
            said.contains("TRACE") && said.contains("answered"),
            "the log is as fine as it gets"
        );
        assert!(secrets.len() > 25, "{secrets:?}");
        for secret in &secrets {
            assert!(secret.len() >= 8, "{secret:?} may be anywhere");
            assert_absent(&said, secret, format);
        }
        for mark in ["$2b$", "$2y$", "PRIVATE KEY", "Bearer ey", "Basic Y"] {
            assert_absent(&said, mark, format);
        }
    }
}

/// Fails with the lines around, not with the whole log.
#[track_caller]
fn assert_absent(said: &str, secret: &str, format: &str) {
    if let Some(line) = said.lines().find(|line| line.contains(secret)) {
        let line: String = line.chars().take(600).collect();
        panic!("{secret:?} is in the log ({format}): {line}");
    }
}

/// Signs in and out in every way there is, rightly and wrongly.
fn use_everything(server: &Serving, secrets: &mut Vec<String>) {
    let mut tokens = |pair: &Value| {
        let text = |field: &str| {
            pair[field]
                .as_str()
                .unwrap_or_else(|| panic!("{pair}"))
                .to_owned()
        };
        let (access, refresh) = (text("access_token"), text("refresh_token"));
        secrets.extend([access.clone(), refresh.clone()]);
        secrets.extend(access.split('.').skip(1).map(str::to_owned));
        (access, refresh)
    };
    let sign_in = |username: &str, password: &str| {
        let form = format!("grant_type=password&username={username}&password={password}");
        server.ask("POST /api/v1/token", &[FORM], &form)
    };
    let bearer = |token: &str| format!("Authorization: Bearer {token}");
    let (access, refresh) = tokens(&json_of(&sign_in("canary", PASSWORD)));
    sign_in("canary", WRONG);
    sign_in(WRONG, WRONG);
    let basic = STANDARD.encode(format!("canary:{PASSWORD}"));
    let by_basic = server.ask(
        "POST /api/v1/token",
        &[&format!("Authorization: Basic {basic}")],
        "",
    );
    tokens(&json_of(&by_basic));
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let (access_2, refresh_2) = tokens(&json_of(&server.ask("POST /api/v1/token", &[FORM], &form)));

    // Tokens that are none, and tokens where they do not belong.
    let forged = format!("{}canary", &access[..access.len() - 6]);
    for header in [
        bearer(&forged),
        bearer("canary-token-of-nobody"),
        format!("Cookie: access={forged}; refresh=canary-refresh-cookie"),
        format!("Authorization: Basic {basic}"),
        format!("X-Token: {access}"),
    ] {
        server.ask("GET /api/v1/users/me", &[&header], "");
        server.ask("GET /account", &[&header], "");
    }
    server.ask(
        &format!("GET /api/v1/users/me?access_token={access}&password={PASSWORD}"),
        &[],
        "",
    );
    server.ask(
        "POST /api/v1/token",
        &[JSON],
        &json!({"password": WRONG}).to_string(),
    );
    server.ask(
        "POST /api/v1/token",
        &[FORM],
        "grant_type=refresh_token&refresh_token=canary-refresh-token",
    );

    // A one-time password, used, replaced, reset.
    let admin = bearer(&access_2);
    let new = json!({"username": "newcomer", "name": "N", "role": "teacher"}).to_string();
    let added = json_of(&server.ask("POST /api/v1/users", &[&admin, JSON], &new));
    let initial = added["initial_password"].as_str().unwrap().to_owned();
    let (newcomer, _) = tokens(&json_of(&sign_in("newcomer", &initial)));
    let change = |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new}).to_string();
        server.ask(
            "POST /api/v1/users/me/password",
            &[&bearer(&newcomer), JSON],
            &body,
        )
    };
    change(WRONG, NEXT);
    change(&initial, "canary");
    tokens(&json_of(&change(&initial, NEXT)));
    let reset = format!("POST /api/v1/users/{}/password-reset", added["id"]);
    let again = json_of(&server.ask(&reset, &[&admin], ""));
    let again = again["initial_password"].as_str().unwrap().to_owned();
    // What is malformed is quoted in answers, and nowhere else.
    let broken =
        format!("{{\"current_password\":\"{PASSWORD}\",\"new_password\":[\"{NEXT}\"],\"x\":1}}");
    server.ask("POST /api/v1/users/me/password", &[&admin, JSON], &broken);
    server.ask(
        "POST /api/v1/users/me/password",
        &[&admin, JSON],
        &broken[..60],
    );

    // A browser: form, cookies, renewal, sign-out.
    let page = server.ask("GET /login", &[], "");
    let form_token = page.split("name=\"form_token\" value=\"").nth(1).unwrap();
    let form_token = form_token.split('"').next().unwrap().to_owned();
    let stranger = format!("Cookie: {}", cookies(&page));
    let same_site = "Sec-Fetch-Site: same-origin";
    let form =
        |password: &str| format!("username=canary&password={password}&form_token={form_token}");
    server.ask("POST /login", &[FORM, same_site, &stranger], &form(WRONG));
    let signed_in = server.ask(
        "POST /login",
        &[FORM, same_site, &stranger],
        &form(PASSWORD),
    );
    assert!(signed_in.starts_with("HTTP/1.1 303"), "{signed_in}");
    let jar = format!("Cookie: {}", cookies(&signed_in));
    server.ask("GET /account", &[&jar], "");
    let renewed = server.ask("POST /session/refresh", &[same_site, &jar], "");
    let renewed_jar = format!("Cookie: {}", cookies(&renewed));
    server.ask("POST /logout", &[FORM, same_site, &renewed_jar], "");
    // A second factor: secret, codes right and wrong, recovery codes.
    let begun = json_of(&server.ask("POST /api/v1/users/me/totp", &[&admin], ""));
    let uri = begun["otpauth_uri"].as_str().unwrap().to_owned();
    let phone = Authenticator::scan(&uri);
    let confirm = |code: &str| {
        let body = json!({ "code": code }).to_string();
        server.ask("POST /api/v1/users/me/totp/confirm", &[&admin, JSON], &body)
    };
    confirm("canary-code");
    let confirmed = json_of(&confirm(&phone.code(SystemClock.now_ms())));
    let codes = confirmed["recovery_codes"].as_array().unwrap().clone();
    let with_code = |code: &str| {
        let form = format!("grant_type=password&username=canary&password={PASSWORD}&otp={code}");
        server.ask("POST /api/v1/token", &[FORM], &form)
    };
    with_code("canary-otp");
    tokens(&json_of(&with_code(codes[0].as_str().unwrap())));
    let asked = server.ask(
        "POST /login",
        &[FORM, same_site, &stranger],
        &form(PASSWORD),
    );
    let ticket = asked.split("name=\"ticket\" value=\"").nth(1).unwrap();
    let ticket = ticket.split('"').next().unwrap().to_owned();
    let second = format!("ticket={ticket}&code=canary-step&form_token={form_token}");
    server.ask("POST /login/code", &[FORM, same_site, &stranger], &second);
    let secret = phone.secret().to_owned();
    secrets.extend([secret, uri, ticket]);
    secrets.extend(codes.iter().map(|code| code.as_str().unwrap().to_owned()));

    server.ask(
        "POST /api/v1/token/revoke",
        &[FORM],
        &format!("token={refresh_2}"),
    );

    for jar in [&stranger, &jar, &renewed_jar] {
        let values = jar.split("; ").filter_map(|pair| pair.split_once('='));
        // A cookie that is taken away has no value.
        let values = values.filter(|(_, value)| !value.is_empty());
        secrets.extend(values.map(|(_, value)| value.to_owned()));
    }
    secrets.extend([initial, again, basic, forged, form_token]);
    let typed = [
        "canary-token-of-nobody",
        "canary-refresh-cookie",
        "canary-refresh-token",
        "canary-code",
        "canary-otp",
        "canary-step",
    ];
    secrets.extend(typed.map(str::to_owned));
}

/// The cookies that an answer sets, as a browser sends them back.
fn cookies(answer: &str) -> String {
    let set = answer
        .lines()
        .filter_map(|line| line.strip_prefix("set-cookie: "));
    let pairs: Vec<&str> = set
        .map(|cookie| cookie.split(';').next().unwrap())
        .collect();
    assert!(!pairs.is_empty(), "{answer}");
    pairs.join("; ")
}

/// The secrets in the data directory, as far as they are text.
fn files_of(home: &Home) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![home.path().join("data")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let lines = text.lines().map(str::trim).filter(|line| line.len() >= 40);
                found.extend(lines.map(str::to_owned));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// Whoever reads the log of every day learns who did something by number, and no grade.
#[test]
fn the_usual_log_has_no_names_and_no_scores() {
    for format in ["pretty", "json"] {
        let mut home = Home::new();
        home.variables
            .push(("GRADEBOOK_LOG_FORMAT".to_owned(), format.to_owned()));
        home.variables
            .push(("GRADEBOOK_LOG".to_owned(), "info".to_owned()));
        let file = "年级,班级,考号,姓名,语文\n六年级,1班,2026777,金丝雀,61.2345\n";
        fs::write(home.path().join("exam.csv"), file).unwrap();
        let import = [
            "import",
            "scores",
            "exam.csv",
            "--school-year",
            "2026-2027",
            "--term",
            "Autumn",
            "--exam",
            "月考",
            "--create-missing",
            "--publish",
        ];
        let mut logs = vec![home.run(&import).exits(0)];
        let add = [
            "user",
            "add",
            "canary",
            "--name",
            "Canary Wren",
            "--role",
            "admin",
            "--password-stdin",
        ];
        logs.push(home.type_in(&format!("{PASSWORD}\n")).run(&add).exits(0));
        let server = serving(&home, &[]);
        let form = format!("grant_type=password&username=canary&password={PASSWORD}");
        let pair = json_of(&server.ask("POST /api/v1/token", &[FORM], &form));
        let admin = format!(
            "Authorization: Bearer {}",
            pair["access_token"].as_str().unwrap()
        );
        let courses = json_of(&server.ask("GET /api/v1/courses", &[&admin], ""));
        let book = format!(
            "GET /api/v1/courses/{}/gradebook",
            courses["items"][0]["id"]
        );
        let book = json_of(&server.ask(&book, &[&admin], ""));
        assert_eq!(book["scores"][0]["value"].to_string(), "61.2345");
        for (value, comment) in [
            ("73.4567", "a canary remark"),
            ("99999.4567", "another canary"),
        ] {
            let edits = format!(
                "{{\"edits\":[{{\"assessment_id\":{},\"student_id\":{},\"version\":1,\"value\":{value},\
                 \"comment\":\"{comment}\"}}],\"reason\":\"the canary sang\"}}",
                book["assessments"][0]["id"], book["students"][0]["id"]
            );
            server.ask("PATCH /api/v1/scores", &[&admin, JSON], &edits);
        }
        server.ask("GET /api/v1/users?q=%E9%87%91%E4%B8%9D", &[&admin], "");
        server.ask("GET /nothing/here?name=Canary+Wren", &[&admin], "");
        logs.push(server.stop().exits(0));
        let log: String = logs
            .iter()
            .map(|Said { stderr, .. }| stderr.as_str())
            .collect();
        assert!(log.contains("answered"), "{log}");
        for personal in [
            "金丝雀",
            "Canary Wren",
            "Canary+Wren",
            "%E9%87%91",
            "61.2345",
            "73.4567",
            "99999.4567",
            "canary remark",
            "another canary",
            "canary sang",
        ] {
            assert_absent(&log, personal, format);
        }
    }
}
