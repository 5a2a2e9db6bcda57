//! The speaker of a text, tested against a labelled table.
//!
//! `data/speakers.csv` has the language, the kind, the speaker, the keyword of the person's own words, the text that was
//! sent to the person before (or nothing), and the received text, in which `\n` stands for a new line.
//!
//! Rows came in three batches, each written before the defects that it shows were fixed. Keywords alone took 57 of the
//! first batch's 293 texts of other speakers for opt-outs. On first reading, with the labels of that time, the second
//! (153 rows) and third batch (94 rows) gave: automatic texts recognised 69 % and 65 %, reactions 57 % and 79 %, our own
//! words sent back 7 of 9 and 3 of 4; persons taken for others 1 of 50 and 1 of 28; opt-outs beside other words found 17
//! of 20 (two more for review) and 10 of 10; false opt-outs 3 and 3. The perfect figures below are therefore those of
//! known texts.
//!
//! A fourth batch (kind `unseen`, 170 rows) was written before the second reader was trained. By phrases alone, 23 of its
//! 85 machines were taken for persons and 6 of its 85 persons for machines; with a second reader that was not trained on
//! it, 13 and 6. A few of them still are.
//!
//! Add a text that was misread in production to the table first, and then to the phrases.

use sms_keywords::{Keyword, Machine, Speaker, understand};

const TABLE: &str = include_str!("data/speakers.csv");

/// Kind of the rows that were written to measure the second reader.
const UNSEEN: &str = "unseen";

struct Case {
    row: String,
    kind: String,
    speaker: String,
    keyword: String,
    sent: String,
    text: String,
}

fn cases() -> Vec<Case> {
    csv::Reader::from_reader(TABLE.as_bytes())
        .records()
        .map(|record| {
            let record = record.expect("a row of six fields");
            Case {
                row: format!("{record:?}"),
                kind: record[1].to_owned(),
                speaker: record[2].to_owned(),
                keyword: record[3].to_owned(),
                sent: record[4].to_owned(),
                text: record[5].replace("\\n", "\n"),
            }
        })
        .collect()
}

#[test]
fn the_table_is_read_as_it_is_labelled() {
    let cases = cases();
    assert!(cases.len() > 800, "{}", cases.len());
    let misread = misread(cases.iter().filter(|case| case.kind != UNSEEN));
    assert!(misread.is_empty(), "{}", misread.join("\n"));
}

/// Rows that only likeness decides may change when the second reader is trained again.
#[test]
fn most_of_the_rows_for_the_second_reader_are_read_as_they_are_labelled() {
    let cases = cases();
    let of = |speaker: &str| {
        let chosen = |case: &&Case| case.kind == UNSEEN && case.speaker == speaker;
        misread(cases.iter().filter(chosen))
    };
    let (machines, persons) = (of("automatic"), of("person"));
    assert!(machines.len() <= 5, "{}", machines.join("\n"));
    assert!(persons.len() <= 6, "{}", persons.join("\n"));
}

fn misread<'a>(cases: impl Iterator<Item = &'a Case>) -> Vec<String> {
    cases
        .filter_map(|case| {
            let found = understand(&case.text, &[&case.sent]);
            let read = (found.speaker.code(), found.classification.keyword.code());
            let labelled = (case.speaker.as_str(), case.keyword.as_str());
            (read != labelled).then(|| format!("{} read as {read:?}", case.row))
        })
        .collect()
}

#[test]
fn consent_beside_other_words_is_not_read() {
    for text in [
        "> You have been unsubscribed from us\nSTART",
        "Liked “Hi” START",
    ] {
        assert_ne!(
            understand(text, &[]).classification.keyword,
            Keyword::OptIn,
            "{text}"
        );
    }
    assert_eq!(
        understand("START", &[]).classification.keyword,
        Keyword::OptIn
    );
}

#[test]
fn an_opt_out_in_our_own_words_is_the_persons() {
    let asked = "Should we stop texting you about the roof? Reply YES or STOP.";
    for text in [
        "stop texting you about the roof",
        "STOP",
        "yes stop texting",
        "YES or STOP. STOP",
    ] {
        let found = understand(text, &[asked]);
        assert_eq!(found.classification.keyword, Keyword::OptOut, "{text}");
    }
}

#[test]
fn a_quoted_request_that_we_did_not_send_is_for_a_person_to_read() {
    let found = understand("> please stop texting me now", &[]);
    assert_eq!(found.classification.keyword, Keyword::Review);
    assert_eq!(found.speaker, Speaker::Quotation);
}

#[test]
fn a_text_like_those_of_machines_is_no_answer() {
    let found = understand("This phone is in drive mode until I arrive.", &[]);
    assert_eq!(found.speaker, Speaker::Automatic(Machine::Likely));
    assert_eq!(found.classification.keyword, Keyword::None);
}

#[test]
fn likeness_to_a_machine_takes_no_request_and_no_question_from_a_person() {
    let alike = "This phone is in drive mode until I arrive";
    for (rest, keyword) in [
        (". Stop texting me.", Keyword::OptOut),
        (". Not interested", Keyword::Review),
        (", where is your shop?", Keyword::None),
    ] {
        let found = understand(&format!("{alike}{rest}"), &[]);
        assert_eq!(found.speaker, Speaker::Person, "{rest}");
        assert_eq!(found.classification.keyword, keyword, "{rest}");
    }
}

#[test]
fn what_an_answer_quotes_does_not_make_it_a_machines() {
    let sent = "This phone is in drive mode until I arrive.";
    let found = understand(&format!("> {sent}\nsounds good, Monday"), &[sent]);
    assert_eq!(found.speaker, Speaker::Person);
}

#[test]
fn short_answers_are_persons() {
    for text in [
        "yes",
        "no",
        "ok",
        "Y",
        "👍",
        "1",
        "10am",
        "Monday",
        "thanks",
        "sure thing",
        "on my way",
        "call me",
        "sí",
        "oui",
        "да",
        "好的",
        "404-555-0123",
        "12 Elm St, Tampa FL 33601",
        "jane@example.com",
        "at work, later",
        "I'm home now",
        "Great thank you so much",
    ] {
        assert_eq!(understand(text, &[]).speaker, Speaker::Person, "{text}");
    }
}

#[test]
fn long_hostile_texts_are_read() {
    let sent = "the the the the the stop “ > reply STOP to stop the the";
    for piece in [
        "the ",
        "“",
        "> the\n",
        "reply STOP to ",
        "Liked “",
        "On 1 wrote:\n",
        "Fwd: ",
        "'a' ",
    ] {
        let text = piece.repeat(20_000 / piece.len());
        let found = understand(&text, &[sent; 10]);
        assert_ne!(found.classification.keyword, Keyword::OptIn, "{piece:?}");
    }
}
