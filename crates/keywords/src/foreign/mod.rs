//! Whose words a text holds: the person's own, quotations of ours, instructions, a phone's report of
//! a reaction, or a machine's words.
//!
//! Quoted and instructing words are not requests. In doubt, words count as the person's own where that
//! protects the person (a request to stop), and not where it would relax a protection ([`Speaker`]).
//! This folder must not know what follows from a reading.

mod cue;
mod instructions;
mod likeness;
mod machines;
mod parts;
mod quotes;
mod reactions;
mod sent;
mod text_words;

use std::ops::Range;

use sms_text::is_ignorable;

use self::parts::Parts;
use self::text_words::{PlacedWord, without};
use crate::explanation::{Finding, OverruledReason, Owner, SpeakerReason, Trace};
use crate::{Classification, Keyword, Machine, MatchStep, Speaker, Understood, classify_own_words};

/// Most words before our quoted text that may be a reaction report in an unlisted wording.
const LONGEST_REPORT: usize = 5;

/// What a text asks for in the person's own words, and who speaks in it.
pub(crate) fn understand(text: &str, sent: &[&str], trace: &Trace) -> Understood {
    // Invisible characters must neither end a clause nor hide a quotation mark.
    let text: String = text.chars().filter(|c| !is_ignorable(*c)).collect();
    let parts = Parts::new(&text, sent);
    parts.note_what_is_set_aside(trace);
    let own_words = parts.own_words();
    let mut cut = parts.all();
    let (own, speaker, reason) = match machines::author(&parts.written(), &text, trace) {
        Some(machine) => {
            let asked = instructions::machine(&own_words);
            parts.note_owner(Owner::MachineInstruction, &asked, trace);
            cut.extend(asked);
            let speaker = Speaker::Automatic(machine);
            (
                read(&parts, &cut, trace),
                speaker,
                SpeakerReason::MachinePhrase,
            )
        }
        None => {
            let own = read(&parts, &cut, trace);
            let (speaker, reason) = speaker(&parts, &own_words, own.keyword, trace);
            (own, speaker, reason)
        }
    };
    trace.note(|| Finding::Speaker { speaker, reason });
    Understood {
        classification: settled(&parts, own, speaker, trace),
        speaker,
    }
}

/// What the text without these parts asks for. A text with removed parts is never read as consent.
fn read(parts: &Parts<'_>, cut: &[Range<usize>], trace: &Trace) -> Classification {
    let own_text = without(parts.text, cut);
    trace.note(|| Finding::OwnWords(own_text.trim().to_owned()));
    let own = classify_own_words(&own_text, trace);
    if own.keyword == Keyword::OptIn && !cut.is_empty() {
        return overruled(
            own,
            NOTHING,
            OverruledReason::ConsentBesideOtherWords,
            trace,
        );
    }
    own
}

fn speaker(
    parts: &Parts<'_>,
    own_words: &[PlacedWord],
    keyword: Keyword,
    trace: &Trace,
) -> (Speaker, SpeakerReason) {
    let own_text = without(parts.text, &parts.all());
    let asks = own_text.contains('?');
    let is_unmarked = |footer: &&Range<usize>| !parts.is_between_marks(footer);
    if own_words.is_empty() && !parts.words.is_empty() {
        let speaker = if parts.reaction.is_some() {
            Speaker::Reaction
        } else {
            Speaker::Quotation
        };
        return (speaker, SpeakerReason::NoOwnWords);
    }
    if keyword != Keyword::None {
        return (Speaker::Person, SpeakerReason::Request);
    }
    if asks {
        return (Speaker::Person, SpeakerReason::Question);
    }
    if is_report(parts, own_words) {
        return (Speaker::Reaction, SpeakerReason::Report);
    }
    if parts.ours.is_empty() && parts.footers.iter().any(|footer| is_unmarked(&footer)) {
        let machine = Speaker::Automatic(Machine::Reply);
        return (machine, SpeakerReason::Instruction);
    }
    let likeness = likeness::score(&own_text);
    trace.note(|| Finding::Likeness(likeness));
    if likeness > 0.0 {
        let machine = Speaker::Automatic(Machine::Likely);
        return (machine, SpeakerReason::Likeness);
    }
    (Speaker::Person, SpeakerReason::Default)
}

/// Whether the text is a few words and then our whole text in quotation marks: a reaction report in
/// an unlisted wording.
fn is_report(parts: &Parts<'_>, own_words: &[PlacedWord]) -> bool {
    let Some(quotation) = &parts.opens_with else {
        return false;
    };
    own_words.len() <= LONGEST_REPORT
        && own_words
            .iter()
            .all(|word| word.place.end <= quotation.start)
}

/// The final classification. If the own words ask for nothing, a request in words that are only
/// marked as quoted is for a person to read. In a machine's text, a word that no phrase explains does
/// not count.
fn settled(
    parts: &Parts<'_>,
    own: Classification,
    speaker: Speaker,
    trace: &Trace,
) -> Classification {
    let is_unplaced = matches!(own.step, MatchStep::UnplacedWord | MatchStep::UnreadScript);
    match (own.keyword, speaker) {
        (Keyword::Review, Speaker::Automatic(_)) if is_unplaced => {
            overruled(own, NOTHING, OverruledReason::UnplacedWordOfMachine, trace)
        }
        (Keyword::None, Speaker::Reaction) => Classification {
            step: MatchStep::Reaction,
            ..NOTHING
        },
        (Keyword::None, _) if parts.is_bare_instruction => {
            overruled(own, FOR_REVIEW, OverruledReason::BareInstruction, trace)
        }
        (Keyword::None, _) if parts.hides_request() => {
            overruled(own, FOR_REVIEW, OverruledReason::QuotedRequest, trace)
        }
        _ => own,
    }
}

const NOTHING: Classification = Classification {
    keyword: Keyword::None,
    step: MatchStep::NoKeyword,
    matched: None,
};

const FOR_REVIEW: Classification = Classification {
    keyword: Keyword::Review,
    step: MatchStep::Quotation,
    matched: None,
};

/// Records in the trace why `to` replaces `from`, and returns `to`.
fn overruled(
    from: Classification,
    to: Classification,
    reason: OverruledReason,
    trace: &Trace,
) -> Classification {
    trace.note(|| Finding::Overruled {
        from: from.keyword,
        to: to.keyword,
        reason,
    });
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrases_are_written_in_their_notation() {
        for table in [
            include_str!("../data/instructions.tsv"),
            include_str!("../data/machines.tsv"),
            include_str!("../data/reactions.tsv"),
        ] {
            assert_eq!(cue::mistakes(table), Vec::<String>::new());
        }
    }
}
