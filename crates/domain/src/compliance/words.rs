//! A text as words and as links, for the rules on content. This module must not know which words or
//! links are forbidden.

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
    (0..words.len()).any(|start| {
        let tail = words.get(start..).unwrap_or_default();
        phrases
            .iter()
            .any(|phrase| length_if_first(tail, phrase).is_some())
    })
}

/// The number of words of a phrase, if the words begin with it.
pub(super) fn length_if_first(words: &[&str], phrase: &str) -> Option<usize> {
    let mut words = words.iter();
    let mut length: usize = 0;
    for wanted in phrase.split(' ') {
        words.next().filter(|word| **word == wanted)?;
        length = length.saturating_add(1);
    }
    Some(length)
}

/// The host names of a folded text: runs of letters, digits, hyphens and dots, with a dot inside. A
/// host behind an at sign counts: it may be a link with a user name.
pub(super) fn host_names(folded: &str) -> impl Iterator<Item = &str> {
    let is_edge = |c: char| !(c.is_alphanumeric() || c == '-' || c == '.');
    let runs = folded.split(is_edge).map(|run| run.trim_matches('.'));
    runs.filter(|run| run.contains('.'))
}

/// Whether a host name is a domain or a subdomain of it.
pub(super) fn is_within_domain(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
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
    #[case("https://ann@bit.ly/abc", true)]
    #[case("www2.bit.ly", true)]
    fn a_host_is_named_whole(#[case] text: &str, #[case] expected: bool) {
        let folded = folded(text);
        let found = host_names(&folded).any(|host| is_within_domain(host, "bit.ly"));
        assert_eq!(found, expected, "{text}");
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
