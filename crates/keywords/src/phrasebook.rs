//! Ordered phrases, indexed by the words with which they can start.

use std::collections::HashMap;

use super::pattern::Phrase;
use super::sentence::Sentence;
use super::vocabulary::WordId;

/// An occurrence of a phrase in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// The phrase as written.
    pub(super) source: &'static str,
    /// The language that the phrase belongs to.
    pub(super) language: &'static str,
    /// The first position that it covers, and the position after the last.
    pub(super) from: usize,
    pub(super) to: usize,
}

/// An ordered list of phrases. An earlier phrase takes precedence, wherever in the text it matches.
pub(super) struct Phrasebook {
    /// Each phrase with its language.
    phrases: Vec<(&'static str, Phrase)>,
    /// For each word, the indices of the phrases that can start with it.
    by_first_word: HashMap<WordId, Vec<usize>>,
}

impl Phrasebook {
    /// Phrases that can start with any word are left out: they would have to be tried everywhere.
    pub(super) fn new(phrases: impl IntoIterator<Item = (&'static str, Phrase)>) -> Self {
        let mut book = Self {
            phrases: Vec::new(),
            by_first_word: HashMap::new(),
        };
        for (language, phrase) in phrases {
            let place = book.phrases.len();
            if let Some(words) = phrase.first_words() {
                for word in words {
                    book.by_first_word.entry(word).or_default().push(place);
                }
                book.phrases.push((language, phrase));
            }
        }
        book
    }

    /// The number of phrases.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.phrases.len()
    }

    /// The words with which phrases can start.
    pub(super) fn first_words(&self) -> impl Iterator<Item = WordId> {
        self.by_first_word.keys().copied()
    }

    /// The phrase with this source.
    #[cfg(test)]
    pub(super) fn named(&self, source: &str) -> Option<&Phrase> {
        let phrases = self.phrases.iter().map(|(_, phrase)| phrase);
        phrases.into_iter().find(|phrase| phrase.source == source)
    }

    /// The first phrase that occurs in the text.
    pub(super) fn find(&self, sentence: &Sentence) -> Option<Occurrence> {
        self.candidates(sentence)
            .into_iter()
            .find_map(|candidate| occurrence(candidate, sentence))
    }

    /// Spends the words of every phrase that occurs in the text, and returns those phrases.
    pub(super) fn spend_all(&self, sentence: &mut Sentence) -> Vec<Occurrence> {
        let mut spent = Vec::new();
        for candidate in self.candidates(sentence) {
            if let Some(found) = occurrence(candidate, sentence) {
                sentence.spend(found.from, found.to);
                spent.push(found);
            }
        }
        spent
    }

    /// Phrases and the positions at which they might start, in the order of the list.
    fn candidates(&self, sentence: &Sentence) -> Vec<Candidate<'_>> {
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

/// A phrase with its language, and a position at which it might start.
type Candidate<'a> = (&'a (&'static str, Phrase), usize);

fn occurrence(candidate: Candidate<'_>, sentence: &Sentence) -> Option<Occurrence> {
    let ((language, phrase), from) = candidate;
    phrase.match_at(sentence, from).map(|to| Occurrence {
        source: phrase.source,
        language,
        from,
        to,
    })
}
