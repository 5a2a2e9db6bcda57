//! The words of a text with their positions, so that parts of the text can be removed.

use std::ops::Range;

use sms_text::{fold, is_ignorable};

/// A word: letters and digits without accents, case and apostrophes. Each character of a script
/// without spaces between words is a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlacedWord {
    pub(super) text: String,
    /// Its byte range in the text.
    pub(super) place: Range<usize>,
    /// Whether punctuation, a new line or the start of the text precedes it.
    pub(super) starts_clause: bool,
}

/// The words of a text, in order.
pub(super) fn placed_words(text: &str) -> Vec<PlacedWord> {
    let mut reader = Reader::new(text);
    for (at, c) in text.char_indices() {
        reader.take(at, c);
    }
    reader.end_word();
    reader.words
}

/// The text without these parts, given in any order. A removed part leaves a clause break.
pub(super) fn without(text: &str, parts: &[Range<usize>]) -> String {
    let mut sorted: Vec<&Range<usize>> = parts.iter().collect();
    sorted.sort_unstable_by_key(|part| part.start);
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for part in sorted {
        if part.start > from {
            kept.push_str(text.get(from..part.start).unwrap_or_default());
        }
        kept.push('\n');
        from = from.max(part.end);
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}

/// Whether a place lies in one of the parts.
pub(super) fn is_within(place: &Range<usize>, parts: &[Range<usize>]) -> bool {
    parts
        .iter()
        .any(|part| part.start <= place.start && place.end <= part.end)
}

struct Reader<'a> {
    text: &'a str,
    words: Vec<PlacedWord>,
    open: Option<Range<usize>>,
    starts_clause: bool,
}

impl<'a> Reader<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            words: Vec::new(),
            open: None,
            starts_clause: true,
        }
    }

    fn take(&mut self, at: usize, c: char) {
        let end = at.saturating_add(c.len_utf8());
        if is_word_by_itself(c) {
            self.end_word();
            self.open = Some(at..end);
            self.end_word();
        } else if c.is_alphanumeric() || (self.open.is_some() && is_inside_words(c)) {
            let start = self.open.as_ref().map_or(at, |open| open.start);
            self.open = Some(start..end);
        } else {
            self.end_word();
            self.starts_clause |= is_break(c);
        }
    }

    fn end_word(&mut self) {
        let Some(place) = self.open.take() else {
            return;
        };
        let written = self.text.get(place.clone()).unwrap_or_default();
        let text: String = fold(written)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect();
        if !text.is_empty() {
            self.words.push(PlacedWord {
                text,
                place,
                starts_clause: std::mem::take(&mut self.starts_clause),
            });
        }
    }
}

/// Whether a character is a word by itself: Chinese characters, kana, and the scripts of Thailand, Laos,
/// Myanmar and Cambodia.
const fn is_word_by_itself(c: char) -> bool {
    matches!(
        c,
        '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF66}'..='\u{FF9D}'
            | '\u{20000}'..='\u{3FFFF}'
            | '\u{0E00}'..='\u{0EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}'
    )
}

fn is_inside_words(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '´' | '`')
        || is_ignorable(c)
        // Vowel signs and accents that are separate characters.
        || matches!(c, '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}'
            | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0900}'..='\u{0963}' | '\u{0966}'..='\u{0DFF}')
}

/// Whether a character ends a clause: any but spaces and the punctuation that occurs inside a clause.
const fn is_break(c: char) -> bool {
    !matches!(
        c,
        ' ' | '\t'
            | '\u{A0}'
            | '\u{200A}'
            | '\u{202F}'
            | '\u{3000}'
            | '-'
            | '&'
            | '+'
            | '*'
            | '_'
            | '#'
            | '%'
            | '$'
            | '@'
            | '\''
            | '’'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        placed_words(text)
            .into_iter()
            .map(|word| word.text)
            .collect()
    }

    #[test]
    fn words_are_folded_and_keep_their_places() {
        let text = "I’m “Désabonné” 退订 2U";
        assert_eq!(words(text), ["im", "desabonne", "退", "订", "2u"]);
        let places: Vec<&str> = placed_words(text)
            .into_iter()
            .map(|word| &text[word.place])
            .collect();
        assert_eq!(places, ["I’m", "Désabonné", "退", "订", "2U"]);
    }

    #[test]
    fn a_mark_begins_a_clause() {
        let starts: Vec<bool> = placed_words("Hi Ann. Text (stop) to quit")
            .iter()
            .map(|word| word.starts_clause)
            .collect();
        assert_eq!(starts, [true, false, true, true, true, false]);
    }

    #[test]
    fn parts_are_taken_out_in_any_order_and_though_they_overlap() {
        assert_eq!(without("abcdef", &[3..5, 1..2, 1..4]), "a\n\n\nf");
        assert_eq!(without("abc", &[]), "abc");
    }

    proptest! {
        #[test]
        fn any_text_has_words_at_places_of_its_own(text in any::<String>()) {
            let mut end = 0;
            for word in placed_words(&text) {
                prop_assert!(word.place.start >= end && text.get(word.place.clone()).is_some());
                end = word.place.end;
            }
        }
    }
}
