//! Typing slips on a QWERTY keyboard.

const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Whether one slip turns `target` into `word`: two adjacent letters swapped, a letter after the
/// first omitted, or a neighbouring key pressed.
pub(super) fn is_slip(word: &str, target: &str) -> bool {
    let word: Vec<char> = word.chars().take(target.len().saturating_add(1)).collect();
    let target: Vec<char> = target.chars().collect();
    match target.len().checked_sub(word.len()) {
        Some(0) => is_swap(&word, &target) || is_wrong_key(&word, &target),
        Some(1) => is_omission(&word, &target),
        Some(_) | None => false,
    }
}

fn is_swap(word: &[char], target: &[char]) -> bool {
    matches!(
        differences(word, target).as_slice(),
        [(first, a, b), (second, c, d)] if first.abs_diff(*second) == 1 && a == d && b == c
    )
}

fn is_wrong_key(word: &[char], target: &[char]) -> bool {
    matches!(
        differences(word, target).as_slice(),
        [(_, hit, meant)] if are_neighbours(*hit, *meant)
    )
}

fn is_omission(word: &[char], target: &[char]) -> bool {
    let kept = word
        .iter()
        .zip(target)
        .take_while(|(letter, expected)| letter == expected)
        .count();
    kept > 0
        && word
            .iter()
            .skip(kept)
            .eq(target.iter().skip(kept.saturating_add(1)))
}

/// The positions at which the words differ, with both letters.
fn differences(word: &[char], target: &[char]) -> Vec<(usize, char, char)> {
    word.iter()
        .zip(target)
        .enumerate()
        .filter(|(_, (letter, expected))| letter != expected)
        .map(|(at, (letter, expected))| (at, *letter, *expected))
        .collect()
}

fn are_neighbours(first: char, second: char) -> bool {
    match (place(first), place(second)) {
        (Some((row, column)), Some((other_row, other_column))) if row == other_row => {
            column.abs_diff(other_column) == 1
        }
        // Each row is offset to the right of the row above by half a key.
        (Some((row, column)), Some((other_row, other_column))) if row.abs_diff(other_row) == 1 => {
            let (upper, lower) = if row < other_row {
                (column, other_column)
            } else {
                (other_column, column)
            };
            upper == lower || upper == lower.saturating_add(1)
        }
        _ => false,
    }
}

fn place(letter: char) -> Option<(usize, usize)> {
    ROWS.iter()
        .enumerate()
        .find_map(|(row, keys)| Some((row, keys.chars().position(|key| key == letter)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_lost_and_neighbouring_letters_are_slips() {
        for word in ["tetx", "tex", "tezt", "rext", "tedt"] {
            assert!(is_slip(word, "text"), "{word}");
        }
    }

    #[test]
    fn other_letters_a_lost_first_letter_and_longer_words_are_no_slips() {
        for word in ["text", "next", "ext", "texts", "tent", "", "t", "taxi"] {
            assert!(!is_slip(word, "text"), "{word}");
        }
    }
}
