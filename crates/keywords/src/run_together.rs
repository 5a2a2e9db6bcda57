//! Texts written without spaces between words: "stoptextingme".

use std::cmp::Reverse;

use super::words::{self, Token};

/// Longest text that is split, in letters; bounds the cost.
const LONGEST_TEXT: usize = 60;
const LONGEST_WORD: usize = 15;
/// Shortest unknown word that may be several words run together.
const SHORTEST_TEXT: usize = 6;
/// Most words in a text that may lack spaces: a writer who separates more words separates all.
const MOST_PIECES: usize = 5;

/// The letters of a text that seems to lack spaces, because it has a long unknown word.
pub(super) fn letters(tokens: &[Token]) -> Option<String> {
    let pieces = tokens
        .iter()
        .filter(|token| matches!(token, Token::Word(_)));
    let is_cut = tokens.iter().any(|token| match token {
        Token::Word(word) => word.len() >= SHORTEST_TEXT && !words::is_known(word),
        Token::Break => false,
    });
    if is_cut && pieces.count() <= MOST_PIECES {
        words::joined(tokens, "")
    } else {
        None
    }
}

/// The shortest sequence of known words that spells these letters, if it has at least two words.
pub(super) fn words(letters: &str) -> Option<Vec<Token>> {
    if letters.len() > LONGEST_TEXT || !letters.is_ascii() {
        return None;
    }
    let mut splits: Vec<Option<Vec<&str>>> = vec![Some(Vec::new())];
    for end in 1..=letters.len() {
        splits.push(shortest_split(letters, end, &splits));
    }
    let found = splits.pop().flatten().filter(|words| words.len() > 1)?;
    Some(
        found
            .into_iter()
            .map(|word| Token::Word(word.to_owned()))
            .collect(),
    )
}

/// The shortest sequence of words that spells the letters before `end`, given the results for every
/// earlier end.
fn shortest_split<'a>(
    letters: &'a str,
    end: usize,
    earlier: &[Option<Vec<&'a str>>],
) -> Option<Vec<&'a str>> {
    (end.saturating_sub(LONGEST_WORD)..end)
        .filter_map(|start| {
            let word = letters.get(start..end).filter(|word| is_word(word))?;
            let mut split = earlier.get(start)?.clone()?;
            split.push(word);
            Some(split)
        })
        .min_by_key(|split| (split.len(), Reverse(weight(split))))
}

/// Ranks splits into the same number of words: the one with the longest word wins ("stop it", not
/// "sto pit").
fn weight(split: &[&str]) -> usize {
    split
        .iter()
        .map(|word| word.len().saturating_mul(word.len()))
        .sum()
}

/// Whether letters are a word. A single letter counts only if English uses it as one.
fn is_word(word: &str) -> bool {
    (word.len() > 1 || matches!(word, "i" | "a" | "u" | "2")) && words::is_known(word)
}

#[cfg(test)]
mod tests {
    use super::super::words::tokenise;
    use super::*;

    #[test]
    fn letters_are_cut_into_the_fewest_known_words() {
        let spoken = words("pleasestoptextingme");
        assert_eq!(spoken, Some(tokenise("please stop texting me")));
    }

    #[test]
    fn single_words_unknown_words_and_long_texts_are_not_cut() {
        for letters in ["stop", "stopxqz", "", &"stop".repeat(20)] {
            assert_eq!(words(letters), None, "{letters}");
        }
    }
}
