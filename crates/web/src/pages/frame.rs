//! What is around every page: title, navigation, language, sign-out.

use actix_web::HttpRequest;
use actix_web::http::Method;
use gradebook_auth::Role;

use super::installed::CANVAS;
use crate::access::{self, form_token, school, waiting};
use crate::assets;
use crate::i18n::{Locale, T};

/// Who looks at a page, as far as its frame shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visitor {
    /// Nobody that we know.
    Stranger,
    /// Somebody with a session, but not (yet) with a place to go: with an initial password, say.
    Somebody,
    /// A person with this role.
    Person(Role),
}

/// A link of the main navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NavLink {
    pub(super) href: &'static str,
    pub(super) label: String,
    pub(super) current: bool,
    /// How much waits there: the number, and what it means.
    pub(super) waiting: Option<(u64, String)>,
}

/// What is around every page.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) t: T,
    /// What the bar and the title of the window are headed by: the school's name, or the product's.
    pub(super) brand: String,
    /// Title of the page.
    pub(super) title: String,
    /// Where a change of language leads back to.
    pub(super) path: String,
    pub(super) nav: Vec<NavLink>,
    pub(super) signed_in: bool,
    /// Whose page it is, for what this device keeps: an id, `none` when nobody is signed in, nothing when
    /// that is not known.
    pub(super) user: Option<String>,
    /// Whether the account page is open to the visitor.
    pub(super) account: bool,
    /// For the hidden field of every form that is sent.
    pub(super) form_token: String,
    /// Languages to choose from: tag, own name, whether it is the present one.
    pub(super) languages: Vec<(&'static str, String, bool)>,
}

impl Frame {
    pub(super) fn new(request: &HttpRequest, visitor: Visitor, title: String) -> Self {
        let t = T(Locale::of(request));
        // Only a page that can be opened again with GET can be led back to.
        let path = match *request.method() {
            Method::GET | Method::HEAD => request
                .uri()
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            _ => "/".to_owned(),
        };
        let school = school(request);
        let brand = if school.name.is_empty() {
            t.get("product")
        } else {
            school.name.clone()
        };
        Self {
            t,
            brand,
            title,
            nav: nav(t, visitor, request.path(), waiting::on(request)),
            path,
            signed_in: visitor != Visitor::Stranger,
            user: match visitor {
                Visitor::Stranger => Some("none".to_owned()),
                Visitor::Somebody | Visitor::Person(_) => {
                    access::user(request).map(|user| user.to_string())
                }
            },
            form_token: form_token::for_page(request),
            account: matches!(visitor, Visitor::Person(_)),
            languages: Locale::ALL
                .into_iter()
                .map(|locale| {
                    let name = t.get(&format!("language-{}", locale.tag()));
                    (locale.tag(), name, locale == t.locale())
                })
                .collect(),
        }
    }

    /// Where a change of language leads, for a page whose own address takes no GET.
    pub(super) fn returning_to(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// The address of a bundled file.
    pub(super) fn asset(&self, name: &str) -> String {
        assets::path(name)
    }

    /// Colours of the page's ground, light and dark.
    pub(super) fn canvas(&self) -> [&'static str; 2] {
        CANVAS
    }

    /// The language's own name.
    pub(super) fn language(&self) -> String {
        self.t.get(&format!("language-{}", self.t.tag()))
    }
}

fn nav(t: T, visitor: Visitor, path: &str, waiting: u64) -> Vec<NavLink> {
    match visitor {
        Visitor::Stranger | Visitor::Somebody => Vec::new(),
        Visitor::Person(Role::Student) => vec![NavLink {
            href: "/me",
            label: t.get("nav-my-grades"),
            current: path == "/me",
            waiting: None,
        }],
        Visitor::Person(role @ (Role::Admin | Role::Teacher)) => {
            let mut links = vec![
                NavLink {
                    href: "/",
                    label: t.get("nav-courses"),
                    current: path == "/",
                    waiting: None,
                },
                NavLink {
                    href: "/#exams",
                    label: t.get("nav-exams"),
                    current: false,
                    waiting: None,
                },
                NavLink {
                    href: "/reviews",
                    label: t.get("nav-reviews"),
                    current: path == "/reviews",
                    waiting: (waiting > 0).then(|| {
                        let count = u32::try_from(waiting).unwrap_or(u32::MAX);
                        (waiting, t.count("nav-reviews-waiting", count))
                    }),
                },
            ];
            if role == Role::Admin {
                links.push(NavLink {
                    href: "/admin",
                    label: t.get("nav-admin"),
                    current: path == "/admin" || path.starts_with("/admin/"),
                    waiting: None,
                });
            }
            links
        }
    }
}
