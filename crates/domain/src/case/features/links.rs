//! Detection of the hosts of links in a text, including disguised links. This module must not know
//! which hosts are forbidden.

use sms_text::{fold, punycode_decoded};

/// A host, with the indications that it is a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    /// The labels, joined by dots, in lower case.
    pub(super) name: String,
    /// The word of the text that contains the host, counted from 1.
    pub(super) word: usize,
    /// Whether the host spans several words (`bit . ly`), which may also be the end of one sentence
    /// and the beginning of another.
    pub(super) is_pieced: bool,
    /// Whether the dot ends a word, as at the end of a sentence.
    pub(super) ends_sentence: bool,
    /// Whether a path follows immediately.
    pub(super) has_path: bool,
}

/// Spellings of dots that evade filters.
const DOTS: &[&str] = &[
    "[.]", "(.)", "{.}", "<.>", "[dot]", "(dot)", "{dot}", "<dot>", "&#46;", "&#x2e;", "&period;",
    "\\.",
];

/// The hosts in a folded text: runs of Latin letters, digits, hyphens and dots that contain a dot. A
/// host after an at sign counts, because it may be a link with a user name. Letters of other scripts
/// separate hosts from words, as in the link detection of phones.
pub(super) fn hosts(folded: &str) -> Vec<Host> {
    let plain = with_plain_dots(folded);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut hosts: Vec<Host> = Vec::new();
    for (word, number) in words.iter().zip(1..) {
        hosts.extend(in_word(word, number));
    }
    for (number, pieces) in (1..).zip(words.windows(2)) {
        if let [left, right] = pieces
            && (left.ends_with('.') || right.starts_with('.'))
        {
            let ends_sentence = !right.starts_with('.');
            let (left, right) = (left.trim_end_matches('.'), right.trim_start_matches('.'));
            hosts.extend(across(left, right, number, ends_sentence));
        }
    }
    for (number, pieces) in (1..).zip(words.windows(3)) {
        if let [left, "." | "dot", right] = pieces {
            hosts.extend(across(left, right, number, false));
        }
    }
    hosts
}

fn with_plain_dots(folded: &str) -> String {
    let mut plain = folded.to_owned();
    for dot in DOTS.iter().filter(|dot| folded.contains(**dot)) {
        plain = plain.replace(dot, ".");
    }
    plain
}

/// The host that begins in one word and ends in the next.
fn across(left: &str, right: &str, number: usize, ends_sentence: bool) -> Option<Host> {
    let before = left
        .rsplit(is_edge)
        .next()
        .filter(|before| !before.is_empty())?;
    let after = right
        .split(is_edge)
        .next()
        .filter(|after| !after.is_empty())?;
    let behind = right.get(after.len()..).unwrap_or_default();
    Some(Host {
        name: name(&format!("{before}.{after}"))?,
        word: number,
        is_pieced: true,
        ends_sentence,
        has_path: begins_path(behind),
    })
}

fn in_word(word: &str, number: usize) -> Vec<Host> {
    let mut hosts = Vec::new();
    let mut rest = word;
    while let Some(start) = rest.find(|c: char| !is_edge(c)) {
        let run = rest.get(start..).unwrap_or_default();
        let end = run.find(is_edge).unwrap_or(run.len());
        let (host, behind) = run.split_at_checked(end).unwrap_or((run, ""));
        hosts.extend(name(host).map(|name| Host {
            name,
            word: number,
            is_pieced: false,
            ends_sentence: false,
            has_path: begins_path(behind),
        }));
        rest = behind;
    }
    hosts
}

/// After a port, if there is one.
fn begins_path(behind: &str) -> bool {
    let behind = behind.strip_prefix(':').map_or(behind, |port| {
        port.trim_start_matches(|c: char| c.is_ascii_digit())
    });
    behind.starts_with('/') || behind.starts_with('?')
}

const fn is_edge(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || c == '-' || c == '.')
}

/// The labels of a run that has at least two; punycode labels are decoded.
fn name(run: &str) -> Option<String> {
    let labels: Vec<String> = run
        .split('.')
        .filter(|label| !label.is_empty())
        .map(|label| punycode_decoded(label).map_or_else(|| label.to_owned(), |label| fold(&label)))
        .collect();
    (labels.len() >= 2).then(|| labels.join("."))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::content::words::folded;

    fn names(text: &str) -> Vec<String> {
        let hosts = hosts(&folded(text));
        hosts.into_iter().map(|host| host.name).collect()
    }

    #[rstest]
    #[case("see bit.ly/abc")]
    #[case("https://bit.ly/abc")]
    #[case("BIT.LY")]
    #[case("bit.ly?x")]
    #[case("go to bit.ly.")]
    #[case("(bit.ly)")]
    #[case("bit.ly./abc")]
    #[case("bit..ly/abc")]
    #[case("bit.ly:443/abc")]
    #[case("https://ann@bit.ly/abc")]
    #[case("https://ann:secret@bit.ly:80/abc")]
    #[case("hxxps://bit[.]ly/abc")]
    #[case("hxxps[:]//bit(dot)ly/abc")]
    #[case("bit&#46;ly/abc")]
    #[case("bit\u{3002}ly/abc")]
    #[case("b\u{200B}it.ly/abc")]
    #[case("ｂｉｔ．ｌｙ／abc")]
    #[case("bіt.ly/abc")]
    #[case("𝗯𝗶𝘁.𝗹𝘆/abc")]
    #[case("bit%2Ely/abc")]
    #[case("bit%252ely/abc")]
    #[case("%62it.%6Cy/abc")]
    #[case("xn--bt-nja.ly/abc")]
    #[case("here—bit.ly/abc")]
    #[case("点击bit.ly/abc")]
    #[case("👉bit.ly/abc👈")]
    #[case("bit . ly/abc")]
    #[case("bit .ly/abc")]
    #[case("bit. ly/abc")]
    #[case("bit dot ly/abc")]
    #[case("\"bit.ly\"")]
    #[case("link:bit.ly,now")]
    fn a_host_is_found_in_any_disguise(#[case] text: &str) {
        assert!(
            names(text).contains(&"bit.ly".to_owned()),
            "{text}: {:?}",
            names(text)
        );
    }

    #[rstest]
    #[case("habit.lyrics")]
    #[case("rabbit.ly/abc")]
    #[case("bit.lyon.example")]
    #[case("bit.ly.example.com")]
    #[case("my-bit.ly")]
    #[case("bitly/abc")]
    #[case("bit,ly")]
    #[case("a bit lyrical")]
    fn a_word_that_looks_like_a_host_is_another(#[case] text: &str) {
        assert!(!names(text).contains(&"bit.ly".to_owned()), "{text}");
    }

    #[test]
    fn a_host_says_where_it_stands_and_what_speaks_for_it() {
        let host = |text: &str| hosts(&folded(text)).remove(0);
        let plain = host("Your quote: bit.ly/abc now");
        assert_eq!(
            (plain.word, plain.is_pieced, plain.has_path),
            (3, false, true)
        );
        let pieced = host("wait a bit . ly");
        assert_eq!(
            (pieced.word, pieced.is_pieced, pieced.has_path),
            (3, true, false)
        );
    }
}
