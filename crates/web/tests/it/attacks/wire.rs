//! Requests that no HTTP client would send, as bytes on a connection.

use std::io::Write as _;

use gradebook_app::demo::demo_accounts;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{is_alive, is_problem, raw, statuses, until_closed};
use crate::harness::{TestServer, local};

async fn server() -> TestServer {
    TestServer::with_demo(gradebook_test_databases::sqlite().await).await
}

const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

/// Two servers in a row must not see different requests in the same bytes: whatever can be read in two
/// ways is refused, and what follows it is never answered.
#[tokio::test]
async fn nothing_is_smuggled_behind_a_request() {
    local(async {
        let server = server().await;
        let smuggled = "GET /healthz HTTP/1.1\r\nhost: smuggled\r\n\r\n";
        for (what, headers, body) in [
            (
                "CL.TE",
                "content-length: 6\r\ntransfer-encoding: chunked\r\n",
                format!("0\r\n\r\n{smuggled}"),
            ),
            (
                "TE.CL",
                "transfer-encoding: chunked\r\ncontent-length: 4\r\n",
                format!("5c\r\n{smuggled}0\r\n\r\n"),
            ),
            (
                "two lengths",
                "content-length: 5\r\ncontent-length: 0\r\n",
                smuggled.to_owned(),
            ),
            (
                "two equal lengths",
                "content-length: 0\r\ncontent-length: 0\r\n",
                smuggled.to_owned(),
            ),
            (
                "a list of lengths",
                "content-length: 0, 5\r\n",
                smuggled.to_owned(),
            ),
            (
                "a signed length",
                "content-length: +5\r\n",
                smuggled.to_owned(),
            ),
            (
                "a negative length",
                "content-length: -5\r\n",
                smuggled.to_owned(),
            ),
            (
                "a hexadecimal length",
                "content-length: 0x5\r\n",
                smuggled.to_owned(),
            ),
            (
                "a length with rest",
                "content-length: 0 x\r\n",
                smuggled.to_owned(),
            ),
            (
                "an endless length",
                "content-length: 99999999999999999999999\r\n",
                smuggled.to_owned(),
            ),
            (
                "no coding of ours",
                "transfer-encoding: xchunked\r\n",
                smuggled.to_owned(),
            ),
            (
                "a coding that is not last",
                "transfer-encoding: chunked, identity\r\n",
                smuggled.to_owned(),
            ),
            (
                "chunked twice",
                "transfer-encoding: chunked, chunked\r\n",
                format!("0\r\n\r\n{smuggled}"),
            ),
            (
                "two codings",
                "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
                format!("0\r\n\r\n{smuggled}"),
            ),
            (
                "a space before the colon",
                "transfer-encoding : chunked\r\n",
                format!("0\r\n\r\n{smuggled}"),
            ),
            (
                "a tab in the coding",
                "transfer-encoding: \x0bchunked\r\n",
                format!("0\r\n\r\n{smuggled}"),
            ),
            (
                "a folded line",
                "transfer-encoding:\r\n chunked\r\n",
                format!("0\r\n\r\n{smuggled}"),
            ),
            (
                "a bare line feed in a value",
                "x: y\ntransfer-encoding: chunked\r\n",
                format!("zz\r\n\r\n{smuggled}"),
            ),
            ("NUL in a value", "x: a\0b\r\n", smuggled.to_owned()),
            (
                "a chunk of letters",
                "transfer-encoding: chunked\r\n",
                format!("zz\r\n\r\n{smuggled}"),
            ),
            (
                "a chunk too long to count",
                "transfer-encoding: chunked\r\n",
                format!("ffffffffffffffff1\r\n{smuggled}"),
            ),
            (
                "a negative chunk",
                "transfer-encoding: chunked\r\n",
                format!("-1\r\n{smuggled}"),
            ),
            (
                "a chunk without an end",
                "transfer-encoding: chunked\r\n",
                format!("1\r\naX\r\n0\r\n\r\n{smuggled}"),
            ),
        ] {
            let request =
                format!("POST /api/v1/token HTTP/1.1\r\nhost: x\r\n{FORM}{headers}\r\n{body}");
            let answer = raw(&server, request).await;
            assert_eq!(statuses(&answer), [400], "{what}: {answer}");
        }
        is_alive(&server, "after smuggling").await;
    })
    .await;
}

