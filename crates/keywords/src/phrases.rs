//! The format of phrase files, and its parser. `README.md` of this crate says how to add a phrase.
//!
//! | line | is |
//! |---|---|
//! | `# …` | a comment |
//! | `class text: text message` | a class of words, `<text>` in phrases; `filler` and `edge` are predefined |
//! | `[request]` | the start of a section: what the phrases below mean |
//! | `+ …` | a text in which the phrase above is recognised |
//! | `- …` | a text in which it is not |
//! | anything else | a phrase ([`super::pattern`]) |
//!
//! In the `exact` sections a line is a whole text, compared with its accents.

/// The meaning of the phrases of a section, in the order in which sections are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Section {
    /// Requests that look like a denial or a question.
    Insistent,
    /// Opt-out words that are denied, asked about, said of others or limited in time. They are spent.
    Denied,
    /// Requests that may not cover all messages. Their words are spent, and the text is in doubt.
    Partial,
    /// Requests to be left alone.
    Request,
    /// Opt-out words with another object. They are spent.
    Everyday,
    /// Requests so unspecific that the everyday phrases are tried first.
    Likely,
    /// Questions about who is texting and how to stop it.
    Help,
    /// Phrases that a person should read.
    Unsure,
    /// Whole texts that are a request.
    ExactRequest,
    /// Whole texts that a person should read.
    ExactUnsure,
    /// Whole texts that are ordinary, although without their accents they would not be.
    ExactOrdinary,
}

impl Section {
    pub(super) const ALL: [(&'static str, Self); 11] = [
        ("insistent", Self::Insistent),
        ("denied", Self::Denied),
        ("partial", Self::Partial),
        ("request", Self::Request),
        ("everyday", Self::Everyday),
        ("likely", Self::Likely),
        ("help", Self::Help),
        ("unsure", Self::Unsure),
        ("exact request", Self::ExactRequest),
        ("exact unsure", Self::ExactUnsure),
        ("exact ordinary", Self::ExactOrdinary),
    ];

    /// The name of the section in files.
    pub(super) fn name(self) -> &'static str {
        let named = Self::ALL.iter().find(|(_, section)| *section == self);
        named.map_or("", |(name, _)| name)
    }

    /// Whether the lines of the section are whole texts instead of phrases.
    #[cfg(test)]
    pub(super) const fn is_exact(self) -> bool {
        matches!(
            self,
            Self::ExactRequest | Self::ExactUnsure | Self::ExactOrdinary
        )
    }
}

/// A phrase of a file.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) section: Section,
    /// The phrase as written.
    pub(super) source: &'static str,
    pub(super) examples_for: Vec<&'static str>,
    pub(super) examples_against: Vec<&'static str>,
}

/// A parsed file.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Names and words of the classes.
    pub(super) classes: Vec<(&'static str, &'static str)>,
    pub(super) entries: Vec<Entry>,
    /// Lines that are none of the above. A test requires that there are none.
    pub(super) unread: Vec<&'static str>,
}

impl Book {
    pub(super) fn read(file: &'static str) -> Self {
        let mut book = Self::default();
        let mut section = None;
        for line in file.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|line| line.strip_suffix(']'))
            {
                section = Section::ALL.iter().find(|(one, _)| *one == name);
                book.note_unless(section.is_some(), line);
            } else if let Some(class) = class(line) {
                book.classes.push(class);
            } else if let Some((_, section)) = section {
                book.add(*section, line);
            } else {
                book.note_unless(false, line);
            }
        }
        book
    }

    /// The phrases of a section.
    pub(super) fn of(&self, section: Section) -> impl Iterator<Item = &'static str> {
        let of_section = self
            .entries
            .iter()
            .filter(move |one| one.section == section);
        of_section.map(|one| one.source)
    }

    fn add(&mut self, section: Section, line: &'static str) {
        if line.starts_with("+ ") || line.starts_with("- ") {
            self.add_example(line);
        } else {
            self.entries.push(Entry {
                section,
                source: line,
                examples_for: Vec::new(),
                examples_against: Vec::new(),
            });
        }
    }

    fn add_example(&mut self, line: &'static str) {
        let (sign, text) = line.split_at(2);
        match self.entries.last_mut() {
            Some(entry) if sign == "+ " => entry.examples_for.push(text),
            Some(entry) => entry.examples_against.push(text),
            None => self.unread.push(line),
        }
    }

    fn note_unless(&mut self, is_fine: bool, line: &'static str) {
        if !is_fine {
            self.unread.push(line);
        }
    }
}

/// `class me: me us`, `filler: please`.
fn class(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (head, words) = line.split_once(':')?;
    let name = match head.split_once(' ') {
        Some(("class", name)) => name,
        None if matches!(head, "filler" | "edge") => head,
        Some(_) | None => return None,
    };
    Some((name, words))
}

#[cfg(test)]
impl Entry {
    /// The examples that the classifier reads differently from the section, and missing examples.
    pub(super) fn misclassified(&self) -> Vec<String> {
        use crate::{Keyword, classify};
        let meant = match self.section {
            Section::Insistent | Section::Request | Section::Likely | Section::ExactRequest => {
                Some(Keyword::OptOut)
            }
            Section::Help => Some(Keyword::Help),
            Section::Partial | Section::Unsure | Section::ExactUnsure => Some(Keyword::Review),
            Section::Denied | Section::Everyday | Section::ExactOrdinary => None,
        };
        let is_meant = |text: &str| match meant {
            Some(keyword) => classify(text).keyword == keyword,
            None => classify(text).keyword != Keyword::OptOut,
        };
        let wrong = self.examples_for.iter().filter(|text| !is_meant(text));
        let wrong = wrong.map(|text| format!("{}\n    is misread in {text}", self.source));
        let lacks = self.examples_for.is_empty() || self.examples_against.is_empty();
        let lacks = lacks.then(|| format!("{} has no example for or against", self.source));
        wrong.chain(lacks).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_classes_sections_phrases_and_examples() {
        let book = Book::read("# a\nclass me: me us\n[request]\nstop <me>\n+ stop us\n- stop\n");
        assert_eq!(book.classes, [("me", " me us")]);
        let entry = &book.entries[0];
        assert_eq!(
            (entry.section, entry.source),
            (Section::Request, "stop <me>")
        );
        assert_eq!(entry.examples_for, ["stop us"]);
        assert_eq!(entry.examples_against, ["stop"]);
        assert!(book.unread.is_empty());
    }

    #[test]
    fn what_has_no_place_is_noted() {
        let book = Book::read("stop\n[nothing]\nhalt\n[request]\n+ no phrase");
        assert_eq!(book.unread, ["stop", "[nothing]", "halt", "+ no phrase"]);
    }
}
