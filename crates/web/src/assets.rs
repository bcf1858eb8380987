//! The bundled front end: hashed names for templates, and where its files are.

use std::path::{Path, PathBuf};

/// Logical name and hashed name of each bundled file.
const NAMES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/asset_map.rs"));

/// The path of a bundled file, e.g. `/static/grid-ABC123.js` for `grid.js`.
///
/// An unknown name gives a path that does not exist, which a test of all templates finds.
pub(crate) fn path(name: &str) -> String {
    let hashed = NAMES
        .iter()
        .find(|(logical, _)| *logical == name)
        .map_or(name, |(_, hashed)| hashed);
    format!("/static/{hashed}")
}

/// The folder of the bundled files: the setting, or where the build put them.
pub(crate) fn directory(setting: Option<&Path>) -> PathBuf {
    setting.map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/dist"),
        Path::to_path_buf,
    )
}

/// The bundled files that the folder lacks, by the names that pages ask for.
pub(crate) fn missing_in(directory: &Path) -> Vec<&'static str> {
    let names = NAMES.iter().map(|(_, hashed)| *hashed);
    names
        .filter(|name| !directory.join(name).is_file())
        .collect()
}
