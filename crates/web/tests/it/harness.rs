//! A running server with the demo school in it, and a client that speaks to it over HTTP.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use awc::http::header::{HeaderMap, HeaderValue};
use awc::http::{Method, StatusCode};
use gradebook_app::{App, Clock, Db, Lifetimes, Parts, SystemClock, SystemRandomness, demo};
use gradebook_auth::keys::Algorithm;
use gradebook_auth::password::{Cost, HasherSettings, Pepper};
use gradebook_auth::{AccessTokens, KeyRing, PasswordHasher, Role, SigningKey};
use gradebook_test_databases::TestDatabase;
use gradebook_web::server::{Server, ServerSettings};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

/// A server on a free port, stopped when dropped.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    _database: Option<TestDatabase>,
}

/// Runs a test that talks HTTP: the client needs a place for its local tasks.
pub(crate) async fn local<T>(test: impl Future<Output = T>) -> T {
    LocalSet::new().run_until(test).await
}

/// An application over `db`, with cheap password hashes, that signs with [`signing_key`].
pub(crate) fn app(db: Db, clock: Arc<dyn Clock>, lifetimes: Lifetimes) -> App {
    let key = SigningKey::read(Algorithm::default(), signing_key()).unwrap();
    app_with(KeyRing::of(key), db, clock, lifetimes)
}

/// A ring of one new key.
pub(crate) fn key_of(algorithm: Algorithm) -> KeyRing {
    let key = SigningKey::generate(algorithm).unwrap();
    KeyRing::of(SigningKey::read(algorithm, &key).unwrap())
}

/// An application over `db` with these keys.
pub(crate) fn app_with(keys: KeyRing, db: Db, clock: Arc<dyn Clock>, lifetimes: Lifetimes) -> App {
    let setup = Setup {
        clock,
        lifetimes,
        totp_required_of: Vec::new(),
    };
    setup.app_with(keys, db)
}

/// What tests choose of an application.
pub(crate) struct Setup {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) totp_required_of: Vec<Role>,
}

impl Setup {
    /// An application over `db` that signs with [`signing_key`].
    pub(crate) fn app(self, db: Db) -> App {
        let key = SigningKey::read(Algorithm::default(), signing_key()).unwrap();
        self.app_with(KeyRing::of(key), db)
    }

    fn app_with(self, keys: KeyRing, db: Db) -> App {
        let settings = HasherSettings {
            cost: Cost::new(4).unwrap(),
            ..HasherSettings::default()
        };
        App::new(Parts {
            db,
            clock: self.clock,
            random: Arc::new(SystemRandomness),
            passwords: PasswordHasher::start(Pepper::new(&[7; 32]).unwrap(), settings).unwrap(),
            tokens: AccessTokens::new(keys, "http://gradebook.test", "gradebook"),
            refresh_secret: vec![9; 32],
            second_factor_secret: vec![5; 32],
            totp_required_of: self.totp_required_of,
            lifetimes: self.lifetimes,
        })
    }
}

/// The key that every server of this test process signs with, as PKCS#8 PEM: for tests that sign
/// tokens of their own.
pub(crate) fn signing_key() -> &'static str {
    static KEY: LazyLock<String> =
        LazyLock::new(|| SigningKey::generate(Algorithm::default()).unwrap());
    &KEY
}

impl TestServer {
    /// Starts a server with the demo school.
    pub(crate) async fn with_demo(database: TestDatabase) -> Self {
        let server = Self::empty(database).await;
        server.app.fill_demo().await.unwrap().unwrap();
        server
    }

    /// Starts a server on an empty, migrated database.
    pub(crate) async fn empty(database: TestDatabase) -> Self {
        let db = database.migrated().await;
        let app = app(db, Arc::new(SystemClock), Lifetimes::default());
        Self::serve(Some(database), app).await
    }

    /// Starts a server for this application, which keeps `database` as long as it runs.
    pub(crate) async fn serve(database: Option<TestDatabase>, app: App) -> Self {
        Self::serve_as(database, app, ServerSettings::on_loopback()).await
    }

    /// The same with these settings.
    pub(crate) async fn serve_as(
        database: Option<TestDatabase>,
        app: App,
        settings: ServerSettings,
    ) -> Self {
        let app = Arc::new(app);
        let (server, address) = Server::bind(Arc::clone(&app), settings).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::task::spawn_local(async move {
            let stopped = async move {
                let _ = stopped.await;
            };
            if let Err(error) = server.run(stopped).await {
                panic!("the server ended: {error:?}");
            }
        });
        let server = Self {
            address,
            app,
            stop: Some(stop),
            _database: database,
        };
        server.settled().await;
        server
    }

    /// Waits until the change log has been read since the clock was moved.
    pub(crate) async fn settled(&self) {
        for _ in 0..200 {
            // While it starts, a connection may be reset.
            if let Ok(reply) = self.get("/readyz").try_start().await
                && reply.status() == StatusCode::OK
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the change log is not read any more");
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Request {
        Request {
            method,
            url: format!("http://{}{path}", self.address),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Request {
        self.request(Method::PATCH, path).json(body)
    }

    /// The answer to a password sign-in.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Reply {
        self.post("/api/v1/token")
            .form(&[
                ("grant_type", "password"),
                ("username", username),
                ("password", password),
            ])
            .send()
            .await
    }

    /// The access token of a demo account.
    pub(crate) async fn token(&self, username: &str) -> String {
        let reply = self.sign_in(username, demo::DEMO_PASSWORD).await;
        assert_eq!(reply.status, StatusCode::OK, "{username}: {}", reply.text());
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// A request to send.
pub(crate) struct Request {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = serde_json::to_vec(body).unwrap();
        self.header("content-type", "application/json")
    }

    pub(crate) fn raw(mut self, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self.header("content-type", content_type)
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.raw("application/x-www-form-urlencoded", body)
    }

    async fn start(
        self,
    ) -> awc::ClientResponse<
        impl futures_util::Stream<Item = Result<bytes::Bytes, awc::error::PayloadError>>,
    > {
        self.try_start().await.unwrap()
    }

    async fn try_start(
        self,
    ) -> Result<
        awc::ClientResponse<
            impl futures_util::Stream<Item = Result<bytes::Bytes, awc::error::PayloadError>>,
        >,
        awc::error::SendRequestError,
    > {
        let client = awc::Client::builder()
            .timeout(Duration::from_secs(30))
            .disable_redirects()
            .finish();
        let mut request = client.request(self.method, self.url);
        for (name, value) in self.headers {
            request = request.append_header((name, value));
        }
        request.send_body(self.body).await
    }

    pub(crate) async fn send(self) -> Reply {
        let mut response = self.start().await;
        let body = response.body().limit(32 << 20).await.unwrap();
        Reply {
            status: response.status(),
            headers: response.headers().clone(),
            body: body.to_vec(),
        }
    }

    /// Opens an event stream.
    pub(crate) async fn stream(
        self,
    ) -> awc::ClientResponse<
        impl futures_util::Stream<Item = Result<bytes::Bytes, awc::error::PayloadError>>,
    > {
        self.start().await
    }
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or("").to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value: &HeaderValue| value.to_str().unwrap())
    }

    /// The cookies that it sets, as a `Cookie` header sends them back.
    pub(crate) fn cookies(&self) -> String {
        self.headers
            .get_all("set-cookie")
            .map(|value| value.to_str().unwrap().split(';').next().unwrap())
            .collect::<Vec<_>>()
            .join("; ")
    }
}
