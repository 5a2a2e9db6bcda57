//! The second reader of speakers: a linear model over character n-grams (two to five characters) that
//! scores how much a text resembles those of machines.
//!
//! The weights are in `data/likeness.bin`, which `training/train.py` writes: the scale of a weight and
//! the offset as little-endian floats, then a signed byte for each hash bucket of n-grams.

use std::ops::RangeInclusive;

const DATA: &[u8] = include_bytes!("../data/likeness.bin");

/// Size of the scale and of the offset, in bytes.
const FLOAT: usize = 4;
const WEIGHTS_FROM: usize = 2 * FLOAT;

/// Lengths of n-grams, in characters.
const RUNS: RangeInclusive<usize> = 2..=5;

/// Most characters that are scored; longer texts are scored by their start.
const MOST_CHARACTERS: usize = 600;

/// How much a text resembles those of machines. A score above zero counts as a machine's text. The
/// training places zero so that one in a hundred of the persons' texts that resemble machines' texts
/// scores above it.
pub(super) fn score(text: &str) -> f64 {
    let buckets = buckets(text);
    let sum: i32 = buckets.iter().map(|bucket| weight(*bucket)).sum();
    let length = (buckets.len() as f64).sqrt();
    if length > 0.0 {
        f64::from(sum) * float(0) / length + float(FLOAT)
    } else {
        float(FLOAT)
    }
}

/// The hash buckets of the n-grams of a text, without duplicates.
fn buckets(text: &str) -> Vec<u16> {
    let folded = sms_text::fold(text);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let padded = format!(" {} ", words.join(" "));
    let letters: Vec<char> = padded
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .take(MOST_CHARACTERS)
        .collect();
    let mut buckets: Vec<u16> = RUNS
        .flat_map(|size| letters.windows(size))
        .map(bucket)
        .collect();
    buckets.sort_unstable();
    buckets.dedup();
    buckets
}

/// FNV-1a over the UTF-8 of the n-gram, folded to 16 bits.
fn bucket(run: &[char]) -> u16 {
    let mut hash: u32 = 0x811C_9DC5;
    for letter in run {
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    let [a, b, c, d] = hash.to_be_bytes();
    u16::from_be_bytes([a ^ c, b ^ d])
}

fn weight(bucket: u16) -> i32 {
    let at = WEIGHTS_FROM.saturating_add(usize::from(bucket));
    DATA.get(at)
        .map_or(0, |byte| i32::from(i8::from_le_bytes([*byte])))
}

fn float(at: usize) -> f64 {
    let bytes = DATA.get(at..).and_then(<[u8]>::first_chunk::<FLOAT>);
    bytes.map_or(0.0, |bytes| f64::from(f32::from_le_bytes(*bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected values come from `buckets` in `training/train.py`.
    #[test]
    fn features_are_those_of_the_training() {
        for (text, count, sum) in [
            (
                "The  office is closed,\nreply to case 4711 ",
                150,
                4_647_889,
            ),
            ("מזגן אוטומטי 12", 58, 1_855_867),
            ("closed", 22, 667_882),
        ] {
            let found = buckets(text);
            assert_eq!(found.len(), count, "{text}");
            assert_eq!(
                found.iter().map(|one| u32::from(*one)).sum::<u32>(),
                sum,
                "{text}"
            );
        }
    }

    #[test]
    fn nothing_and_the_longest_text_are_judged() {
        assert!(score("") <= 0.0);
        assert!(score("\u{200B} \n") <= 0.0);
        let long = "sent from my car ".repeat(2_000);
        assert!(buckets(&long).len() < 4 * MOST_CHARACTERS);
    }

    #[test]
    fn there_is_a_weight_for_every_bucket_and_a_scale() {
        assert_eq!(DATA.len(), WEIGHTS_FROM + (1 << 16));
        assert!(float(0) > 0.0 && float(0) < 1.0, "{}", float(0));
        assert!(float(FLOAT) < 0.0, "{}", float(FLOAT));
    }
}
