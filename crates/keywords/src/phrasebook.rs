//! Phrases in their order, found by the words with which they can begin.
//!
//! This module must not know what a phrase means.

use std::collections::HashMap;

use super::pattern::Phrase;
use super::sentence::Sentence;
use super::vocabulary::WordId;

/// An ordered list of phrases. The earlier phrase goes first, wherever in the text it matches.
pub(super) struct Phrasebook {
    phrases: Vec<Phrase>,
    /// For each word the places in the list of the phrases that can begin with it.
    by_first_word: HashMap<WordId, Vec<usize>>,
}

impl Phrasebook {
    /// Phrases that can begin with any word are left out: they would have to be tried everywhere.
    pub(super) fn new(phrases: impl IntoIterator<Item = Phrase>) -> Self {
        let mut book = Self {
            phrases: Vec::new(),
            by_first_word: HashMap::new(),
        };
        for phrase in phrases {
            let place = book.phrases.len();
            if let Some(words) = phrase.first_words() {
                for word in words {
                    book.by_first_word.entry(word).or_default().push(place);
                }
                book.phrases.push(phrase);
            }
        }
        book
    }

    /// How many phrases it has.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.phrases.len()
    }

    /// The words with which its phrases begin.
    pub(super) fn first_words(&self) -> impl Iterator<Item = WordId> {
        self.by_first_word.keys().copied()
    }

    /// The phrase that is written so.
    #[cfg(test)]
    pub(super) fn named(&self, source: &str) -> Option<&Phrase> {
        self.phrases.iter().find(|phrase| phrase.source == source)
    }

    /// The first phrase that occurs in the text.
    pub(super) fn find(&self, sentence: &Sentence) -> Option<&'static str> {
        self.candidates(sentence)
            .into_iter()
            .find(|(phrase, at)| phrase.match_at(sentence, *at).is_some())
            .map(|(phrase, _)| phrase.source)
    }

    /// Spends the words of every phrase that occurs in the text.
    pub(super) fn spend_all(&self, sentence: &mut Sentence) {
        for (phrase, at) in self.candidates(sentence) {
            if let Some(end) = phrase.match_at(sentence, at) {
                sentence.spend(at, end);
            }
        }
    }

    /// Phrases and the positions at which they might begin, in the order of the list.
    fn candidates(&self, sentence: &Sentence) -> Vec<(&Phrase, usize)> {
        let mut places: Vec<(usize, usize)> = (0..sentence.len())
            .filter_map(|at| Some((at, self.by_first_word.get(&sentence.fresh_word(at)?)?)))
            .flat_map(|(at, places)| places.iter().map(move |place| (*place, at)))
            .collect();
        places.sort_unstable();
        places.dedup();
        places
            .into_iter()
            .filter_map(|(place, at)| Some((self.phrases.get(place)?, at)))
            .collect()
    }
}
