//! Tokenisation: splits a folded text into words and clause breaks, and gives each word its usual
//! spelling.

use sms_text::is_letter_mark;

use super::grammar;
use super::masked;
use super::near_miss;
use super::spaced_letters;
use super::spellings;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters and digits, folded.
    Word(String),
    /// The end of a clause: punctuation or a new line.
    Break,
}

/// Most words of a text that may be a keyword.
const LONGEST_KEYWORD: usize = 24;

/// Fewest digits of a phone number.
const SHORTEST_PHONE: usize = 7;

/// Splits a folded text into words and clause breaks.
pub(super) fn tokenise(folded: &str) -> Vec<Token> {
    let mut cutter = Cutter::default();
    for chunk in folded.split_inclusive(char::is_whitespace) {
        if is_address(chunk) {
            cutter.skip_address();
        } else if let Some(word) = masked::word(chunk) {
            cutter.take_all(word);
            cutter.take_all(" ");
        } else {
            cutter.take_all(chunk);
        }
    }
    cutter.end_word();
    cutter.tokens
}

/// The words joined with `separator`, if they are few enough for a keyword.
pub(super) fn joined(tokens: &[Token], separator: &str) -> Option<String> {
    let words: Vec<&str> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            Token::Break => None,
        })
        .take(LONGEST_KEYWORD.saturating_add(1))
        .collect();
    (words.len() <= LONGEST_KEYWORD).then(|| words.join(separator))
}

/// The words for display, with a comma at the end of each clause.
pub(super) fn shown(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Word(word) if text.is_empty() => text.push_str(word),
            Token::Word(word) => {
                text.push(' ');
                text.push_str(word);
            }
            Token::Break if text.is_empty() || text.ends_with(',') => {}
            Token::Break => text.push(','),
        }
    }
    text
}

/// The words in their usual spelling: spaced letters are joined, contractions and fixed pairs become
/// one word, and misspelt words that matter are corrected.
pub(super) fn canonical(tokens: Vec<Token>) -> Vec<Token> {
    let spelt = spaced_letters::join(tokens)
        .into_iter()
        .map(|token| match token {
            Token::Word(word) => Token::Word(spelling(word)),
            Token::Break => Token::Break,
        });
    let mut merged: Vec<Token> = Vec::new();
    for token in spelt {
        match (merged.last_mut(), token) {
            (Some(Token::Word(left)), Token::Word(right)) => match spellings::pair(left, &right) {
                Some(both) => both.clone_into(left),
                // "Arret arret arret" counts once.
                None if *left == right && right != "0" => {}
                None => merged.push(Token::Word(right)),
            },
            (Some(Token::Break), Token::Break) => {}
            (_, token) => merged.push(token),
        }
    }
    merged
}

#[derive(Default)]
struct Cutter {
    tokens: Vec<Token>,
    word: String,
}

impl Cutter {
    fn take_all(&mut self, chunk: &str) {
        let mut previous = ' ';
        let mut characters = chunk.chars().peekable();
        while let Some(c) = characters.next() {
            let next = characters.peek().copied().unwrap_or(' ');
            self.take(previous, c, next);
            previous = c;
        }
    }

    fn skip_address(&mut self) {
        self.end_word();
        self.tokens.push(Token::Break);
    }

    fn take(&mut self, previous: char, c: char, next: char) {
        if is_word_by_itself(c) {
            self.end_word();
            self.word.push(c);
            self.end_word();
        } else if c.is_alphanumeric() || is_letter_mark(c) {
            self.word.push(c);
        } else if is_apostrophe(c)
            || (matches!(c, ',' | ';') && next == 't' && self.word.ends_with('n'))
        {
            self.apostrophe(next);
        } else if is_currency_letter(c, next) {
            self.word.push('s');
        } else if is_laughter(c) {
            self.end_word();
            self.tokens.push(Token::Word("haha".to_owned()));
        } else if (c == '#' && !next.is_alphanumeric()) || (c == '+' && next == ' ') {
            self.symbol(c);
        } else if c == '/' && self.word == "w" {
            self.word = "with".to_owned();
            self.end_word();
        } else if previous.is_ascii_digit() && next.is_ascii_digit() {
            self.end_word();
        } else if is_break(c) || (c == '-' && previous == ' ' && next.is_whitespace()) {
            self.end_word();
            self.tokens.push(Token::Break);
        } else {
            self.end_word();
        }
    }

    /// An apostrophe joins an English contraction and separates a French elision.
    fn apostrophe(&mut self, next: char) {
        let before_vowel = matches!(next, 'a' | 'e' | 'h' | 'i' | 'o' | 'u' | 'y');
        let is_elision = match self.word.as_str() {
            "c" | "n" | "s" | "t" => before_vowel,
            // Spoken Canadian French elides before any letter: "m'texter", "j'veux".
            "d" | "j" | "l" | "m" | "qu" => next.is_alphabetic(),
            _ => false,
        };
        if is_elision {
            self.end_word();
        }
    }

