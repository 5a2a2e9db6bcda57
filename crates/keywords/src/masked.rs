//! Masked words, in which a symbol replaces a letter: "st*p", "c@ncel".

use super::lists;

/// Most masked letters in a word; more are too ambiguous.
const MOST_HIDDEN: usize = 2;

/// The listed word of which this piece of text masks one or two letters.
pub(super) fn word(chunk: &str) -> Option<&'static str> {
    let shown = chunk.replace("()", "*");
    let shown = shown.trim_matches(|c: char| !c.is_alphanumeric());
    lists::MASKED
        .split(',')
        .find(|word| is_mask_of(shown, word))
}

fn is_mask_of(shown: &str, word: &str) -> bool {
    let hidden = shown.chars().filter(|c| is_mask(*c)).count();
    (1..=MOST_HIDDEN).contains(&hidden)
        && shown.chars().count() == word.len()
        && shown
            .chars()
            .zip(word.chars())
            .all(|(shown, letter)| shown == letter || is_mask(shown))
}

const fn is_mask(c: char) -> bool {
    matches!(
        c,
        '*' | '+' | '@' | '#' | '$' | '%' | '&' | '!' | '|' | '~' | '^'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_hides_one_letter() {
        for (shown, meant) in [
            ("st*p", "stop"),
            ("(s+op)", "stop"),
            ("st()p!", "stop"),
            ("c@ncel,", "cancel"),
            ("f**k", "fuck"),
        ] {
            assert_eq!(word(shown), Some(meant), "{shown}");
        }
    }

    #[test]
    fn marks_around_a_word_and_other_words_hide_nothing() {
        for shown in ["*stop*", "stop!", "s***", "sh*p", "c@n", ""] {
            assert_eq!(word(shown), None, "{shown}");
        }
    }
}
