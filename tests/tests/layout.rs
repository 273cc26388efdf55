//! Holds the shape of the workspace: the dependency table, file lengths, and names that say nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The dependency table: what each package may use of the workspace. `tests` drives the binary from outside.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("store", &["model"]),
    ("ingest", &["model"]),
    ("mixer", &["model"]),
    ("recorder", &["model", "store", "ingest", "mixer"]),
    ("transcribe", &["model", "store"]),
    ("summarize", &["model", "store"]),
    ("search", &["model", "store"]),
    ("storage-policies", &["model", "store"]),
    ("webhooks", &["model", "store"]),
    ("api", &["model", "store", "search", "storage-policies", "webhooks"]),
    ("watermark", &[]),
    (
        "server",
        &[
            "model",
            "store",
            "ingest",
            "mixer",
            "recorder",
            "transcribe",
            "summarize",
            "search",
            "storage-policies",
            "webhooks",
            "watermark",
            "api",
        ],
    ),
    ("tests", &["server", "model", "store"]),
];

const LINES_MAX: usize = 600;
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "manager", "misc"];

#[test]
fn dependencies_point_up_the_table_only() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        MAY_USE.iter().map(|(name, uses)| (*name, uses.iter().copied().collect())).collect();
    for (name, dependencies) in workspace_dependencies() {
        let allowed = allowed.get(name.as_str()).unwrap_or_else(|| panic!("package {name} is not in the table"));
        for dependency in dependencies {
            assert!(allowed.contains(dependency.as_str()), "{name} must not use {dependency}");
        }
    }
}

#[test]
fn only_the_mixer_links_gstreamer_and_only_the_store_speaks_sql() {
    for (package, owner) in
        [("gstreamer", "mixer"), ("sqlx", "store"), ("aws-sdk-s3", "store"), ("whisper-rs", "transcribe")]
    {
        let users: Vec<String> =
            manifests().filter(|(_, text)| names_dependency(text, package)).map(|(name, _)| name).collect();
        assert_eq!(users, [owner], "{package}");
    }
}

#[test]
fn files_stay_short_and_named_by_what_they_hold() {
    for path in rust_files(&root()) {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("file names are UTF-8");
        assert!(!EMPTY_NAMES.contains(&stem), "{} says nothing about what it holds", path.display());
        let lines = std::fs::read_to_string(&path).expect("readable").lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines, at most {LINES_MAX}", path.display());
    }
}

fn workspace_dependencies() -> Vec<(String, Vec<String>)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            // Development dependencies are tests' business; a path marks a package of the workspace.
            let inside = dependencies.iter().filter(|one| one["kind"].is_null() && !one["path"].is_null());
            (text(&package["name"]), inside.map(|one| text(&one["name"])).collect())
        })
        .collect()
}

fn manifests() -> impl Iterator<Item = (String, String)> {
    MAY_USE.iter().map(|(name, _)| {
        let path = root().join(name).join("Cargo.toml");
        ((*name).to_owned(), std::fs::read_to_string(path).expect("every package has a manifest"))
    })
}

fn names_dependency(manifest: &str, package: &str) -> bool {
    let production = manifest.split("[dev-dependencies]").next().unwrap_or_default();
    production.lines().any(|line| line.split(['.', ' ', '=']).next() == Some(package))
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).expect("readable") {
        let path = entry.expect("readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() && !["target", "node_modules", ".git"].contains(&name.as_str()) {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the workspace").to_owned()
}
