//! `sms-api keywords`: prints why a received text is read as it is.

use sms_keywords::{
    Classification, Finding, Keyword, Machine, OverruledReason, Owner, Speaker, SpeakerReason, Way,
    explain,
};

use super::output::say_all;
use crate::cli::KeywordsCommand;

/// Prints the explanation of a text.
pub(super) fn run(command: &KeywordsCommand) -> anyhow::Result<()> {
    match command {
        KeywordsCommand::Explain { text, sent } => say_all(&explanation(text, sent)),
    }
}

/// One line for each finding, and the reading at the end.
fn explanation(text: &str, sent: &[String]) -> Vec<String> {
    let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
    let explained = explain(text, &sent);
    let read = explained.understood;
    let mut lines: Vec<String> = explained.findings.iter().map(line).collect();
    lines.push(format!("reading: {}", classification(read.classification)));
    lines.push(format!("speaker: {}", speaker(read.speaker)));
    lines
}

fn line(finding: &Finding) -> String {
    match finding {
        Finding::SetAside { owner, words } => {
            format!("set aside, {}: {}", owner_name(*owner), quoted(words))
        }
        Finding::MachinePhrase {
            machine,
            is_certain,
            phrase,
            words,
        } => {
            let needs = if *is_certain {
                ""
            } else {
                ", one of two needed"
            };
            let machine = machine.code();
            format!(
                "phrase of a machine ({machine}{needs}) {phrase}: {}",
                quoted(words)
            )
        }
        Finding::OwnWords(words) => format!("own words: {}", quoted(words)),
        Finding::Phrase(found) => format!(
            "phrase {} [{}] {}: {}",
            found.language,
            found.section,
            found.phrase,
            quoted(&found.words)
        ),
        Finding::Attempt {
            way,
            words,
            classification: read,
        } => {
            let (way, words) = (way_name(*way), quoted(words));
            format!("read {way} {words}: {}", classification(*read))
        }
        Finding::Likeness(score) => {
            format!("likeness to machines' texts: {score:.2} (above 0 is a machine)")
        }
        Finding::Speaker {
            speaker: found,
            reason,
        } => format!("speaks: {}: {}", speaker(*found), speaker_reason(*reason)),
        Finding::Overruled { from, to, reason } => {
            let reason = overruled_reason(*reason);
            format!("overruled: {} becomes {}: {reason}", from.code(), to.code())
        }
    }
}

/// In quotation marks, new lines and marks escaped, so that one finding stays one line.
fn quoted(words: &str) -> String {
    format!("{words:?}")
}

fn classification(read: Classification) -> String {
    if read.keyword == Keyword::None {
        return Keyword::None.code().to_owned();
    }
    let matched = read
        .matched
        .map_or_else(String::new, |matched| format!(" {matched}"));
    format!("{} by {}{matched}", read.keyword.code(), read.step.code())
}

fn speaker(speaker: Speaker) -> String {
    let machine = speaker.machine().map(Machine::code);
    let machine = machine.map_or_else(String::new, |machine| format!(" ({machine})"));
    format!("{}{machine}", speaker.code())
}

const fn owner_name(owner: Owner) -> &'static str {
    match owner {
        Owner::Reaction => "reported by the phone",
        Owner::Ours => "ours",
        Owner::Quoted => "quoted",
        Owner::Program => "added by a program",
        Owner::Instruction => "a sender's instruction",
        Owner::MachineInstruction => "a machine's instruction",
    }
}

const fn way_name(way: Way) -> &'static str {
    match way {
        Way::WholeText => "as a whole",
        Way::AsWritten => "as English, French and Spanish",
        Way::OtherLanguages => "as other languages",
        Way::WithoutEmphasis => "as one clause",
        Way::RunTogether => "with spaces put in",
        Way::UnreadScript => "as a script without phrases",
    }
}

const fn speaker_reason(reason: SpeakerReason) -> &'static str {
    match reason {
        SpeakerReason::MachinePhrase => "phrases of a machine occur",
        SpeakerReason::NoOwnWords => "every word is set aside",
        SpeakerReason::Request => "the own words ask for something",
        SpeakerReason::Question => "the own words hold a question mark",
        SpeakerReason::Report => "a few words stand before a quotation of our text",
        SpeakerReason::Instruction => "the text instructs its reader and asks for nothing",
        SpeakerReason::Likeness => "the text resembles machines' texts",
        SpeakerReason::Default => "nothing points at anyone else",
    }
}

const fn overruled_reason(reason: OverruledReason) -> &'static str {
    match reason {
        OverruledReason::ConsentBesideOtherWords => "START counts only alone",
        OverruledReason::UnplacedWordOfMachine => {
            "a word that no phrase explains counts for nothing in a machine's text"
        }
        OverruledReason::BareInstruction => "the text is an instruction and nothing else",
        OverruledReason::QuotedRequest => "a request stands in quoted words that we did not send",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_shows_what_is_set_aside_what_matched_and_the_reading() {
        let sent = "We buy houses. Reply STOP to end".to_owned();
        let lines = explanation(&format!("> {sent}\nKeine Nachrichten mehr!"), &[sent]);
        for expected in [
            r#"set aside, ours: "> We buy houses. Reply STOP to end\n""#,
            r#"own words: "Keine Nachrichten mehr!""#,
            r#"phrase de [request] "#,
            "speaks: person: the own words ask for something",
            "reading: opt_out by phrase ",
            "speaker: person",
        ] {
            assert!(
                lines.iter().any(|line| line.starts_with(expected)),
                "{expected} in {lines:#?}"
            );
        }
    }

    #[test]
    fn an_explanation_of_a_machines_text_names_the_machine_and_its_phrases() {
        let lines = explanation("Hello, this is an automated reply.", &[]);
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("phrase of a machine (reply)")),
            "{lines:#?}"
        );
        assert_eq!(
            lines.last().map(String::as_str),
            Some("speaker: automatic (reply)")
        );
    }

    #[test]
    fn every_reading_names_its_step() {
        let end = |text: &str| explanation(text, &[]).into_iter().rev().nth(1).unwrap();
        assert_eq!(end("STOP"), "reading: opt_out by exact_keyword stop");
        assert_eq!(end("หยุด"), "reading: review by unread_script");
        assert_eq!(end("Monday is fine"), "reading: none");
    }
}
