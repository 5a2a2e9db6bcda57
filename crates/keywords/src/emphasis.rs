//! Words separated for emphasis: "Do. Not. Text. Me."

use super::words::Token;

/// Fewest single words that count as emphasis; fewer are separate sentences.
const FEWEST_WORDS: usize = 3;

/// The text as one clause, if every clause of it is a single word.
pub(super) fn unemphasised(tokens: &[Token]) -> Option<Vec<Token>> {
    let clauses = tokens.split(|token| *token == Token::Break);
    let lone_words: Option<Vec<Token>> = clauses
        .filter(|clause| !clause.is_empty())
        .map(|clause| match clause {
            [word] => Some(word.clone()),
            _ => None,
        })
        .collect();
    lone_words.filter(|words| words.len() >= FEWEST_WORDS)
}

#[cfg(test)]
mod tests {
    use super::super::words::tokenise;
    use super::*;

    #[test]
    fn words_that_each_stand_alone_are_one_clause() {
        let spoken = unemphasised(&tokenise("do. not. text!! me."));
        assert_eq!(spoken, Some(tokenise("do not text me")));
    }

    #[test]
    fn longer_clauses_and_fewer_words_stay_as_they_are() {
        for text in ["yes. tomorrow is fine. thanks.", "no. stop.", ""] {
            assert_eq!(unemphasised(&tokenise(text)), None, "{text}");
        }
    }
}
