//! The words that phrases consist of, their classes, and the parser of written phrases.

use std::collections::HashMap;

use sms_text::fold;

use super::pattern::{Phrase, Piece, Unit};
use super::words::{Token, tokenise};

/// Most repetitions of a starred piece.
const MOST_REPEATS: usize = 6;
/// Most words that `..` matches.
const WIDEST_GAP: usize = 3;
/// Most words that `...` matches.
const WIDEST_LONG_GAP: usize = 8;

/// Identifies a word of the grammar; all other words are [`WordId::UNKNOWN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct WordId(usize);

impl WordId {
    pub(super) const UNKNOWN: Self = Self(0);
}

/// The words of a grammar and their classes.
#[derive(Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, WordId>,
    classes: HashMap<&'static str, Class>,
}

#[derive(Default)]
struct Class {
    words: Vec<WordId>,
    /// Entries of several words.
    sequences: Vec<Vec<WordId>>,
}

impl Vocabulary {
    pub(super) fn id(&self, word: &str) -> WordId {
        self.ids.get(word).copied().unwrap_or(WordId::UNKNOWN)
    }

    pub(super) fn knows(&self, word: &str) -> bool {
        self.ids.contains_key(word)
    }

    pub(super) fn word(&self, id: WordId) -> Option<&str> {
        self.ids
            .iter()
            .find_map(|(word, known)| (*known == id).then_some(word.as_str()))
    }

    /// Adds a class, or entries to an existing class. Entries are separated by spaces.
    pub(super) fn add_class(&mut self, name: &'static str, entries: &'static str) {
        let read: Vec<Vec<WordId>> = entries
            .split_whitespace()
            .map(|entry| self.sequence(entry))
            .collect();
        let class = self.classes.entry(name).or_default();
        for sequence in read {
            match sequence.as_slice() {
                [word] => class.words.push(*word),
                _ => class.sequences.push(sequence),
            }
        }
        class.words.sort_unstable();
    }

    /// The single words of a class.
    pub(super) fn class(&self, name: &str) -> &[WordId] {
        self.classes
            .get(name)
            .map_or(&[], |class| class.words.as_slice())
    }

    /// Parses a phrase. `None` if it names an unknown class.
    pub(super) fn phrase(&mut self, source: &'static str) -> Option<Phrase> {
        let pieces = source
            .split_whitespace()
            .map(|piece| self.piece(piece))
            .collect::<Option<_>>()?;
        Some(Phrase::new(source, pieces))
    }

    fn add(&mut self, word: String) -> WordId {
        let next = WordId(self.ids.len().saturating_add(1));
        *self.ids.entry(word).or_insert(next)
    }

    /// The words of an entry, folded as texts are: one, or several if the script has no spaces or the
    /// entry has underscores (`por_favor`).
    fn sequence(&mut self, entry: &str) -> Vec<WordId> {
        tokenise(&fold(entry))
            .into_iter()
            .filter_map(|token| match token {
                Token::Word(word) => Some(self.add(word)),
                Token::Break => None,
            })
            .collect()
    }

    fn piece(&mut self, source: &'static str) -> Option<Piece> {
        let (source, least, most) = match (source.strip_suffix('?'), source.strip_suffix('*')) {
            (Some(source), _) => (source, 0, 1),
            (_, Some(source)) => (source, 0, MOST_REPEATS),
            (None, None) => (source, 1, 1),
        };
        let times = |unit| Piece::Times { unit, least, most };
        let gap = |most| Piece::Times {
            unit: Unit::any_word(),
            least: 0,
            most,
        };
        Some(match source {
            "^" => Piece::ClauseStart,
            "$" => Piece::ClauseEnd,
            "^^" => Piece::TextStart,
            "$$" => Piece::TextEnd,
            ".." => gap(WIDEST_GAP),
            "..." => gap(WIDEST_LONG_GAP),
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
                entry => self.add_entry(&mut unit, entry)?,
            }
        }
        unit.words.sort_unstable();
        let is_readable = !unit.except || unit.sequences.is_empty();
        is_readable.then_some(unit)
    }

    /// Adds a word, a sequence of words or a class. `None` for an unknown class or an empty entry.
    fn add_entry(&mut self, unit: &mut Unit, entry: &str) -> Option<()> {
        let class = entry
            .strip_prefix('<')
            .and_then(|class| class.strip_suffix('>'));
        if let Some(name) = class {
            let class = self.classes.get(name)?;
            unit.words.extend(&class.words);
            unit.sequences.extend(class.sequences.iter().cloned());
            return Some(());
        }
        let sequence = self.sequence(entry);
        match sequence.as_slice() {
            [] => return None,
            [word] => unit.words.push(*word),
            _ => unit.sequences.push(sequence),
        }
        Some(())
    }
}
