//! The pattern language of phrases, and its matcher.
//!
//! A phrase is a line of pieces separated by spaces:
//!
//! | piece | matches |
//! |---|---|
//! | `stop` | the word |
//! | `stop\|quit` | one of the words |
//! | `<texts>` | one of the words of a class; classes and words mix: `<me>\|people` |
//! | `_` | any word |
//! | `~` | a word that occurs in no phrase, such as a name |
//! | `..`, `...` | up to three, up to eight words |
//! | `por_favor` | the words in sequence; the characters of a script without spaces likewise |
//! | `,` | the end of a clause |
//! | `^`, `$` | the start and the end of a clause, ignoring greetings and courtesies |
//! | `^^`, `$$` | the start and the end of the text, likewise |
//! | `a\|$`, `a\|_`, `a\|,` | an alternative may be the end of a clause (matched, not consumed), any word or a break |
//! | `!x\|y` | a word that is none of these |
//! | `x?`, `x*` | the piece or nothing; the piece up to six times |
//!
//! Filler words ("please", "ever", a swear word) may stand between any two pieces. Every quantity is
//! bounded, so matching is linear in the length of the text.

use super::sentence::Sentence;
use super::vocabulary::WordId;

/// Most filler words that are skipped between two pieces.
const MOST_FILLERS: usize = 3;

/// A parsed phrase.
#[derive(Debug)]
pub(super) struct Phrase {
    /// The phrase as written.
    pub(super) source: &'static str,
    pieces: Vec<Piece>,
}

impl Phrase {
    pub(super) const fn new(source: &'static str, pieces: Vec<Piece>) -> Self {
        Self { source, pieces }
    }

    /// The words with which a match can start. `None` if it can start with any word.
    pub(super) fn first_words(&self) -> Option<Vec<WordId>> {
        let mut words = Vec::new();
        for piece in &self.pieces {
            if let Piece::Times { unit, least, .. } = piece {
                words.extend(unit.named_words()?);
                words.extend(unit.sequences.iter().filter_map(|words| words.first()));
                if *least > 0 {
                    return Some(words);
                }
            }
        }
        None
    }

    /// The end of the longest match that starts at `at` and uses no spent word.
    pub(super) fn match_at(&self, sentence: &Sentence, at: usize) -> Option<usize> {
        reach(&self.pieces, sentence, at, true)
    }
}

/// One piece of a phrase.
#[derive(Debug)]
pub(super) enum Piece {
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

/// The alternatives for one position of a text.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub(super) words: Vec<WordId>,
    /// Alternatives of several words.
    pub(super) sequences: Vec<Vec<WordId>>,
    /// Whether `words` are excluded instead of allowed.
    pub(super) except: bool,
    pub(super) any_word: bool,
    pub(super) clause_break: bool,
    /// Whether the end of a clause matches; it takes no position.
    pub(super) clause_end: bool,
}

impl Unit {
    pub(super) fn any_word() -> Self {
        Self {
            any_word: true,
            ..Self::default()
        }
    }

    /// The allowed words. `None` if something else is allowed too.
    fn named_words(&self) -> Option<&[WordId]> {
        let named = !(self.except || self.any_word || self.clause_break || self.clause_end);
        named.then_some(&self.words)
    }

    fn matches(&self, sentence: &Sentence, at: usize) -> bool {
        if self.clause_break && sentence.is_break(at) {
            return true;
        }
        sentence
            .fresh_word(at)
            .is_some_and(|id| self.any_word || self.words.binary_search(&id).is_ok() != self.except)
    }

    /// The ends of the sequences that start at `at`.
    fn sequence_ends(&self, sentence: &Sentence, at: usize) -> impl Iterator<Item = usize> {
        let matches = move |words: &&Vec<WordId>| {
            let places = at..at.saturating_add(words.len());
            places
                .zip(words.iter())
                .all(|(place, word)| sentence.fresh_word(place) == Some(*word))
        };
        let found = self.sequences.iter().filter(matches);
        found.map(move |words| at.saturating_add(words.len()))
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
            let taken = if *most == 1 && unit.sequences.is_empty() {
                end_of_one(unit, sentence, at, first)
                    .and_then(|end| reach(rest, sentence, end, false))
            } else {
                ends_of(unit, *most, sentence, at, first)
                    .iter()
                    .filter(|(times, _)| times >= least)
                    .rev()
                    .find_map(|(_, end)| reach(rest, sentence, *end, false))
            };
            let skipped = *least == 0 || (unit.clause_end && sentence.ends_clause(at));
            match taken {
                None if skipped => reach(rest, sentence, at, first),
                taken => taken,
            }
        }
    }
}

/// The end of a single-word unit that starts at `at` or after fillers.
fn end_of_one(unit: &Unit, sentence: &Sentence, at: usize, first: bool) -> Option<usize> {
    let most_fillers = if first { 0 } else { MOST_FILLERS };
    for place in at..=at.saturating_add(most_fillers) {
        if unit.matches(sentence, place) {
            return Some(place.saturating_add(1));
        }
        if !sentence.is_filler(place) {
            return None;
        }
    }
    None
}

/// The ends of one, two, … units that start at `at`, skipping fillers between them, as (count, end)
/// with the furthest last. After a unit that matches in several ways, its longest match continues.
fn ends_of(
    unit: &Unit,
    most: usize,
    sentence: &Sentence,
    at: usize,
    first: bool,
) -> Vec<(usize, usize)> {
    let mut ends = Vec::new();
    let mut times: usize = 0;
    let mut next = at;
    let mut fillers = if first { 0 } else { MOST_FILLERS };
    while times < most {
        let word = unit
            .matches(sentence, next)
            .then_some(next.saturating_add(1));
        let found_before = ends.len();
        ends.extend(
            word.into_iter()
                .chain(unit.sequence_ends(sentence, next))
                .map(|end| (times.saturating_add(1), end)),
        );
        let found = ends.get_mut(found_before..).unwrap_or_default();
        found.sort_unstable();
        if let Some((_, furthest)) = found.last() {
            next = *furthest;
            times = times.saturating_add(1);
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
    use super::super::vocabulary::Vocabulary;
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
    fn an_alternative_may_be_several_words() {
        assert!(matches("stop at_once|texting $", "stop at once"));
        assert!(!matches("stop at_once|texting $", "stop at"));
        assert!(matches("不要 再? 给我? 发 短信|信息 $", "不要给我发信息"));
        assert!(!matches("不要 发 短信 $", "不要发短"));
    }

    #[test]
    fn an_exception_is_any_other_word() {
        assert!(matches("stop !<me>", "stop that"));
        assert!(!matches("stop !<me>|you", "stop us"));
        assert!(!matches("stop !<me>", "stop"));
    }

    #[test]
    fn an_unknown_class_is_no_phrase() {
        assert!(Vocabulary::default().phrase("<nobody>").is_none());
    }
}
