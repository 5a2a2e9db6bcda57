//! Letters: many ways to write a letter become one.
//!
//! This module must not know words or languages.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::characters::{is_ignorable, is_quote};

/// The form in which texts are compared: compatibility forms, accents, case and letters of other
/// scripts that look Latin are folded, invisible characters are gone. White space and marks stay as
/// they are. Folding a folded text changes nothing.
#[must_use]
pub fn fold(text: &str) -> String {
    let folded: String = text
        .chars()
        .filter(|c| !is_ignorable(*c) && !is_combining_mark(*c))
        .map(undecorated)
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .map(latin_look_alike)
        .collect();
    if folded.chars().any(char::is_alphanumeric) {
        folded
    } else {
        folded.chars().map(regional_letter).collect()
    }
}

/// The form in which consent is compared: only what changes neither the letters nor their order
/// is folded, so that a look-alike, a struck-out word or a question is not taken for consent. Full
/// stops, exclamation marks, quotation marks and white space around the text are cut off.
#[must_use]
pub fn strict(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_ignorable(*c))
        .nfkc()
        .flat_map(char::to_lowercase)
        .collect();
    visible
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '!') || is_quote(c))
        .to_owned()
}

/// White letters in black circles and squares, which Unicode does not decompose.
fn undecorated(c: char) -> char {
    letter_at(c, '\u{1F150}')
        .or_else(|| letter_at(c, '\u{1F170}'))
        .unwrap_or(c)
}

/// Flags spell letters; they are read as such only in a text that has no others.
fn regional_letter(c: char) -> char {
    letter_at(c, '\u{1F1E6}').unwrap_or(c)
}

/// The Latin letter at this place of an alphabet that begins at `first`.
fn letter_at(c: char, first: char) -> Option<char> {
    let offset = u32::from(c).checked_sub(u32::from(first))?;
    ('a'..='z').nth(usize::try_from(offset).ok()?)
}

fn latin_look_alike(c: char) -> char {
    match c {
        'а' | 'α' | 'ᴀ' | 'ꓮ' | 'ꭺ' => 'a',
        'в' | 'β' | 'ʙ' | 'ꓐ' => 'b',
        'с' | 'ϲ' | 'ᴄ' | 'ꓚ' | 'ꮯ' => 'c',
        'ԁ' | 'ᴅ' | 'ꓓ' | 'đ' | 'ꭰ' => 'd',
        'е' | 'ε' | 'ᴇ' | 'ꓰ' | 'є' | 'ꭼ' => 'e',
        'ɢ' | 'ꓖ' => 'g',
        'һ' | 'ʜ' | 'ꓧ' | 'ꮋ' => 'h',
        'і' | 'ι' | 'ɪ' | 'ı' | 'ӏ' | 'ꓲ' | 'ꮖ' => 'i',
        'ј' | 'ᴊ' | 'ꓙ' => 'j',
        'к' | 'κ' | 'ᴋ' | 'ꓗ' => 'k',
        'ʟ' | 'ł' | 'ꓡ' | 'ꮮ' => 'l',
        'м' | 'ᴍ' | 'ꓟ' | 'ꮇ' => 'm',
        'ɴ' | 'ꓠ' | 'ո' => 'n',
        'о' | 'ο' | 'σ' | 'ᴏ' | 'ø' | 'օ' | 'ꓳ' => 'o',
        'р' | 'ρ' | 'ᴘ' | 'ꓑ' | 'ꮲ' => 'p',
        'ʀ' | 'ꓣ' | 'ꮢ' => 'r',
        'ѕ' | 'ꜱ' | 'ꓢ' | 'ꮪ' => 's',
        'т' | 'τ' | 'ᴛ' | 'ꓔ' | 'ꭲ' => 't',
        'υ' | 'ᴜ' | 'ս' | 'ꓴ' => 'u',
        'ν' | 'ѵ' | 'ᴠ' | 'ꓦ' => 'v',
        'ᴡ' | 'ԝ' | 'ꓪ' => 'w',
        'х' | 'χ' | 'ꓫ' => 'x',
        'у' | 'ʏ' | 'ꓬ' => 'y',
        'ᴢ' | 'ꓜ' => 'z',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn full_width_small_capital_circled_and_cyrillic_letters_are_latin_letters() {
        for text in [
            "ＳＴＯＰ",
            "ꜱᴛᴏᴘ",
            "🅢🅣🅞🅟",
            "🆂🆃🅾🅿",
            "ⓢⓣⓞⓟ",
            "ЅТОР",
            "ѕtоp",
            "𝐒𝐓𝐎𝐏",
        ] {
            assert_eq!(fold(text), "stop", "{text}");
        }
    }

    #[test]
    fn flags_spell_letters_only_where_there_are_no_others() {
        assert_eq!(fold("🇸🇹🇴🇵"), "stop");
        assert!(!fold("done 🇺🇸").contains("us"));
    }

    #[test]
    fn invisible_characters_and_accents_vanish() {
        assert_eq!(fold("S\u{200B}T\u{FEFF}O\u{00AD}P\u{E0041}"), "stop");
        assert_eq!(fold("Arrêtez, más"), "arretez, mas");
        assert_eq!(fold("s\u{336}t\u{336}o\u{336}p\u{336}"), "stop");
    }

    #[test]
    fn consent_is_not_read_into_struck_out_questioned_or_imitated_words() {
        assert_eq!(strict(" “ＳＴＡＲＴ”! "), "start");
        for text in ["s\u{336}tart", "ЅTART", "start?", "stárt"] {
            assert_ne!(strict(text), "start", "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
