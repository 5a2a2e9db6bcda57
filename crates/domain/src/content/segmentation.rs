//! The number of segments of a text, packed as a phone network packs it. This module must not know
//! prices or the limit of a message.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

use serde::{Deserialize, Serialize};

use super::encoding::{Encoding, septets, utf16_units};

/// The size of a text as SMS. Carriers charge by the segment.
///
/// A carrier with a smaller alphabet than the standard one may count more segments; the delivery
/// receipt reports its count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segmentation {
    /// The encoding that the whole text needs.
    pub encoding: Encoding,
    /// The length in septets (GSM-7) or 16-bit code units (UCS-2), without headers.
    pub units: u32,
    /// The number of messages on the air; 0 only for the empty text.
    pub segments: u32,
    /// The length in Unicode scalar values.
    pub characters: u32,
}

impl Segmentation {
    /// Measures `text` unchanged. Counts saturate at `u32::MAX`, far above any text that can be
    /// sent.
    ///
    /// A text that does not fit into one message is split into parts, and a character of two units
    /// (an escape and its code, or a surrogate pair) moves to the next part as a whole (3GPP TS
    /// 23.040, 9.2.3.24.1). A part can therefore end one unit early, so the number of parts is not
    /// simply the length divided by the capacity of a part.
    #[must_use]
    pub fn of(text: &str) -> Self {
        packed_as_gsm7(text)
            .unwrap_or_else(|| packed_as_ucs2(text))
            .finish()
    }
}

fn packed_as_gsm7(text: &str) -> Option<Packing> {
    text.chars()
        .try_fold(Packing::new(Encoding::Gsm7), |packing, c| {
            Some(packing.push(septets(c)?))
        })
}

fn packed_as_ucs2(text: &str) -> Packing {
    text.chars()
        .fold(Packing::new(Encoding::Ucs2), |packing, c| {
            packing.push(utf16_units(c))
        })
}

/// A text being split into parts. Whether a split is needed is known only at the end of the text.
#[derive(Clone, Copy)]
struct Packing {
    encoding: Encoding,
    characters: u32,
    units: u32,
    full_parts: u32,
    units_in_last_part: u32,
}

