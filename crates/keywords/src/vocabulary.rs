//! The words that phrases are made of, their classes, and how a written phrase is read.
//!
//! This module must not know languages or what a phrase means.

use std::collections::HashMap;

use super::pattern::{Phrase, Piece, Unit};

/// Most repetitions of a starred piece.
const MOST_REPEATS: usize = 6;
/// Most words under `..`.
const WIDEST_GAP: usize = 3;

/// Names a word of the grammar; every other word is [`WordId::UNKNOWN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct WordId(usize);

impl WordId {
    pub(super) const UNKNOWN: Self = Self(0);
}

/// The words of a grammar and their classes.
#[derive(Default)]
pub(super) struct Vocabulary {
    ids: HashMap<&'static str, WordId>,
    classes: HashMap<&'static str, Vec<WordId>>,
}

impl Vocabulary {
    pub(super) fn id(&self, word: &str) -> WordId {
        self.ids.get(word).copied().unwrap_or(WordId::UNKNOWN)
    }

    pub(super) fn knows(&self, word: &str) -> bool {
        self.ids.contains_key(word)
    }

    pub(super) fn word(&self, id: WordId) -> Option<&'static str> {
        self.ids
            .iter()
            .find_map(|(word, known)| (*known == id).then_some(*word))
    }

    /// Adds a class of words separated by spaces; more words if the class is there already.
    pub(super) fn add_class(&mut self, name: &'static str, words: &'static str) {
        let ids: Vec<WordId> = words
            .split_whitespace()
            .map(|word| self.add(word))
            .collect();
        let class = self.classes.entry(name).or_default();
        class.extend(ids);
        class.sort_unstable();
    }

    pub(super) fn class(&self, name: &str) -> &[WordId] {
        self.classes.get(name).map_or(&[], Vec::as_slice)
    }

    /// Reads a phrase. `None` for one that names an unknown class.
    pub(super) fn phrase(&mut self, source: &'static str) -> Option<Phrase> {
        let pieces = source
            .split_whitespace()
            .map(|piece| self.piece(piece))
            .collect::<Option<_>>()?;
        Some(Phrase::new(source, pieces))
    }

    fn add(&mut self, word: &'static str) -> WordId {
        let next = WordId(self.ids.len().saturating_add(1));
        *self.ids.entry(word).or_insert(next)
    }

    fn piece(&mut self, source: &'static str) -> Option<Piece> {
        let (source, least, most) = match (source.strip_suffix('?'), source.strip_suffix('*')) {
            (Some(source), _) => (source, 0, 1),
            (_, Some(source)) => (source, 0, MOST_REPEATS),
            (None, None) => (source, 1, 1),
        };
        let times = |unit| Piece::Times { unit, least, most };
        Some(match source {
            "^" => Piece::ClauseStart,
            "$" => Piece::ClauseEnd,
            "^^" => Piece::TextStart,
            "$$" => Piece::TextEnd,
            ".." => Piece::Times {
                unit: Unit::any_word(),
                least: 0,
                most: WIDEST_GAP,
            },
            alternatives => times(self.unit(alternatives)?),
        })
    }

    fn unit(&mut self, source: &'static str) -> Option<Unit> {
        let mut unit = Unit {
            except: source.starts_with('!'),
            ..Unit::default()
        };
        for alternative in source.trim_start_matches('!').split('|') {
            match alternative {
                "$" => unit.clause_end = true,
                "," => unit.clause_break = true,
                "_" => unit.any_word = true,
                "~" => unit.words.push(WordId::UNKNOWN),
                word => unit.words.extend(self.words(word)?),
            }
        }
        unit.words.sort_unstable();
        Some(unit)
    }

    fn words(&mut self, alternative: &'static str) -> Option<Vec<WordId>> {
        match alternative
            .strip_prefix('<')
            .and_then(|class| class.strip_suffix('>'))
        {
            Some(class) => self.classes.get(class).cloned(),
            None => Some(vec![self.add(alternative)]),
        }
    }
}