    /// "my #" means "my number"; "no + mensajes" means "no más mensajes".
    fn symbol(&mut self, c: char) {
        self.end_word();
        let word = if c == '#' { "number" } else { "mas" };
        self.tokens.push(Token::Word(word.to_owned()));
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.tokens
                .push(Token::Word(std::mem::take(&mut self.word)));
        }
    }
}

/// Whether a character is a word by itself: Chinese characters and Japanese kana, which have no spaces
/// between words.
const fn is_word_by_itself(c: char) -> bool {
    matches!(
        c,
        '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{30FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

/// Whether a chunk is a web or e-mail address, which does not count as words.
fn is_address(chunk: &str) -> bool {
    let has_host = |separator| {
        chunk
            .split_once(separator)
            .is_some_and(|(_, rest): (&str, &str)| rest.contains('.'))
    };
    has_host("://") || has_host("@") || has_host("www")
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '′')
}

const fn is_laughter(c: char) -> bool {
    matches!(c, '😂' | '🤣' | '😆' | '😹' | '😄')
}

/// Whether a dollar sign stands for an S ("$top").
fn is_currency_letter(c: char, next: char) -> bool {
    c == '$' && next.is_alphabetic()
}

const fn is_break(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '¡'
            | '¿'
            | '('
            | ')'
            | '['
            | ']'
            | '/'
            | '|'
            | '\n'
            | '\r'
            | '—'
            | '–'
            | '\u{2028}'
            | '\u{2029}'
            | '。'
            | '、'
            | '،'
            | '؛'
            | '؟'
            | '۔'
            | '।'
            | '॥'
    )
}

fn spelling(word: String) -> String {
    if word.bytes().all(|byte| byte.is_ascii_digit()) && word != "2" {
        let number = if word.len() < SHORTEST_PHONE {
            "0"
        } else {
            "00"
        };
        return number.to_owned();
    }
    if let Some(usual) = usual(&word) {
        return usual;
    }
    near_miss::spellings(&word)
        .into_iter()
        .find_map(|candidate| usual(&candidate))
        .or_else(|| near_miss::long_word(&word).map(str::to_owned))
        .or_else(|| near_miss::context_word(&word).map(str::to_owned))
        .or_else(|| near_miss::short_word(&word).map(str::to_owned))
        .unwrap_or(word)
}

/// Whether a word has a usual spelling without correction.
pub(super) fn is_known(word: &str) -> bool {
    usual(word).is_some()
}

fn usual(word: &str) -> Option<String> {
    match spellings::alias(word) {
        Some(usual) => Some(usual.to_owned()),
        None if grammar::knows(word) => Some(word.to_owned()),
        None => spellings::full_ending(word).filter(|full| grammar::knows(full)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical_text(text: &str) -> String {
        canonical(tokenise(text))
            .into_iter()
            .map(|token| match token {
                Token::Word(word) => word,
                Token::Break => "|".to_owned(),
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn english_contractions_are_one_word_and_french_elisions_are_two() {
        assert_eq!(canonical_text("don't"), "dont");
        assert_eq!(canonical_text("do not"), "dont");
        assert_eq!(canonical_text("n'arretez"), "n arretez");
        assert_eq!(canonical_text("i'm"), "im");
    }

    #[test]
    fn punctuation_ends_a_clause_and_other_marks_end_a_word() {
        assert_eq!(canonical_text("thanks, stop!! now"), "thanks | stop | now");
        assert_eq!(canonical_text("*stop*_texting_"), "stop texting");
        assert_eq!(canonical_text("stop w/ the txts"), "stop with the texts");
    }

    #[test]
    fn addresses_are_not_words() {
        assert_eq!(
            canonical_text("see https://x.example/stop or stop@x.example"),
            "see | or |"
        );
    }

    #[test]
    fn letters_written_apart_are_a_word_if_they_spell_a_keyword() {
        assert_eq!(canonical_text("s.t.o.p texting"), "stop texting");
        assert_eq!(canonical_text("plan a, b or c"), "plan a | b or c");
    }

    #[test]
    fn stretched_abbreviated_and_misspelt_words_get_their_usual_spelling() {
        assert_eq!(canonical_text("pleeease stooop"), "please stop");
        assert_eq!(canonical_text("plz st0p txting"), "please stop texting");
        assert_eq!(canonical_text("unsubscribbe"), "unsubscribe");
        assert_eq!(canonical_text("subscribe"), "subscribe");
    }
}
