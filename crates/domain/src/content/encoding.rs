//! The two encodings of SMS and the GSM 7-bit alphabet. This module must not know how units are
//! packed into segments.

use crate::values::wire::wire_enum;

wire_enum! {
    /// The encoding of a text on the air. One character outside the GSM 7-bit default alphabet
    /// makes the whole text UCS-2.
    ///
    /// The alphabet is the standard one; a carrier may use a smaller one. National shift tables are
    /// not used, because carriers in the United States and Canada do not guarantee them.
    ///
    /// Source: 3GPP TS 23.038, 6.2.1 and 6.2.3.
    Encoding {
        /// The GSM 7-bit default alphabet with its extension table; the unit is a septet.
        Gsm7 = "GSM-7",
        /// UCS-2, sent as UTF-16; the unit is a 16-bit code unit.
        Ucs2 = "UCS-2",
    }
}

impl Encoding {
    /// The encoding that `text` needs. The empty text is GSM-7.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.chars().all(is_gsm7) {
            Self::Gsm7
        } else {
            Self::Ucs2
        }
    }

    /// The capacity of an unsplit message in units: 160 septets or 70 code units, which are 140
    /// octets.
    #[must_use]
    pub const fn units_alone(self) -> u32 {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// The capacity of each part of a split message in units: 153 septets or 67 code units. The
    /// header for reassembly takes the rest (3GPP TS 23.040, 9.2.3.24.1).
    #[must_use]
    pub const fn units_per_part(self) -> u32 {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }
}

/// Whether the GSM 7-bit alphabet or its extension table contains the character.
pub(super) const fn is_gsm7(c: char) -> bool {
    septets(c).is_some()
}

/// The number of septets of a character in GSM-7: one from the basic table, two (an escape and a
/// code) from the extension table, `None` when the alphabet lacks the character. The escape code
/// itself is not a character.
pub(super) const fn septets(c: char) -> Option<u32> {
    match c {
        '\n' | '\r' | ' '..='Z' | '_' | 'a'..='z' => Some(1),
        '¡' | '£' | '¤' | '¥' | '§' | '¿' => Some(1),
        'Ä' | 'Å' | 'Æ' | 'Ç' | 'É' | 'Ñ' | 'Ö' | 'Ø' | 'Ü' | 'ß' => Some(1),
        'à' | 'ä' | 'å' | 'æ' | 'è' | 'é' | 'ì' | 'ñ' | 'ò' | 'ö' | 'ø' | 'ù' | 'ü' => {
            Some(1)
        }
        'Γ' | 'Δ' | 'Θ' | 'Λ' | 'Ξ' | 'Π' | 'Σ' | 'Φ' | 'Ψ' | 'Ω' => Some(1),
        '\u{000C}' | '[' | '\\' | ']' | '^' | '{' | '|' | '}' | '~' | '€' => Some(2),
        _ => None,
    }
}

/// The number of UTF-16 code units of a character: two outside the Basic Multilingual Plane.
pub(super) const fn utf16_units(c: char) -> u32 {
    if c > '\u{FFFF}' { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The basic table in the order of its codes 0x00 to 0x7F, without the escape (0x1B).
    const BASIC_TABLE: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
         ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const EXTENSION_TABLE: &str = "\u{000C}^{}\\[~]|€";

    fn characters_of(width: u32) -> Vec<char> {
        ('\0'..=char::MAX)
            .filter(|c| septets(*c) == Some(width))
            .collect()
    }

    fn sorted(table: &str) -> Vec<char> {
        let mut characters: Vec<char> = table.chars().collect();
        characters.sort_unstable();
        characters
    }

    #[test]
    fn the_basic_table_and_nothing_else_takes_one_septet() {
        assert_eq!(BASIC_TABLE.chars().count(), 127);
        assert_eq!(characters_of(1), sorted(BASIC_TABLE));
    }

    #[test]
    fn the_extension_table_and_nothing_else_takes_two_septets() {
        assert_eq!(characters_of(2), sorted(EXTENSION_TABLE));
    }

    #[test]
    fn one_character_outside_of_the_alphabet_makes_the_text_ucs2() {
        assert_eq!(Encoding::of("Olá"), Encoding::Ucs2);
        assert_eq!(Encoding::of("Olà"), Encoding::Gsm7);
        assert_eq!(Encoding::of(""), Encoding::Gsm7);
    }

    #[test]
    fn utf16_units_are_those_of_the_standard_library() {
        assert!(('\0'..=char::MAX).all(|c| utf16_units(c) as usize == c.len_utf16()));
    }

    #[test]
    fn encodings_are_named_as_carriers_name_them() {
        assert_eq!(Encoding::Gsm7.as_str(), "GSM-7");
        assert_eq!(Encoding::Ucs2.as_str(), "UCS-2");
    }
}
