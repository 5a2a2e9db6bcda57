//! Texts written without the spaces between their words: "stoptextingme".
//!
//! This module must not know what a word means for consent.

use std::cmp::Reverse;

use super::words::{self, Token};

/// Longer texts are not looked at, which bounds the cost.
const LONGEST_TEXT: usize = 60;
const LONGEST_WORD: usize = 15;
/// Shorter words are as they were meant.
const SHORTEST_TEXT: usize = 6;
/// Whoever sets more words apart sets all apart.
const MOST_PIECES: usize = 5;

/// The letters of a text that seems to lack spaces: it has a long word that nobody knows.
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

/// The fewest known words that these letters are made of, if they are at least two.
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

/// The fewest words that make up the letters before `end`, given those for every earlier end.
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

/// Among splits into as many words, the one with the longest word is meant: "stop it", not "sto pit".
fn weight(split: &[&str]) -> usize {
    split
        .iter()
        .map(|word| word.len().saturating_mul(word.len()))
        .sum()
}

/// Single letters are words only where the language has such a word.
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
