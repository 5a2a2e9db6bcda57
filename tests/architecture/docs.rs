//! Public types, their variants, functions and constants have rustdoc. Fields need it only where their name
//! and type leave a question: the compiler's `missing_docs` would ask for a line that repeats the name.

use crate::source_tree::{SourceFile, rust_files};
use crate::{assert_none, root};

/// Words before the keyword of an item.
const QUALIFIERS: [&str; 3] = ["async", "const", "unsafe"];

/// Items that need documentation. `const` alone is also a qualifier.
const ITEMS: [&str; 6] = ["fn", "struct", "enum", "trait", "type", "static"];

/// The block that a line is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// A public enum, whose variants are public.
    Enum,
    /// A public trait, whose functions are public.
    Trait,
    /// Anything else.
    Other,
}

fn violations(files: &[SourceFile]) -> Vec<String> {
    let product = files.iter().filter(|file| !file.is_test());
    product.flat_map(undocumented).collect()
}

fn undocumented(file: &SourceFile) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut found = Vec::new();
    let mut block = (Block::Other, 0);
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("#[cfg(test)]") {
            break; // Tests stand at the end of a file.
        }
        let indent = line.len() - line.trim_start().len();
        if indent <= block.1 && line.trim() == "}" {
            block = (Block::Other, 0);
        }
        let needs = is_public_item(line) || is_part(block, indent, line.trim());
        if needs && !is_documented(&lines, at) {
            found.push(format!(
                "{}:{} has no rustdoc: {}",
                file.path,
                at + 1,
                line.trim()
            ));
        }
        if let Some(opened) = opened(line) {
            block = (opened, indent);
        }
    }
    found
}

/// The public enum or trait that begins in this line.
fn opened(line: &str) -> Option<Block> {
    if !line.ends_with('{') {
        return None;
    }
    match item(line.trim().strip_prefix("pub ")?)? {
        "enum" => Some(Block::Enum),
        "trait" => Some(Block::Trait),
        _ => None,
    }
}

/// Names that a macro is given (`$name`) bring their rustdoc with them.
fn is_public_item(line: &str) -> bool {
    let public = line.trim().strip_prefix("pub ");
    public.and_then(item).is_some() && !line.contains('$')
}

/// The keyword of an item, after its qualifiers.
fn item(text: &str) -> Option<&str> {
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        if ITEMS.contains(&word) {
            return Some(word);
        }
        if !QUALIFIERS.contains(&word) {
            return None;
        }
        if word == "const" && words.peek().is_some_and(|next| next.ends_with(':')) {
            return Some(word);
        }
    }
    None
}

/// Whether the line begins a variant of a public enum or a function of a public trait.
fn is_part((block, outer): (Block, usize), indent: usize, text: &str) -> bool {
    if indent != outer + 4 {
        return false;
    }
    match block {
        Block::Enum => text.starts_with(|first: char| first.is_ascii_uppercase()),
        Block::Trait => item(text) == Some("fn"),
        Block::Other => false,
    }
}

/// Whether rustdoc stands above the line, possibly with attributes between them.
fn is_documented(lines: &[&str], at: usize) -> bool {
    let mut is_in_attribute = false;
    for line in lines[..at].iter().rev() {
        let line = line.trim();
        if line.starts_with("#[") {
            is_in_attribute = false;
        } else if line.ends_with(")]") || line == "]" {
            is_in_attribute = true;
        } else if !is_in_attribute {
            return line.starts_with("///");
        }
    }
    false
}

#[test]
fn public_items_have_rustdoc() {
    assert_none(&violations(&rust_files(&root())));
}

fn of(text: &str) -> usize {
    violations(&[SourceFile::new("crates/a/src/lib.rs", text)]).len()
}

#[test]
fn an_item_without_rustdoc_is_refused() {
    for text in [
        "pub struct A;",
        "pub const fn a() {}",
        "    pub async fn a() {}",
        "pub const LIMIT: usize = 1;",
        "pub type A = u8;",
        "#[derive(\n    Debug,\n)]\npub struct A;",
        "/// One.\npub struct A;\npub struct B;",
        "/// One.\npub enum A {\n    B,\n}",
        "/// One.\npub trait A {\n    async fn a(&self);\n}",
    ] {
        assert_eq!(of(text), 1, "{text}");
    }
}

#[test]
fn documented_private_and_test_items_are_allowed() {
    for text in [
        "/// One.\npub struct A {\n    pub field: u8,\n}",
        "/// One.\n#[derive(\n    Debug,\n)]\n#[must_use]\npub struct A;",
        "struct A;\npub(crate) fn a() {}\npub use a::B;\npub mod b;",
        "/// One.\npub enum A {\n    /// Two.\n    #[default]\n    B { c: u8 },\n}\nimpl A {\n    fn b() {}\n}",
        "#[cfg(test)]\nmod tests {\n    pub fn a() {}\n}",
        "impl B for A {\n    fn b() {}\n}",
    ] {
        assert_eq!(of(text), 0, "{text}");
    }
}
