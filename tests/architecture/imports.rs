//! Imports between the files of a crate: paths read from tokens, and the file to which each path leads
//! through re-exports.

use std::collections::BTreeMap;

use crate::source_tree::SourceFile;
use crate::tokens::{self, Token};

/// A path that a file names outside its tests, from the crate root, with `crate` and `super` resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
    /// Whether it is a `pub use`, which only re-exports the name and is not a dependency.
    pub(crate) is_reexport: bool,
}

/// A file of a crate, as a module.
#[derive(Debug)]
pub(crate) struct Module<'a> {
    pub(crate) file: &'a SourceFile,
    /// Its module path below the crate root; empty for `lib.rs` and `main.rs`.
    pub(crate) path: Vec<String>,
    pub(crate) imports: Vec<Import>,
    tokens: Vec<Token>,
}

/// The files of one crate.
#[derive(Debug)]
pub(crate) struct Crate<'a> {
    pub(crate) modules: Vec<Module<'a>>,
    by_path: BTreeMap<Vec<String>, usize>,
}

impl<'a> Crate<'a> {
    /// The crate whose sources are below `sources`, without its tests.
    pub(crate) fn read(files: &'a [SourceFile], sources: &str) -> Self {
        let ours = files
            .iter()
            .filter(|file| file.is_below(sources) && !file.is_test());
        let modules: Vec<Module<'_>> = ours.map(|file| Module::read(file, sources)).collect();
        let by_path = modules
            .iter()
            .enumerate()
            .map(|(at, module)| (module.path.clone(), at))
            .collect();
        Self { modules, by_path }
    }

    /// The file that defines the item at `path`; `None` for items of other crates.
    pub(crate) fn target(&self, path: &[String]) -> Option<&Module<'a>> {
        self.resolve(path, 0)
    }

    fn resolve(&self, path: &[String], depth: usize) -> Option<&Module<'a>> {
        let known = (0..=path.len())
            .rev()
            .find(|&length| self.by_path.contains_key(&path[..length]))?;
        let module = &self.modules[*self.by_path.get(&path[..known])?];
        if depth > 8 || known == path.len() {
            return Some(module);
        }
        self.passed_on(module, &path[known..], depth)
            .or(Some(module))
    }

    /// Follows `pub use`, by name and then by `*`.
    fn passed_on<'b>(
        &'b self,
        module: &'b Module<'a>,
        rest: &[String],
        depth: usize,
    ) -> Option<&'b Module<'a>> {
        let name = rest.first()?;
        let reexports = || module.imports.iter().filter(|import| import.is_reexport);
        let by_name = reexports().find(|import| import.path.last() == Some(name));
        if let Some(import) = by_name {
            let longer = [&import.path, &rest[1..]].concat();
            return self.resolve(&longer, depth + 1);
        }
        if module.defines(name) {
            return Some(module);
        }
        let globs = reexports().filter(|import| import.path.last().is_some_and(|last| last == "*"));
        globs
            .filter_map(|import| {
                let inside = &import.path[..import.path.len() - 1];
                let longer = [inside, rest].concat();
                self.resolve(&longer, depth + 1)
            })
            .find(move |found| found.defines(name))
    }
}

impl<'a> Module<'a> {
    fn read(file: &'a SourceFile, sources: &str) -> Self {
        let tokens = tokens::of(file);
        let path = module_path(&file.path, sources);
        let imports = imports(&tokens, &path);
        Self {
            file,
            path,
            imports,
            tokens,
        }
    }

    /// Whether this file defines an item of this name.
    pub(crate) fn defines(&self, name: &str) -> bool {
        const ITEMS: [&str; 8] = [
            "struct", "enum", "trait", "fn", "type", "const", "static", "union",
        ];
        self.tokens.windows(2).any(|pair| {
            pair[1].text == name
                && (ITEMS.contains(&pair[0].text.as_str()) || is_macro_item(&pair[0].text, name))
        }) || self.defines_by_macro(name)
    }

