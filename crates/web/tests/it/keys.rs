//! The keys that sign access tokens: each algorithm from sign-in to refresh, and changes of keys while
//! requests run.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::StreamExt;
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_app::{Db, Lifetimes, SystemClock, SystemRandomness};
use gradebook_auth::SigningKey;
use gradebook_auth::keys::Algorithm;
use gradebook_test_databases::on_both_databases;
use gradebook_web::secrets::{KeyDirectory, Rotated, Rotation};
use gradebook_web::server::{ServerSettings, WatchedKeys};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::browser::Browser;
use crate::harness::{Reply, TestServer, app_with, key_of, local};

/// Short, so that a test need not wait long for a server to look.
const EVERY: Duration = Duration::from_millis(50);
/// Seconds until a new key signs: many looks.
const LEAD: i64 = 2;

/// A directory of keys that servers share.
struct Shared {
    _folder: TempDir,
    keys: KeyDirectory,
}

impl Shared {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyDirectory::of(folder.path());
        keys.create_first(Algorithm::Es256, &SystemRandomness)
            .unwrap();
        Self {
            _folder: folder,
            keys,
        }
    }

    /// A server that takes its keys from here.
    async fn server(&self, db: &Db) -> TestServer {
        let ring = self.keys.load().unwrap();
        let app = app_with(
            ring,
            db.clone(),
            Arc::new(SystemClock),
            Lifetimes::default(),
        );
        let settings = ServerSettings {
            keys: Some(WatchedKeys {
                directory: self.keys.clone(),
                every: EVERY,
            }),
            ..ServerSettings::on_loopback()
        };
        TestServer::serve_as(None, app, settings).await
    }

    fn rotate(
        &self,
        server: &TestServer,
        algorithm: Option<Algorithm>,
        compromised: bool,
    ) -> Rotated {
        let rotation = Rotation {
            algorithm,
            lead: LEAD,
            compromised,
            ..Rotation::at(server.app.now_s())
        };
        self.keys.rotate(rotation, &SystemRandomness).unwrap()
    }
}

fn header_of(token: &str) -> Value {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap());
    serde_json::from_slice(&header.unwrap()).unwrap()
}

fn text(reply: &Reply, name: &str) -> String {
    let answer = reply.json();
    let text = answer[name].as_str();
    text.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn refresh(server: &TestServer, token: &str) -> Reply {
    server
        .post("/api/v1/token")
        .form(&[("grant_type", "refresh_token"), ("refresh_token", token)])
        .send()
        .await
}

async fn jwks(server: &TestServer) -> Vec<Value> {
    let reply = server.get("/.well-known/jwks.json").send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), "public, max-age=15");
    reply.json()["keys"].as_array().unwrap().clone()
}

async fn until_jwks_has(server: &TestServer, count: usize) {
    let found = timeout(Duration::from_secs(20), async {
        while jwks(server).await.len() != count {
            sleep(EVERY).await;
        }
    });
    found.await.unwrap();
}

