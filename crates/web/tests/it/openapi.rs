//! The description of the interface: complete, and the same as the committed one.

use std::collections::BTreeSet;

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
