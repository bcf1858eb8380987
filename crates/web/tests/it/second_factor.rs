//! The second factor, from the QR code to the recovery codes, as API clients and browsers meet it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use awc::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_app::{App, Clock, Lifetimes, SystemClock};
use gradebook_auth::Role;
use gradebook_test_databases::{TestDatabase, on_both_databases};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::browser::Browser;
use crate::harness::{Reply, Setup, TestServer, local};

/// The system's clock, moved on by what a test wants.
#[derive(Clone, Default)]
pub(crate) struct MovedClock(Arc<AtomicI64>);

impl MovedClock {
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.0.load(Ordering::SeqCst)
    }
}

struct Scene {
    server: TestServer,
    clock: MovedClock,
    username: String,
}

impl Scene {
    async fn set(database: TestDatabase, required: &[Role]) -> Self {
        let clock = MovedClock::default();
        let db = database.migrated().await;
        let setup = Setup {
            clock: Arc::new(clock.clone()),
            lifetimes: Lifetimes::default(),
            totp_required_of: required.to_vec(),
        };
        let app: App = setup.app(db);
        let server = TestServer::serve(Some(database), app).await;
        server.app.fill_demo().await.unwrap().unwrap();
        Self {
            server,
            clock,
            username: demo_accounts().teachers[0].username.clone(),
        }
    }

    /// Two servers on one database.
    async fn with_another_server(database: TestDatabase) -> (Self, TestServer) {
        let db = database.migrated().await;
        let scene = Self::set(database, &[]).await;
        let setup = Setup {
            clock: Arc::new(scene.clock.clone()),
            lifetimes: Lifetimes::default(),
            totp_required_of: Vec::new(),
        };
        let other = TestServer::serve(None, setup.app(db)).await;
        (scene, other)
    }

    /// Lets this time pass.
    async fn pass(&self, seconds: i64) {
        self.clock.pass(seconds);
        self.server.settled().await;
    }

    async fn sign_in(&self, otp: Option<&str>) -> Reply {
        let mut form = vec![
            ("grant_type", "password"),
            ("username", self.username.as_str()),
            ("password", DEMO_PASSWORD),
        ];
        form.extend(otp.map(|otp| ("otp", otp)));
        self.server.post("/api/v1/token").form(&form).send().await
    }

    async fn tokens(&self, otp: Option<&str>) -> Value {
        let reply = self.sign_in(otp).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        reply.json()
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        let request = self.server.post(path).bearer(token).json(body);
        request.send().await
    }

    /// Sets the second factor up and returns the app and the recovery codes.
    async fn enrol(&self, token: &str) -> (Authenticator, Vec<String>) {
        let begun = self.server.post("/api/v1/users/me/totp").bearer(token);
        let begun = begun.send().await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
        let begun = begun.json();
        assert!(begun["qr_svg"].as_str().unwrap().contains("<svg"));
        let phone = Authenticator::scan(begun["otpauth_uri"].as_str().unwrap());
        assert_eq!(begun["secret"], phone.secret());
        let code = phone.code(self.clock.now_ms());
        let path = "/api/v1/users/me/totp/confirm";
        let confirmed = self.post(path, token, &json!({ "code": code })).await;
        assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text());
        let codes: Vec<String> = confirmed.json()["recovery_codes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|code| code.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(codes.len(), 10);
        (phone, codes)
    }
}

/// What an access token says.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// In groups of four, as the page shows a secret.
fn spaced(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = signs.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join(" ")
}

fn answer(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.code())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

