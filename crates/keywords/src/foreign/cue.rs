//! Cues: phrases that identify words which are not the person's own, and their notation.
//!
//! A phrase is a sequence of words. `a|b` is one of several words, `<name>` is a word of a class,
//! `word?` is optional, `!a|b` is any word but these, `..` is up to four words and `#` is a number.
//! `^` and `$` are the start and the end of a clause, `^^` and `$$` those of the text.

use std::collections::HashMap;
use std::ops::Range;

use super::text_words::{PlacedWord, placed_words};

/// Stands for every number.
const NUMBER: &str = "#";

/// Most words that `..` matches.
const WIDEST_GAP: usize = 4;

/// Phrases, each with its meaning.
pub(super) struct Cues<T> {
    cues: Vec<Cue<T>>,
    /// For each word, the indices of the cues that can start with it.
    by_first_word: HashMap<String, Vec<usize>>,
}

/// A parsed phrase.
struct Cue<T> {
    said: T,
    source: &'static str,
    pieces: Vec<Piece>,
}

/// An occurrence of a phrase in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found<T> {
    pub(super) said: T,
    /// The phrase as its table writes it.
    pub(super) source: &'static str,
    /// The index of the first word that it covers, and the index after the last.
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The classes of words that phrases name.
pub(super) type Classes = HashMap<String, Vec<String>>;

enum Piece {
    Words {
        any_of: Vec<String>,
        optional: bool,
    },
    /// Any word but these.
    Other(Vec<String>),
    Gap,
    ClauseStart,
    ClauseEnd,
    TextStart,
    TextEnd,
}

impl<T: Copy> Cues<T> {
    pub(super) fn new(
        phrases: impl IntoIterator<Item = (T, &'static str)>,
        classes: &Classes,
    ) -> Self {
        let mut cues = Self {
            cues: Vec::new(),
            by_first_word: HashMap::new(),
        };
        for (said, source) in phrases {
            let pieces = pieces(source, classes);
            cues.add(Cue {
                said,
                source,
                pieces,
            });
        }
        cues
    }

    fn add(&mut self, cue: Cue<T>) {
        let place = self.cues.len();
        for piece in &cue.pieces {
            match piece {
                Piece::Words { any_of, optional } => {
                    for word in any_of {
                        self.by_first_word
                            .entry(word.clone())
                            .or_default()
                            .push(place);
                    }
                    if !optional {
                        break;
                    }
                }
                Piece::Other(_)
                | Piece::Gap
                | Piece::ClauseStart
                | Piece::ClauseEnd
                | Piece::TextStart
                | Piece::TextEnd => {}
            }
        }
        self.cues.push(cue);
    }

    /// The phrases that occur in the text, in text order; those that start at the same word are in
    /// table order.
    pub(super) fn find<'a>(
        &'a self,
        words: &'a [PlacedWord],
    ) -> impl Iterator<Item = Found<T>> + 'a {
        (0..words.len()).flat_map(move |from| {
            self.candidates(words, from).filter_map(move |cue| {
                let to = matched(&cue.pieces, words, from)?;
                Some(Found {
                    said: cue.said,
                    source: cue.source,
                    from,
                    to,
                })
            })
        })
    }

    /// Whether the whole text is a phrase with the wanted meaning.
    pub(super) fn is_all(&self, words: &[PlacedWord], wanted: impl Fn(T) -> bool) -> bool {
        self.candidates(words, 0)
            .any(|cue| wanted(cue.said) && matches_all(&cue.pieces, words))
    }

    fn candidates(&self, words: &[PlacedWord], at: usize) -> impl Iterator<Item = &Cue<T>> {
        let word = words.get(at).map_or("", |word| word.text.as_str());
        let named = self.by_first_word.get(word).map_or(&[][..], Vec::as_slice);
        let number = self.by_first_word.get(NUMBER).filter(|_| is_number(word));
        let numbers = number.map_or(&[][..], Vec::as_slice);
        let cues = named.iter().chain(numbers);
        cues.filter_map(|place| self.cues.get(*place))
    }
}

/// The end of the phrase that starts at word `at`.
fn matched(pieces: &[Piece], words: &[PlacedWord], at: usize) -> Option<usize> {
    let Some((piece, rest)) = pieces.split_first() else {
        return Some(at);
    };
    let next = at.saturating_add(1);
    let word = words.get(at);
    match piece {
        Piece::Words { any_of, optional } => {
            let is_here = word.is_some_and(|word| is_one_of(word, any_of));
            let taken = is_here.then(|| matched(rest, words, next)).flatten();
            taken.or_else(|| optional.then(|| matched(rest, words, at)).flatten())
        }
        Piece::Other(not) => word
            .filter(|word| !not.contains(&word.text))
            .and_then(|_| matched(rest, words, next)),
        Piece::Gap => (at..=at.saturating_add(WIDEST_GAP)).find_map(|at| matched(rest, words, at)),
        Piece::ClauseStart => word?
            .starts_clause
            .then(|| matched(rest, words, at))
            .flatten(),
        Piece::ClauseEnd => word
            .is_none_or(|word| word.starts_clause)
            .then(|| matched(rest, words, at))
            .flatten(),
        Piece::TextStart => (at == 0).then(|| matched(rest, words, at)).flatten(),
        Piece::TextEnd => word.is_none().then(|| matched(rest, words, at)).flatten(),
    }
}

