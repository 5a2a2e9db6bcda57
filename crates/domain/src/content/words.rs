//! A text as words, for finding phrases in it. This module must not know which words are forbidden.

use std::borrow::Cow;

use sms_text::{fold, percent_decoded, plain_marks};

/// The text as spam filters and phones interpret it: letters, case and marks folded, and URL
/// escapes decoded. White space stays, so that words can be counted.
pub(crate) fn folded(text: &str) -> String {
    let plain = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(once(text))
    };
    let decoded = percent_decoded(&plain);
    if decoded.is_ascii() {
        decoded.to_ascii_lowercase()
    } else {
        once(&decoded)
    }
}

fn once(text: &str) -> String {
    // A long dash separates words; a hyphen joins them.
    let parted = text.replace(['\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}'], " ");
    plain_marks(&fold(&parted))
}

/// The words of a folded text in order: runs of letters, digits and apostrophes.
pub(crate) fn words(folded: &str) -> Vec<&str> {
    let is_edge = |c: char| !(c.is_alphanumeric() || c == '\'');
    let runs = folded.split(is_edge).map(|word| word.trim_matches('\''));
    runs.filter(|word| !word.is_empty()).collect()
}

/// Whether the text contains one of the phrases, whose words are separated by single spaces.
pub(crate) fn contain_any(words: &[&str], phrases: &[&str]) -> bool {
    (0..words.len()).any(|start| {
        let tail = words.get(start..).unwrap_or_default();
        phrases
            .iter()
            .any(|phrase| length_if_first(tail, phrase).is_some())
    })
}

/// The length of a phrase in words, if `words` begin with it.
pub(crate) fn length_if_first(words: &[&str], phrase: &str) -> Option<usize> {
    let mut words = words.iter();
    let mut length: usize = 0;
    for wanted in phrase.split(' ') {
        words.next().filter(|word| **word == wanted)?;
        length = length.saturating_add(1);
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_phrase_is_found_as_whole_words_in_order() {
        let text = folded("Reply STOP, to opt-out; it\u{2019}s free.");
        let words = words(&text);
        for found in ["stop", "stop to", "opt out", "it's free"] {
            assert!(contain_any(&words, &[found]), "{found}");
        }
        for absent in ["top", "stop opt", "to stop", "free now"] {
            assert!(!contain_any(&words, &[absent]), "{absent}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "[ -$&-~\u{C0}-\u{17F}\u{400}-\u{45F}\u{FF01}-\u{FF5E}\u{200B}—]*") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
