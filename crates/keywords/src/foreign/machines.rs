//! Texts written by machines: automatic replies, carriers' notices, one-time codes, filters and call
//! reports. The phrases are in `data/machines.tsv`.

use std::sync::LazyLock;

use super::cue::{Classes, Cues, Found, classes, place, rows};
use super::text_words::PlacedWord;
use crate::Machine;
use crate::explanation::{Finding, Trace};

const TABLE: &str = include_str!("../data/machines.tsv");

/// The meaning of a phrase: which machine wrote the text, and whether this phrase alone suffices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sign {
    machine: Machine,
    is_certain: bool,
}

static SIGNS: LazyLock<Cues<Sign>> = LazyLock::new(|| {
    let classes: Classes = classes(TABLE);
    let phrases = rows(TABLE).filter_map(|(kind, phrase)| {
        let (name, is_certain) = kind
            .strip_suffix('?')
            .map_or((kind, true), |name| (name, false));
        let machine = Machine::ALL
            .into_iter()
            .find(|machine| machine.code() == name)?;
        Some((
            Sign {
                machine,
                is_certain,
            },
            phrase,
        ))
    });
    Cues::new(phrases, &classes)
});

/// The machine that wrote a text, if any, judged by the words that are not quoted.
pub(super) fn author(words: &[PlacedWord], text: &str, trace: &Trace) -> Option<Machine> {
    let signs: Vec<Found<Sign>> = SIGNS
        .find(words)
        .filter(|found| !is_in_question(found, words, text))
        .collect();
    for sign in &signs {
        trace.note(|| finding(sign, words, text));
    }
    if let Some(certain) = signs.iter().find(|found| found.said.is_certain) {
        return Some(certain.said.machine);
    }
    let is_asked_or_timed = text.contains(QUESTION_MARKS)
        || words
            .iter()
            .any(|word| word.text.bytes().all(|byte| byte.is_ascii_digit()));
    let (first, second) = apart(&signs)?;
    (!is_asked_or_timed).then_some(first.said.machine.min(second.said.machine))
}

fn finding(sign: &Found<Sign>, words: &[PlacedWord], text: &str) -> Finding {
    Finding::MachinePhrase {
        machine: sign.said.machine,
        is_certain: sign.said.is_certain,
        phrase: sign.source,
        words: text.get(place(sign, words)).unwrap_or_default().to_owned(),
    }
}

const QUESTION_MARKS: [char; 4] = ['?', '？', '؟', '¿'];

/// Two phrases that do not overlap.
fn apart(signs: &[Found<Sign>]) -> Option<(&Found<Sign>, &Found<Sign>)> {
    let first = signs.iter().min_by_key(|found| found.to)?;
    let second = signs.iter().find(|found| found.from >= first.to)?;
    Some((first, second))
}

/// Whether a phrase stands in a question: "Is this an automatic message?"
fn is_in_question(found: &Found<Sign>, words: &[PlacedWord], text: &str) -> bool {
    let rest = words.get(found.to..).unwrap_or_default();
    let next = rest.iter().find(|word| word.starts_clause);
    let end = next.map_or(text.len(), |next| next.place.start);
    let last = words
        .iter()
        .take_while(|word| word.place.end <= end)
        .last()
        .map_or(0, |word| word.place.end);
    text.get(last..end)
        .is_some_and(|marks| marks.contains(QUESTION_MARKS))
}
