//! Phrases: what a text of several words asks for.
//!
//! Each language has seven lists of phrases, tried in the order of [`STEPS`] over all languages.
//! A phrase that means nothing for consent *spends* its words, so that "don't stop" leaves no
//! "stop" for the steps after it. This module must not know characters or spelling.

mod english;
mod english_farewells;
mod english_refusals;
mod english_requests;
mod english_words;
mod french;
mod spanish;

use std::sync::LazyLock;

use super::near_miss;
use super::phrasebook::Phrasebook;
use super::sentence::Sentence;
use super::vocabulary::Vocabulary;
use super::words::Token;

/// What the phrases of a text ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// An opt-out, by this phrase.
    OptOut(&'static str),
    /// An opt-out, by this keyword misspelt.
    Misspelt(&'static str),
    /// Doubtful, because of this phrase.
    Unsure(&'static str),
    /// An opt-out word that no phrase explains.
    Unplaced(&'static str),
    /// Nothing.
    Nothing,
}

/// The phrases and word classes of one language.
pub(super) struct Language {
    /// Names and words of the classes. `filler`, `edge` and the `review` classes are shared by all
    /// languages, and each adds its own.
    classes: &'static [(&'static str, &'static str)],
    /// Requests that contain a negation or a question which means nothing: "won't you stop".
    insistent: &'static [&'static str],
    /// What is denied, asked about, told of others or limited in time: "don't stop".
    denied: &'static [&'static str],
    /// What may ask for less than silence: "unsubscribe me from your emails". Its words are spent,
    /// and the text is doubtful unless the rest is a request.
    partial: &'static [&'static str],
    /// Requests to be left alone.
    requests: &'static [&'static [&'static str]],
    /// Opt-out words with another object: "stop by", "cancel my appointment".
    everyday: &'static [&'static str],
    /// Requests so unspecific that the everyday phrases come first.
    likely: &'static [&'static str],
    /// What a person should read.
    unsure: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    OptOut,
    Harmless,
    Doubtful,
    Unsure,
}

type Step = (Effect, fn(&Language) -> Vec<&'static str>);

/// The order in which phrases are tried; the first that decides wins.
const STEPS: [Step; 7] = [
    (Effect::OptOut, |language| language.insistent.to_vec()),
    (Effect::Harmless, |language| language.denied.to_vec()),
    (Effect::Doubtful, |language| language.partial.to_vec()),
    (Effect::OptOut, |language| language.requests.concat()),
    (Effect::Harmless, |language| language.everyday.to_vec()),
    (Effect::OptOut, |language| language.likely.to_vec()),
    (Effect::Unsure, |language| language.unsure.to_vec()),
];

const LANGUAGES: [&Language; 3] = [&english::LANGUAGE, &french::LANGUAGE, &spanish::LANGUAGE];

/// An opt-out word anywhere is for a person to read.
const REVIEW_ANYWHERE: &str = "review";
/// These only where a sentence begins with them, as an order does ("remove").
const REVIEW_AT_START: &str = "review_at_start";
/// These also where a sentence ends with them ("I need to cancel").
const REVIEW_AT_END: &str = "review_at_end";

struct Grammar {
    vocabulary: Vocabulary,
    steps: Vec<(Effect, Phrasebook)>,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::read);

/// Whether a word occurs in any phrase.
pub(super) fn knows(word: &str) -> bool {
    GRAMMAR.vocabulary.knows(word)
}

/// Judges a text whose words have their usual spelling.
pub(super) fn judge(tokens: &[Token]) -> Reading {
    let grammar = &*GRAMMAR;
    let mut sentence = Sentence::new(tokens, &grammar.vocabulary);
    let mut doubt = None;
    for (effect, phrases) in &grammar.steps {
        let found = match effect {
            Effect::OptOut => phrases.find(&sentence).map(Reading::OptOut),
            Effect::Unsure => phrases.find(&sentence).map(Reading::Unsure),
            Effect::Harmless => {
                phrases.spend_all(&mut sentence);
                None
            }
            Effect::Doubtful => {
                doubt = phrases.find(&sentence);
                phrases.spend_all(&mut sentence);
                None
            }
        };
        if let Some(reading) = found {
            return reading;
        }
    }
    misspelt(tokens, &sentence)
        .map(Reading::Misspelt)
        .or_else(|| doubt.map(Reading::Unsure))
        .or_else(|| grammar.unplaced(&sentence).map(Reading::Unplaced))
        .unwrap_or(Reading::Nothing)
}

impl Grammar {
    fn read() -> Self {
        let mut vocabulary = Vocabulary::default();
        for language in LANGUAGES {
            for (name, words) in language.classes {
                vocabulary.add_class(name, words);
            }
        }
        let steps = STEPS
            .iter()
            .map(|(effect, phrases_of)| {
                let sources = LANGUAGES.into_iter().flat_map(phrases_of);
                let phrases = sources.filter_map(|source| vocabulary.phrase(source));
                (*effect, Phrasebook::new(phrases))
            })
            .collect();
        Self { vocabulary, steps }
    }

    fn unplaced(&self, sentence: &Sentence) -> Option<&'static str> {
        let is_in = |class, at| {
            sentence
                .fresh_word(at)
                .filter(|word| self.vocabulary.class(class).binary_search(word).is_ok())
        };
        (0..sentence.len()).find_map(|at| {
            let at_start = || is_in(REVIEW_AT_START, at).filter(|_| sentence.starts_clause(at));
            let at_end =
                || is_in(REVIEW_AT_END, at).filter(|_| sentence.ends_clause(at.saturating_add(1)));
            let word = is_in(REVIEW_ANYWHERE, at)
                .or_else(at_start)
                .or_else(at_end)?;
            self.vocabulary.word(word)
        })
    }
}

/// The keyword that the only word of the text, politeness aside, misspells.
fn misspelt(tokens: &[Token], sentence: &Sentence) -> Option<&'static str> {
    tokens
        .iter()
        .enumerate()
        .find_map(|(at, token)| match token {
            Token::Word(word)
                if sentence.starts_text(at) && sentence.ends_text(at.saturating_add(1)) =>
            {
                sentence
                    .fresh_word(at)
                    .and_then(|_| near_miss::keyword(word))
            }
            Token::Word(_) | Token::Break => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_names_known_classes_and_begins_with_known_words() {
        for ((_, phrases), (_, phrases_of)) in GRAMMAR.steps.iter().zip(STEPS) {
            let written: usize = LANGUAGES.into_iter().map(|l| phrases_of(l).len()).sum();
            assert_eq!(phrases.len(), written);
        }
    }

    #[test]
    fn requests_come_after_denials_and_before_everyday_phrases() {
        let effects: Vec<Effect> = STEPS.iter().map(|(effect, _)| *effect).collect();
        assert_eq!(
            effects,
            [
                Effect::OptOut,
                Effect::Harmless,
                Effect::Doubtful,
                Effect::OptOut,
                Effect::Harmless,
                Effect::OptOut,
                Effect::Unsure
            ]
        );
    }
}
