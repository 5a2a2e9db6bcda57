//! The repository's own source files.

use std::fs;
use std::path::Path;

/// A Rust source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Path from the repository's root, with `/` as the separator.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Whether the whole file is compiled only for tests, judged by its path.
    pub(crate) fn is_test(&self) -> bool {
        if self.is_below("tests/bench") {
            return false; // A program that measures.
        }
        let folders = self.path.split('/');
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        folders
            .into_iter()
            .any(|folder| matches!(folder, "tests" | "benches" | "examples"))
            || name == "tests.rs"
            || name.ends_with("_tests.rs")
    }

    pub(crate) fn is_below(&self, folder: &str) -> bool {
        self.path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Top folders with our source files.
const TOPS: [&str; 3] = ["apps", "crates", "tests"];

/// Every Rust file of the repository at `root`, sorted by path.
pub(crate) fn rust_files(root: &Path) -> Vec<SourceFile> {
    let mut paths = Vec::new();
    for top in TOPS {
        collect(&root.join(top), top, "rs", &mut paths);
    }
    paths.sort();
    let read = |path: String| SourceFile {
        text: fs::read_to_string(root.join(&path)).unwrap(),
        path,
    };
    paths.into_iter().map(read).collect()
}

/// Adds the paths, relative like `name`, of the files in `folder` with this extension.
pub(crate) fn collect(folder: &Path, name: &str, extension: &str, paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let file_name = entry.file_name().into_string().unwrap();
        let relative = format!("{name}/{file_name}");
        if entry.file_type().unwrap().is_dir() {
            if !is_foreign(&file_name) {
                collect(&entry.path(), &relative, extension, paths);
            }
        } else if file_name.ends_with(&format!(".{extension}")) {
            paths.push(relative);
        }
    }
}

/// Whether a folder has third-party or generated contents.
fn is_foreign(folder: &str) -> bool {
    folder.starts_with('.') || matches!(folder, "target" | "node_modules" | "mutants.out")
}

#[test]
fn the_tree_contains_this_very_file() {
    let files = rust_files(&crate::root());
    assert!(
        files
            .iter()
            .any(|file| file.path == "tests/architecture/source_tree.rs")
    );
}

#[test]
fn a_place_or_a_name_makes_a_test_file() {
    for path in [
        "tests/system/main.rs",
        "a/tests/it/x.rs",
        "a/src/b/tests.rs",
        "a/src/b_tests.rs",
    ] {
        assert!(SourceFile::new(path, "").is_test(), "{path}");
    }
    for path in [
        "a/src/b.rs",
        "crates/testkit/src/lib.rs",
        "tests/bench/src/main.rs",
        "a/src/contests.rs",
    ] {
        assert!(!SourceFile::new(path, "").is_test(), "{path}");
    }
}
