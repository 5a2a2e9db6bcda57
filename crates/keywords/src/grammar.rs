//! The grammar: what the phrases of a text ask for.
//!
//! Each language has lists of phrases, which are tried in the order of [`STEPS`]. English, French and
//! Spanish share one grammar, because people mix them; their files in `phrases/` are tried before
//! their lists in code. Every other language is a file with a grammar of its own
//! ([`super::languages`]). A phrase that means nothing for consent *spends* its words, so that "don't
//! stop" leaves no "stop" for later steps. The folder `grammar/` must not know characters or spelling.

mod english;
mod english_farewells;
mod english_refusals;
mod english_requests;
mod english_words;
mod french;
mod spanish;

use std::sync::LazyLock;

use super::explanation::{Finding, PhraseFound, Trace};
use super::near_miss;
use super::phrasebook::{Occurrence, Phrasebook};
use super::phrases::{Book, Section};
use super::sentence::Sentence;
use super::vocabulary::Vocabulary;
use super::words::{self, Token};

/// What the phrases of a text ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// An opt-out, by this phrase.
    OptOut(&'static str),
    /// An opt-out, by a misspelling of this keyword.
    Misspelt(&'static str),
    /// A request for help, by this phrase.
    Help(&'static str),
    /// In doubt, because of this phrase.
    Unsure(&'static str),
    /// An opt-out word that no phrase explains.
    Unplaced(&'static str),
    /// Nothing.
    Nothing,
}

/// The phrases and word classes of one language.
pub(super) struct Language {
    /// The language code, which also names its file.
    code: &'static str,
    /// Names and words of the classes. All languages share `filler`, `edge` and the `review` classes,
    /// and each adds words to them.
    classes: &'static [(&'static str, &'static str)],
    /// Requests with a negation or a question that does not change them: "won't you stop".
    insistent: &'static [&'static str],
    /// Opt-out words that are denied, asked about, said of others or limited in time: "don't stop".
    denied: &'static [&'static str],
    /// Requests that may not cover all messages: "unsubscribe me from your emails". Their words are
    /// spent, and the text is in doubt unless the rest is a request.
    partial: &'static [&'static str],
    /// Requests to be left alone.
    requests: &'static [&'static [&'static str]],
    /// Opt-out words with another object: "stop by", "cancel my appointment".
    everyday: &'static [&'static str],
    /// Requests so unspecific that the everyday phrases are tried first.
    likely: &'static [&'static str],
    /// Phrases that a person should read.
    unsure: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    OptOut,
    Harmless,
    Doubtful,
    Help,
    Unsure,
}

type Step = (Effect, Section, fn(&Language) -> Vec<&'static str>);

/// The order in which phrases are tried. The first phrase that decides wins.
const STEPS: [Step; 8] = [
    (Effect::OptOut, Section::Insistent, |language| {
        language.insistent.to_vec()
    }),
    (Effect::Harmless, Section::Denied, |language| {
        language.denied.to_vec()
    }),
    (Effect::Doubtful, Section::Partial, |language| {
        language.partial.to_vec()
    }),
    (Effect::OptOut, Section::Request, |language| {
        language.requests.concat()
    }),
    (Effect::Harmless, Section::Everyday, |language| {
        language.everyday.to_vec()
    }),
    (Effect::OptOut, Section::Likely, |language| {
        language.likely.to_vec()
    }),
    (Effect::Help, Section::Help, |_| Vec::new()),
    (Effect::Unsure, Section::Unsure, |language| {
        language.unsure.to_vec()
    }),
];

const LANGUAGES: [&Language; 3] = [&english::LANGUAGE, &french::LANGUAGE, &spanish::LANGUAGE];

/// Files that extend the languages in code.
const FILES: [(&str, &str); 3] = [
    ("en", include_str!("../phrases/en.phrases")),
    ("fr", include_str!("../phrases/fr.phrases")),
    ("es", include_str!("../phrases/es.phrases")),
];

/// Class of the words that a person should read wherever they stand.
const REVIEW_ANYWHERE: &str = "review";
/// Class of the words that a person should read at the start of a clause, as in an order ("remove").
const REVIEW_AT_START: &str = "review_at_start";
/// Class of the words that a person should read at the end of a clause ("I need to cancel").
const REVIEW_AT_END: &str = "review_at_end";

/// The vocabulary and the phrases, in the order of the steps.
pub(super) struct Grammar {
    vocabulary: Vocabulary,
    stages: Vec<Stage>,
    /// Whether a single word is checked for a misspelt keyword.
    corrects: bool,
}

/// A step with its phrases.
struct Stage {
    effect: Effect,
    section: Section,
    phrases: Phrasebook,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let books = FILES.map(|(language, file)| (language, Book::read(file)));
    Grammar::read(&LANGUAGES, &books, true)
});

