//! Words and phrases of forbidden categories. Must not know what follows from one.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::forbidden_words::{FORBIDDEN, Phrase, phrases_beginning_with};
use crate::content::words::{length_if_first, words};

/// A word or phrase of a forbidden category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForbiddenPhrase {
    /// The category, such as `alcohol`.
    pub category: Cow<'static, str>,
    /// The index of the category in the list; the lowest is reported first.
    pub rank: usize,
    /// The phrase as it is listed.
    pub phrase: Cow<'static, str>,
    /// The position of the first word, counted from 1.
    pub word: usize,
}

/// A phrase in a text, with the range of its words.
type Hit = (&'static Phrase, Range<usize>);

/// The forbidden phrases in the text outside every harmless phrase, each once.
pub(super) fn forbidden_phrases(text: &str) -> Vec<ForbiddenPhrase> {
    let numbered = (1..).zip(text.split_whitespace());
    let (numbers, words): (Vec<usize>, Vec<&str>) = numbered
        .flat_map(|(number, word)| words(word).into_iter().map(move |word| (number, word)))
        .unzip();
    let hits = hits(&words);
    let is_innocent = |(phrase, range): &Hit| {
        hits.iter().any(|(other, around)| {
            let is_around = around.start <= range.start && range.end <= around.end;
            other.is_innocent && other.category == phrase.category && is_around
        })
    };
    let mut found: Vec<ForbiddenPhrase> = Vec::new();
    for (phrase, range) in hits.iter().filter(|hit| !is_innocent(hit)) {
        let is_new = found.iter().all(|found| found.phrase != phrase.words);
        if let Some(list) = FORBIDDEN.get(phrase.category).filter(|_| is_new) {
            found.push(ForbiddenPhrase {
                category: Cow::Borrowed(list.category),
                rank: phrase.category,
                phrase: Cow::Borrowed(phrase.words),
                word: numbers.get(range.start).copied().unwrap_or_default(),
            });
        }
    }
    found
}

fn hits(words: &[&str]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (start, word) in words.iter().enumerate() {
        let tail = words.get(start..).unwrap_or_default();
        for phrase in phrases_beginning_with(word) {
            if let Some(length) = length_if_first(tail, phrase.words) {
                hits.push((phrase, start..start.saturating_add(length)));
            }
        }
    }
    hits
}
