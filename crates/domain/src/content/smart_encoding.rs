//! Replacement of typographic characters, so that a text fits into GSM-7. This module must not know
//! who enables it, and must not replace letters: the text may look plainer but must read the same.

use super::encoding::is_gsm7;
use super::segmentation::Segmentation;
use crate::values::wire::wire_enum;

wire_enum! {
    /// Whether typographic characters may be replaced to save segments.
    ///
    /// The choice is explicit and applies before the text is stored, so that the stored text is the
    /// sent text. Carriers offer the same feature; it must stay off there, or the recipient gets a
    /// text that differs from the one on record.
    #[derive(Default)]
    SmartEncoding {
        /// The text stays unchanged.
        #[default]
        Off = "off",
        /// Quotation marks, dashes, ellipses, bullets, spaces and invisible characters are replaced
        /// if the whole text is then GSM-7 and takes no more segments than before. Otherwise the
        /// text stays unchanged.
        On = "on",
    }
}

impl SmartEncoding {
    /// The text to send for `text`, which is in Unicode normalisation form C.
    pub(super) fn apply(self, text: String) -> String {
        match self {
            Self::Off => text,
            Self::On => match plain(&text) {
                Some(plain) if segments(&plain) <= segments(&text) => plain,
                Some(_) | None => text,
            },
        }
    }
}

/// The replacements. All replaced characters are outside GSM-7 and unchanged by normalisation form
/// C.
const REPLACEMENTS: &[(&str, &[char])] = &[
    // Single quotation marks, the modifier letters typed for them, accents and primes.
    (
        "'",
        &[
            '`', '\u{00B4}', '\u{02BB}', '\u{02BC}', '\u{2018}', '\u{2019}', '\u{201A}',
            '\u{201B}', '\u{2032}', '\u{2035}', '\u{2039}', '\u{203A}', '\u{275B}', '\u{275C}',
            '\u{FF07}',
        ],
    ),
    // Double quotation marks, guillemets and double primes.
    (
        "\"",
        &[
            '\u{00AB}', '\u{00BB}', '\u{201C}', '\u{201D}', '\u{201E}', '\u{201F}', '\u{2033}',
            '\u{2036}', '\u{275D}', '\u{275E}', '\u{301D}', '\u{301E}', '\u{301F}', '\u{FF02}',
        ],
    ),
    // Hyphens, dashes, the minus sign and bullets.
    (
        "-",
        &[
            '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2022}',
            '\u{2043}', '\u{2212}', '\u{2219}', '\u{FE58}', '\u{FE63}', '\u{FF0D}',
        ],
    ),
    // Dot leaders and the ellipsis.
    (".", &['\u{2024}']),
    ("..", &['\u{2025}']),
    ("...", &['\u{2026}']),
    // The fraction slash and the division slash.
    ("/", &['\u{2044}', '\u{2215}']),
    // Tab, no-break space and the spaces of typesetting.
    (
        " ",
        &[
            '\t', '\u{00A0}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}',
            '\u{2007}', '\u{2008}', '\u{2009}', '\u{200A}', '\u{202F}', '\u{205F}', '\u{3000}',
        ],
    ),
    // Line and paragraph separators.
    ("\n", &['\u{0085}', '\u{2028}', '\u{2029}']),
    // Soft hyphen, zero-width characters and marks of direction.
    (
        "",
        &[
            '\u{00AD}', '\u{200B}', '\u{200C}', '\u{200D}', '\u{200E}', '\u{200F}', '\u{2060}',
            '\u{FEFF}',
        ],
    ),
];

/// The text in GSM-7, or `None` when replacement does not suffice.
fn plain(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_gsm7(c) {
            plain.push(c);
        } else {
            plain.push_str(replacement(c)?);
        }
    }
    Some(plain)
}

fn replacement(c: char) -> Option<&'static str> {
    REPLACEMENTS
        .iter()
        .find(|(_, replaced)| replaced.contains(&c))
        .map(|(by, _)| *by)
}

fn segments(text: &str) -> u32 {
    Segmentation::of(text).segments
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::content::Encoding;

    fn smart(text: &str) -> String {
        SmartEncoding::On.apply(text.to_owned())
    }

    #[test]
    fn typographic_characters_become_plain_ones() {
        assert_eq!(
            smart("“Hi”\u{00A0}– it’s Ann… Free\u{200B} today—or\tMonday?"),
            "\"Hi\" - it's Ann... Free today-or Monday?"
        );
    }

    #[test]
    fn a_text_that_stays_ucs2_is_not_touched() {
        for text in ["It’s Zoë…", "“Hi” 👋"] {
            assert_eq!(smart(text), text);
        }
    }

    #[test]
    fn a_text_that_would_take_more_segments_is_not_touched() {
        let one_segment = "…".repeat(54);
        assert_eq!(smart(&one_segment), one_segment);
    }

    #[test]
    fn nothing_is_replaced_unless_asked_for() {
        assert_eq!(SmartEncoding::default().apply("It’s".to_owned()), "It’s");
    }

    #[test]
    fn each_replaced_character_is_listed_once_and_is_not_gsm7() {
        let mut seen = HashSet::new();
        for c in REPLACEMENTS.iter().flat_map(|(_, replaced)| *replaced) {
            assert!(seen.insert(c), "{c:?} is listed twice");
            assert!(!is_gsm7(*c), "{c:?} is GSM-7");
            assert!(
                !c.is_alphanumeric() || ['\u{02BB}', '\u{02BC}'].contains(c),
                "{c:?} is a letter"
            );
        }
    }

    #[test]
    fn each_replaced_character_is_one_that_normalisation_keeps() {
        for c in REPLACEMENTS.iter().flat_map(|(_, replaced)| *replaced) {
            assert!(
                [*c].into_iter().nfc().eq([*c]),
                "{c:?} never reaches the table"
            );
        }
    }

    #[test]
    fn every_replacement_is_gsm7() {
        for (by, _) in REPLACEMENTS {
            assert_eq!(Encoding::of(by), Encoding::Gsm7, "{by:?}");
        }
    }

    /// Texts that are rich in characters of the table.
    fn typographic() -> impl Strategy<Value = String> {
        let replaced: Vec<char> = REPLACEMENTS
            .iter()
            .flat_map(|(_, replaced)| *replaced)
            .copied()
            .collect();
        let character = prop_oneof![
            20 => proptest::char::range('a', 'z'),
            4 => proptest::sample::select(replaced),
            1 => proptest::sample::select(vec!['€', 'é', '😀']),
        ];
        proptest::collection::vec(character, 0..300).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn it_never_costs_a_segment(text in typographic()) {
            prop_assert!(segments(&smart(&text)) <= segments(&text));
        }

        #[test]
        fn doing_it_again_changes_nothing(text in typographic()) {
            let once = smart(&text);
            prop_assert_eq!(smart(&once), once);
        }

        #[test]
        fn a_changed_text_is_gsm7(text in typographic()) {
            let sent = smart(&text);
            prop_assert!(sent == text || Encoding::of(&sent) == Encoding::Gsm7);
        }
    }
}