/// Whether the pieces match all of the words. A gap may match more words than necessary.
fn matches_all(pieces: &[Piece], words: &[PlacedWord]) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return words.is_empty();
    };
    match piece {
        Piece::Words { any_of, optional } => {
            let is_here = words
                .split_first()
                .is_some_and(|(word, left)| is_one_of(word, any_of) && matches_all(rest, left));
            is_here || (*optional && matches_all(rest, words))
        }
        Piece::Other(not) => words
            .split_first()
            .is_some_and(|(word, left)| !not.contains(&word.text) && matches_all(rest, left)),
        Piece::Gap => (0..=WIDEST_GAP)
            .filter_map(|skipped| words.get(skipped..))
            .any(|left| matches_all(rest, left)),
        Piece::ClauseStart | Piece::TextStart => matches_all(rest, words),
        Piece::ClauseEnd | Piece::TextEnd => words.is_empty(),
    }
}

fn is_one_of(word: &PlacedWord, any_of: &[String]) -> bool {
    any_of.contains(&word.text)
        || (is_number(&word.text) && any_of.iter().any(|word| word == NUMBER))
}

fn is_number(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c.is_ascii_digit())
}

/// The byte range that a phrase covers.
pub(super) fn place<T>(found: &Found<T>, words: &[PlacedWord]) -> Range<usize> {
    let start = words.get(found.from).map_or(0, |word| word.place.start);
    let last = found.to.checked_sub(1).and_then(|last| words.get(last));
    start..last.map_or(start, |word| word.place.end)
}

fn pieces(phrase: &str, classes: &Classes) -> Vec<Piece> {
    phrase
        .split_whitespace()
        .flat_map(|item| match item {
            "^^" => vec![Piece::TextStart],
            "$$" => vec![Piece::TextEnd],
            "^" => vec![Piece::ClauseStart],
            "$" => vec![Piece::ClauseEnd],
            ".." => vec![Piece::Gap],
            item => words_of(item, classes),
        })
        .collect()
}

/// The pieces of one item: a word, alternatives, or the characters of a script without spaces in
/// sequence.
fn words_of(item: &str, classes: &Classes) -> Vec<Piece> {
    if let Some(others) = item.strip_prefix('!') {
        return vec![Piece::Other(alternatives(others, classes))];
    }
    let (item, optional) = item
        .strip_suffix('?')
        .map_or((item, false), |item| (item, true));
    let any_of = alternatives(item, classes);
    if item.contains('|') || item.starts_with('<') {
        return vec![Piece::Words { any_of, optional }];
    }
    let one = |word| Piece::Words {
        any_of: vec![word],
        optional,
    };
    any_of.into_iter().map(one).collect()
}

fn alternatives(item: &str, classes: &Classes) -> Vec<String> {
    let words = |alternative: &str| {
        let class = alternative
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'));
        class.map_or_else(
            || match alternative {
                NUMBER => vec![NUMBER.to_owned()],
                words => placed_words(words)
                    .into_iter()
                    .map(|word| word.text)
                    .collect(),
            },
            |name| classes.get(name).cloned().unwrap_or_default(),
        )
    };
    item.split('|').flat_map(words).collect()
}

/// The malformed items in the phrases of a table.
#[cfg(test)]
pub(super) fn mistakes(table: &'static str) -> Vec<String> {
    let classes = classes(table);
    let is_one_word = |alternative: &str| match alternative.strip_prefix('<') {
        Some(name) => classes.contains_key(name.trim_end_matches('>')),
        None => alternative == NUMBER || placed_words(alternative).len() == 1,
    };
    let is_sound = |item: &str| match item {
        "^^" | "$$" | "^" | "$" | ".." | "#" | "#?" => true,
        item if item.contains('|') || item.starts_with('<') => {
            let item = item.trim_start_matches('!').trim_end_matches('?');
            item.split('|').all(is_one_word)
        }
        item => !placed_words(item).is_empty(),
    };
    rows(table)
        .filter(|(kind, _)| *kind != "class")
        .flat_map(|(_, phrase)| phrase.split_whitespace())
        .filter(|item| !is_sound(item))
        .map(str::to_owned)
        .collect()
}

/// The rows of a table: the first field and the rest. Lines that start with `#` are comments.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .filter_map(|line| line.split_once('\t'))
        .map(|(kind, phrase)| (kind.trim(), phrase.trim()))
}

/// The classes that a table defines in rows of `class`, a name and words.
pub(super) fn classes(table: &'static str) -> Classes {
    rows(table)
        .filter(|(kind, _)| *kind == "class")
        .filter_map(|(_, definition)| definition.split_once('\t'))
        .map(|(name, words)| {
            let words = words.split_whitespace().flat_map(placed_words);
            (name.to_owned(), words.map(|word| word.text).collect())
        })
        .collect()
}
