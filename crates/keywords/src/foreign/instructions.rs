//! Instructions: how a sender tells people to opt out or get help, what a machine asks for, and what a
//! mail program appends. The phrases are in `data/instructions.tsv`.

use std::ops::Range;
use std::sync::LazyLock;

use super::cue::{Cues, Found, classes, place, rows};
use super::text_words::{PlacedWord, is_within};

/// Longest purpose of an instruction ("to opt out of these texts"), in words.
const LONGEST_PURPOSE: usize = 8;

const TABLE: &str = include_str!("../data/instructions.tsv");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Footer,
    Closed,
    Next,
    Machine,
    Signature,
}

static INSTRUCTIONS: LazyLock<Cues<Kind>> = LazyLock::new(|| {
    let phrases = rows(TABLE).filter_map(|(kind, phrase)| {
        let kind = match kind {
            "footer" => Kind::Footer,
            "closed" => Kind::Closed,
            "next" => Kind::Next,
            "machine" => Kind::Machine,
            "signature" => Kind::Signature,
            _ => return None,
        };
        Some((kind, phrase))
    });
    Cues::new(phrases, &classes(TABLE))
});

static KEYS: LazyLock<Vec<String>> =
    LazyLock::new(|| classes(TABLE).remove("stopkey").unwrap_or_default());

/// The parts of a text that say how to opt out or get help.
pub(super) fn footers(words: &[PlacedWord]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    // The index of the first word that no footer covers yet.
    let mut explained = 0;
    for found in INSTRUCTIONS.find(words) {
        let goes_on = !parts.is_empty() && found.from == explained;
        let to = match found.said {
            Kind::Footer => purpose_end(words, found),
            Kind::Closed => found.to,
            Kind::Next if goes_on => found.to,
            Kind::Next | Kind::Machine | Kind::Signature => continue,
        };
        if to > explained {
            parts.push(place(&Found { to, ..found }, words));
            explained = to;
        }
    }
    parts
}

/// The parts of a text in which a machine tells its reader what to do.
pub(super) fn machine(words: &[PlacedWord]) -> Vec<Range<usize>> {
    of_kind(words, Kind::Machine)
}

/// The parts of a text that a program appended.
pub(super) fn signatures(words: &[PlacedWord]) -> Vec<Range<usize>> {
    of_kind(words, Kind::Signature)
}

fn of_kind(words: &[PlacedWord], kind: Kind) -> Vec<Range<usize>> {
    INSTRUCTIONS
        .find(words)
        .filter(|found| found.said == kind)
        .map(|found| place(&found, words))
        .collect()
}

/// The end of the purpose in an instruction ("to opt out of these texts"). It extends to the end of
/// the clause or to a repetition of the keyword, which is the person's own. The first word does not
/// count as a repetition ("Reply STOP to stop").
fn purpose_end(words: &[PlacedWord], found: Found<Kind>) -> usize {
    let named = words.get(found.from..found.to).unwrap_or_default();
    let is_named = |word: &PlacedWord| {
        KEYS.contains(&word.text) && named.iter().any(|named| named.text == word.text)
    };
    let is_over =
        |(index, word): (usize, &PlacedWord)| word.starts_clause || (index > 0 && is_named(word));
    let rest = words.get(found.to..).unwrap_or_default();
    let rest = rest.get(..LONGEST_PURPOSE).unwrap_or(rest);
    let length = rest
        .iter()
        .enumerate()
        .position(is_over)
        .unwrap_or(rest.len());
    found.to.saturating_add(length)
}

/// The words outside these parts.
pub(super) fn outside(words: &[PlacedWord], parts: &[Range<usize>]) -> Vec<PlacedWord> {
    let mut left: Vec<PlacedWord> = Vec::new();
    let mut is_cut = false;
    for word in words {
        if is_within(&word.place, parts) {
            is_cut = true;
        } else {
            left.push(PlacedWord {
                starts_clause: word.starts_clause || std::mem::take(&mut is_cut),
                ..word.clone()
            });
        }
    }
    left
}
