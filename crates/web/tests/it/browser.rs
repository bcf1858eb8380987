//! A visitor with a browser: it keeps cookies, and sends forms with the token of the last page.

use std::collections::BTreeMap;
use std::sync::Mutex;

use gradebook_app::demo::DEMO_PASSWORD;

use crate::harness::{Reply, Request, TestServer};
use crate::imports::files::multipart;

pub(crate) struct Browser<'a> {
    server: &'a TestServer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    cookies: BTreeMap<String, String>,
    form_token: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(server: &'a TestServer) -> Self {
        Self {
            server,
            state: Mutex::default(),
        }
    }

    /// A browser in which this demo account is signed in.
    pub(crate) async fn signed_in(server: &'a TestServer, username: &str) -> Self {
        let browser = Self::new(server);
        let reply = browser.sign_in(username, DEMO_PASSWORD, "/").await;
        assert_eq!(reply.status, 303, "{username}: {}", reply.text());
        browser
    }

    /// Opens a page.
    pub(crate) async fn open(&self, path: &str) -> Reply {
        self.keep(self.with_cookies(self.server.get(path)).send().await)
    }

    /// Sends a form of the page that was opened last.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.state.lock().unwrap().form_token.clone();
        let mut fields = fields.to_vec();
        fields.push(("form_token", &token));
        let request = self
            .with_cookies(self.server.post(path))
            .header("sec-fetch-site", "same-origin")
            .form(&fields);
        self.keep(request.send().await)
    }

    /// Sends a file with a form of the page that was opened last.
    pub(crate) async fn upload(
        &self,
        path: &str,
        (name, file): (&str, &[u8]),
        fields: &[(&str, &str)],
    ) -> Reply {
        let token = self.form_token();
        let mut fields = fields.to_vec();
        fields.push(("form_token", &token));
        let request = self
            .with_cookies(self.server.post(path))
            .header("sec-fetch-site", "same-origin");
        self.keep(multipart(request, name, file, &fields).send().await)
    }

    /// Opens the sign-in page and signs in.
    pub(crate) async fn sign_in(&self, username: &str, password: &str, next: &str) -> Reply {
        self.open("/login").await;
        let fields = [
            ("username", username),
            ("password", password),
            ("next", next),
        ];
        self.submit("/login", &fields).await
    }

    /// The `Cookie` header that it sends.
    pub(crate) fn cookies(&self) -> String {
        let state = self.state.lock().unwrap();
        let pairs: Vec<String> = state
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// The value of a cookie that it has.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.state.lock().unwrap().cookies.get(name).cloned()
    }

    /// Throws a cookie away.
    pub(crate) fn forget(&self, name: &str) {
        self.state.lock().unwrap().cookies.remove(name);
    }

    /// The token for the forms of the page that was opened last.
    pub(crate) fn form_token(&self) -> String {
        self.state.lock().unwrap().form_token.clone()
    }

    pub(crate) fn with_cookies(&self, request: Request) -> Request {
        let cookies = self.cookies();
        if cookies.is_empty() {
            request
        } else {
            request.header("cookie", &cookies)
        }
    }

    fn keep(&self, reply: Reply) -> Reply {
        let mut state = self.state.lock().unwrap();
        for set in reply.headers.get_all("set-cookie") {
            let text = set.to_str().unwrap();
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                state.cookies.remove(name);
            } else {
                state.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let page = reply.text();
        if let Some((_, rest)) = page.split_once("name=\"form_token\" value=\"") {
            state.form_token = rest.split('"').next().unwrap().to_owned();
        }
        drop(state);
        reply
    }
}
