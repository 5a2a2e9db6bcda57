//! The tokens of a source file. Scans for forbidden names use tokens because comments and string literals
//! may contain any text.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::source_tree::SourceFile;

/// A token with its context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
    /// Whether it is inside a module, function or item for tests only.
    pub(crate) in_test: bool,
    /// Whether it is inside `#[…]` or `#![…]`.
    pub(crate) in_attribute: bool,
}

/// All tokens of a file in order, including brackets and without comments.
///
/// # Panics
/// When the file is not Rust.
pub(crate) fn of(file: &SourceFile) -> Vec<Token> {
    let stream: TokenStream = match file.text.parse() {
        Ok(stream) => stream,
        Err(error) => panic!("{} at {:?}: {error}", file.path, error.span().start()),
    };
    let mut tokens = Vec::new();
    flatten(
        stream,
        Place {
            in_test: file.is_test(),
            in_attribute: false,
        },
        &mut tokens,
    );
    tokens
}

#[derive(Clone, Copy)]
struct Place {
    in_test: bool,
    in_attribute: bool,
}

fn flatten(stream: TokenStream, place: Place, tokens: &mut Vec<Token>) {
    // `#[cfg(test)]` applies up to the next `;` or the end of the following braces.
    let mut cfg_test = false;
    let mut after_hash = false;
    for tree in stream {
        let in_test = place.in_test || cfg_test;
        let here = Place { in_test, ..place };
        if let TokenTree::Group(group) = &tree {
            let is_attribute = after_hash && group.delimiter() == Delimiter::Bracket;
            let in_attribute = place.in_attribute || is_attribute;
            flatten_group(
                group,
                Place {
                    in_attribute,
                    ..here
                },
                tokens,
            );
            cfg_test |= is_attribute && is_cfg_test(&group.stream());
            cfg_test &= group.delimiter() != Delimiter::Brace;
            after_hash = false;
        } else {
            let text = tree.to_string();
            tokens.push(token(&text, tree.span().start().line, here));
            cfg_test &= text != ";";
            // The `!` of an inner attribute is between `#` and its bracket.
            after_hash = text == "#" || (after_hash && text == "!");
        }
    }
}

fn flatten_group(group: &Group, place: Place, tokens: &mut Vec<Token>) {
    let (open, close) = brackets(group.delimiter());
    tokens.push(token(open, group.span_open().start().line, place));
    flatten(group.stream(), place, tokens);
    tokens.push(token(close, group.span_close().start().line, place));
}

fn token(text: &str, line: usize, place: Place) -> Token {
    let Place {
        in_test,
        in_attribute,
    } = place;
    Token {
        text: text.to_owned(),
        line,
        in_test,
        in_attribute,
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

fn is_cfg_test(attribute: &TokenStream) -> bool {
    attribute.to_string().split_whitespace().collect::<String>() == "cfg(test)"
}

/// The tokens at which a sequence of token texts starts.
pub(crate) fn find<'a>(tokens: &'a [Token], sequence: &[&str]) -> Vec<&'a Token> {
    let matches = |window: &&[Token]| {
        let texts = window.iter().map(|token| token.text.as_str());
        texts.eq(sequence.iter().copied())
    };
    tokens
        .windows(sequence.len())
        .filter(matches)
        .map(|window| &window[0])
        .collect()
}

/// The tokens of a file with this text that is not a test.
pub(crate) fn of_text(text: &str) -> Vec<Token> {
    of(&SourceFile::new("a/src/b.rs", text))
}

#[test]
fn comments_and_texts_hide_what_they_say() {
    let tokens = of_text("// one\n/* one */ const A: &str = \"one\"; fn two() {}");
    assert!(find(&tokens, &["one"]).is_empty());
    assert_eq!(find(&tokens, &["fn", "two", "(", ")"])[0].line, 2);
}

#[test]
fn a_module_for_tests_is_told_from_what_follows_it() {
    let tokens = of_text("fn a() {}\n#[cfg(test)]\nmod tests { fn b() {} }\nfn c() {}");
    let in_test = |name| find(&tokens, &["fn", name])[0].in_test;
    assert_eq!(
        [in_test("a"), in_test("b"), in_test("c")],
        [false, true, false]
    );
}

#[test]
fn an_import_for_tests_ends_at_its_semicolon() {
    let tokens = of_text("#[cfg(test)] use a::b;\nfn c() {}");
    assert!(find(&tokens, &["b"])[0].in_test);
    assert!(!find(&tokens, &["fn", "c"])[0].in_test);
}

#[test]
fn attributes_are_told_from_other_brackets() {
    let tokens = of_text("#![a(b)] #[c] fn d(x: [e; 2]) { vec![f] }");
    let in_attribute = |name| find(&tokens, &[name])[0].in_attribute;
    assert_eq!(["b", "c"].map(in_attribute), [true, true]);
    assert_eq!(["e", "f"].map(in_attribute), [false, false]);
}
