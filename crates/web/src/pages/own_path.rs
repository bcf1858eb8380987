//! Which addresses a form may lead on to: this site's own paths only.

use url::{Url, form_urlencoded};

const LONGEST: usize = 2000;

/// The text, if it is a path of this site and nothing that a browser could read as another one.
pub(super) fn own_path(text: &str) -> Option<&str> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if text.len() > LONGEST || !plain || !text.starts_with('/') || text.starts_with("//") {
        return None;
    }
    // Belt and braces: a browser's own algorithm must stay on the host too.
    let here = Url::parse("https://own.invalid/").ok()?;
    let there = here.join(text).ok()?;
    (there.origin() == here.origin()).then_some(text)
}

/// The sign-in page that leads on to `path` afterwards.
pub(super) fn login_for(path: &str) -> String {
    leading_to("/login", path)
}

/// The page for a password of one's own that leads on to `path` afterwards.
pub(super) fn password_for(path: &str) -> String {
    leading_to("/account/password", path)
}

fn leading_to(page: &str, path: &str) -> String {
    match own_path(path).filter(|path| *path != "/" && *path != page) {
        None => page.to_owned(),
        Some(path) => {
            let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
            format!("{page}?next={next}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_paths_pass() {
        for path in [
            "/",
            "/courses/1?x=y",
            "/me#why",
            "/a/../b",
            "/.//evil.example",
        ] {
            assert_eq!(own_path(path), Some(path));
        }
    }

    #[test]
    fn nothing_leads_to_another_site() {
        for path in [
            "",
            "courses/1",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\u{0}/x",
            "/x\r\nSet-Cookie: a=b",
            " //evil.example",
            "/ /evil.example",
            "https://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\u{ff0f}evil.example",
            "?next=//evil.example",
        ] {
            assert_eq!(own_path(path), None, "{path:?}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn the_sign_in_page_remembers_where_to_go() {
        assert_eq!(login_for("/"), "/login");
        assert_eq!(login_for("//evil.example"), "/login");
        assert_eq!(
            login_for("/courses/1?a=b&c"),
            "/login?next=%2Fcourses%2F1%3Fa%3Db%26c"
        );
    }
}
