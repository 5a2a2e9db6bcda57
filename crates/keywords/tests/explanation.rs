//! Explanations: they have the product's reading for every labelled row, and they name what led to it.

use sms_keywords::{
    Explanation, Finding, Keyword, Machine, OverruledReason, Owner, Speaker, SpeakerReason, Way,
    explain, understand,
};

/// The text and the sent text of every labelled row.
fn rows() -> Vec<(String, String)> {
    let keywords = rows_of(include_str!("data/keywords.csv"), 3, None);
    let speakers = rows_of(include_str!("data/speakers.csv"), 5, Some(4));
    keywords.into_iter().chain(speakers).collect()
}

fn rows_of(table: &str, text: usize, sent: Option<usize>) -> Vec<(String, String)> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(table.as_bytes())
        .records()
        .map(|record| {
            let record = record.expect("a row");
            let sent = sent.map_or("", |column| &record[column]);
            (record[text].replace("\\n", "\n"), sent.to_owned())
        })
        .collect()
}

#[test]
fn every_labelled_row_is_explained_as_it_is_read() {
    let rows = rows();
    assert!(rows.len() > 11_000, "{}", rows.len());
    for (text, sent) in rows {
        let explained = explain(&text, &[&sent]);
        assert_eq!(explained.understood, understand(&text, &[&sent]), "{text}");
        assert!(names_what_decided(&explained), "{text}: {explained:#?}");
    }
}

/// Whether the findings include the attempt or the overruling that gave the reading, and the speaker.
fn names_what_decided(explained: &Explanation) -> bool {
    let read = explained.understood.classification;
    let is_decisive = |finding: &Finding| {
        matches!(finding, Finding::Attempt { classification, .. } if *classification == read)
            || matches!(finding, Finding::Overruled { to, .. } if *to == read.keyword)
    };
    let is_speaker = |finding: &Finding| matches!(finding, Finding::Speaker { speaker, .. } if *speaker == explained.understood.speaker);
    let is_decided = read.keyword == Keyword::None || explained.findings.iter().any(is_decisive);
    is_decided && explained.findings.iter().any(is_speaker)
}

#[test]
fn a_phrase_is_shown_with_its_language_its_section_and_its_words() {
    for (text, language, section, words) in [
        (
            "Hi, please don't write me anymore",
            "en",
            "request",
            "dont write me anymore",
        ),
        (
            "don't call, just text",
            "en",
            "denied",
            "dont call, just text",
        ),
        (
            "Bitte keine Nachrichten mehr",
            "de",
            "request",
            "keine nachrichten mehr",
        ),
        ("Dừng lại!", "vi", "exact request", "dừng lại"),
    ] {
        let found = explain(text, &[]).findings;
        let is_shown = |finding: &Finding| {
            matches!(finding, Finding::Phrase(phrase) if phrase.language == language
                && phrase.section == section && phrase.words == words)
        };
        assert!(found.iter().any(is_shown), "{text}: {found:#?}");
    }
}

#[test]
fn words_that_are_not_the_persons_are_shown_with_their_owner() {
    let sent = "Dogwood Gutters: your estimate is ready. Reply STOP to end.";
    for (text, owner, words) in [
        (
            "Liked “Hello there”",
            Owner::Reaction,
            "Liked “Hello there”",
        ),
        (
            "> your estimate is ready. Reply STOP to end.\nstop",
            Owner::Ours,
            "> your estimate is ready. Reply STOP to end.\n",
        ),
        (
            "> we buy houses here\nno",
            Owner::Quoted,
            "> we buy houses here\n",
        ),
        (
            "ok\nSent from my iPhone",
            Owner::Program,
            "Sent from my iPhone",
        ),
        (
            "We paint houses. Reply STOP to end",
            Owner::Instruction,
            "Reply STOP to end",
        ),
    ] {
        let found = explain(text, &[sent]).findings;
        let expected = Finding::SetAside {
            owner,
            words: words.to_owned(),
        };
        assert!(found.contains(&expected), "{text}: {found:#?}");
    }
}

#[test]
fn a_phrase_of_a_machine_is_shown_with_the_words_that_it_matches() {
    let found = explain("Hello, this is an automated reply.", &[]).findings;
    let is_shown = |finding: &Finding| {
        matches!(finding, Finding::MachinePhrase { machine: Machine::Reply, words, .. }
            if words == "this is an automated reply")
    };
    assert!(found.iter().any(is_shown), "{found:#?}");
}

#[test]
fn the_speaker_is_shown_with_the_reason() {
    let machine = Speaker::Automatic(Machine::Reply);
    for (text, speaker, reason) in [
        (
            "I am out of the office until Monday",
            machine,
            SpeakerReason::MachinePhrase,
        ),
        (
            "Liked “Hello there”",
            Speaker::Reaction,
            SpeakerReason::NoOwnWords,
        ),
        ("please stop", Speaker::Person, SpeakerReason::Request),
        (
            "when can you come?",
            Speaker::Person,
            SpeakerReason::Question,
        ),
        (
            "We paint houses. Reply STOP to end",
            machine,
            SpeakerReason::Instruction,
        ),
        (
            "This phone is in drive mode until I arrive.",
            Speaker::Automatic(Machine::Likely),
            SpeakerReason::Likeness,
        ),
        ("Monday is fine", Speaker::Person, SpeakerReason::Default),
    ] {
        let found = explain(text, &[]).findings;
        let expected = Finding::Speaker { speaker, reason };
        assert!(found.contains(&expected), "{text}: {found:#?}");
    }
}

#[test]
fn a_reading_that_is_replaced_is_shown_with_the_reason() {
    for (text, from, to, reason) in [
        (
            "Liked “Hi” START",
            Keyword::OptIn,
            Keyword::None,
            OverruledReason::ConsentBesideOtherWords,
        ),
        (
            "Text STOP to 4711",
            Keyword::None,
            Keyword::Review,
            OverruledReason::BareInstruction,
        ),
        (
            "> please stop texting me now",
            Keyword::None,
            Keyword::Review,
            OverruledReason::QuotedRequest,
        ),
        (
            "Automatic reply: they opted out",
            Keyword::Review,
            Keyword::None,
            OverruledReason::UnplacedWordOfMachine,
        ),
    ] {
        let found = explain(text, &[]).findings;
        let expected = Finding::Overruled { from, to, reason };
        assert!(found.contains(&expected), "{text}: {found:#?}");
    }
}

#[test]
fn every_way_of_reading_shows_the_words_as_it_spells_them() {
    for (text, way, words) in [
        ("STOP", Way::WholeText, "stop"),
        ("🛑", Way::WholeText, ""),
        (
            "plz stop textn me",
            Way::AsWritten,
            "please stop texting me",
        ),
        (
            "plz stop textn me",
            Way::OtherLanguages,
            "plz stop textn me",
        ),
        ("Do. Not. Text. Me.", Way::WithoutEmphasis, "dont text me"),
        ("stoptextingme", Way::RunTogether, "stop texting me"),
        ("หยุด", Way::UnreadScript, "หยุด"),
    ] {
        let found = explain(text, &[]).findings;
        let is_shown = |finding: &Finding| {
            matches!(finding, Finding::Attempt { way: tried, words: read, .. }
                if *tried == way && read == words)
        };
        assert!(found.iter().any(is_shown), "{text}: {found:#?}");
    }
}