    /// Whether a macro call such as `wire_enum! { … Name { … } }` defines the name: inside the macro's
    /// braces it precedes a brace and follows a comment or an attribute.
    fn defines_by_macro(&self, name: &str) -> bool {
        let calls_macro = self
            .tokens
            .windows(3)
            .any(|three| three[1].text == "!" && three[2].text == "{");
        calls_macro
            && self.tokens.windows(3).any(|three| {
                three[1].text == name
                    && matches!(three[2].text.as_str(), "{" | ";" | ",")
                    && matches!(three[0].text.as_str(), "{" | "]" | "}" | ",")
            })
    }

    /// The types for which this file has an inherent `impl`, with their lines.
    pub(crate) fn inherent_impls(&self) -> Vec<(usize, String)> {
        let starts = self
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.text == "impl" && !token.in_test);
        starts
            .filter_map(|(at, token)| {
                let head: Vec<&str> = self.tokens[at + 1..]
                    .iter()
                    .map(|token| token.text.as_str())
                    .take_while(|text| *text != "{" && *text != ";")
                    .collect();
                // In argument position, `impl Trait` is followed by the end of a type.
                let opens_a_block = matches!(
                    at.checked_sub(1)
                        .map(|before| self.tokens[before].text.as_str()),
                    None | Some("}" | ";" | "]")
                );
                // A macro definition does not name a concrete type.
                let is_inherent =
                    opens_a_block && !head.iter().any(|text| matches!(*text, "for" | "$"));
                let name = is_inherent.then(|| first_type(&head)).flatten()?;
                Some((token.line, name))
            })
            .collect()
    }
}

fn is_macro_item(before: &str, name: &str) -> bool {
    before == "!" && name != "["
}

/// The type name in an `impl` head such as `<'a> a::B<'a>`.
fn first_type(head: &[&str]) -> Option<String> {
    let mut depth = 0_i32;
    let mut name = None;
    for text in head {
        match *text {
            "<" => depth += 1,
            ">" => depth -= 1,
            "where" => break,
            word if depth == 0 && word.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                name = Some(word.to_owned());
            }
            _ => {}
        }
    }
    name
}

fn module_path(file: &str, sources: &str) -> Vec<String> {
    let below = file.trim_start_matches(sources).trim_start_matches('/');
    let stem = below.trim_end_matches(".rs");
    let mut path: Vec<String> = stem.split('/').map(str::to_owned).collect();
    if path
        .last()
        .is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main"))
    {
        path.pop();
    }
    path
}

/// Every path from `crate`, `self` or `super` in the tokens, with `use` trees expanded.
fn imports(tokens: &[Token], module: &[String]) -> Vec<Import> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let begins = matches!(token.text.as_str(), "crate" | "super" | "self")
            && tokens.get(at + 1).is_some_and(|next| next.text == ":")
            && !token.in_test
            && !token.in_attribute;
        if !begins || is_inside_path(tokens, at) {
            at += 1;
            continue;
        }
        let is_reexport = is_public_use(tokens, at);
        let mut paths = Vec::new();
        at = spread(tokens, at, &mut Vec::new(), &mut paths);
        for path in paths {
            found.extend(from_root(&path, module).map(|path| Import {
                line: token.line,
                path,
                is_reexport,
            }));
        }
    }
    found.extend(child_reexports(tokens, module));
    found
}

fn is_inside_path(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1)
        .is_some_and(|before| tokens[before].text == ":")
}

/// `pub use` or `pub(…) use` right before the path.
fn is_public_use(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(2) else {
        return false;
    };
    tokens[at - 1].text == "use" && matches!(tokens[before].text.as_str(), "pub" | ")")
}

/// `pub use child::Name;`, which names a module below this one without `self`.
fn child_reexports(tokens: &[Token], module: &[String]) -> Vec<Import> {
    let mut found = Vec::new();
    for at in 1..tokens.len().saturating_sub(1) {
        let starts = tokens[at - 1].text == "use"
            && is_public_use(tokens, at)
            && !matches!(tokens[at].text.as_str(), "crate" | "super" | "self");
        if starts {
            let mut paths = Vec::new();
            spread(tokens, at, &mut Vec::new(), &mut paths);
            found.extend(paths.into_iter().map(|path| Import {
                line: tokens[at].line,
                path: [module, &path].concat(),
                is_reexport: true,
            }));
        }
    }
    found
}

