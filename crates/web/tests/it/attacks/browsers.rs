//! What another site can make a browser send.

use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use serde_json::json;

use super::{browser_of, is_problem, method, raw, statuses};
use crate::browser::Browser;
use crate::harness::{Reply, TestServer, local};
use crate::world::World;

async fn server() -> TestServer {
    TestServer::with_demo(gradebook_test_databases::sqlite().await).await
}

/// Headers of requests that did not come from a page of this server. `HOST` stands for its address.
const FOREIGN: [&[(&str, &str)]; 17] = [
    &[],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
    &[("sec-fetch-site", "")],
    &[("sec-fetch-site", "Same-Origin")],
    &[("sec-fetch-site", "cross-site"), ("origin", "http://HOST")],
    &[("origin", "null")],
    &[("origin", "")],
    &[("origin", "https://HOST")],
    &[("origin", "http://HOST.evil.example")],
    &[("origin", "http://evil.example/HOST")],
    &[("origin", "http://evil.example#http://HOST")],
    &[("origin", "http://HOST@evil.example")],
    &[("origin", "http://xHOST")],
    &[("origin", "http://HOST http://evil.example")],
    &[("referer", "http://HOST/login")],
];

/// Fails unless the request was refused and signed nobody in or out.
#[track_caller]
fn is_refused(reply: &Reply, what: &str) {
    assert_eq!(reply.status, 403, "{what}: {}", reply.text());
    for cookie in ["access=", "refresh=", "language="] {
        assert!(
            !reply.cookies().contains(cookie),
            "{what}: {}",
            reply.cookies()
        );
    }
}

#[tokio::test]
async fn nobody_is_signed_in_or_out_by_another_site() {
    local(async {
        let server = server().await;
        let accounts = demo_accounts();
        let browser = Browser::signed_in(&server, &accounts.teachers[0].username).await;
        let victim = browser.cookies();
        // Even the right token of the form does not help: the two checks stand alone.
        browser.open("/account/password").await;
        let form_token = browser.form_token();
        let host = server.address.to_string();
        for headers in FOREIGN {
            for path in [
                "/login",
                "/logout",
                "/language",
                "/account/password",
                "/session/refresh",
            ] {
                for cookies in ["", victim.as_str()] {
                    let mut request = server.post(path).form(&[
                        ("username", accounts.admin.username.as_str()),
                        ("password", DEMO_PASSWORD),
                        ("current", DEMO_PASSWORD),
                        ("new", "chosen by the attacker"),
                        ("repeat", "chosen by the attacker"),
                        ("locale", "en"),
                        ("form_token", form_token.as_str()),
                    ]);
                    for (name, value) in headers {
                        request = request.header(name, &value.replace("HOST", &host));
                    }
                    if !cookies.is_empty() {
                        request = request.header("cookie", cookies);
                    }
                    is_refused(&request.send().await, &format!("{path} {headers:?}"));
                }
            }
        }
        let account = server
            .get("/account")
            .header("cookie", &victim)
            .send()
            .await;
        assert_eq!(account.status, 200, "the victim is still signed in");
        let password = server
            .sign_in(&accounts.teachers[0].username, DEMO_PASSWORD)
            .await;
        assert_eq!(password.status, 200, "and has the same password");
    })
    .await;
}

/// A form of another site can send these media types without asking first.
#[tokio::test]
async fn cookies_change_nothing_for_another_site() {
    local(async {
        let server = server().await;
        let world = World::of(&server).await;
        let admin = browser_of(&server, &demo_accounts().admin.username).await;
        let attacks = [
            ("PATCH", "/api/v1/scores".to_owned()),
            ("POST", "/api/v1/users".to_owned()),
            ("PATCH", format!("/api/v1/users/{}", world.student_id)),
            (
                "POST",
                format!("/api/v1/users/{}/password-reset", world.student_id),
            ),
            ("PATCH", format!("/api/v1/courses/{}", world.course)),
            (
                "POST",
                format!("/api/v1/assessments/{}/publish", world.draft),
            ),
            ("POST", "/api/v1/users/me/password".to_owned()),
            ("DELETE", "/api/v1/scores".to_owned()),
        ];
        for (name, path) in &attacks {
            for media in [
                "application/json",
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
            ] {
                for (header, value) in [
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "null"),
                    ("x-requested-with", "XMLHttpRequest"),
                ] {
                    let reply = server
                        .request(method(name), path)
                        .header("cookie", &admin)
                        .header(header, value)
                        .raw(media, "{\"edits\":[]}")
                        .send()
                        .await;
                    is_problem(
                        &reply,
                        403,
                        "cross_site_request",
                        &format!("{name} {path} {media}"),
                    );
                }
            }
        }
        let book = world.book(&server).await;
        let draft = crate::world::find(&book["assessments"], |one| one["id"] == world.draft);
        assert_eq!(draft["state"], "draft", "nothing was published");
    })
    .await;
}

