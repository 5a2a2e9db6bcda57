//! Words with spaced letters: "s t o p".

use super::lists;
use super::near_miss;
use super::words::Token;

/// Most pieces of a run that are examined: letters and the breaks between them.
const LONGEST_RUN: usize = 24;

/// "s t o p texting me": a run of single letters that begins with a keyword becomes that keyword.
pub(super) fn join(tokens: Vec<Token>) -> Vec<Token> {
    let mut joined = Vec::with_capacity(tokens.len());
    let mut run: Vec<Token> = Vec::new();
    for token in tokens {
        let continues = match &token {
            Token::Word(word) => word.chars().nth(1).is_none(),
            Token::Break => !run.is_empty(),
        };
        if continues {
            run.push(token);
        } else {
            joined.append(&mut spelt_out(std::mem::take(&mut run)));
            joined.push(token);
        }
    }
    joined.append(&mut spelt_out(run));
    joined
}

fn spelt_out(run: Vec<Token>) -> Vec<Token> {
    let mut letters = String::new();
    for (at, token) in run.iter().enumerate().take(LONGEST_RUN) {
        if let Token::Word(letter) = token {
            letters.push_str(letter);
        }
        if let Some(keyword) = lists::spelt_out(&near_miss::undisguised(&letters)) {
            let rest = run.into_iter().skip(at.saturating_add(1));
            return std::iter::once(Token::Word(keyword.to_owned()))
                .chain(rest)
                .collect();
        }
    }
    run
}
