//! The description of the interface: complete, and the same as the committed one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use gradebook_web::openapi;
use gradebook_web::routes::ROUTES;

#[test]
fn every_api_route_is_described() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .keys()
                .map(|method| (path.clone(), method.to_uppercase()))
        })
        .collect();
    let served: BTreeSet<(String, String)> = ROUTES
        .iter()
        .filter(|route| {
            ["/api/", "/.well-known/", "/healthz", "/readyz"]
                .iter()
                .any(|prefix| route.path.starts_with(prefix))
        })
        .map(|route| (route.path.to_owned(), route.method.to_owned()))
        .collect();
    assert_eq!(described, served);
}

#[test]
fn the_committed_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let current = serde_json::to_string_pretty(&openapi::document()).unwrap() + "\n";
    assert!(
        committed == current,
        "docs/openapi.json is out of date: cargo run -- openapi > docs/openapi.json"
    );
}

/// Two shapes of one name would be one in the document, and one of them described wrongly.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut places: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for derived in source.split("#[derive(").skip(1) {
                let (derives, item) = derived.split_once(")]").unwrap();
                let word = |keyword: &str| item.split_once(keyword).map(|(_, rest)| rest);
                let (Some(rest), true) = (
                    word("struct ").or_else(|| word("enum ")),
                    derives.contains("ToSchema"),
                ) else {
                    continue;
                };
                let name: String = rest
                    .chars()
                    .take_while(|one| one.is_alphanumeric())
                    .collect();
                places.entry(name).or_default().push(path.clone());
            }
        }
    }
    assert!(places.len() > 100, "{}", places.len());
    places.retain(|_, files| files.len() > 1);
    assert_eq!(places, BTreeMap::new());
}