/// Reads the `use` tree or path that starts at `at` into `paths`, and returns its end.
fn spread(
    tokens: &[Token],
    mut at: usize,
    prefix: &mut Vec<String>,
    paths: &mut Vec<Vec<String>>,
) -> usize {
    let depth = prefix.len();
    while let Some(token) = tokens.get(at) {
        if token.text == "{" && depth < prefix.len() {
            at = spread_group(tokens, at + 1, prefix, paths);
            prefix.truncate(depth);
            return at;
        }
        prefix.push(token.text.clone());
        at += 1;
        let continues = tokens.get(at).is_some_and(|one| one.text == ":")
            && tokens.get(at + 1).is_some_and(|two| two.text == ":");
        if !continues {
            break;
        }
        at += 2;
    }
    if tokens.get(at).is_some_and(|token| token.text == "as") {
        at += 2;
    }
    paths.push(prefix.clone());
    prefix.truncate(depth);
    at
}

fn spread_group(
    tokens: &[Token],
    mut at: usize,
    prefix: &mut Vec<String>,
    paths: &mut Vec<Vec<String>>,
) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "}" => return at + 1,
            "," => at += 1,
            _ => at = spread(tokens, at, prefix, paths),
        }
    }
    at
}

/// The path from the crate root; `None` for `self` alone and for paths above the root.
fn from_root(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut root: Vec<String> = match path.first()?.as_str() {
        "crate" => Vec::new(),
        _ => module.to_vec(),
    };
    let mut rest = path.iter().peekable();
    while let Some(step) = rest.next_if(|step| is_step(step)) {
        if step == "super" {
            root.pop()?;
        }
    }
    root.extend(rest.filter(|name| *name != "self").cloned());
    Some(root)
}

fn is_step(name: &str) -> bool {
    matches!(name, "crate" | "self" | "super")
}

fn paths_of(path: &str, text: &str) -> Vec<String> {
    let file = SourceFile::new(path, text);
    let module = Module::read(&file, "a/src");
    let joined = |import: &Import| import.path.join("::");
    module.imports.iter().map(joined).collect()
}

#[test]
fn a_tree_of_imports_is_spread_out() {
    assert_eq!(
        paths_of("a/src/b/c.rs", "use crate::x::{self, y::{Z, W as V}, T};"),
        ["x", "x::y::Z", "x::y::W", "x::T"]
    );
}

#[test]
fn super_is_resolved_and_paths_in_code_count() {
    assert_eq!(
        paths_of("a/src/b/c.rs", "use super::d::E; fn f() { crate::g::h(); }"),
        ["b::d::E", "g::h"]
    );
}

#[test]
fn what_tests_import_does_not_count() {
    let text = "#[cfg(test)] mod tests { use crate::x::Y; }";
    assert!(paths_of("a/src/b.rs", text).is_empty());
}

#[test]
fn an_inherent_impl_is_told_from_one_of_a_trait() {
    let file = SourceFile::new(
        "a/src/b.rs",
        "impl A {} impl<'a> B<'a> {} impl C for D {} fn e(f: impl G) {} impl<T: H> I<T> where T: J {}",
    );
    let module = Module::read(&file, "a/src");
    let names: Vec<String> = module
        .inherent_impls()
        .into_iter()
        .map(|one| one.1)
        .collect();
    assert_eq!(names, ["A", "B", "I"]);
}

#[test]
fn a_path_leads_through_reexports_to_the_file_that_defines_it() {
    let files = [
        SourceFile::new("a/src/lib.rs", "mod b; pub use b::*;"),
        SourceFile::new("a/src/b/mod.rs", "mod c; pub use c::D; pub fn e() {}"),
        SourceFile::new("a/src/b/c.rs", "pub struct D;"),
    ];
    let one = Crate::read(&files, "a/src");
    let target = |path: &[&str]| {
        let path: Vec<String> = path.iter().map(|&name| name.to_owned()).collect();
        one.target(&path).map(|module| module.file.path.as_str())
    };
    assert_eq!(target(&["b", "D"]), Some("a/src/b/c.rs"));
    assert_eq!(target(&["D"]), Some("a/src/b/c.rs"));
    assert_eq!(target(&["b", "e"]), Some("a/src/b/mod.rs"));
    assert_eq!(target(&["b", "c"]), Some("a/src/b/c.rs"));
}
