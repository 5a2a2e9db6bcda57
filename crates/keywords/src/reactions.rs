//! Reactions: phones without a shared protocol report a tap on one of our messages as a text that
//! quotes it, opt-out instructions and all.
//!
//! This module must not know keywords.

use sms_text::{fold, is_ignorable};

/// How phones introduce the quotation, folded. English, French, Spanish and Portuguese.
const INTRODUCTIONS: &[&str] = &[
    "liked",
    "loved",
    "disliked",
    "laughed at",
    "emphasized",
    "emphasised",
    "questioned",
    "reacted",
    "removed a like from",
    "removed a heart from",
    "removed a dislike from",
    "removed a laugh from",
    "removed an exclamation from",
    "removed an exclamation mark from",
    "removed a question mark from",
    "a aime",
    "a adore",
    "n a pas aime",
    "n'a pas aime",
    "a ri a",
    "a ri de",
    "a souligne",
    "a mis en evidence",
    "a mis en avant",
    "s'est interroge sur",
    "a remis en question",
    "a reagi avec",
    "le gusto",
    "le encanto",
    "no le gusto",
    "me gusta",
    "le dio risa",
    "se rio de",
    "destaco",
    "enfatizo",
    "puso en duda",
    "reacciono con",
    "gostou de",
    "amou",
];

/// Longest introduction looked at, in characters.
const LONGEST_INTRODUCTION: usize = 48;

/// If the text reports a reaction: what follows the quotation, which is the person's own words and
/// usually empty. A quotation that is not closed reaches to the end.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let (opening, _) = text
        .char_indices()
        .take(LONGEST_INTRODUCTION)
        .find(|(at, c)| is_opening(*c) && text.get(..*at).is_some_and(is_introduction))?;
    let (closing, last) = text.char_indices().rfind(|(_, c)| is_double(*c))?;
    if closing == opening {
        return text.get(text.len()..);
    }
    let (_, remainder) = text.split_at_checked(closing.saturating_add(last.len_utf8()))?;
    Some(remainder)
}

fn is_introduction(text: &str) -> bool {
    let folded = fold(text);
    let words = folded.trim_matches(|c: char| !c.is_alphanumeric());
    let by_words = INTRODUCTIONS.iter().any(|introduction| {
        words == *introduction || (*introduction == "reacted" && reacted_to(words))
    });
    by_words || (matches!(words, "to" | "a" | "sur") && begins_with_emoji(text))
}

/// "Reacted 👍 to".
fn reacted_to(words: &str) -> bool {
    words
        .strip_prefix("reacted")
        .and_then(|rest| rest.strip_suffix("to"))
        .is_some_and(|emoji| !emoji.chars().any(char::is_alphanumeric))
}

/// "👍 to", as Android writes it. Emoji are the symbols above the letters of all living scripts
/// and the dingbats.
fn begins_with_emoji(text: &str) -> bool {
    text.chars()
        .find(|c| !is_ignorable(*c) && !c.is_whitespace())
        .is_some_and(|c| matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}'))
}

const fn is_opening(c: char) -> bool {
    matches!(c, '"' | '“' | '„' | '«' | '＂' | '”')
}

const fn is_double(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_is_the_quotation_and_what_follows_it() {
        assert_eq!(unquoted("Liked “Reply STOP to end”"), Some(""));
        assert_eq!(unquoted("Loved \"Reply \"STOP\" to end\""), Some(""));
        assert_eq!(unquoted("Laughed at “Hi” stop"), Some(" stop"));
        assert_eq!(
            unquoted("\u{200A}👍\u{200A} to “\u{200A}STOP\u{200A}”"),
            Some("")
        );
        assert_eq!(unquoted("Reacted ❤️ to “STOP”"), Some(""));
        assert_eq!(unquoted("A aimé « STOP »"), Some(""));
        assert_eq!(unquoted("Questioned “Reply STOP to e…"), Some(""));
    }

    #[test]
    fn other_quotations_are_no_reactions() {
        for text in [
            "I said “STOP”",
            "“STOP”",
            "I liked it",
            "to “STOP”",
            "Liked it. “STOP”",
        ] {
            assert_eq!(unquoted(text), None, "{text}");
        }
    }
}
