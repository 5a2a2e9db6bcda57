//! A text as the matcher sees it: words of the grammar, clause ends, and words already spent.

use super::vocabulary::{Vocabulary, WordId};
use super::words::Token;

/// A text, position by position.
pub(super) struct Sentence {
    slots: Vec<Slot>,
    ends: Edges,
}

struct Slot {
    /// `None` for the end of a clause.
    word: Option<WordId>,
    filler: bool,
    edge: bool,
    spent: bool,
    starts: Edges,
    /// The edges that end before this position.
    ended: Edges,
}

#[derive(Clone, Copy)]
struct Edges {
    clause: bool,
    text: bool,
}

impl Sentence {
    /// `vocabulary` must have the classes `filler` and `edge`.
    pub(super) fn new(tokens: &[Token], vocabulary: &Vocabulary) -> Self {
        let mut slots: Vec<Slot> = tokens.iter().map(|token| slot(token, vocabulary)).collect();
        let mut open = Edges {
            clause: true,
            text: true,
        };
        for slot in &mut slots {
            slot.starts = open;
            open = beyond(slot, open);
        }
        let last = Edges {
            clause: true,
            text: true,
        };
        let mut open = last;
        for slot in slots.iter_mut().rev() {
            open = beyond(slot, open);
            slot.ended = open;
        }
        Self { slots, ends: last }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The word at this position, unless a phrase has spent it.
    pub(super) fn fresh_word(&self, at: usize) -> Option<WordId> {
        self.slots.get(at).filter(|slot| !slot.spent)?.word
    }

    pub(super) fn is_break(&self, at: usize) -> bool {
        self.slots.get(at).is_some_and(|slot| slot.word.is_none())
    }

    pub(super) fn is_filler(&self, at: usize) -> bool {
        self.slots.get(at).is_some_and(|slot| slot.filler)
    }

    pub(super) fn starts_clause(&self, at: usize) -> bool {
        self.slots.get(at).is_some_and(|slot| slot.starts.clause)
    }

    pub(super) fn starts_text(&self, at: usize) -> bool {
        self.slots.get(at).is_some_and(|slot| slot.starts.text)
    }

    pub(super) fn ends_clause(&self, at: usize) -> bool {
        self.slots
            .get(at)
            .map_or(self.ends, |slot| slot.ended)
            .clause
    }

    pub(super) fn ends_text(&self, at: usize) -> bool {
        self.slots.get(at).map_or(self.ends, |slot| slot.ended).text
    }

    /// Marks the words in `from..to` as spent.
    pub(super) fn spend(&mut self, from: usize, to: usize) {
        let length = to.saturating_sub(from);
        for slot in self.slots.iter_mut().skip(from).take(length) {
            slot.spent = true;
        }
    }
}

fn slot(token: &Token, vocabulary: &Vocabulary) -> Slot {
    let word = match token {
        Token::Word(word) => Some(vocabulary.id(word)),
        Token::Break => None,
    };
    let is_in = |class| word.is_some_and(|id| vocabulary.class(class).binary_search(&id).is_ok());
    let none = Edges {
        clause: false,
        text: false,
    };
    Slot {
        word,
        filler: is_in("filler"),
        edge: is_in("filler") || is_in("edge"),
        spent: false,
        starts: none,
        ended: none,
    }
}

/// The edges that are still open after this slot: edge words keep them open, and a break opens a new
/// clause of the same text.
fn beyond(slot: &Slot, open: Edges) -> Edges {
    let is_break = slot.word.is_none();
    Edges {
        clause: is_break || (slot.edge && open.clause),
        text: (is_break || slot.edge) && open.text,
    }
}
