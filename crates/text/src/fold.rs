//! Letters: the many ways to write a letter fold into one.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::characters::{is_ignorable, is_letter_mark, is_quote};

/// The text in the form in which texts are compared. Compatibility forms, accents, case and letters
/// of other scripts that look Latin are folded, and invisible characters are removed. White space
/// and punctuation stay as they are. Folding a folded text changes nothing.
///
/// Marks that are vowels or part of a letter stay: those of Indian scripts, of Thai and its
/// neighbours, and the voicing marks of kana. Spellings that vary within those scripts are folded:
/// Indian nasal dots and nuktas, Arabic and Hebrew points, and the Arabic letters that Persian and
/// Urdu write differently.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let folded: String = text
        .chars()
        .filter(|c| !is_ignorable(*c) && !is_dropped(*c))
        .map(undecorated)
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_dropped(*c))
        .map(latin_look_alike)
        .map(usual_arabic)
        .scan(' ', |previous, c| {
            let is_stray = is_letter_mark(c) && !carries_marks(*previous);
            if !is_stray {
                *previous = c;
            }
            Some((!is_stray).then_some(c))
        })
        .flatten()
        .nfc()
        .collect();
    if folded.chars().any(char::is_alphanumeric) {
        folded
    } else {
        folded.chars().map(regional_letter).collect()
    }
}

/// The text in the form in which consent is compared. Only differences that change neither the
/// letters nor their order are folded, so that a look-alike, a struck-out word or a question does not
/// pass for consent. Full stops, exclamation marks, quotation marks and white space around the text
/// are removed.
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

/// Whether a letter mark can belong to a character: a letter that is not Latin, or another mark. A mark
/// after anything else is dropped; otherwise it would be left without a letter once that character is
/// removed, and folding again would change the text.
fn carries_marks(c: char) -> bool {
    !c.is_ascii() && (c.is_alphanumeric() || is_letter_mark(c))
}

/// Whether a character only decorates letters: accents, points, strike-through, and the Arabic
/// stretching bar (tatweel).
fn is_dropped(c: char) -> bool {
    c == '\u{0640}' || (is_combining_mark(c) && !is_letter_mark(c))
}

/// The Arabic letter for its variants, which differ by language or by the writer's habit.
const fn usual_arabic(c: char) -> char {
    match c {
        '\u{0649}' | '\u{06CC}' | '\u{06CD}' => '\u{064A}',
        '\u{06A9}' | '\u{06AA}' => '\u{0643}',
        '\u{0629}' | '\u{06BE}' | '\u{06C1}' | '\u{06C3}' | '\u{06D5}' => '\u{0647}',
        _ => c,
    }
}

/// The plain letter for a white letter in a black circle or square, which Unicode does not decompose.
fn undecorated(c: char) -> char {
    letter_at(c, '\u{1F150}')
        .or_else(|| letter_at(c, '\u{1F170}'))
        .unwrap_or(c)
}

/// The letter that a regional indicator (half a flag) stands for. Callers use it only in a text that
/// has no other letters.
fn regional_letter(c: char) -> char {
    letter_at(c, '\u{1F1E6}').unwrap_or(c)
}

/// The Latin letter at the position of `c` in an alphabet that starts at `first`.
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
        'о' | 'ο' | 'σ' | 'ς' | 'ᴏ' | 'ø' | 'օ' | 'ꓳ' => 'o',
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
    fn marks_that_are_vowels_stay_and_those_that_adorn_vanish() {
        assert_eq!(fold("बंद करें"), fold("बद करे"));
        assert_ne!(fold("करो"), fold("कर"));
        assert_eq!(fold("ください"), "ください");
        assert_eq!(fold("ｸﾀﾞｻｲ"), "クダサイ");
        assert_eq!(fold("수신거부"), "수신거부");
        assert_eq!(fold("إِيقَاف"), "ايقاف");
        assert_eq!(fold("الرسائل"), fold("الرسـائل"));
        assert_eq!(fold("نمی\u{200C}خواهم"), fold("نميخواهم"));
        assert_eq!(fold("הוֹדָעוֹת"), "הודעות");
        assert_eq!(fold("st\u{94D}op\u{3099}"), "stop");
        assert_eq!(fold("\u{FFFC}\u{D46}。\u{D46}"), "\u{FFFC}。");
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