/// Whether a word occurs in a phrase of English, French or Spanish.
pub(super) fn knows(word: &str) -> bool {
    GRAMMAR.vocabulary.knows(word)
}

/// Judges a text by the phrases of English, French and Spanish. The words must have their usual
/// spelling.
pub(super) fn judge(tokens: &[Token], trace: &Trace) -> Reading {
    GRAMMAR.judge(tokens, trace)
}

impl Grammar {
    /// The grammar of a language that is only a file.
    pub(super) fn of_book(book: &(&'static str, Book)) -> Self {
        Self::read(&[], std::slice::from_ref(book), false)
    }

    fn read(languages: &[&Language], books: &[(&'static str, Book)], corrects: bool) -> Self {
        let mut vocabulary = Vocabulary::default();
        let coded = languages.iter().flat_map(|language| language.classes);
        let filed = books.iter().flat_map(|(_, book)| &book.classes);
        for (name, words) in coded.chain(filed) {
            vocabulary.add_class(name, words);
        }
        let stages = STEPS
            .iter()
            .map(|(effect, section, phrases_of)| {
                let filed = books.iter().flat_map(|(language, book)| {
                    book.of(*section).map(move |source| (*language, source))
                });
                let coded = languages.iter().flat_map(|language| {
                    let sources = phrases_of(language).into_iter();
                    sources.map(|source| (language.code, source))
                });
                let phrases = filed
                    .chain(coded)
                    .filter_map(|(language, source)| Some((language, vocabulary.phrase(source)?)));
                Stage {
                    effect: *effect,
                    section: *section,
                    phrases: Phrasebook::new(phrases),
                }
            })
            .collect();
        Self {
            vocabulary,
            stages,
            corrects,
        }
    }

    pub(super) fn judge(&'static self, tokens: &[Token], trace: &Trace) -> Reading {
        let mut sentence = Sentence::new(tokens, &self.vocabulary);
        let mut doubt = None;
        for stage in &self.stages {
            let found = stage.occurrences(&mut sentence);
            for occurrence in &found {
                trace.note(|| stage.finding(occurrence, tokens));
            }
            let first = found.first().map(|occurrence| occurrence.source);
            match (stage.effect, first) {
                (Effect::OptOut, Some(phrase)) => return Reading::OptOut(phrase),
                (Effect::Help, Some(phrase)) => return Reading::Help(phrase),
                (Effect::Unsure, Some(phrase)) => return Reading::Unsure(phrase),
                (Effect::Doubtful, first) => doubt = first,
                (Effect::Harmless, _) | (Effect::OptOut | Effect::Help | Effect::Unsure, None) => {}
            }
        }
        let misspelt = self.corrects.then(|| misspelt(tokens, &sentence)).flatten();
        misspelt
            .map(Reading::Misspelt)
            .or_else(|| doubt.map(Reading::Unsure))
            .or_else(|| self.unplaced(&sentence).map(Reading::Unplaced))
            .unwrap_or(Reading::Nothing)
    }

    /// The words with which phrases can start.
    pub(super) fn beginnings(&self) -> impl Iterator<Item = &str> {
        let ids = self
            .stages
            .iter()
            .flat_map(|stage| stage.phrases.first_words());
        ids.filter_map(|id| self.vocabulary.word(id))
    }

    fn unplaced(&'static self, sentence: &Sentence) -> Option<&'static str> {
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

impl Stage {
    /// The phrases of this step that occur in the text: all of them if the step spends their words,
    /// otherwise only the first, which decides.
    fn occurrences(&self, sentence: &mut Sentence) -> Vec<Occurrence> {
        match self.effect {
            Effect::OptOut | Effect::Help | Effect::Unsure => {
                self.phrases.find(sentence).into_iter().collect()
            }
            Effect::Harmless | Effect::Doubtful => self.phrases.spend_all(sentence),
        }
    }

    fn finding(&self, found: &Occurrence, tokens: &[Token]) -> Finding {
        let covered = tokens.get(found.from..found.to).unwrap_or_default();
        Finding::Phrase(PhraseFound {
            language: found.language,
            section: self.section.name(),
            phrase: found.source,
            words: words::shown(covered),
        })
    }
}

/// The keyword that the text misspells, if it is one word apart from courtesies.
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
impl Grammar {
    /// Whether the grammar has a phrase with this source.
    pub(super) fn has(&self, source: &str) -> bool {
        self.stages
            .iter()
            .any(|stage| stage.phrases.named(source).is_some())
    }

    /// The examples of an entry that contradict it.
    pub(super) fn misread(&self, entry: &super::phrases::Entry) -> Vec<String> {
        use super::words::{canonical, tokenise};
        let Some(phrase) = self
            .stages
            .iter()
            .find_map(|stage| stage.phrases.named(entry.source))
        else {
            return vec![format!("{} is not read", entry.source)];
        };
        let is_found = |text: &str| {
            let tokens = tokenise(&sms_text::fold(text));
            let tokens = if self.corrects {
                canonical(tokens)
            } else {
                tokens
            };
            let sentence = Sentence::new(&tokens, &self.vocabulary);
            (0..sentence.len()).any(|at| phrase.match_at(&sentence, at).is_some())
        };
        let absent = entry.examples_for.iter().filter(|text| !is_found(text));
        let present = entry.examples_against.iter().filter(|text| is_found(text));
        let absent = absent.map(|text| format!("{}\n    is not in {text}", entry.source));
        let present = present.map(|text| format!("{}\n    is in {text}", entry.source));
        let meant = entry.misclassified().into_iter();
        absent.chain(present).chain(meant).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_names_known_classes_and_begins_with_known_words() {
        let books = FILES.map(|(_, file)| Book::read(file));
        for (stage, (_, section, phrases_of)) in GRAMMAR.stages.iter().zip(STEPS) {
            let coded: usize = LANGUAGES.into_iter().map(|l| phrases_of(l).len()).sum();
            let filed: usize = books.iter().map(|book| book.of(section).count()).sum();
            assert_eq!(stage.phrases.len(), coded + filed, "{section:?}");
        }
        for book in books {
            assert!(book.unread.is_empty(), "{:?}", book.unread);
        }
    }

    #[test]
    fn every_phrase_of_a_file_means_what_its_examples_say() {
        let wrong: Vec<String> = FILES
            .map(|(_, file)| Book::read(file))
            .iter()
            .flat_map(|book| &book.entries)
            .flat_map(|entry| GRAMMAR.misread(entry))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn requests_come_after_denials_and_before_everyday_phrases() {
        let effects: Vec<Effect> = STEPS.iter().map(|(effect, _, _)| *effect).collect();
        assert_eq!(
            effects,
            [
                Effect::OptOut,
                Effect::Harmless,
                Effect::Doubtful,
                Effect::OptOut,
                Effect::Harmless,
                Effect::OptOut,
                Effect::Help,
                Effect::Unsure
            ]
        );
    }
}