/// A method is what the request line says.
#[tokio::test]
async fn no_header_or_field_changes_the_method() {
    local(async {
        let server = server().await;
        let world = World::of(&server).await;
        for header in [
            "x-http-method-override",
            "x-http-method",
            "x-method-override",
            "_method",
        ] {
            let reply = server
                .post("/api/v1/scores")
                .bearer(&world.teacher)
                .header(header, "PATCH")
                .json(&json!({"edits": []}))
                .send()
                .await;
            is_problem(&reply, 405, "method_not_allowed", header);
            assert_eq!(reply.header("allow"), "PATCH", "{header}");
            let reply = server
                .get(&format!("/api/v1/assessments/{}/publish", world.draft))
                .bearer(&world.teacher)
                .header(header, "POST")
                .send()
                .await;
            is_problem(&reply, 405, "method_not_allowed", header);
        }
        for path in [
            "/api/v1/scores?_method=PATCH",
            "/api/v1/scores?method=PATCH",
        ] {
            let reply = server
                .post(path)
                .bearer(&world.teacher)
                .form(&[("_method", "PATCH")])
                .send()
                .await;
            is_problem(&reply, 405, "method_not_allowed", path);
        }
        // A link or an image of another site signs nobody out.
        let cookies = browser_of(&server, &demo_accounts().admin.username).await;
        for path in ["/logout", "/logout?_method=POST"] {
            let reply = server
                .get(path)
                .header("cookie", &cookies)
                .header("x-http-method-override", "POST")
                .send()
                .await;
            assert_eq!(reply.status, 405, "{path}");
        }
        let account = server
            .get("/account")
            .header("cookie", &cookies)
            .send()
            .await;
        assert_eq!(account.status, 200);
        for name in ["TRACE", "CONNECT", "PROPFIND", "get", "G", "DEBUG"] {
            let answer = raw(
                &server,
                format!("{name} /api/v1/scores HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-secret: echo\r\n\r\n"),
            )
            .await;
            assert!(matches!(statuses(&answer)[..], [400 | 404 | 405]), "{name}: {answer}");
            assert!(!answer.contains("echo"), "{name}: {answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn signing_in_leads_to_own_paths_only() {
    local(async {
        let server = server().await;
        let admin = demo_accounts().admin.username;
        for next in [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\r\nlocation: https://evil.example",
            "/login@evil.example/../../..//evil.example\0",
            "evil.example",
            "",
        ] {
            let browser = Browser::new(&server);
            let reply = browser.sign_in(&admin, DEMO_PASSWORD, next).await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("location")),
                (303, "/"),
                "{next:?}"
            );
            let page = server
                .request(method("GET"), &format!("/login?{}", query("next", next)))
                .send()
                .await;
            assert_eq!(page.status, 200, "{next:?}");
            assert!(!page.text().contains("evil.example"), "{next:?}");
        }
    })
    .await;
}

fn query(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair(name, value)
        .finish()
}

#[tokio::test]
async fn no_origin_is_invited() {
    local(async {
        let server = server().await;
        for path in [
            "/api/v1/users/me",
            "/login",
            "/api/v1/token",
            "/static/x.js",
        ] {
            let preflight = server
                .request(method("OPTIONS"), path)
                .header("origin", "https://evil.example")
                .header("access-control-request-method", "PATCH")
                .header("access-control-request-headers", "authorization")
                .send()
                .await;
            let read = server
                .get(path)
                .header("origin", "https://evil.example")
                .send()
                .await;
            for reply in [preflight, read] {
                let invited = reply
                    .headers
                    .iter()
                    .any(|(name, _)| name.as_str().starts_with("access-control-"));
                assert!(!invited, "{path}: {:?}", reply.headers);
                assert!(!reply.status.is_server_error(), "{path}");
            }
        }
    })
    .await;
}