on_both_databases! {
    async fn every_algorithm_from_sign_in_to_refresh(database: TestDatabase) {
        local(async {
            let admin = demo_accounts().admin.username;
            for algorithm in Algorithm::ALL {
                // Connections of their own: a connection ends with the threads of the server that opened it.
                let db = database.migrated().await;
                let ring = key_of(algorithm);
                let kid = ring.newest().key().public().kid().to_owned();
                let app = app_with(ring, db, Arc::new(SystemClock), Lifetimes::default());
                let _demo = app.fill_demo().await.unwrap();
                let server = TestServer::serve(None, app).await;
                let signed_in = server.sign_in(&admin, DEMO_PASSWORD).await;
                let again = refresh(&server, &text(&signed_in, "refresh_token")).await;
                for reply in [&signed_in, &again] {
                    let token = text(reply, "access_token");
                    let header = header_of(&token);
                    assert_eq!(header["alg"], algorithm.as_str());
                    assert_eq!(header["kid"], kid.as_str());
                    assert_eq!(header["typ"], "at+jwt");
                    let me = server.get("/api/v1/users/me").bearer(&token).send().await;
                    assert_eq!(me.status, 200, "{algorithm}");
                    // One letter of the claims.
                    let at = token.find('.').unwrap() + 5;
                    let other = if &token[at..=at] == "a" { "b" } else { "a" };
                    let forged = [&token[..at], other, &token[at + 1..]].concat();
                    let me = server.get("/api/v1/users/me").bearer(&forged).send().await;
                    assert_eq!((me.status.as_u16(), me.code().as_str()), (401, "invalid_token"));
                }
                let browser = Browser::signed_in(&server, &admin).await;
                assert_eq!(browser.open("/").await.status, 200, "{algorithm}");
                let shown = jwks(&server).await;
                if algorithm == Algorithm::Hs256 {
                    assert!(shown.is_empty(), "a symmetric key is never shown");
                } else {
                    assert_eq!(shown.len(), 1);
                    assert_eq!(shown[0]["kid"], kid.as_str());
                    assert_eq!(shown[0]["alg"], algorithm.as_str());
                    assert!(shown[0].get("d").is_none() && shown[0].get("k").is_none());
                }
            }
        })
        .await;
    }

    /// Two replicas, clients that use one and then the other, and two changes of the algorithm.
    async fn a_rotation_under_load_refuses_nobody(database: TestDatabase) {
        local(async {
            let db = database.migrated().await;
            let shared = Shared::new();
            let replicas = Rc::new([shared.server(&db).await, shared.server(&db).await]);
            replicas[0].app.fill_demo().await.unwrap().unwrap();
            let done = Rc::new(Cell::new(false));
            let kids = Rc::new(RefCell::new(BTreeSet::new()));
            let clients: Vec<_> = (0..6)
                .map(|number| {
                    let (replicas, done, kids) = (replicas.clone(), done.clone(), kids.clone());
                    tokio::task::spawn_local(async move {
                        let admin = demo_accounts().admin.username;
                        let mut tokens = replicas[number % 2].sign_in(&admin, DEMO_PASSWORD).await;
                        let mut answered = 0;
                        while !done.get() {
                            assert_eq!(tokens.status, 200, "{}", tokens.text());
                            let access = text(&tokens, "access_token");
                            kids.borrow_mut().insert(header_of(&access)["kid"].to_string());
                            for server in replicas.iter() {
                                let me = server.get("/api/v1/users/me").bearer(&access).send().await;
                                assert_eq!(me.status, 200, "{}", me.text());
                                answered += 1;
                            }
                            let server = &replicas[(number + answered) % 2];
                            tokens = refresh(server, &text(&tokens, "refresh_token")).await;
                        }
                        answered
                    })
                })
                .collect();
            // One that is held through all of it is good until it expires.
            let first = replicas[0].token(&demo_accounts().admin.username).await;
            let mut new = Vec::new();
            for algorithm in [Algorithm::EdDsa, Algorithm::Hs256] {
                let rotated = shared.rotate(&replicas[0], Some(algorithm), false);
                assert!(rotated.withdrawn.is_empty() && rotated.spent.is_empty());
                new.push(rotated.kid);
                while replicas[0].app.now_s() <= rotated.signs_from {
                    sleep(EVERY).await;
                }
            }
            for server in replicas.iter() {
                let me = server.get("/api/v1/users/me").bearer(&first).send().await;
                assert_eq!(me.status, 200);
                assert_eq!(jwks(server).await.len(), 2, "ES256 and EdDSA");
            }
            let used = kids.clone();
            let seen = timeout(Duration::from_secs(20), async {
                while used.borrow().len() < 3 {
                    sleep(EVERY).await;
                }
            });
            seen.await.unwrap();
            done.set(true);
            for client in clients {
                assert!(client.await.unwrap() > 0);
            }
            for kid in new {
                assert!(kids.borrow().contains(&format!("{kid:?}")), "{kid} never signed");
            }
        })
        .await;
    }

    async fn stolen_keys_are_worth_nothing_and_sessions_go_on(database: TestDatabase) {
        local(async {
            let db = database.migrated().await;
            let shared = Shared::new();
            let server = shared.server(&db).await;
            server.app.fill_demo().await.unwrap().unwrap();
            let admin = demo_accounts().admin.username;
            let tokens = server.sign_in(&admin, DEMO_PASSWORD).await;
            let old = text(&tokens, "access_token");
            let browser = Browser::signed_in(&server, &admin).await;
            let mut stream = server.get("/api/v1/events").bearer(&old).stream().await;
            assert_eq!(stream.status(), 200);

            let rotated = shared.rotate(&server, None, true);
            assert_eq!(rotated.withdrawn.len(), 1);
            let refused = timeout(Duration::from_secs(20), async {
                loop {
                    let reply = server.get("/api/v1/users/me").bearer(&old).send().await;
                    if reply.status != 200 {
                        return reply;
                    }
                    sleep(EVERY).await;
                }
            });
            let refused = refused.await.unwrap();
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (401, "invalid_token"));
            let ended = timeout(Duration::from_secs(20), async {
                let mut read = String::new();
                while let Some(chunk) = stream.next().await {
                    read.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
                }
                read
            });
            assert!(ended.await.unwrap().contains("reauthenticate"));
            let shown = jwks(&server).await;
            assert_eq!(shown.len(), 1);
            assert_eq!(shown[0]["kid"], rotated.kid.as_str());
            // Nobody has to sign in again: neither a client nor a page.
            let renewed = refresh(&server, &text(&tokens, "refresh_token")).await;
            let access = text(&renewed, "access_token");
            assert_eq!(header_of(&access)["kid"], rotated.kid.as_str());
            let me = server.get("/api/v1/users/me").bearer(&access).send().await;
            assert_eq!(me.status, 200);
            assert_eq!(browser.open("/").await.status, 200);
        })
        .await;
    }

    async fn a_bad_file_changes_nothing_while_the_server_runs(database: TestDatabase) {
        local(async {
            let db = database.migrated().await;
            let shared = Shared::new();
            let server = shared.server(&db).await;
            server.app.fill_demo().await.unwrap().unwrap();
            let token = server.token(&demo_accounts().admin.username).await;
            let still_good = async || {
                let me = server.get("/api/v1/users/me").bearer(&token).send().await;
                assert_eq!(me.status, 200);
            };
            let next = shared.keys.path().join(format!("{}-es256.pem", server.app.now_s() + 600));
            let text = SigningKey::generate(Algorithm::Es256).unwrap();
            for (content, mode) in [("no key", 0o600), (text.as_str(), 0o644)] {
                fs::write(&next, content).unwrap();
                fs::set_permissions(&next, fs::Permissions::from_mode(mode)).unwrap();
                for _ in 0..10 {
                    sleep(EVERY).await;
                    assert_eq!(jwks(&server).await.len(), 1);
                    still_good().await;
                }
            }
            // Once it is right, it counts.
            fs::set_permissions(&next, fs::Permissions::from_mode(0o600)).unwrap();
            until_jwks_has(&server, 2).await;
            // The whole directory gone: the server goes on with what it knows.
            fs::remove_dir_all(shared.keys.path()).unwrap();
            for _ in 0..10 {
                sleep(EVERY).await;
                still_good().await;
            }
            assert_eq!(jwks(&server).await.len(), 2);
        })
        .await;
    }
}
