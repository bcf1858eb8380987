//! Paths that try to leave the folder they start in.

use super::{is_alive, raw, statuses};
use crate::harness::{TestServer, local};

#[tokio::test]
async fn static_files_are_those_of_the_build_and_no_others() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let mut paths = Vec::new();
        for climb in [
            "../",
            "..%2f",
            "..%2F",
            "%2e%2e/",
            "%2e%2e%2f",
            "%252e%252e%252f",
            "..%252f",
            "..\\",
            "..%5c",
            "%2e%2e%5c",
            "....//",
            "..;/",
            ".%00./",
            "%c0%ae%c0%ae/",
            "%uff0e%uff0e/",
            "./../",
            "//../",
            "a/../../",
        ] {
            for target in [
                "etc/passwd",
                "package.json",
                "dist/manifest.json",
                "Cargo.toml",
                "src/grid/grid.ts",
            ] {
                for depth in [1, 2, 6, 12] {
                    paths.push(format!("/static/{}{target}", climb.repeat(depth)));
                }
            }
        }
        for path in [
            "/static//etc/passwd",
            "/static/%2fetc%2fpasswd",
            "/static/file:///etc/passwd",
            "/static/C:%5cwindows%5cwin.ini",
            "/static/%00",
            "/static/app-AAAAAAAA.js%00.css",
            "/static/manifest.json",
            "/static/manifest.json%00-AAAAAAAA.js",
            "/static/manifest.json/x-AAAAAAAA.js",
            "/static/meta.json",
            "/static/.",
            "/static/..",
            "/static/",
            "/static",
            "/static/%ff%fe",
            "/static/~root/",
            "/static/con-AAAAAAAA.js",
        ] {
            paths.push(path.to_owned());
        }
        paths.push(format!("/static/{}", "a/".repeat(5_000)));
        paths.push(format!("/static/{}-AAAAAAAA.js", "a".repeat(5_000)));
        for path in &paths {
            let shown: String = path.chars().take(80).collect();
            let answer = raw(
                &server,
                format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
            )
            .await;
            assert!(
                matches!(statuses(&answer)[..], [404 | 400]),
                "{shown}: {answer}"
            );
            for leaked in [
                "root:",
                "\"dependencies\"",
                "[package]",
                ".js\":",
                "export ",
            ] {
                assert!(!answer.contains(leaked), "{shown}: {answer}");
            }
        }
        is_alive(&server, "after the paths").await;
    })
    .await;
}

/// Another spelling of an address does not lead around its guard.
#[tokio::test]
async fn guarded_addresses_are_guarded_in_every_spelling() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        for path in [
            "/api/v1/users/me",
            "/api/v1/%75sers/me",
            "/%61pi/v1/users/me",
            "/api/v1//users/me",
            "/api/v1/users/me/",
            "/api/v1/./users/me",
            "/login/../api/v1/users/me",
            "/static/..%2fapi/v1/users/me",
            "/API/V1/USERS/ME",
            "/api/v1/users/me%00",
            "/api/v1/users/me;a=b",
            "//x/api/v1/users/me",
            "http://evil.example/api/v1/users/me",
        ] {
            let answer = raw(
                &server,
                format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
            )
            .await;
            // 303: taken for a page, and led to the sign-in.
            assert!(matches!(statuses(&answer)[..], [400 | 401 | 404 | 303]), "{path}: {answer}");
            assert!(!answer.contains("username"), "{path}: {answer}");
        }
        // A page's form stays a page's form: no spelling gets around the check of its origin.
        for path in ["/login", "/%6cogin", "/l%6fgin", "/login?x=/api/", "/login#/api/"] {
            let answer = raw(
                &server,
                format!(
                    "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nsec-fetch-site: cross-site\r\n\
                     content-type: application/x-www-form-urlencoded\r\ncontent-length: 23\r\n\r\n\
                     username=a&password=bcd"
                ),
            )
            .await;
            assert!(matches!(statuses(&answer)[..], [400 | 403 | 404]), "{path}: {answer}");
            assert!(!answer.contains("set-cookie: access"), "{path}: {answer}");
        }
    })
    .await;
}
