//! Architecture invariant 1: the crate's sources name no binary float, no clock and no I/O.
#![allow(clippy::unwrap_used)]

use std::path::Path;

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn no_source_names_floats_clocks_or_io() {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(
        found.len() > 15,
        "the sources are where they are looked for"
    );
    for (path, text) in found {
        for banned in [
            concat!("f", "32"),
            concat!("f", "64"),
            "std::time",
            "std::fs",
            "std::io",
            "std::net",
            "std::env",
            "async ",
        ] {
            assert!(!text.contains(banned), "{path} names {banned}");
        }
    }
}
