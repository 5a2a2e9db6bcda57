//! The number of parts of a text, counted independently of the product, which is tested against it.

/// Encoding and size of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    /// As the API names it: `GSM-7` or `UCS-2`.
    pub(crate) encoding: &'static str,
    pub(crate) count: usize,
}

/// Most parts of a text; Telnyx refuses more (code 40302).
pub(crate) const MAX_PARTS: usize = 10;

/// GSM 03.38 basic alphabet, without the escape character (3GPP TS 23.038, 6.2.1).
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Characters that need an escape and therefore two septets (3GPP TS 23.038, 6.2.1.1).
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// The encoding and size of `text`.
pub(crate) fn count(text: &str) -> Parts {
    if text.bytes().all(is_plain_ascii) {
        let count = if text.len() <= 160 {
            1
        } else {
            text.len().div_ceil(153)
        };
        return Parts {
            encoding: "GSM-7",
            count,
        };
    }
    match text.chars().map(septets).collect::<Option<Vec<_>>>() {
        Some(widths) => Parts {
            encoding: "GSM-7",
            count: divide(&widths, 160, 153),
        },
        None => {
            let widths: Vec<_> = text.chars().map(char::len_utf16).collect();
            Parts {
                encoding: "UCS-2",
                count: divide(&widths, 70, 67),
            }
        }
    }
}

/// ASCII characters that are one septet each; most texts consist of them alone.
fn is_plain_ascii(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" !\"#%&'()*+,-./:;<=>?@$_\n\r".contains(&byte)
}

fn septets(character: char) -> Option<usize> {
    if BASIC.contains(character) {
        Some(1)
    } else {
        EXTENDED.contains(character).then_some(2)
    }
}

/// A character is never divided over two parts, so the widths are laid out one by one.
fn divide(widths: &[usize], alone: usize, joined: usize) -> usize {
    if widths.iter().sum::<usize>() <= alone {
        return 1;
    }
    let (mut parts, mut used) = (1, 0);
    for width in widths {
        if used + width > joined {
            parts += 1;
            used = 0;
        }
        used += width;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (&'static str, usize) {
        let parts = count(text);
        (parts.encoding, parts.count)
    }

    #[test]
    fn gsm_texts_hold_160_alone_and_153_joined() {
        assert_eq!(parts(&"a".repeat(160)), ("GSM-7", 1));
        assert_eq!(parts(&"a".repeat(161)), ("GSM-7", 2));
        assert_eq!(parts(&"a".repeat(1530)), ("GSM-7", 10));
        assert_eq!(parts(&"a".repeat(1531)), ("GSM-7", 11));
    }

    #[test]
    fn extension_characters_count_two_and_are_never_divided() {
        assert_eq!(parts(&"€".repeat(80)), ("GSM-7", 1));
        // 153 is odd: 76 of them fit in a joined part.
        assert_eq!(parts(&"€".repeat(153)), ("GSM-7", 3));
    }

    #[test]
    fn other_texts_hold_70_alone_and_67_joined_in_utf_16_units() {
        assert_eq!(parts(&"ш".repeat(70)), ("UCS-2", 1));
        assert_eq!(parts(&"ш".repeat(71)), ("UCS-2", 2));
        assert_eq!(parts(&"😀".repeat(35)), ("UCS-2", 1));
        // 67 is odd: 33 surrogate pairs fit in a joined part.
        assert_eq!(parts(&"😀".repeat(67)), ("UCS-2", 3));
    }
}