impl Packing {
    const fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            characters: 0,
            units: 0,
            full_parts: 0,
            units_in_last_part: 0,
        }
    }

    fn push(self, width: u32) -> Self {
        let grown = self.units_in_last_part.saturating_add(width);
        let fits = grown <= self.encoding.units_per_part();
        Self {
            encoding: self.encoding,
            characters: self.characters.saturating_add(1),
            units: self.units.saturating_add(width),
            full_parts: self.full_parts.saturating_add(u32::from(!fits)),
            units_in_last_part: if fits { grown } else { width },
        }
    }

    fn finish(self) -> Segmentation {
        let segments = if self.units <= self.encoding.units_alone() {
            u32::from(self.units > 0)
        } else {
            self.full_parts.saturating_add(1)
        };
        Segmentation {
            encoding: self.encoding,
            units: self.units,
            segments,
            characters: self.characters,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn measured(text: &str) -> (Encoding, u32, u32) {
        let Segmentation {
            encoding,
            units,
            segments,
            ..
        } = Segmentation::of(text);
        (encoding, units, segments)
    }

    #[rstest]
    #[case("a", 160, 160, 1)]
    #[case("a", 161, 161, 2)]
    #[case("a", 306, 306, 2)]
    #[case("a", 307, 307, 3)]
    #[case("a", 1530, 1530, 10)]
    #[case("a", 1531, 1531, 11)]
    #[case("€", 80, 160, 1)]
    #[case("€", 81, 162, 2)]
    fn gsm7_holds_160_septets_alone_and_153_in_a_part(
        #[case] character: &str,
        #[case] times: usize,
        #[case] units: u32,
        #[case] segments: u32,
    ) {
        assert_eq!(
            measured(&character.repeat(times)),
            (Encoding::Gsm7, units, segments)
        );
    }

    #[rstest]
    #[case("я", 70, 70, 1)]
    #[case("я", 71, 71, 2)]
    #[case("я", 134, 134, 2)]
    #[case("я", 135, 135, 3)]
    #[case("😀", 35, 70, 1)]
    #[case("😀", 36, 72, 2)]
    fn ucs2_holds_70_code_units_alone_and_67_in_a_part(
        #[case] character: &str,
        #[case] times: usize,
        #[case] units: u32,
        #[case] segments: u32,
    ) {
        assert_eq!(
            measured(&character.repeat(times)),
            (Encoding::Ucs2, units, segments)
        );
    }

    #[test]
    fn an_extension_character_is_not_split_between_parts() {
        let across_the_boundary = format!("{0}€{0}", "a".repeat(152));
        assert_eq!(measured(&across_the_boundary), (Encoding::Gsm7, 2 * 153, 3));
        let before_the_boundary = format!("{}€{}", "a".repeat(151), "a".repeat(153));
        assert_eq!(measured(&before_the_boundary), (Encoding::Gsm7, 2 * 153, 2));
    }

    #[test]
    fn a_surrogate_pair_is_not_split_between_parts() {
        let across_the_boundary = format!("{0}😀{0}", "я".repeat(66));
        assert_eq!(measured(&across_the_boundary), (Encoding::Ucs2, 2 * 67, 3));
        let before_the_boundary = format!("{}😀{}", "я".repeat(65), "я".repeat(67));
        assert_eq!(measured(&before_the_boundary), (Encoding::Ucs2, 2 * 67, 2));
    }

    #[test]
    fn a_pair_at_the_end_of_a_part_does_not_split_a_text_that_fits_into_one_message() {
        assert_eq!(
            measured(&format!("{}€{}", "a".repeat(152), "a".repeat(6))).2,
            1
        );
        assert_eq!(
            measured(&format!("{}😀{}", "я".repeat(66), "я".repeat(2))).2,
            1
        );
    }

    #[test]
    fn the_empty_text_takes_no_segment() {
        assert_eq!(measured(""), (Encoding::Gsm7, 0, 0));
    }

    #[test]
    fn characters_are_counted_once_whatever_their_width() {
        assert_eq!(Segmentation::of("a€").characters, 2);
        assert_eq!(Segmentation::of("я😀").characters, 2);
    }

    /// A slow reference implementation: parts as lists, filled with whole characters.
    fn parts(widths: &[u32], alone: u32, per_part: u32) -> u32 {
        if widths.iter().sum::<u32>() <= alone {
            return u32::from(!widths.is_empty());
        }
        let mut parts: Vec<Vec<u32>> = vec![vec![]];
        for width in widths {
            if parts.last().unwrap().iter().sum::<u32>() + width > per_part {
                parts.push(vec![]);
            }
            parts.last_mut().unwrap().push(*width);
        }
        u32::try_from(parts.len()).unwrap()
    }

    proptest! {
        #[test]
        fn gsm7_texts_are_cut_where_parts_of_whole_characters_end(text in "[a-z@£€\\[~\n]{0,700}") {
            let widths: Vec<u32> =
                text.chars().map(|c| if "€[~".contains(c) { 2 } else { 1 }).collect();
            let expected = (Encoding::Gsm7, widths.iter().sum(), parts(&widths, 160, 153));
            prop_assert_eq!(measured(&text), expected);
        }

        #[test]
        fn ucs2_texts_are_cut_where_parts_of_whole_characters_end(tail in "[a€я中😀🏠]{0,400}") {
            let text = format!("я{tail}");
            let widths: Vec<u32> = text.chars().map(|c| if c > '\u{FFFF}' { 2 } else { 1 }).collect();
            let expected = (Encoding::Ucs2, widths.iter().sum(), parts(&widths, 70, 67));
            prop_assert_eq!(measured(&text), expected);
        }

        #[test]
        fn one_more_character_never_takes_fewer_segments(text in "[a€я😀]{0,300}", more: char) {
            let longer = format!("{text}{more}");
            prop_assert!(measured(&longer).2 >= measured(&text).2);
        }

        #[test]
        fn the_encoding_is_the_one_the_text_needs(text: String) {
            prop_assert_eq!(measured(&text).0, Encoding::of(&text));
        }
    }
}
