//! The glossary of `docs/architecture.md`: each name that it explains is the name of exactly one type of the
//! product, and the names that it retires are the names of none.

use std::collections::BTreeMap;
use std::fs;

use crate::source_tree::{SourceFile, rust_files};
use crate::tokens::{self, Token};
use crate::{assert_none, root};

const DOCUMENT: &str = "docs/architecture.md";

/// Folders of the product's crates. Test kits, the simulator and the benchmark have vocabularies of their own.
const PRODUCT: [&str; 6] = [
    "apps",
    "crates/adapters",
    "crates/application",
    "crates/domain",
    "crates/keywords",
    "crates/text",
];

/// A row of the glossary: `` | `Name` | meaning | `Retired`, `Names` | ``.
#[derive(Debug, PartialEq, Eq)]
struct Row<'d> {
    name: &'d str,
    retired: Vec<&'d str>,
}

fn rows(document: &str) -> Vec<Row<'_>> {
    let section = document.split("\n## Glossary\n").nth(1).unwrap_or("");
    let section = section.split("\n## ").next().unwrap_or("");
    section.lines().filter_map(row).collect()
}

fn row(line: &str) -> Option<Row<'_>> {
    let mut cells = line.strip_prefix("| `")?.split('|');
    let name = cells.next()?.trim().strip_suffix('`')?;
    let retired = cells.nth(1)?.split('`').skip(1).step_by(2).collect();
    Some(Row { name, retired })
}

/// Where each type of the product is defined.
type Definitions = BTreeMap<String, Vec<String>>;

fn definitions(files: &[SourceFile]) -> Definitions {
    let mut found = Definitions::new();
    for file in files.iter().filter(|file| is_product(file)) {
        let tokens = tokens::of(file);
        for at in (0..tokens.len()).filter(|&at| !tokens[at].in_test) {
            if let Some(name) = defined_at(&tokens, at) {
                let place = format!("{}:{}", file.path, name.line);
                found.entry(name.text.clone()).or_default().push(place);
            }
        }
    }
    found
}

fn is_product(file: &SourceFile) -> bool {
    PRODUCT.iter().any(|folder| file.is_below(folder))
}

/// The name of the type whose definition starts at a token: `enum Name`, or `wire_enum! { Name { … } }`.
fn defined_at(tokens: &[Token], at: usize) -> Option<&Token> {
    match tokens[at].text.as_str() {
        "struct" | "enum" | "trait" | "type" => tokens.get(at + 1),
        "wire_enum" if tokens.get(at + 1)?.text == "!" => {
            let mut body = tokens[at + 3..].iter();
            body.find(|token| !token.in_attribute && token.text != "#")
        }
        _ => None,
    }
}

fn violations(rows: &[Row<'_>], files: &[SourceFile]) -> Vec<String> {
    let definitions = definitions(files);
    let places = |name: &str| definitions.get(name).map_or(&[][..], Vec::as_slice);
    let unclear = rows.iter().filter_map(|row| match places(row.name) {
        [] => Some(format!(
            "{DOCUMENT} explains {}, which no type is called",
            row.name
        )),
        [_] => None,
        several => Some(format!(
            "{} is defined more than once: {several:?}",
            row.name
        )),
    });
    let retired = rows.iter().flat_map(|row| {
        let returned = row.retired.iter().filter(|name| !places(name).is_empty());
        returned.map(|name| format!("{name} is retired, say {}: {:?}", row.name, places(name)))
    });
    unclear.chain(retired).collect()
}

#[test]
fn each_name_of_the_glossary_is_the_name_of_one_type() {
    let document = fs::read_to_string(root().join(DOCUMENT)).unwrap();
    let rows = rows(&document);
    assert!(rows.len() > 20, "the glossary has {} rows", rows.len());
    assert_none(&violations(&rows, &rust_files(&root())));
}

#[test]
fn a_row_has_a_name_and_the_names_that_it_retires() {
    let document = "# A\n\n## Glossary\n\n| Name | What it is | Not |\n|---|---|---|\n\
        | `Lane` | a way | |\n| `Pace` | its limit | `Speed`, `Rate` |\n\n## B\n\n| `Other` | a | `C` |\n";
    let [lane, pace] = &rows(document)[..] else {
        panic!("{:?}", rows(document));
    };
    assert_eq!((lane.name, lane.retired.len()), ("Lane", 0));
    assert_eq!(
        (pace.name, &pace.retired[..]),
        ("Pace", &["Speed", "Rate"][..])
    );
}

fn names(path: &str, text: &str) -> Vec<String> {
    definitions(&[SourceFile::new(path, text)])
        .into_keys()
        .collect()
}

#[test]
fn every_way_to_define_a_type_is_seen() {
    let text = "pub struct A; enum B {} pub(crate) trait C {} type D = A;\n\
        wire_enum! {\n    /// One.\n    #[derive(X)]\n    E { /// F.\n F = \"f\" }\n}\n\
        fn g(h: I) -> J { K::l() }";
    assert_eq!(
        names("crates/domain/src/a.rs", text),
        ["A", "B", "C", "D", "E"]
    );
}

#[test]
fn tests_and_tools_have_their_own_vocabulary() {
    let text = "#[cfg(test)]\nmod tests { struct A; }";
    assert!(names("crates/domain/src/a.rs", text).is_empty());
    assert!(names("crates/domain/tests/a.rs", "struct A;").is_empty());
    assert!(names("crates/telnyx-sim/src/a.rs", "struct A;").is_empty());
}

/// Checks a file of the domain, then copies of it that define the name twice, lose it, and bring a retired name back.
#[test]
fn a_spoiled_copy_is_refused() {
    let path = "crates/domain/src/message/evidence.rs";
    let files = rust_files(&root());
    let file = files.iter().find(|file| file.path == path).unwrap();
    let rows = [Row {
        name: "RankedEvidence",
        retired: vec!["Fact"],
    }];
    let found = |text: &str| violations(&rows, &[SourceFile::new(path, text)]).len();
    assert_eq!(found(&file.text), 0);
    assert_eq!(found(&format!("{}\nstruct RankedEvidence;", file.text)), 1);
    assert_eq!(found(&format!("{}\nstruct Fact;", file.text)), 1);
    let renamed = file.text.replace("RankedEvidence", "Fact");
    assert_eq!(found(&renamed), 2);
}
