//! Forms carry a token of their visitor's session; without it nothing is done.

use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_web::routes::ROUTES;

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::imports::files::multipart;

/// Addresses that take a POST from pages but no form: scripts call them, and the check of the
/// request's origin guards them.
const NO_FORMS: [&str; 1] = ["/session/refresh"];

fn addresses() -> impl Iterator<Item = String> {
    ROUTES
        .iter()
        .filter(|route| route.method == "POST" && !route.path.starts_with("/api/"))
        .filter(|route| !NO_FORMS.contains(&route.path))
        .map(|route| {
            let parts = route.path.split('/');
            let filled = parts.map(|part| if part.starts_with('{') { "1" } else { part });
            filled.collect::<Vec<_>>().join("/")
        })
}

#[tokio::test]
async fn every_form_needs_its_token() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let admin = demo_accounts().admin.username;
        let mine = Browser::new(&server);
        mine.open("/login").await;
        let (before, name) = (mine.form_token(), mine.cookie("browser").unwrap());
        assert_eq!(mine.sign_in(&admin, DEMO_PASSWORD, "/").await.status, 303);
        assert!(
            mine.cookie("browser").is_none(),
            "its name is taken from it"
        );
        mine.open("/account").await;
        let theirs = Browser::signed_in(&server, &admin).await;
        theirs.open("/account").await;
        let stranger = Browser::new(&server);
        stranger.open("/login").await;
        let mut asked = 0;
        for path in addresses() {
            for token in [
                None,
                Some(String::new()),
                Some("AAAA".to_owned()),
                Some(theirs.form_token()),
                Some(stranger.form_token()),
                Some(before.clone()),
            ] {
                // What one's own browser was shown before signing in holds for what strangers do.
                let for_strangers = ["/login", "/login/code", "/language"].contains(&path.as_str());
                if token.as_ref() == Some(&before) && for_strangers {
                    continue;
                }
                let mut fields = Vec::new();
                if let Some(token) = &token {
                    fields.push(("form_token", token.as_str()));
                }
                let cookies = format!("{}; browser={name}", mine.cookies());
                let request = server
                    .post(&path)
                    .header("cookie", &cookies)
                    .header("sec-fetch-site", "same-origin");
                let takes_files = ["/import", "/imports", "/imports/roster"];
                let reply = if takes_files.iter().any(|end| path.ends_with(end)) {
                    multipart(request, "a.csv", b"a,b", &fields).send().await
                } else {
                    request.form(&fields).send().await
                };
                // A school that was begun leads everybody away from the beginning, whatever they send.
                let expected = if path == "/setup" { 303 } else { 403 };
                assert_eq!(reply.status, expected, "{path} {token:?}: {}", reply.text());
                asked += 1;
            }
        }
        assert!(asked >= 20, "{asked}");
        // And the one that belongs to it does.
        let reply = mine
            .submit("/language", &[("locale", "en"), ("next", "/account")])
            .await;
        assert_eq!(reply.status, 303, "{}", reply.text());
    })
    .await;
}

#[tokio::test]
async fn the_sign_in_form_is_bound_to_its_browser() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let admin = demo_accounts().admin.username;
        let attacker = Browser::new(&server);
        attacker.open("/login").await;
        let victim = Browser::new(&server);
        victim.open("/login").await;
        let fields = |token: &str| {
            [
                ("username", admin.clone()),
                ("password", DEMO_PASSWORD.to_owned()),
                ("form_token", token.to_owned()),
            ]
        };
        let foreign = fields(&attacker.form_token());
        let foreign: Vec<(&str, &str)> = foreign.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let reply = victim
            .with_cookies(server.post("/login"))
            .header("sec-fetch-site", "same-origin")
            .form(&foreign)
            .send()
            .await;
        assert_eq!(reply.status, 403);
        assert!(!reply.cookies().contains("access="));
        // The form comes again with what was typed, but for the password, and works then.
        assert!(reply.text().contains(&admin));
        assert!(!reply.text().contains(DEMO_PASSWORD));
        assert_eq!(victim.sign_in(&admin, DEMO_PASSWORD, "/").await.status, 303);
    })
    .await;
}

#[tokio::test]
async fn a_token_outlives_a_renewed_access_token_but_not_the_session() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let admin = demo_accounts().admin.username;
        let browser = Browser::signed_in(&server, &admin).await;
        browser.open("/account").await;
        let token = browser.form_token();
        browser.forget("access");
        let chosen = [("locale", "en"), ("next", "/")];
        assert_eq!(browser.submit("/language", &chosen).await.status, 303);
        assert_eq!(browser.submit("/logout", &[]).await.status, 303);
        assert_eq!(
            browser.sign_in(&admin, DEMO_PASSWORD, "/").await.status,
            303
        );
        let old = browser
            .with_cookies(server.post("/language"))
            .header("sec-fetch-site", "same-origin")
            .form(&[("locale", "en"), ("form_token", &token)])
            .send()
            .await;
        assert_eq!(old.status, 403);
    })
    .await;
}
