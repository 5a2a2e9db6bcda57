//! Languages that are only data: every file in `phrases/` except those of English, French and Spanish,
//! which extend the grammar in code.
//!
//! A text is read in each language of which it has a word that can start a phrase. These languages
//! see the words as written, without English spelling correction.

use std::collections::HashMap;
use std::sync::LazyLock;

use sms_text::strict;

use super::explanation::{Finding, PhraseFound, Trace};
use super::grammar::{Grammar, Reading};
use super::phrases::{Book, Section};
use super::words::Token;

/// Language codes and their files.
pub(super) const FILES: [(&str, &str); 21] = [
    ("ar", include_str!("../phrases/ar.phrases")),
    ("bn", include_str!("../phrases/bn.phrases")),
    ("de", include_str!("../phrases/de.phrases")),
    ("el", include_str!("../phrases/el.phrases")),
    ("fa", include_str!("../phrases/fa.phrases")),
    ("gu", include_str!("../phrases/gu.phrases")),
    ("he", include_str!("../phrases/he.phrases")),
    ("hi", include_str!("../phrases/hi.phrases")),
    ("ht", include_str!("../phrases/ht.phrases")),
    ("it", include_str!("../phrases/it.phrases")),
    ("ja", include_str!("../phrases/ja.phrases")),
    ("ko", include_str!("../phrases/ko.phrases")),
    ("pa", include_str!("../phrases/pa.phrases")),
    ("pl", include_str!("../phrases/pl.phrases")),
    ("pt", include_str!("../phrases/pt.phrases")),
    ("ru", include_str!("../phrases/ru.phrases")),
    ("tl", include_str!("../phrases/tl.phrases")),
    ("uk", include_str!("../phrases/uk.phrases")),
    ("ur", include_str!("../phrases/ur.phrases")),
    ("vi", include_str!("../phrases/vi.phrases")),
    ("zh", include_str!("../phrases/zh.phrases")),
];

/// A set of languages, one bit for each.
type Languages = u32;

struct Library {
    grammars: Vec<Grammar>,
    /// The languages in which a word can start a phrase.
    beginnings: HashMap<String, Languages>,
    exact: HashMap<String, Exact>,
}

/// The meaning of a whole text, and the entry that defines it.
struct Exact {
    reading: Reading,
    language: &'static str,
    section: Section,
    source: &'static str,
}

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::open);

/// The meaning of a whole text, compared in its strict form.
pub(super) fn exact(strict: &str, trace: &Trace) -> Option<Reading> {
    let exact = LIBRARY.exact.get(strict)?;
    trace.note(|| {
        Finding::Phrase(PhraseFound {
            language: exact.language,
            section: exact.section.name(),
            phrase: exact.source,
            words: strict.to_owned(),
        })
    });
    Some(exact.reading)
}

/// What a text asks for in any of the languages. An opt-out outranks doubt, and doubt outranks help.
pub(super) fn judge(tokens: &[Token], trace: &Trace) -> Reading {
    let library = &*LIBRARY;
    let spoken = tokens.iter().fold(0, |spoken, token| match token {
        Token::Word(word) => spoken | library.beginnings.get(word).copied().unwrap_or_default(),
        Token::Break => spoken,
    });
    let readings = library
        .grammars
        .iter()
        .enumerate()
        .filter(|(at, _)| spoken & bit(*at) != 0)
        .map(|(_, grammar)| grammar.judge(tokens, trace));
    readings
        .max_by_key(|reading| rank(*reading))
        .unwrap_or(Reading::Nothing)
}

const fn rank(reading: Reading) -> u8 {
    match reading {
        Reading::OptOut(_) | Reading::Misspelt(_) => 3,
        Reading::Unsure(_) | Reading::Unplaced(_) => 2,
        Reading::Help(_) => 1,
        Reading::Nothing => 0,
    }
}

fn bit(language: usize) -> Languages {
    u32::try_from(language)
        .ok()
        .and_then(|shift| 1_u32.checked_shl(shift))
        .unwrap_or_default()
}

impl Library {
    fn open() -> Self {
        let mut library = Self {
            grammars: Vec::new(),
            beginnings: HashMap::new(),
            exact: HashMap::new(),
        };
        for (at, (language, file)) in FILES.into_iter().enumerate() {
            library.add(at, &(language, Book::read(file)));
        }
        library
    }

    fn add(&mut self, at: usize, book: &(&'static str, Book)) {
        let grammar = Grammar::of_book(book);
        for word in grammar.beginnings() {
            *self.beginnings.entry(word.to_owned()).or_default() |= bit(at);
        }
        self.grammars.push(grammar);
        let (language, book) = book;
        for entry in &book.entries {
            let reading = match entry.section {
                Section::ExactRequest => Reading::OptOut(entry.source),
                Section::ExactUnsure => Reading::Unsure(entry.source),
                Section::ExactOrdinary => Reading::Nothing,
                Section::Insistent
                | Section::Denied
                | Section::Partial
                | Section::Request
                | Section::Everyday
                | Section::Likely
                | Section::Help
                | Section::Unsure => continue,
            };
            let exact = Exact {
                reading,
                language,
                section: entry.section,
                source: entry.source,
            };
            self.exact.insert(strict(entry.source), exact);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Keyword, classify};

    #[test]
    fn every_line_of_every_file_is_read() {
        for (language, file) in FILES {
            let book = (language, Book::read(file));
            let grammar = Grammar::of_book(&book);
            let (_, book) = book;
            assert!(book.unread.is_empty(), "{language}: {:?}", book.unread);
            let phrases = book.entries.iter().filter(|one| !one.section.is_exact());
            let unread: Vec<_> = phrases
                .filter(|one| !grammar.has(one.source))
                .map(|one| one.source)
                .collect();
            assert!(unread.is_empty(), "{language}: {unread:#?}");
        }
    }

    #[test]
    fn every_phrase_means_what_its_examples_say() {
        let mut wrong = Vec::new();
        for (language, file) in FILES {
            let book = (language, Book::read(file));
            let grammar = Grammar::of_book(&book);
            let (_, book) = book;
            for entry in book.entries.iter().filter(|one| !one.section.is_exact()) {
                wrong.extend(
                    grammar
                        .misread(entry)
                        .into_iter()
                        .map(|fault| format!("{language} {fault}")),
                );
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn accents_decide_where_a_word_without_them_could_be_another() {
        assert_eq!(classify("Dừng lại!").keyword, Keyword::OptOut);
        assert_eq!(classify("dung lai").keyword, Keyword::Review);
        assert_eq!(classify("Đúng").keyword, Keyword::None);
    }
}
