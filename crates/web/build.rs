//! Bundles the front end when its sources or its lock file changed, and hands the map of hashed
//! file names to the program.
//!
//! Nothing is fetched but what `npm ci` takes from its registry by the lock file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    if let Err(message) = bundle() {
        // A build script speaks to the developer through cargo, which shows this text.
        println!("cargo::error={message}");
        std::process::exit(1);
    }
}

/// What the bundle is made from; anything else under `static` does not change it.
const SOURCES: [&str; 7] = [
    "package.json",
    "package-lock.json",
    "build.mjs",
    "src",
    "styles",
    "worker",
    "icons",
];

fn bundle() -> Result<(), String> {
    let manifest_dir = std::env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?;
    let root = Path::new(&manifest_dir).join("../../static");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
    }
    println!(
        "cargo::rerun-if-changed={}",
        root.join("dist/manifest.json").display()
    );
    let lock = root.join("package-lock.json");
    let installed = root.join("node_modules/.package-lock.json");
    if is_older(&installed, &lock) {
        run(
            &root,
            "npm",
            &["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        )?;
    }
    run(&root, "node", &["build.mjs"])?;
    let manifest = root.join("dist/manifest.json");
    write_map(&manifest)?;
    keep_worker(&root.join("dist/sw.js"))?;
    date_like(&manifest, &lock)
}

/// Cargo compares the manifest's date with that of this run, to see whether somebody bundled anew or
/// threw the bundle away. Written during the run it would look newer, and everything would be
/// compiled a second time.
fn date_like(manifest: &Path, lock: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot date {}: {error}", manifest.display());
    let date = fs::metadata(lock)
        .and_then(|data| data.modified())
        .map_err(failed)?;
    let file = fs::File::options()
        .append(true)
        .open(manifest)
        .map_err(failed)?;
    file.set_modified(date).map_err(failed)
}

fn is_older(made: &Path, from: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    match (modified(made), modified(from)) {
        (Some(made), Some(from)) => made < from,
        _ => true,
    }
}

fn run(directory: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .output()
        .map_err(|error| {
            format!("cannot run {program} to bundle the front end ({error}); install Node.js 20")
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
    Err(format!("{program} {} failed: {said}", arguments.join(" ")))
}

/// Hands the service worker, whose address has no hash, to the program.
fn keep_worker(worker: &Path) -> Result<(), String> {
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(|error| error.to_string())?);
    fs::copy(worker, out.join("service_worker.js"))
        .map(drop)
        .map_err(|error| format!("cannot copy {}: {error}", worker.display()))
}

/// Writes `asset_map.rs`: logical name, hashed name.
fn write_map(manifest: &Path) -> Result<(), String> {
    let text = fs::read_to_string(manifest)
        .map_err(|error| format!("cannot read {}: {error}", manifest.display()))?;
    let names: BTreeMap<String, String> =
        serde_json::from_str(&text).map_err(|error| format!("manifest.json: {error}"))?;
    let rows: String = names
        .iter()
        .map(|(name, hashed)| format!("    ({name:?}, {hashed:?}),\n"))
        .collect();
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(|error| error.to_string())?);
    let code = format!("&[\n{rows}]\n");
    fs::write(out.join("asset_map.rs"), code).map_err(|error| error.to_string())
}
