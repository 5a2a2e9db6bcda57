//! Reactions: phones that share no protocol report a reaction to one of our messages as a text that
//! quotes it, opt-out instructions included. Their wordings are in `data/reactions.tsv`.

use std::ops::Range;
use std::sync::LazyLock;

use super::cue::{Classes, Cues, rows};
use super::quotes::{closing, opening};
use super::text_words::{PlacedWord, placed_words};

/// Longest name of a person before the report, in words.
const LONGEST_NAME: usize = 3;
/// Longest introduction that is examined, in words.
const LONGEST_INTRODUCTION: usize = 9;
/// Longest ending that is examined, in words. The person's own words follow it.
const LONGEST_END: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    BeforeWithEmoji,
    After,
    AfterEmoji,
    Open,
    Whole,
}

static REACTIONS: LazyLock<Cues<Place>> = LazyLock::new(|| {
    let phrases = rows(include_str!("../data/reactions.tsv")).filter_map(|(place, words)| {
        let place = match place {
            "before" => Place::Before,
            "emoji" => Place::BeforeWithEmoji,
            "after" => Place::After,
            "afteremoji" => Place::AfterEmoji,
            "open" => Place::Open,
            "whole" => Place::Whole,
            _ => return None,
        };
        Some((place, words))
    });
    Cues::new(phrases, &Classes::new())
});

/// The part of the text that reports a reaction, which starts at its beginning; `None` if no reaction is
/// reported. The person's own words, usually none, follow it. An unclosed quotation extends to the end.
pub(super) fn report(text: &str) -> Option<Range<usize>> {
    let words = placed_words(text);
    if is_one(&words, Place::Whole) {
        return Some(0..text.len());
    }
    let opening = opening(text)?;
    let (before, after) = (text.get(..opening.0)?, closing(text, opening));
    let introduction = placed_words(before);
    if introduction.len() > LONGEST_INTRODUCTION {
        return None;
    }
    let is_report = is_introduction(before, &introduction);
    let is_open = introduction.is_empty() || is_one(&introduction, Place::Open);
    if !is_open && !is_report {
        return None;
    }
    let rest = text.get(after..)?;
    match end_of_report(rest) {
        Some(end) => Some(0..after.saturating_add(end)),
        None => is_report.then_some(0..after),
    }
}

/// The end of the words after the quotation that name the reaction.
fn end_of_report(rest: &str) -> Option<usize> {
    let words = placed_words(rest);
    let has_emoji = rest.chars().any(is_emoji);
    let is_end = |words: &[PlacedWord]| {
        is_one(words, Place::After) || (has_emoji && is_one(words, Place::AfterEmoji))
    };
    (1..=words.len().min(LONGEST_END))
        .filter_map(|count| words.get(..count))
        .rfind(|words| is_end(words))
        .and_then(|words| words.last())
        .map(|last| last.place.end)
}

fn is_introduction(written: &str, words: &[PlacedWord]) -> bool {
    let has_emoji = written.chars().any(is_emoji);
    if words.is_empty() {
        return has_emoji;
    }
    (0..=LONGEST_NAME.min(words.len()))
        .filter_map(|name| words.get(name..))
        .enumerate()
        .any(|(name, words)| {
            is_one(words, Place::Before)
                || (name == 0 && has_emoji && is_one(words, Place::BeforeWithEmoji))
        })
}

/// Whether all of these words are a phrase for this place.
fn is_one(words: &[PlacedWord], place: Place) -> bool {
    REACTIONS.is_all(words, |said| said == place)
}

/// Whether a character is an emoji, judged by Unicode block: arrows to dingbats and symbols, pictographs,
/// and two punctuation emoji.
const fn is_emoji(c: char) -> bool {
    matches!(c, '\u{203C}' | '\u{2049}' | '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}
