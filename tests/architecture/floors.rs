//! The floors of the domain: no file imports from its own floor's other modules or from a higher floor, or
//! has an `impl` of another module's type.

use std::collections::{BTreeMap, BTreeSet};

use crate::imports::{Crate, Module};
use crate::source_tree::{SourceFile, rust_files};
use crate::{assert_none, root};

const SOURCES: &str = "crates/domain/src";

/// From the ground up. A module may import from the floors below its own and from itself.
const FLOORS: [&[&str]; 12] = [
    &["values"],
    &["content", "law"],
    &["facts", "carrier"],
    &["message"],
    &["case"],
    &["numbers"],
    &["compliance"],
    &["decision"],
    &["lifecycle"],
    &["inbound"],
    &["webhooks"],
    &["ports"],
];

/// Imports that may violate the floors: none. An unnecessary row is refused.
const ALLOWED: &[(&str, &str)] = &[];

struct Rules<'a> {
    floors: &'a [&'a [&'a str]],
    allowed: &'a [(&'a str, &'a str)],
}

impl Rules<'_> {
    fn floor(&self, module: &str) -> Option<usize> {
        self.floors.iter().position(|floor| floor.contains(&module))
    }

    fn may(&self, from: &str, to: &str) -> bool {
        from == to || self.floor(to).is_some_and(|to| Some(to) < self.floor(from))
    }

    fn violations(&self, files: &[SourceFile]) -> Vec<String> {
        let domain = Crate::read(files, SOURCES);
        let mut used = BTreeSet::new();
        let mut found = Vec::new();
        for module in &domain.modules {
            let Some(from) = module.path.first() else {
                continue;
            };
            if self.floor(from).is_none() {
                found.push(format!("{} has no row in FLOORS", module.file.path));
            }
            for (line, to, what) in upward(module).chain(foreign_impls(&domain, module)) {
                if self.may(from, &to) {
                    continue;
                }
                let row = self.allowed.iter().find(|row| **row == (from, &to));
                match row {
                    Some(row) => drop(used.insert(*row)),
                    None => found.push(format!("{}:{line} {what}", module.file.path)),
                }
            }
        }
        found.extend(self.stale(&used));
        found
    }

    fn stale(&self, used: &BTreeSet<(&str, &str)>) -> Vec<String> {
        let stale = self.allowed.iter().filter(|row| !used.contains(*row));
        stale
            .map(|(from, to)| format!("{from} no longer imports {to}: remove its row"))
            .collect()
    }
}

type Found = (usize, String, String);

/// Imports from other modules.
fn upward<'a>(module: &'a Module<'_>) -> impl Iterator<Item = Found> + 'a {
    module.imports.iter().filter_map(|import| {
        let to = import.path.first()?;
        let path = import.path.join("::");
        Some((import.line, to.clone(), format!("imports {path}")))
    })
}

/// Inherent `impl`s of types that another module defines.
fn foreign_impls<'a>(
    domain: &'a Crate<'_>,
    module: &'a Module<'_>,
) -> impl Iterator<Item = Found> + 'a {
    let own = module.path.first();
    module
        .inherent_impls()
        .into_iter()
        .filter_map(move |(line, name)| {
            let homes: BTreeMap<&String, ()> = domain
                .modules
                .iter()
                .filter(|other| other.defines(&name))
                .filter_map(|other| Some((other.path.first()?, ())))
                .collect();
            let foreign = homes.keys().find(|home| Some(**home) != own)?;
            let is_here = own.is_some_and(|own| homes.contains_key(own));
            // On any floor: a type's methods belong in the type's module.
            (!is_here).then(|| {
                (
                    line,
                    format!("impl of {foreign}"),
                    format!("has methods of {foreign}::{name}"),
                )
            })
        })
}

#[test]
fn the_domains_modules_stand_on_their_floors() {
    let rules = Rules {
        floors: &FLOORS,
        allowed: ALLOWED,
    };
    assert_none(&rules.violations(&rust_files(&root())));
}

fn violations_of(path: &str, text: &str, allowed: &[(&str, &str)]) -> Vec<String> {
    let floors: [&[&str]; 3] = [&["low"], &["middle", "beside"], &["high"]];
    let files = [
        SourceFile::new("crates/domain/src/low.rs", "pub struct Low;"),
        SourceFile::new("crates/domain/src/beside.rs", "pub struct Beside;"),
        SourceFile::new("crates/domain/src/high.rs", "pub struct High;"),
        SourceFile::new(path, text),
    ];
    let rules = Rules {
        floors: &floors,
        allowed,
    };
    rules.violations(&files)
}

const MIDDLE: &str = "crates/domain/src/middle/a.rs";

#[test]
fn an_import_from_below_or_from_the_same_module_is_fine() {
    let text = "use crate::low::Low; use super::b::C; use crate::middle::D;";
    assert!(violations_of(MIDDLE, text, &[]).is_empty());
}

#[test]
fn an_import_from_above_is_refused() {
    let found = violations_of(MIDDLE, "use crate::{low::Low, high::High};", &[]);
    assert_eq!(
        found,
        ["crates/domain/src/middle/a.rs:1 imports high::High"]
    );
    let inline = "fn a() { super::super::high::b() }";
    assert_eq!(violations_of(MIDDLE, inline, &[]).len(), 1);
}

#[test]
fn an_import_from_a_module_on_the_same_floor_is_refused() {
    assert_eq!(
        violations_of(MIDDLE, "use crate::beside::Beside;", &[]).len(),
        1
    );
}

#[test]
fn methods_of_another_modules_type_are_refused_even_from_above() {
    let text = "use crate::low::Low;\nimpl Low { fn a() {} }";
    assert_eq!(
        violations_of("crates/domain/src/high/a.rs", text, &[]),
        ["crates/domain/src/high/a.rs:2 has methods of low::Low"]
    );
    let of_a_trait = "use crate::low::Low;\nimpl Clone for Low {}";
    assert!(violations_of("crates/domain/src/high/a.rs", of_a_trait, &[]).is_empty());
}

#[test]
fn a_module_without_a_floor_is_refused() {
    assert_eq!(
        violations_of("crates/domain/src/attic.rs", "", &[]),
        ["crates/domain/src/attic.rs has no row in FLOORS"]
    );
}

#[test]
fn a_row_of_the_allowlist_that_is_not_needed_is_refused() {
    let row = [("middle", "high")];
    assert!(violations_of(MIDDLE, "use crate::high::High;", &row).is_empty());
    assert_eq!(
        violations_of(MIDDLE, "use crate::low::Low;", &row),
        ["middle no longer imports high: remove its row"]
    );
}
