//! The workspace's packages and their declared dependencies, from `cargo metadata`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A member of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One declared dependency; a package may be declared twice, for instance normal and development.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Part of the product, or used by build scripts.
    Product,
    /// Used by tests, examples and benchmarks.
    Development,
}

/// Reads the packages of the workspace at `root` from cargo, without network access.
pub(crate) fn of_workspace(root: &Path) -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--no-deps",
        ])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo metadata failed: {complaint}"
    );
    from_metadata(&serde_json::from_slice(&output.stdout).unwrap())
}

fn from_metadata(metadata: &Value) -> Vec<Package> {
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(package).collect()
}

fn package(value: &Value) -> Package {
    let dependencies = value["dependencies"].as_array().unwrap();
    Package {
        name: text(&value["name"]),
        dependencies: dependencies.iter().map(dependency).collect(),
    }
}

/// Reads a dependency. Its name is the package's own, even if the dependent renames it.
fn dependency(value: &Value) -> Dependency {
    let kind = match value["kind"].as_str() {
        Some("dev") => Kind::Development,
        _ => Kind::Product,
    };
    Dependency {
        name: text(&value["name"]),
        kind,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn kinds_of_dependencies_are_told_apart() {
    let metadata = serde_json::json!({ "packages": [{ "name": "a", "dependencies": [
        { "name": "b", "kind": null }, { "name": "c", "kind": "dev" }, { "name": "d", "kind": "build" },
    ] }] });
    let kinds: Vec<_> = from_metadata(&metadata)[0]
        .dependencies
        .iter()
        .map(|one| one.kind)
        .collect();
    assert_eq!(kinds, [Kind::Product, Kind::Development, Kind::Product]);
}
