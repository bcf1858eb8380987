//! The shape of the workspace, enforced: see ARCHITECTURE.md.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has to fail"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Normal dependencies by crate, as Cargo resolves the manifests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let names = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["kind"].is_null())
                .map(|one| one["name"].as_str().unwrap().to_owned())
                .collect();
            (package["name"].as_str().unwrap().to_owned(), names)
        })
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let dependencies = dependencies();
    let own = |name: &str| -> BTreeSet<String> {
        dependencies[name]
            .iter()
            .filter(|one| one.starts_with("gradebook-"))
            .cloned()
            .collect()
    };
    let expected: [(&str, &[&str]); 6] = [
        ("gradebook-domain", &[]),
        ("gradebook-migrations", &[]),
        ("gradebook-auth", &["gradebook-domain"]),
        (
            "gradebook-persistence",
            &["gradebook-auth", "gradebook-domain", "gradebook-migrations"],
        ),
        (
            "gradebook-app",
            &[
                "gradebook-auth",
                "gradebook-domain",
                "gradebook-persistence",
            ],
        ),
        (
            "gradebook-web",
            &["gradebook-app", "gradebook-auth", "gradebook-domain"],
        ),
    ];
    for (name, allowed) in expected {
        let allowed: BTreeSet<String> = allowed.iter().map(|&one| one.to_owned()).collect();
        assert_eq!(own(name), allowed, "{name}");
    }
}

#[test]
fn the_database_and_the_web_stay_in_their_crates() {
    for (name, names) in dependencies() {
        let has = |prefix: &str| names.iter().find(|one| one.starts_with(prefix)).cloned();
        let may_store = [
            "gradebook-persistence",
            "gradebook-migrations",
            "gradebook-test-databases",
        ];
        if !may_store.contains(&name.as_str()) {
            assert_eq!(has("sea-orm"), None, "{name}");
            assert_eq!(has("sqlx"), None, "{name}");
        }
        if name != "gradebook-web" {
            assert_eq!(has("actix"), None, "{name}");
            assert_eq!(has("askama"), None, "{name}");
        }
    }
}

/// deny.toml tolerates a fault of h2 because only the tests' HTTP client brings it.
#[test]
fn the_program_speaks_no_http2() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package=gradebook-web",
            "--edges=normal",
            "--prefix=none",
        ])
        .args(["--offline", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.contains("actix-http v"), "{tree}");
    assert!(!tree.lines().any(|line| line.starts_with("h2 v")));
}

#[test]
fn the_domain_does_nothing_but_think() {
    let pure = [
        "num-bigint",
        "num-integer",
        "num-rational",
        "num-traits",
        "thiserror",
    ];
    for name in &dependencies()["gradebook-domain"] {
        assert!(pure.contains(&name.as_str()), "domain depends on {name}");
    }
    for (path, text) in sources("crates/domain/src") {
        for banned in [
            "f32",
            "f64",
            "std::fs",
            "std::net",
            "std::io",
            "std::time",
            "async fn",
        ] {
            assert!(!text.contains(banned), "{} has {banned}", path.display());
        }
    }
}

#[test]
fn only_one_module_knows_which_database_it_is() {
    for (path, text) in sources("crates/persistence/src") {
        if path.components().any(|part| part.as_os_str() == "db") {
            continue;
        }
        for banned in ["DbBackend", "DatabaseBackend", "Dialect::"] {
            assert!(!text.contains(banned), "{} has {banned}", path.display());
        }
    }
}

/// The framework's own reader takes a list for an object, and its answers name types of the program.
#[test]
fn json_bodies_are_read_by_our_own_reader() {
    for (path, text) in sources("crates/web/src") {
        assert!(
            !text.contains("body: Json<"),
            "{}: take the body with JsonBody",
            path.display()
        );
    }
}

/// What is written past the log is never seen by a live page: only who is where may be.
#[test]
fn only_presence_writes_past_the_log() {
    let callers: Vec<_> = sources("crates")
        .into_iter()
        .filter(|(path, text)| {
            let of_tests = path.components().any(|part| part.as_os_str() == "tests");
            // a rehearsal commits nothing at all
            let defines = path.ends_with("persistence/src/db/mod.rs")
                || path.ends_with("persistence/src/db/rehearse.rs");
            !of_tests && !defines && text.contains("write_unlogged")
        })
        .map(|(path, _)| path)
        .collect();
    assert_eq!(callers.len(), 1, "{callers:?}");
    assert!(
        callers
            .iter()
            .all(|path| path.ends_with("crates/app/src/presence.rs"))
    );
}

#[test]
fn files_stay_short_enough_to_read() {
    for folder in ["crates", "migrations/src", "static/src"] {
        for (path, text) in sources(folder) {
            if path.components().any(|part| part.as_os_str() == "tests") {
                continue;
            }
            let lines = text.lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
        }
    }
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|kind| kind == "rs" || kind == "ts")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

/// Texts between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Names of tests in Rust and Python: functions that are not public.
fn test_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut texts: Vec<String> = sources("crates")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    texts.push(std::fs::read_to_string(root().join("e2e/standard_clients.py")).unwrap());
    for line in texts.iter().flat_map(|text| text.lines()) {
        let line = line.trim_start();
        let after = ["fn ", "async fn ", "def test_"].iter().find_map(|start| {
            let rest = line.strip_prefix(start)?;
            Some(
                line[line.len() - rest.len() - usize::from(*start == "def test_") * 5..].to_owned(),
            )
        });
        if let Some((name, _)) = after.as_deref().and_then(|after| after.split_once('(')) {
            names.insert(name.to_owned());
        }
    }
    names
}

/// Each promise names the files that keep it and the tests that would notice if they did not.
#[test]
fn the_tests_and_files_of_the_security_document_exist() {
    let names = test_names();
    let text = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let mut promises = 0;
    for row in text.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [promise, sections, how, tests, result] = cells.as_slice() else {
            panic!("not five cells: {row}");
        };
        if *promise == "promise" || promise.starts_with("---") {
            continue;
        }
        promises += 1;
        for section in sections.split(", ") {
            let parts: Vec<u8> = section.split('.').flat_map(str::parse).collect();
            assert!(parts.len() == 3 && parts[0] <= 17, "{section}: {promise}");
        }
        for file in quoted(how).iter().filter(|quoted| quoted.contains('/')) {
            assert!(root().join(file).is_file(), "there is no {file}: {promise}");
        }
        let tests = quoted(tests);
        assert!(!tests.is_empty(), "no test: {promise}");
        for test in tests {
            assert!(names.contains(test), "there is no test {test}: {promise}");
        }
        assert!(!result.is_empty(), "no result: {promise}");
    }
    assert!(promises > 40, "{promises}");
}
