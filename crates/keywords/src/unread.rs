//! Scripts for which `phrases/` has no language.

/// Whether a character belongs to a script without a file of phrases, by Unicode block: Armenian;
/// Syriac, Thaana and N'Ko; Oriya to Sinhala; Thai to Tibetan and Burmese; Georgian in both cases;
/// Ethiopic and Cherokee; Khmer and Mongolian.
const fn is_of_unread_script(c: char) -> bool {
    matches!(
        c,
        '\u{0530}'..='\u{058F}'
            | '\u{0700}'..='\u{07FF}'
            | '\u{0B00}'..='\u{0DFF}'
            | '\u{0E00}'..='\u{109F}'
            | '\u{10A0}'..='\u{10FF}'
            | '\u{1C90}'..='\u{1CBF}'
            | '\u{1200}'..='\u{13FF}'
            | '\u{AB70}'..='\u{ABBF}'
            | '\u{1780}'..='\u{18AF}'
    )
}

/// Most letters of a text that may be a bare request; longer texts say more than that.
const MOST_LETTERS: usize = 24;
const MOST_WORDS: usize = 4;

/// Whether a text is a few words, all of them in scripts without a file of phrases.
pub(super) fn is_short_and_unread(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some()
        && letters.clone().all(is_of_unread_script)
        && letters.count() <= MOST_LETTERS
        && text
            .split_whitespace()
            .take(MOST_WORDS.saturating_add(1))
            .count()
            <= MOST_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_words_of_a_script_without_phrases_are_unread() {
        for text in [
            "หยุด",
            "აღარ გამომიგზავნოთ!",
            "ᲐᲦᲐᲠ",
            "நிறுத்து",
            "አቁም",
            "Դադարեցրեք",
        ] {
            assert!(is_short_and_unread(text), "{text}");
        }
    }

    #[test]
    fn long_texts_read_scripts_and_texts_without_letters_are_not() {
        let long = "สวัสดีครับ ผมสนใจบ้านหลังนี้มาก พรุ่งนี้ไปดูได้ไหม";
        for text in [long, "stop", "停止", "да", "หยุด please", "👍", "123", ""] {
            assert!(!is_short_and_unread(text), "{text}");
        }
    }
}
