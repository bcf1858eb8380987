//! Pages without a browser: languages, redirections, errors as pages.

use awc::http::Method;
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};

use crate::browser::Browser;
use crate::harness::{TestServer, local};

#[tokio::test]
async fn pages_speak_the_language_that_is_asked_for() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let english = server
            .get("/login")
            .header("accept-language", "en-GB,en")
            .send()
            .await;
        assert!(english.text().contains("<html lang=\"en\""));
        let chinese = server
            .get("/login")
            .header("accept-language", "zh-CN,zh")
            .send()
            .await;
        assert!(chinese.text().contains("<html lang=\"zh-CN\""));
        let chosen = server
            .get("/login")
            .header("accept-language", "zh-CN")
            .header("cookie", "language=en")
            .send()
            .await;
        assert!(chosen.text().contains("<html lang=\"en\""));
    })
    .await;
}

#[tokio::test]
async fn next_leads_to_own_pages_only() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        for (next, leads_to) in [
            ("/account?x=1", "/account?x=1"),
            ("//evil.example/", "/"),
            ("/\\evil.example/", "/"),
            ("https://evil.example/", "/"),
            ("javascript:alert(1)", "/"),
            ("/\r\nset-cookie: a=b", "/"),
            ("", "/"),
        ] {
            let reply = Browser::new(&server)
                .sign_in(&demo_accounts().admin.username, DEMO_PASSWORD, next)
                .await;
            assert_eq!(reply.status, 303, "{next}");
            assert_eq!(reply.header("location"), leads_to, "{next}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_keeps_the_name_and_not_the_password() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let reply = Browser::new(&server)
            .sign_in("li <b>", "not-this-one", "/")
            .await;
        assert_eq!(reply.status, 401);
        assert!(reply.text().contains("li &#60;b&#62;") || reply.text().contains("li &lt;b&gt;"));
        assert!(!reply.text().contains("not-this-one"));
    })
    .await;
}

#[tokio::test]
async fn a_common_password_is_refused_in_both_languages() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
        browser.open("/account/password").await;
        for (language, new, words) in [
            ("en", "iloveyou", "one of the most common passwords"),
            ("zh-CN", "iloveyou", "这是最常见的密码之一"),
            ("en", "mnopqrstuv", "a sequence like abcdefgh"),
            ("zh-CN", "mnopqrstuv", "不能只用同一个字符或连续的字符"),
        ] {
            browser.submit("/language", &[("locale", language)]).await;
            let fields = [("current", DEMO_PASSWORD), ("new", new), ("repeat", new)];
            let page = browser.submit("/account/password", &fields).await;
            assert_eq!(page.status, 422, "{language}");
            assert!(page.text().contains(words), "{language}: {}", page.text());
        }
    })
    .await;
}

#[tokio::test]
async fn an_expired_access_cookie_is_renewed_on_the_way() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
        let cookies = browser.cookies();
        let refresh = cookies
            .split("; ")
            .find(|one| one.starts_with("refresh="))
            .unwrap();
        let page = server
            .get("/account")
            .header("cookie", refresh)
            .send()
            .await;
        assert_eq!(page.status, 200);
        assert!(page.cookies().contains("access="));
        let script = server
            .request(Method::POST, "/session/refresh")
            .header("cookie", &page.cookies())
            .header("sec-fetch-site", "same-origin")
            .send()
            .await;
        assert_eq!(script.status, 204);
    })
    .await;
}

/// The refresh token was spent on the way: without its successor the visitor would be signed out.
#[tokio::test]
async fn renewed_cookies_come_with_errors_and_other_cookies_too() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let refresh_only = async || {
            let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            format!("refresh={}", browser.cookie("refresh").unwrap())
        };
        for path in ["/courses/999999", "/nowhere", "/me"] {
            let reply = server
                .get(path)
                .header("cookie", &refresh_only().await)
                .send()
                .await;
            assert!(reply.status.is_client_error(), "{path}");
            let cookies = reply.cookies();
            assert!(
                cookies.contains("access=") && cookies.contains("refresh="),
                "{path}: {cookies}"
            );
        }
        let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
        browser.open("/account").await;
        browser.forget("access");
        let chosen = browser
            .submit("/language", &[("locale", "en"), ("next", "/")])
            .await;
        let cookies = chosen.cookies();
        for name in ["language=en", "access=", "refresh="] {
            assert!(cookies.contains(name), "{cookies}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_page_is_a_page() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let reply = server
            .get("/nowhere")
            .header("accept-language", "en")
            .send()
            .await;
        assert_eq!(reply.status, 404);
        assert!(reply.header("content-type").starts_with("text/html"));
        assert!(reply.text().contains(reply.header("x-request-id")));
    })
    .await;
}
