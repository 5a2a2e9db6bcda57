//! A text as words and as links, for the rules on content. This module must not know which words or
//! links are forbidden.

use std::ops::Range;

/// The text in lower case, with full-width and ideographic dots as plain ones, and without the
/// zero-width characters that break up words: how filters and phones read it.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let visible = text.chars().filter(|c| !is_zero_width(*c));
    visible
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '\u{3002}' | '\u{FF0E}' | '\u{FF61}' => '.',
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{2010}' | '\u{2011}' => '-',
            other => other,
        })
        .collect()
}

const fn is_zero_width(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}'
    )
}

/// The words of a folded text in order: runs of letters, digits and apostrophes.
pub(super) fn words(folded: &str) -> Vec<&str> {
    let is_edge = |c: char| !(c.is_alphanumeric() || c == '\'');
    let runs = folded.split(is_edge).map(|word| word.trim_matches('\''));
    runs.filter(|word| !word.is_empty()).collect()
}

/// Whether one of the phrases, its words parted by single spaces, stands in the text.
pub(super) fn contain_any(words: &[&str], phrases: &[&str]) -> bool {
    ranges(words, phrases).next().is_some()
}

/// Where the phrases stand in the text, as ranges of words.
pub(super) fn ranges<'a>(
    words: &'a [&str],
    phrases: &'a [&str],
) -> impl Iterator<Item = Range<usize>> {
    (0..words.len()).flat_map(move |start| {
        let tail = words.get(start..).unwrap_or_default();
        let lengths = phrases
            .iter()
            .filter_map(|phrase| length_if_first(tail, phrase));
        lengths.map(move |length| start..start.saturating_add(length))
    })
}

/// The number of words of a phrase, if the words begin with it.
fn length_if_first(words: &[&str], phrase: &str) -> Option<usize> {
    let mut words = words.iter();
    let mut length: usize = 0;
    for wanted in phrase.split(' ') {
        words.next().filter(|word| **word == wanted)?;
        length = length.saturating_add(1);
    }
    Some(length)
}

/// Whether a folded text names a host: the domain itself or a subdomain of it, not as a part of a
/// longer name.
pub(super) fn names_host(folded: &str, domain: &str) -> bool {
    folded.match_indices(domain).any(|(at, _)| {
        let before = folded.get(..at).and_then(|text| text.chars().next_back());
        let after = folded
            .get(at.saturating_add(domain.len())..)
            .unwrap_or_default();
        before.is_none_or(|c| !is_in_host_name(c) && c != '@') && !goes_on(after)
    })
}

/// A name goes on with a letter, a digit or a hyphen, or with a dot and another label.
fn goes_on(after: &str) -> bool {
    let mut chars = after.chars();
    match chars.next() {
        Some('.') => chars.next().is_some_and(char::is_alphanumeric),
        Some(c) => is_in_host_name(c),
        None => false,
    }
}

fn is_in_host_name(c: char) -> bool {
    c.is_alphanumeric() || c == '-'
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("see bit.ly/abc", true)]
    #[case("https://bit.ly/abc", true)]
    #[case("BIT.LY", true)]
    #[case("www.bit.ly?x", true)]
    #[case("go to bit.ly.", true)]
    #[case("(bit.ly)", true)]
    #[case("bit\u{3002}ly/abc", true)]
    #[case("b\u{200B}it.ly/abc", true)]
    #[case("rabbit.ly/abc", false)]
    #[case("bit.lyon.example", false)]
    #[case("bit.ly.example.com", false)]
    #[case("my-bit.ly", false)]
    #[case("ann@bit.ly", false)]
    fn a_host_is_named_whole(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(names_host(&folded(text), "bit.ly"), expected, "{text}");
    }

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
}