/// What one client may send in one go is answered one by one, in order.
#[tokio::test]
async fn what_is_clear_is_answered() {
    local(async {
        let server = server().await;
        let twice = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n\
                     GET /api/v1/users/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        assert_eq!(statuses(&raw(&server, twice).await), [200, 401]);
        let body = "grant_type=magic";
        let chunked = format!(
            "POST /api/v1/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{FORM}\
             transfer-encoding: chunked\r\n\r\n{:x};note=1\r\n{body}\r\n0\r\nx-trailer: y\r\n\r\n",
            body.len()
        );
        let answer = raw(&server, chunked).await;
        assert!(answer.contains("unsupported_grant_type"), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn a_head_that_is_none_ends_the_connection() {
    local(async {
        let server = server().await;
        let long_line = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(200_000));
        let huge_header = format!(
            "GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
            "a".repeat(200_000)
        );
        let many = |count: usize| {
            let headers: String = (0..count)
                .map(|place| format!("x-{place}: y\r\n"))
                .collect();
            format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n")
        };
        assert_eq!(statuses(&raw(&server, many(90)).await), [200], "90 headers");
        for (what, bytes) in [
            ("100 headers", many(100).into_bytes()),
            ("10,000 headers", many(10_000).into_bytes()),
            ("a long address", long_line.into_bytes()),
            ("a huge header", huge_header.into_bytes()),
            ("noise", vec![0x80; 4096]),
            (
                "TLS",
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
            ),
            ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
            ("HTTP/9.9", b"GET / HTTP/9.9\r\nhost: x\r\n\r\n".to_vec()),
            ("no version", b"GET /\r\n\r\n".to_vec()),
            (
                "a line break in the address",
                b"GET /a\rb HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
            ),
            (
                "a header without a colon",
                b"GET / HTTP/1.1\r\nhost x\r\n\r\n".to_vec(),
            ),
            (
                "a header without a name",
                b"GET / HTTP/1.1\r\n: x\r\n\r\n".to_vec(),
            ),
            (
                "a space in a name",
                b"GET / HTTP/1.1\r\nho st: x\r\n\r\n".to_vec(),
            ),
        ] {
            let answer = raw(&server, bytes).await;
            // A client that is still sending may find the connection reset instead of the answer.
            assert!(
                matches!(statuses(&answer)[..], [] | [400 | 431]),
                "{what}: {answer}"
            );
            assert!(!answer.contains("panicked"), "{what}");
        }
        is_alive(&server, "after the heads").await;
    })
    .await;
}

#[tokio::test]
async fn a_body_is_as_long_as_it_says_and_no_longer_than_it_may_be() {
    local(async {
        let server = server().await;
        let head = |length: &str| {
            format!("POST /api/v1/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{FORM}{length}\r\n\r\n")
        };
        // More than it says: the rest is no part of it, and no request.
        let answer = raw(&server, format!("{}grant_type=magic", head("content-length: 5"))).await;
        assert!(matches!(statuses(&answer)[..], [400] | [400, 400]), "{answer}");
        assert!(!answer.contains("unsupported_grant_type"), "{answer}");
        // Less than it says, and then nothing more to come.
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let short = format!("{}grant_type=magic", head("content-length: 50"));
        stream.write_all(short.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = until_closed(&mut stream).await;
        assert!(matches!(statuses(&answer)[..], [] | [400]), "{answer}");
        // Announced too long: refused without being read.
        let answer = raw(&server, head("content-length: 1048577")).await;
        assert_eq!(statuses(&answer), [413], "{answer}");
        assert!(answer.contains("body_too_large"), "{answer}");
        // Not announced, and too long.
        let mut endless = head("transfer-encoding: chunked").into_bytes();
        for _ in 0..40 {
            write!(endless, "10000\r\n{}\r\n", "x".repeat(0x10000)).unwrap();
        }
        let answer = raw(&server, endless).await;
        assert!(matches!(statuses(&answer)[..], [] | [413]), "{answer}");
        // Asked whether it may come.
        let waiting = head("content-length: 999999999999\r\nexpect: 100-continue");
        let answer = raw(&server, waiting).await;
        assert_eq!(statuses(&answer).last(), Some(&413), "{answer}");
        is_alive(&server, "after the bodies").await;
    })
    .await;
}

/// 100 bytes that unpack to gigabytes, or that pretend to be packed.
#[tokio::test]
async fn packed_bodies_are_refused_whatever_they_are() {
    local(async {
        let server = server().await;
        let token = server.token(&demo_accounts().admin.username).await;
        let bomb = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xed\xc1\x01\x01\x00\x00\x00\x80\x90\xfe\xaf\xee\x08\x0a\x00";
        for encoding in ["gzip", "GZIP", "x-gzip", "deflate", "br", "zstd", "compress", "gzip, gzip", "identity, gzip", ""] {
            for path in ["/api/v1/users", "/api/v1/token"] {
                let reply = server
                    .post(path)
                    .bearer(&token)
                    .header("content-encoding", encoding)
                    .raw("application/json", &bomb[..])
                    .send()
                    .await;
                is_problem(&reply, 415, "unsupported_content_encoding", &format!("{path} {encoding}"));
            }
        }
        // `Transfer-Encoding` can pack, too.
        let answer = raw(
            &server,
            format!("POST /api/v1/token HTTP/1.1\r\nhost: x\r\n{FORM}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        )
        .await;
        assert!(matches!(statuses(&answer)[..], [400 | 415 | 501]), "{answer}");
        is_alive(&server, "after the bombs").await;
    })
    .await;
}

/// Header values of bytes that are no text.
#[tokio::test]
async fn strange_bytes_in_headers_open_nothing() {
    local(async {
        let server = server().await;
        let token = server.token(&demo_accounts().admin.username).await;
        for (what, header) in [
            (
                "bytes in the token",
                &b"authorization: Bearer \xff\xfe\xfd"[..],
            ),
            (
                "bytes before the token",
                &[&b"authorization: \xa0Bearer "[..], token.as_bytes()].concat(),
            ),
            (
                "bytes in a cookie",
                b"cookie: access=\xff\xfe; =; ;;; access",
            ),
            ("bytes in the credentials", b"authorization: Basic \xff"),
            ("a cookie without an end", b"cookie: access=\"a"),
            (
                "bytes in the language",
                b"accept-language: \xff\xfe;q=x, zh;q=1e999",
            ),
            ("bytes in the device", b"user-agent: \xff\xfe\x80"),
            (
                "bytes in the address",
                b"x-forwarded-for: \xff, 1.2.3.4.5, ::::",
            ),
        ] {
            let mut request =
                b"GET /api/v1/users/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n".to_vec();
            request.extend_from_slice(header);
            request.extend_from_slice(b"\r\n\r\n");
            let answer = raw(&server, request).await;
            assert!(
                matches!(statuses(&answer)[..], [400 | 401]),
                "{what}: {answer}"
            );
        }
        for host in [
            "",
            "host: \r\n",
            "host: x\r\nhost: y\r\n",
            "host: \u{ff}\r\n",
            "host: x y\r\n",
            "host: x/../y\r\n",
        ] {
            let answer = raw(
                &server,
                format!("GET /healthz HTTP/1.1\r\n{host}connection: close\r\n\r\n"),
            )
            .await;
            assert!(
                matches!(statuses(&answer)[..], [200 | 400]),
                "{host:?}: {answer}"
            );
        }
        is_alive(&server, "after the bytes").await;
    })
    .await;
}
