//! Punctuation and white space: typographic forms become plain ones.

use crate::fold::fold;

/// The text with typographic and full-width stops, commas, colons, quotation marks, dashes and
/// slashes replaced by their ASCII equivalents. Letters stay as they are.
#[must_use]
pub fn plain_marks(text: &str) -> String {
    text.chars().map(plain_mark).collect()
}

/// The text without leading and trailing white space, and with one space for every run of white
/// space inside it.
#[must_use]
pub fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A form in which two texts that a person would call the same are equal: [`fold`], [`plain_marks`]
/// and [`one_spaced`] together.
#[must_use]
pub fn comparable(text: &str) -> String {
    one_spaced(&plain_marks(&fold(text)))
}

/// A form in which two texts that differ only in decoration are equal: [`comparable`] without
/// punctuation, emoji and other pictures before and after words. Punctuation inside words stays, and
/// so do characters that change the meaning of a number (`$`, `%`, `#`, `&`, `@`, `+`, `=`, `/`, other
/// currencies, a point or a minus before a digit). A text without words keeps its comparable form.
#[must_use]
pub fn bare(text: &str) -> String {
    let comparable = comparable(text);
    let words = comparable.split(' ').map(bare_word);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return comparable;
    }
    words.join(" ")
}

fn bare_word(word: &str) -> &str {
    let word = word.trim_end_matches(is_decoration);
    let bare = word.trim_start_matches(is_decoration);
    let cut = word.len().saturating_sub(bare.len());
    let sign = (word.get(..cut)).filter(|_| bare.starts_with(|c: char| c.is_ascii_digit()));
    match sign.and_then(|before| before.chars().next_back()) {
        Some('.' | '-' | ',') => word.get(cut.saturating_sub(1)..).unwrap_or(bare),
        Some(_) | None => bare,
    }
}

fn is_decoration(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_alphanumeric() && !"$%#&@+=/".contains(c);
    }
    // Currency signs, Unicode block 20A0, and those of Latin-1.
    let is_currency = matches!(c, '\u{A2}'..='\u{A5}' | '\u{20A0}'..='\u{20CF}');
    !c.is_alphanumeric() && !is_currency
}

const fn plain_mark(c: char) -> char {
    match c {
        '\u{3002}' | '\u{FF0E}' | '\u{FF61}' | '\u{2024}' | '\u{FE52}' | '\u{06D4}'
        | '\u{0964}' => '.',
        '\u{FF0C}' | '\u{3001}' | '\u{FF64}' | '\u{060C}' => ',',
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{02BC}' | '\u{2032}'
        | '\u{FF07}' | '\u{0060}' | '\u{00B4}' => '\'',
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{00AB}' | '\u{00BB}'
        | '\u{FF02}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
        '\u{2044}' | '\u{2215}' | '\u{29F8}' | '\u{FF0F}' => '/',
        '\u{FF1A}' | '\u{A789}' | '\u{2236}' => ':',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_in_other_shapes_are_plain_marks() {
        assert_eq!(plain_marks("bit。ly／a"), "bit.ly/a");
        assert_eq!(plain_marks("it’s “so”‐called"), "it's \"so\"-called");
    }

    #[test]
    fn white_space_around_and_between_words_counts_once() {
        assert_eq!(one_spaced(" \u{3000}a \u{A0}\n b\t"), "a b");
        assert_eq!(one_spaced(" \n"), "");
    }

    #[test]
    fn texts_that_look_the_same_are_the_same() {
        let plain = comparable("Your quote's ready - see bit.ly/x");
        for text in [
            "Your quote's ready - see bit.ly/x ",
            "Your  quote’s ready\n– see bit.ly/x",
            "ＹＯＵＲ quote's ready - see bіt.ly/x",
            "Yo\u{200B}ur quote's ready - see bit。ly/x",
        ] {
            assert_eq!(comparable(text), plain, "{text}");
        }
        assert_ne!(comparable("Your quote is ready - see bit.ly/x"), plain);
    }

    #[test]
    fn texts_that_differ_in_decoration_alone_are_the_same() {
        let plain = bare("Hi Ann, your quote is ready. $5 off!");
        for text in [
            "Hi Ann, your quote is ready. $5 off! ",
            "hi ann your quote is ready $5 off",
            "Hi Ann - your quote is READY!!! $5 off 🔥🔥",
            "*Hi Ann*, your \u{201C}quote\u{201D} is ready… $5 off.",
            "👋 Hi Ann, your quote is ready.\n\n$5 off",
            "Hi Ann, your q\u{200B}uote is rеady. $5 off!",
        ] {
            assert_eq!(bare(text), plain, "{text}");
        }
    }

    #[test]
    fn texts_that_say_something_else_are_not_the_same() {
        for (one, other) in [
            ("5% off", "$5 off"),
            ("5 acres", ".5 acres"),
            ("it is 5 degrees", "it is -5 degrees"),
            ("$1.50", "$150"),
            ("at 7:30", "at 730"),
            ("see a.com/1", "see a.com/2"),
            ("unit #4", "unit 4"),
            ("Your code is 1234", "Your code is 1235"),
            ("👍", "👎"),
            ("!", "?"),
            ("€5", "£5"),
            ("re-sign", "resign"),
        ] {
            assert_ne!(bare(one), bare(other), "{one} / {other}");
        }
    }

    #[test]
    fn a_mark_without_a_letter_is_no_text() {
        for text in ["\u{FFFC}\u{D46}", "。\u{D46}", "\u{1680}\u{D46}"] {
            assert_eq!(comparable(&comparable(text)), comparable(text), "{text}");
            assert_eq!(bare(&bare(text)), bare(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_bare_form_stays_as_it_is(text in any::<String>()) {
            let once = bare(&text);
            prop_assert_eq!(bare(&once), once);
        }

        #[test]
        fn comparing_a_comparable_form_changes_nothing(text in any::<String>()) {
            let once = comparable(&text);
            prop_assert_eq!(comparable(&once), once);
        }
    }
}