on_both_databases! {
    async fn a_code_is_needed_and_is_good_once(database: TestDatabase) {
        local(async {
            let scene = Scene::set(database, &[]).await;
            let first = scene.tokens(None).await;
            let token = first["access_token"].as_str().unwrap();
            let (phone, _) = scene.enrol(token).await;
            let me = scene.server.get("/api/v1/users/me").bearer(token).send().await;
            assert_eq!(me.json()["totp_enabled"], true);

            assert_eq!(answer(&scene.sign_in(None).await), refused(401, "otp_required"));
            assert_eq!(answer(&scene.sign_in(Some("")).await), refused(401, "otp_required"));
            // The code that confirmed it is spent.
            let used = phone.code(scene.clock.now_ms());
            assert_eq!(answer(&scene.sign_in(Some(&used)).await), refused(401, "invalid_otp"));
            scene.pass(30).await;
            let next = phone.code(scene.clock.now_ms());
            let pair = scene.tokens(Some(&next)).await;
            let said = claims(pair["access_token"].as_str().unwrap());
            assert_eq!(said["amr"], json!(["pwd", "otp"]));
            assert_eq!(answer(&scene.sign_in(Some(&next)).await), refused(401, "invalid_otp"));
            // Nor is an older one good after a newer one.
            assert_eq!(answer(&scene.sign_in(Some(&used)).await), refused(401, "invalid_otp"));

            // The second factor stays in the tokens of the session.
            let refreshed = scene.server.post("/api/v1/token")
                .form(&[("grant_type", "refresh_token"), ("refresh_token", pair["refresh_token"].as_str().unwrap())])
                .send().await.json();
            let said = claims(refreshed["access_token"].as_str().unwrap());
            assert_eq!(said["amr"], json!(["pwd", "otp"]));
        })
        .await;
    }

    async fn a_recovery_code_is_good_once_and_new_ones_void_the_old(database: TestDatabase) {
        local(async {
            let scene = Scene::set(database, &[]).await;
            let first = scene.tokens(None).await;
            let token = first["access_token"].as_str().unwrap();
            let (_, codes) = scene.enrol(token).await;
            let typed = codes[0].to_uppercase().replace('-', " ");
            scene.tokens(Some(&typed)).await;
            assert_eq!(answer(&scene.sign_in(Some(&codes[0])).await), refused(401, "invalid_otp"));
            let path = "/api/v1/users/me/totp/recovery-codes";
            let wrong = scene.post(path, token, &json!({"password": "not-this-one"})).await;
            assert_eq!(wrong.status, 422);
            assert_eq!(wrong.json()["errors"][0]["code"], "wrong_password");
            let renewed = scene.post(path, token, &json!({"password": DEMO_PASSWORD})).await;
            let renewed = renewed.json()["recovery_codes"][3].as_str().unwrap().to_owned();
            assert_eq!(answer(&scene.sign_in(Some(&codes[1])).await), refused(401, "invalid_otp"));
            scene.tokens(Some(&renewed)).await;
        })
        .await;
    }

    async fn fifty_uses_of_one_code_at_once_sign_in_once(database: TestDatabase) {
        local(async {
            let scene = Scene::set(database, &[]).await;
            let first = scene.tokens(None).await;
            let (phone, _) = scene.enrol(first["access_token"].as_str().unwrap()).await;
            scene.pass(30).await;
            let code = phone.code(scene.clock.now_ms());
            let tries = (0..50).map(|_| scene.sign_in(Some(&code)));
            let replies = futures_util::future::join_all(tries).await;
            let signed_in = replies.iter().filter(|reply| reply.status == StatusCode::OK).count();
            assert_eq!(signed_in, 1);
            for reply in &replies {
                assert!([200, 401, 429].contains(&reply.status.as_u16()), "{}", reply.text());
            }
        })
        .await;
    }

    async fn it_is_turned_off_with_the_password_and_reset_by_an_admin(database: TestDatabase) {
        local(async {
            let scene = Scene::set(database, &[]).await;
            let first = scene.tokens(None).await;
            let token = first["access_token"].as_str().unwrap().to_owned();
            scene.enrol(&token).await;
            let remove = |password: &str| {
                let body = json!({ "password": password });
                let request = scene.server.request(Method::DELETE, "/api/v1/users/me/totp");
                request.bearer(&token).json(&body).send()
            };
            assert_eq!(remove("not-this-one").await.status, 422);
            assert_eq!(answer(&scene.sign_in(None).await), refused(401, "otp_required"));
            assert_eq!(remove(DEMO_PASSWORD).await.status, 204);
            scene.tokens(None).await;

            scene.enrol(&token).await;
            let me = scene.server.get("/api/v1/users/me").bearer(&token).send().await.json();
            let admin = scene.server.token(&demo_accounts().admin.username).await;
            let path = format!("/api/v1/users/{}/totp-reset", me["id"]);
            let reset = scene.server.post(&path).bearer(&admin).send().await;
            assert_eq!(reset.json()["totp_enabled"], false, "{}", reset.text());
            scene.tokens(None).await;
            // The session that the account had is over.
            let refreshed = scene.server.post("/api/v1/token")
                .form(&[("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"].as_str().unwrap())])
                .send().await;
            assert_eq!(answer(&refreshed), refused(401, "invalid_refresh_token"));
        })
        .await;
    }

    async fn turning_it_on_signs_out_everywhere_else(database: TestDatabase) {
        local(async {
            let scene = Scene::set(database, &[]).await;
            let other = scene.tokens(None).await;
            let mine = scene.tokens(None).await;
            scene.enrol(mine["access_token"].as_str().unwrap()).await;
            let refresh = |pair: Value| {
                let token = pair["refresh_token"].as_str().unwrap().to_owned();
                let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
                scene.server.post("/api/v1/token").form(&form).send()
            };
            assert_eq!(answer(&refresh(other).await), refused(401, "invalid_refresh_token"));
            assert_eq!(refresh(mine).await.status, 200);
        })
        .await;
    }

    async fn a_sign_in_that_overlaps_the_enabling_leaves_no_session_without_a_code(database: TestDatabase) {
        local(async {
            let scene = Scene::set(database, &[]).await;
            for _ in 0..4 {
                let first = scene.tokens(None).await;
                let token = first["access_token"].as_str().unwrap();
                let begun = scene.server.post("/api/v1/users/me/totp").bearer(token).send().await.json();
                let phone = Authenticator::scan(begun["otpauth_uri"].as_str().unwrap());
                let code = phone.code(scene.clock.now_ms());
                let body = json!({ "code": code });
                let confirm = scene.post("/api/v1/users/me/totp/confirm", token, &body);
                let sign_ins = futures_util::future::join_all((0..4).map(|_| scene.sign_in(None)));
                let (confirmed, replies) = tokio::join!(confirm, sign_ins);
                assert_eq!(confirmed.status, 200, "{}", confirmed.text());
                for reply in replies.iter().filter(|reply| reply.status == 200) {
                    let pair = reply.json();
                    let form = [("grant_type", "refresh_token"), ("refresh_token", pair["refresh_token"].as_str().unwrap())];
                    let refreshed = scene.server.post("/api/v1/token").form(&form).send().await;
                    assert_eq!(answer(&refreshed), refused(401, "invalid_refresh_token"));
                }
                // The session that showed the code goes on, and says so.
                let form = [("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"].as_str().unwrap())];
                let mine = scene.server.post("/api/v1/token").form(&form).send().await.json();
                let token = mine["access_token"].as_str().unwrap();
                assert_eq!(claims(token)["amr"], json!(["pwd", "otp"]));
                let body = json!({ "password": DEMO_PASSWORD });
                let remove = scene.server.request(Method::DELETE, "/api/v1/users/me/totp");
                assert_eq!(remove.bearer(token).json(&body).send().await.status, 204);
            }
        })
        .await;
    }

    async fn nothing_of_an_ended_session_outlasts_it(database: TestDatabase) {
        local(async {
            let (scene, other) = Scene::with_another_server(database).await;
            let thief = scene.tokens(None).await;
            let thief = thief["access_token"].as_str().unwrap();
            let owner = scene.tokens(None).await;
            let begun = other.post("/api/v1/users/me/totp").bearer(thief).send().await.json();
            let phone = Authenticator::scan(begun["otpauth_uri"].as_str().unwrap());
            let change = json!({"current_password": DEMO_PASSWORD, "new_password": "quite another one"});
            let changed = scene.post("/api/v1/users/me/password", owner["access_token"].as_str().unwrap(), &change).await;
            assert_eq!(changed.status, 200);
            let changed = changed.json();
            let owner = changed["access_token"].as_str().unwrap();
            // At once, before the other server need have heard of it.
            let code = json!({ "code": phone.code(scene.clock.now_ms()) });
            let confirm = |server: &TestServer, token: &str| {
                server.post("/api/v1/users/me/totp/confirm").bearer(token).json(&code).send()
            };
            let confirmed = confirm(&other, thief).await;
            assert_eq!(answer(&confirmed), refused(401, "token_revoked"));
            let ended = other.post("/api/v1/users/me/sessions/end-others").bearer(thief).send().await;
            assert_eq!(answer(&ended), refused(401, "token_revoked"));
            // Nor is what the thief began the owner's to confirm.
            let confirmed = confirm(&scene.server, owner).await;
            assert_eq!(answer(&confirmed), refused(409, "totp_not_begun"));
            let me = scene.server.get("/api/v1/users/me").bearer(owner).send().await.json();
            assert_eq!(me["totp_enabled"], false);
        })
        .await;
    }

    async fn an_admin_disabled_a_moment_ago_leaves_nobody_behind(database: TestDatabase) {
        local(async {
            let (Scene { server, .. }, other) = Scene::with_another_server(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            let add = |server: &TestServer, token: &str, name: &str| {
                let body = json!({"username": name, "name": name, "role": "admin", "password": "kept for later"});
                server.post("/api/v1/users").bearer(token).json(&body).send()
            };
            let added = add(&server, &admin, "second.head").await.json();
            let second = server.sign_in("second.head", "kept for later").await.json();
            let second = second["access_token"].as_str().unwrap();
            let path = format!("/api/v1/users/{}", added["id"]);
            let disabled = server.patch(&path, &json!({"enabled": false})).bearer(&admin).send().await;
            assert_eq!(disabled.status, 200);
            let left = add(&other, second, "back.door").await;
            assert_eq!(answer(&left), refused(401, "token_revoked"));
            let again = other.patch(&path, &json!({"enabled": true})).bearer(second).send().await;
            assert_eq!(answer(&again), refused(401, "token_revoked"));
        })
        .await;
    }

    async fn a_role_of_which_it_is_required_can_do_nothing_before(database: TestDatabase) {
        local(async {
            let scene = Scene::set(database, &[Role::Teacher]).await;
            let pair = scene.tokens(None).await;
            assert_eq!(pair["scope"], "totp_setup");
            let token = pair["access_token"].as_str().unwrap();
            for path in ["/api/v1/courses", "/api/v1/events"] {
                let reply = scene.server.get(path).bearer(token).send().await;
                assert_eq!(answer(&reply), refused(403, "totp_setup_required"), "{path}");
            }
            let me = scene.server.get("/api/v1/users/me").bearer(token).send().await;
            assert_eq!(me.status, 200);
            scene.enrol(token).await;
            let refreshed = scene.server.post("/api/v1/token")
                .form(&[("grant_type", "refresh_token"), ("refresh_token", pair["refresh_token"].as_str().unwrap())])
                .send().await.json();
            assert_eq!(refreshed["scope"], "gradebook");
            let token = refreshed["access_token"].as_str().unwrap();
            assert_eq!(scene.server.get("/api/v1/courses").bearer(token).send().await.status, 200);
            let remove = scene.server.request(Method::DELETE, "/api/v1/users/me/totp").bearer(token);
            let remove = remove.json(&json!({"password": DEMO_PASSWORD})).send().await;
            assert_eq!(answer(&remove), refused(409, "totp_required"));
            // Nobody else is asked for it.
            let student = &demo_accounts().students[0].username;
            let reply = scene.server.sign_in(student, DEMO_PASSWORD).await;
            assert_eq!(reply.json()["scope"], "gradebook");
        })
        .await;
    }
}

