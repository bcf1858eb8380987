//! How browsers reach the server, as far as the settings tell.

use super::report::Check;
use crate::config::Config;

const PUBLIC_URL: &str = "public URL";
const PROXIES: &str = "proxies";

pub(super) fn checks(config: &Config) -> Vec<Check> {
    vec![public_url(config), proxies(config)]
}

fn public_url(config: &Config) -> Check {
    let set = "set GRADEBOOK_PUBLIC_URL to the address that browsers use, like \
               https://grades.example.org, and put a proxy with TLS in front";
    let local = config.listen.ip().is_loopback();
    let Some(url) = &config.public_url else {
        if local {
            let found = format!(
                "not set: only browsers on this machine reach {}",
                config.listen
            );
            return Check::warn(PUBLIC_URL, found, set);
        }
        let found = format!(
            "not set, while the server listens on {}: browsers keep nobody signed in without TLS",
            config.listen
        );
        return Check::warn(PUBLIC_URL, found, set);
    };
    let address = url.origin().ascii_serialization();
    if config.behind_tls() {
        return Check::ok(PUBLIC_URL, address);
    }
    let host = url.host_str().unwrap_or_default();
    if ["localhost", "127.0.0.1", "[::1]"].contains(&host) {
        let found = format!("{address}: only browsers on this machine");
        return Check::warn(PUBLIC_URL, found, set);
    }
    let found = format!("{address} is not encrypted: passwords and grades can be read on the way");
    Check::fail(PUBLIC_URL, found, set)
}

fn proxies(config: &Config) -> Check {
    let trusted = &config.trusted_proxies;
    if trusted.iter().any(|network| network.is_everything()) {
        return Check::fail(
            PROXIES,
            "every address is trusted: anybody can claim to be anybody else",
            "name only the address of the proxy in GRADEBOOK_TRUSTED_PROXIES",
        );
    }
    if trusted.is_empty() && config.behind_tls() {
        return Check::warn(
            PROXIES,
            "none is trusted, so all requests seem to come from the one in front: a limit for one \
             address meets everybody",
            "name the proxy's address in GRADEBOOK_TRUSTED_PROXIES, like 127.0.0.1",
        );
    }
    if trusted.is_empty() {
        return Check::ok(PROXIES, "none is trusted, and none is needed");
    }
    if config.public_url.is_none() {
        return Check::warn(
            PROXIES,
            "there are trusted ones, but no public URL",
            "set GRADEBOOK_PUBLIC_URL to the address that browsers use",
        );
    }
    let count = trusted.len();
    Check::ok(
        PROXIES,
        format!("{count} trusted address(es) or network(s)"),
    )
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::PathBuf;

    use super::super::report::Status;
    use super::*;
    use crate::config::Flags;

    fn found(variables: &[(&str, &str)]) -> [Status; 2] {
        let flags = Flags {
            config: Some(PathBuf::from("/dev/null")),
            ..Flags::default()
        };
        let value = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let config = Config::load(&flags, &value).unwrap();
        let checks = checks(&config);
        assert!(
            checks
                .iter()
                .all(|check| (check.status == Status::Ok) == check.next.is_none())
        );
        [checks[0].status, checks[1].status]
    }

    #[test]
    fn the_way_to_the_server_is_judged() {
        use Status::{Fail, Ok, Warn};
        const URL: &str = "GRADEBOOK_PUBLIC_URL";
        const LISTEN: &str = "GRADEBOOK_LISTEN";
        const TRUSTED: &str = "GRADEBOOK_TRUSTED_PROXIES";
        let good = "https://grades.example.org";
        assert_eq!(found(&[]), [Warn, Ok]);
        assert_eq!(found(&[(LISTEN, "0.0.0.0:80")]), [Warn, Ok]);
        assert_eq!(found(&[(URL, good)]), [Ok, Warn]);
        assert_eq!(found(&[(URL, good), (TRUSTED, "10.0.0.2")]), [Ok, Ok]);
        assert_eq!(
            found(&[(URL, good), (TRUSTED, "10.0.0.2,0.0.0.0/0")]),
            [Ok, Fail]
        );
        assert_eq!(found(&[(URL, good), (TRUSTED, "::/0")]), [Ok, Fail]);
        assert_eq!(found(&[(TRUSTED, "10.0.0.2")]), [Warn, Warn]);
        assert_eq!(found(&[(URL, "http://localhost:8080")]), [Warn, Ok]);
        assert_eq!(found(&[(URL, "http://grades.example.org")]), [Fail, Ok]);
    }
}
