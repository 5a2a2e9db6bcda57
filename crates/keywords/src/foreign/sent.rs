//! Our own texts inside a reply: programs and people quote what they answer, whole, truncated or in
//! part, with changed spaces, case and punctuation.

use std::collections::HashMap;
use std::ops::Range;

use super::text_words::{PlacedWord, placed_words};

/// Fewest words of a recognised quotation; a person may well say fewer by chance.
const LEAST: usize = 3;
/// Fewest words of an unmarked quotation that starts where our text starts and ends before it ends.
const LEAST_FROM_BEGINNING: usize = 5;
/// Fewest words of an unmarked quotation from the middle of our text. Fewer may be the person's answer
/// in our words.
const LEAST_FROM_ANYWHERE: usize = 8;

/// The texts that were sent to a person, indexed for search.
pub(super) struct SentTexts(Vec<SentText>);

struct SentText {
    words: Vec<String>,
    places: HashMap<String, Vec<usize>>,
}

/// Consecutive words of a reply that are consecutive words of one of our texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// The indices of the words in the reply.
    pub(super) words: Range<usize>,
    /// Whether it starts where our text starts.
    pub(super) is_from_beginning: bool,
    /// Whether it ends where our text ends.
    is_to_end: bool,
}

impl Run {
    /// Whether it is a quotation by its length alone.
    fn is_sure(&self) -> bool {
        let length = self.words.len();
        let least = match (self.is_from_beginning, self.is_to_end) {
            (true, true) => LEAST,
            (true, false) => LEAST_FROM_BEGINNING,
            (false, _) => LEAST_FROM_ANYWHERE,
        };
        length >= least
    }
}

impl SentTexts {
    pub(super) fn new(texts: &[&str]) -> Self {
        Self(texts.iter().map(|text| SentText::new(text)).collect())
    }

    /// The unmarked quotations, in the order of the reply.
    pub(super) fn unmarked(&self, reply: &[PlacedWord], text: &str) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut at = 0;
        while at < reply.len() {
            let run = self
                .longest_at(reply, at, reply.len(), text)
                .filter(Run::is_sure);
            at = run
                .as_ref()
                .map_or(at.saturating_add(1), |run| run.words.end);
            runs.extend(run);
        }
        runs
    }

    /// The run that consists of exactly these words of the reply, if any.
    pub(super) fn marked(
        &self,
        reply: &[PlacedWord],
        words: Range<usize>,
        text: &str,
    ) -> Option<Run> {
        if words.len() < LEAST {
            return None;
        }
        self.longest_at(reply, words.start, words.end, text)
            .filter(|run| run.words == words)
    }

    fn longest_at(&self, reply: &[PlacedWord], at: usize, until: usize, text: &str) -> Option<Run> {
        let runs = self
            .0
            .iter()
            .flat_map(|sent| sent.runs_at(reply, at, until, text));
        runs.max_by_key(|run| (run.words.len(), run.is_from_beginning))
    }
}

impl SentText {
    fn new(text: &str) -> Self {
        let words: Vec<String> = placed_words(text)
            .into_iter()
            .map(|word| word.text)
            .collect();
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, word) in words.iter().enumerate() {
            places.entry(word.clone()).or_default().push(place);
        }
        Self { words, places }
    }

    fn runs_at(
        &self,
        reply: &[PlacedWord],
        at: usize,
        until: usize,
        text: &str,
    ) -> impl Iterator<Item = Run> {
        let first = reply.get(at).map_or("", |word| word.text.as_str());
        let places = self.places.get(first).map_or(&[][..], Vec::as_slice);
        places.iter().map(move |place| {
            let said = reply.get(at..until).unwrap_or_default();
            let meant = self.words.get(*place..).unwrap_or_default();
            let same = said
                .iter()
                .zip(meant)
                .take_while(|(said, meant)| said.text == **meant);
            let mut length = same.count();
            if is_cut_off(said.get(length), meant.get(length), text) {
                length = length.saturating_add(1);
            }
            Run {
                words: at..at.saturating_add(length),
                is_from_beginning: *place == 0,
                is_to_end: length == meant.len(),
            }
        })
    }
}

/// Whether a word is a truncated word of ours: "canc…".
fn is_cut_off(said: Option<&PlacedWord>, meant: Option<&String>, text: &str) -> bool {
    let (Some(said), Some(meant)) = (said, meant) else {
        return false;
    };
    let after = text.get(said.place.end..).unwrap_or_default().trim_start();
    meant.starts_with(&said.text) && (after.starts_with('…') || after.starts_with(".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str =
        "Dogwood Gutters: your estimate is ready. Reply HELP for help, STOP to cancel.";

    fn unmarked(reply: &str) -> Vec<String> {
        let words = placed_words(reply);
        SentTexts::new(&[SENT, "Reply STOP"])
            .unmarked(&words, reply)
            .into_iter()
            .map(|run| {
                reply[words[run.words.start].place.start..words[run.words.end - 1].place.end]
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn our_text_is_found_with_other_spaces_case_and_marks_or_cut_off() {
        assert_eq!(
            unmarked(
                "DOGWOOD  gutters - your “estimate” is ready; reply help for help stop to cancel! STOP"
            ),
            ["DOGWOOD  gutters - your “estimate” is ready; reply help for help stop to cancel"]
        );
        assert_eq!(
            unmarked("Dogwood Gutters: your esti… ok"),
            ["Dogwood Gutters: your esti"; 0]
        );
        assert_eq!(
            unmarked("Dogwood Gutters: your estimate is re... ok"),
            ["Dogwood Gutters: your estimate is re"]
        );
    }

    #[test]
    fn a_few_words_of_ours_are_the_persons_own() {
        for text in [
            "stop to cancel",
            "is the estimate ready?",
            "Reply STOP",
            "STOP",
        ] {
            assert!(unmarked(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_marked_is_found_in_fewer_words_but_only_as_a_whole() {
        let sent = SentTexts::new(&[SENT]);
        for (text, is_ours) in [
            ("your estimate is ready", true),
            ("STOP to cancel", true),
            ("your estimate is late", false),
            ("STOP", false),
            ("please STOP to cancel", false),
        ] {
            let words = placed_words(text);
            let found = sent.marked(&words, 0..words.len(), text);
            assert_eq!(found.is_some(), is_ours, "{text}");
        }
    }
}