#[tokio::test]
async fn a_browser_goes_through_both_steps() {
    local(async {
        let database = gradebook_test_databases::sqlite().await;
        let scene = Scene::set(database, &[Role::Teacher]).await;
        let browser = Browser::new(&scene.server);
        let signed_in = browser.sign_in(&scene.username, DEMO_PASSWORD, "/").await;
        assert_eq!(signed_in.status, 303);
        assert_eq!(browser.open("/").await.header("location"), "/account/totp");
        browser.open("/account/totp").await;
        let begun = browser.submit("/account/totp", &[]).await;
        assert_eq!(begun.status, 200);
        let page = begun.text();
        let secret = page.split("id=\"totp-secret\">").nth(1).unwrap();
        let phone = Authenticator::typed(secret.split('<').next().unwrap());
        let wrong = browser
            .submit("/account/totp/confirm", &[("code", "12345")])
            .await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text().contains(&spaced(phone.secret())),
            "the same picture again"
        );
        let code = phone.code(scene.clock.now_ms());
        let confirmed = browser
            .submit("/account/totp/confirm", &[("code", &code)])
            .await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        assert_eq!(confirmed.text().matches("<li><code>").count(), 10);
        assert_eq!(confirmed.header("cache-control"), "no-store");
        assert_eq!(browser.open("/").await.status, 200);

        scene.pass(60).await;
        let later = Browser::new(&scene.server);
        let asked = later
            .sign_in(&scene.username, DEMO_PASSWORD, "/account")
            .await;
        assert_eq!(asked.status, 200);
        assert!(later.cookie("access").is_none());
        let page = asked.text();
        assert!(!page.contains(DEMO_PASSWORD));
        let ticket = page.split("name=\"ticket\" value=\"").nth(1).unwrap();
        let ticket = ticket.split('"').next().unwrap();
        let step = async |ticket: &str, code: &str| {
            let fields = [("ticket", ticket), ("code", code), ("next", "/account")];
            later.submit("/login/code", &fields).await
        };
        assert_eq!(step(ticket, "000000").await.status, 401);
        assert_eq!(step("AAAA", "000000").await.status, 401);
        // What proves the password opens nothing.
        let as_token = scene.server.get("/api/v1/users/me").bearer(ticket);
        assert_eq!(
            answer(&as_token.send().await),
            refused(401, "invalid_token")
        );
        let code = phone.code(scene.clock.now_ms());
        let signed_in = step(ticket, &code).await;
        assert_eq!(
            signed_in.header("location"),
            "/account",
            "{}",
            signed_in.text()
        );
        assert_eq!(later.open("/account").await.status, 200);
        // It is not good for longer than a few minutes.
        scene.pass(6 * 60).await;
        let late = Browser::new(&scene.server);
        late.open("/login").await;
        let code = phone.code(scene.clock.now_ms());
        let fields = [("ticket", ticket), ("code", code.as_str())];
        let reply = late.submit("/login/code", &fields).await;
        assert_eq!(reply.status, 401);
        assert!(late.cookie("access").is_none());
    })
    .await;
}
