//! Files of one crate that import each other in a circle, so that none of them can be read, tested or
//! moved alone.
//!
//! An import points to the file that defines the name; a module that only re-exports names is not part of
//! a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::imports::Crate;
use crate::source_tree::{SourceFile, rust_files};
use crate::{assert_none, root};

/// The crates whose files must not form a circle.
const CRATES: [&str; 3] = [
    "apps/api/src",
    "crates/application/src",
    "crates/adapters/postgres/src",
];

/// Files that are allowed in a circle: none. An unnecessary row is refused.
const ALLOWED: &[&str] = &[];

type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn edges<'a>(one: &Crate<'a>) -> Edges<'a> {
    let mut edges = Edges::new();
    for module in &one.modules {
        let from = module.file.path.as_str();
        let imports = module.imports.iter().filter(|import| !import.is_reexport);
        let targets = imports.filter_map(|import| one.target(&import.path));
        let others = targets
            .map(|to| to.file.path.as_str())
            .filter(|to| *to != from);
        edges.insert(from, others.collect());
    }
    edges
}

/// The files that can be reached from themselves.
fn circles<'a>(edges: &Edges<'a>) -> Vec<&'a str> {
    let in_circle = |file: &&'a str| reachable(edges, file).contains(*file);
    edges.keys().copied().filter(in_circle).collect()
}

fn reachable<'a>(edges: &Edges<'a>, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = vec![from];
    while let Some(file) = next.pop() {
        for to in edges.get(file).into_iter().flatten() {
            if seen.insert(*to) {
                next.push(to);
            }
        }
    }
    seen
}

fn violations(files: &[SourceFile], allowed: &[&str]) -> Vec<String> {
    let mut in_circles = BTreeSet::new();
    let mut found = Vec::new();
    for sources in CRATES {
        let edges = edges(&Crate::read(files, sources));
        for file in circles(&edges) {
            in_circles.insert(file.to_owned());
            if !allowed.contains(&file) {
                let imports: Vec<_> = edges[file]
                    .iter()
                    .filter(|to| reachable(&edges, to).contains(file))
                    .copied()
                    .collect();
                found.push(format!("{file} is in a circle by {}", imports.join(", ")));
            }
        }
    }
    let stale = allowed.iter().filter(|file| !in_circles.contains(**file));
    found.extend(stale.map(|file| format!("{file} is in no circle: remove its row")));
    found
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_none(&violations(&rust_files(&root()), ALLOWED));
}

fn small(b: &str, c: &str) -> [SourceFile; 3] {
    [
        SourceFile::new(
            "apps/api/src/lib.rs",
            "mod b; mod c; pub use b::B; pub use c::C;",
        ),
        SourceFile::new("apps/api/src/b.rs", b),
        SourceFile::new("apps/api/src/c.rs", c),
    ]
}

#[test]
fn two_files_that_import_each_other_are_refused() {
    let files = small(
        "use crate::C; pub struct B;",
        "use super::b::B; pub struct C;",
    );
    let found = violations(&files, &[]);
    assert_eq!(
        found,
        [
            "apps/api/src/b.rs is in a circle by apps/api/src/c.rs",
            "apps/api/src/c.rs is in a circle by apps/api/src/b.rs"
        ]
    );
}

#[test]
fn one_way_is_fine_and_passing_names_on_is_no_import() {
    let files = small("use crate::C; pub struct B;", "pub struct C;");
    assert!(violations(&files, &[]).is_empty());
}

#[test]
fn a_row_of_the_allowlist_that_is_not_needed_is_refused() {
    let files = small("pub struct B;", "pub struct C;");
    assert_eq!(
        violations(&files, &["apps/api/src/b.rs"]),
        ["apps/api/src/b.rs is in no circle: remove its row"]
    );
}
