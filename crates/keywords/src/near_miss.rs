//! Misspellings: which keyword a similar word was meant to be.

use super::keyboard;
use super::lists;

/// Longest word, in bytes, that can be a misspelt keyword.
const LONGEST_WORD: usize = 20;

/// Longest jumble of the letters of STOP that counts as a slip.
const LONGEST_JUMBLE: usize = 6;

/// Possible spellings of a stretched or disguised word: runs of a letter cut to two and to one, and
/// digits replaced by the letters that they resemble.
pub(super) fn spellings(word: &str) -> Vec<String> {
    let mut candidates = Vec::new();
    if word.len() <= LONGEST_WORD.saturating_mul(4) {
        let letters = undisguised(word);
        if has_stretched_letter(&letters) {
            candidates.push(squeezed(&letters, 2));
            candidates.push(squeezed(&letters, 1));
        }
        candidates.push(letters);
    }
    candidates
}

/// The long opt-out word that this word misspells by at most two letters. Only words long enough to
/// have no other word nearby are considered.
pub(super) fn long_word(word: &str) -> Option<&'static str> {
    lists::LONG_WORDS
        .iter()
        .find(|target| {
            let slips = if begins_alike(word, target) { 2 } else { 1 };
            is_within(word, target, slips)
        })
        .copied()
}

/// The word used in requests that this word misspells by one letter.
pub(super) fn context_word(word: &str) -> Option<&'static str> {
    if lists::is_context_neighbour(word) {
        return None;
    }
    lists::CONTEXT_WORDS
        .iter()
        .find(|target| begins_alike(word, target) && is_within(word, target, 1))
        .copied()
}

/// The short word used in requests that a typing slip turned into this word.
pub(super) fn short_word(word: &str) -> Option<&'static str> {
    if lists::is_short_neighbour(word) {
        return None;
    }
    lists::SHORT_WORDS
        .iter()
        .find(|target| keyboard::is_slip(word, target))
        .copied()
}

/// The keyword that this word misspells, for a word that is the whole text.
pub(super) fn keyword(word: &str) -> Option<&'static str> {
    if lists::is_real_word(word) || word.contains(' ') {
        return None;
    }
    let once = squeezed(&undisguised(word), 1);
    if is_jumbled_stop(&once) {
        return Some("stop");
    }
    lists::NEAR_MISS_TARGETS
        .iter()
        .find(|target| {
            once == squeezed(target, 1) || (target.len() > 3 && is_within(word, target, 1))
        })
        .copied()
        .or_else(|| long_word(word))
}

/// "soptp": only the letters of STOP, all of them present, S first.
fn is_jumbled_stop(word: &str) -> bool {
    word.starts_with('s')
        && word.len() <= LONGEST_JUMBLE
        && word.chars().all(|letter| "stop".contains(letter))
        && "stop".chars().all(|letter| word.contains(letter))
}

fn begins_alike(word: &str, target: &str) -> bool {
    word.chars().next() == target.chars().next()
}

fn has_stretched_letter(word: &str) -> bool {
    word.chars()
        .zip(word.chars().skip(1))
        .zip(word.chars().skip(2))
        .any(|((first, second), third)| first == second && second == third)
}

fn squeezed(word: &str, most: usize) -> String {
    let mut kept = String::with_capacity(word.len());
    let mut last = None;
    let mut run = 0_usize;
    for letter in word.chars() {
        run = if last == Some(letter) {
            run.saturating_add(1)
        } else {
            1
        };
        last = Some(letter);
        if run <= most {
            kept.push(letter);
        }
    }
    kept
}

/// The word with digits replaced by the letters that they resemble, if it also has letters.
pub(super) fn undisguised(word: &str) -> String {
    if !word.chars().any(char::is_alphabetic) {
        return word.to_owned();
    }
    word.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// Whether the words differ by at most `limit` insertions, deletions, replacements or swaps of
/// adjacent letters (optimal string alignment). Words longer than [`LONGEST_WORD`] never match, which
/// bounds the cost.
fn is_within(word: &str, target: &str, limit: usize) -> bool {
    if word.len().abs_diff(target.len()) > limit || word.len() > LONGEST_WORD {
        return false;
    }
    let target: Vec<char> = target.chars().collect();
    let first_row: Vec<usize> = (0..=target.len()).collect();
    let mut rows = (first_row.clone(), first_row);
    let mut before = None;
    for (row, letter) in word.chars().enumerate() {
        let current = next_row(&rows, (before, letter), &target, row.saturating_add(1));
        rows = (rows.1, current);
        before = Some(letter);
    }
    rows.1.last().is_some_and(|distance| *distance <= limit)
}

fn next_row(
    (two_above, above): &(Vec<usize>, Vec<usize>),
    (before, letter): (Option<char>, char),
    target: &[char],
    row: usize,
) -> Vec<usize> {
    let at = |cells: &[usize], column: usize| cells.get(column).copied().unwrap_or(usize::MAX);
    let mut current = vec![row];
    let mut target_before = None;
    for (column, expected) in target.iter().copied().enumerate() {
        let next = column.saturating_add(1);
        let replaced = at(above, column).saturating_add(usize::from(letter != expected));
        let dropped = at(above, next).saturating_add(1);
        let inserted = at(&current, column).saturating_add(1);
        let mut best = replaced.min(dropped).min(inserted);
        let swapped = before == Some(expected) && target_before == Some(letter);
        if let Some(earlier) = column.checked_sub(1).filter(|_| swapped && row > 1) {
            best = best.min(at(two_above, earlier).saturating_add(1));
        }
        current.push(best);
        target_before = Some(expected);
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_finger_is_within_one() {
        for word in ["stpo", "sto", "stopo", "stip", "tsop"] {
            assert!(is_within(word, "stop", 1), "{word}");
        }
        assert!(!is_within("shop", "stops", 1));
        assert!(!is_within("opts", "stop", 1));
    }

    #[test]
    fn misspelt_keywords_are_found_and_real_words_are_not_taken_for_them() {
        for (word, keyword_meant) in [
            ("stopp", "stop"),
            ("ssttoopp", "stop"),
            ("5t0p", "stop"),
            ("unsuscribe", "unsubscribe"),
            ("cancle", "cancel"),
            ("qiut", "quit"),
            ("soptp", "stop"),
        ] {
            assert_eq!(keyword(word), Some(keyword_meant), "{word}");
        }
        for word in [
            "shop",
            "step",
            "spot",
            "spots",
            "quite",
            "quiet",
            "cancer",
            "remote",
            "arrest",
            "subscribe",
            "and",
        ] {
            assert_eq!(keyword(word), None, "{word}");
        }
    }
}
