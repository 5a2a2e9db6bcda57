//! A small language for phrases, and its matcher.
//!
//! A phrase is a line of pieces separated by spaces:
//!
//! | piece | matches |
//! |---|---|
//! | `stop` | the word |
//! | `stop\|quit` | one of the words |
//! | `<texts>` | one of the words of a class; classes and words mix: `<me>\|people` |
//! | `_` | any word |
//! | `..` | up to three words |
//! | `,` | the end of a clause |
//! | `^`, `$` | the begin and the end of a clause, greetings and politeness aside |
//! | `^^`, `$$` | the begin and the end of the text, likewise |
//! | `a\|$`, `a\|_`, `a\|,` | an alternative may be the end of a clause (matched, not used), any word or a break |
//! | `x?`, `x*` | the piece or nothing; up to six times the piece |
//!
//! Filler words ("please", "ever", an oath) may stand between any two pieces. Every quantity is
//! bounded, so that matching is linear in the length of the text.
//!
//! This module must not know languages or what a phrase means.

use std::collections::HashMap;

use super::sentence::Sentence;

/// Names a word of the grammar; every other word is [`WordId::UNKNOWN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WordId(usize);

impl WordId {
    pub(super) const UNKNOWN: Self = Self(0);
}

/// Most fillers skipped between two pieces.
const MOST_FILLERS: usize = 3;
/// Most repetitions of a starred piece.
const MOST_REPEATS: usize = 6;
/// Most words under `..`.
const WIDEST_GAP: usize = 3;

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
        Some(Phrase { source, pieces })
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
        let mut unit = Unit::default();
        for alternative in source.split('|') {
            match alternative {
                "$" => unit.clause_end = true,
                "," => unit.clause_break = true,
                "_" => unit.any_word = true,
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

/// A phrase, ready to be matched.
#[derive(Debug)]
pub(super) struct Phrase {
    /// The phrase as it was written.
    pub(super) source: &'static str,
    pieces: Vec<Piece>,
}

impl Phrase {
    /// The end of the longest-reaching match that begins at `at` and uses no spent word.
    pub(super) fn match_at(&self, sentence: &Sentence, at: usize) -> Option<usize> {
        reach(&self.pieces, sentence, at, true)
    }
}

#[cfg(test)]
impl Phrase {
    /// Whether a match may begin with a word outside the grammar.
    pub(super) fn begins_with_any_word(&self) -> bool {
        self.pieces.iter().find_map(|piece| match piece {
            Piece::Times { unit, .. } => Some(unit.any_word),
            Piece::ClauseStart | Piece::ClauseEnd | Piece::TextStart | Piece::TextEnd => None,
        }) == Some(true)
    }
}

#[derive(Debug)]
enum Piece {
    ClauseStart,
    ClauseEnd,
    TextStart,
    TextEnd,
    Times {
        unit: Unit,
        least: usize,
        most: usize,
    },
}

/// What one position of a text may be.
#[derive(Debug, Default)]
struct Unit {
    words: Vec<WordId>,
    any_word: bool,
    clause_break: bool,
    /// The end of a clause, which takes no position.
    clause_end: bool,
}

impl Unit {
    fn any_word() -> Self {
        Self {
            any_word: true,
            ..Self::default()
        }
    }

    fn matches(&self, sentence: &Sentence, at: usize) -> bool {
        if self.clause_break && sentence.is_break(at) {
            return true;
        }
        sentence
            .fresh_word(at)
            .is_some_and(|id| self.any_word || self.words.binary_search(&id).is_ok())
    }
}

fn reach(pieces: &[Piece], sentence: &Sentence, at: usize, first: bool) -> Option<usize> {
    let Some((piece, rest)) = pieces.split_first() else {
        return Some(at);
    };
    let holds = |anchor: bool| {
        if anchor {
            reach(rest, sentence, at, first)
        } else {
            None
        }
    };
    match piece {
        Piece::ClauseStart => holds(sentence.starts_clause(at)),
        Piece::ClauseEnd => holds(sentence.ends_clause(at)),
        Piece::TextStart => holds(sentence.starts_text(at)),
        Piece::TextEnd => holds(sentence.ends_text(at)),
        Piece::Times { unit, least, most } => {
            let ends = ends_of(unit, *most, sentence, at, first);
            let taken = ends
                .iter()
                .skip(least.saturating_sub(1))
                .rev()
                .find_map(|end| reach(rest, sentence, *end, false));
            let skipped = *least == 0 || (unit.clause_end && sentence.ends_clause(at));
            match taken {
                None if skipped => reach(rest, sentence, at, first),
                taken => taken,
            }
        }
    }
}

/// Where one, two, … units end that begin at `at`, fillers between them skipped.
fn ends_of(unit: &Unit, most: usize, sentence: &Sentence, at: usize, first: bool) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut next = at;
    let mut fillers = if first { 0 } else { MOST_FILLERS };
    while ends.len() < most {
        if unit.matches(sentence, next) {
            next = next.saturating_add(1);
            ends.push(next);
            fillers = MOST_FILLERS;
        } else if fillers > 0 && sentence.is_filler(next) {
            next = next.saturating_add(1);
            fillers = fillers.saturating_sub(1);
        } else {
            break;
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::super::words::{canonical, tokenise};
    use super::*;

    fn matches(phrase: &'static str, text: &str) -> bool {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add_class("filler", "please ever");
        vocabulary.add_class("edge", "thanks");
        vocabulary.add_class("me", "me us");
        let phrase = vocabulary.phrase(phrase).unwrap();
        let sentence = Sentence::new(&canonical(tokenise(text)), &vocabulary);
        (0..sentence.len()).any(|at| phrase.match_at(&sentence, at).is_some())
    }

    #[test]
    fn alternatives_classes_and_optional_pieces_match_their_words() {
        assert!(matches("stop|quit texting <me>", "now quit texting us"));
        assert!(matches("stop the? noise", "stop noise"));
        assert!(!matches("stop texting <me>", "stop texting him"));
    }

    #[test]
    fn fillers_may_stand_between_pieces_but_breaks_may_not() {
        assert!(matches("stop texting", "stop please ever texting"));
        assert!(!matches("stop texting", "stop, texting"));
        assert!(matches("stop ,? texting", "stop, texting"));
    }

    #[test]
    fn a_gap_is_up_to_three_words() {
        assert!(matches("take .. list", "take a b c list"));
        assert!(!matches("take .. list", "take a b c d list"));
    }

    #[test]
    fn clause_and_text_anchors_look_past_politeness() {
        assert!(matches("^ stop $", "hello, please stop thanks"));
        assert!(!matches("^ stop $", "the stop"));
        assert!(matches("^^ stop $$", "thanks. stop. thanks"));
        assert!(!matches("^^ stop $$", "hello. stop"));
    }

    #[test]
    fn an_unknown_class_is_no_phrase() {
        assert!(Vocabulary::default().phrase("<nobody>").is_none());
    }
}
