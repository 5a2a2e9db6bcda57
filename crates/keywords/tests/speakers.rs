//! Whose words a text holds, against a labelled table.
//!
//! `data/speakers.csv` has a language, a kind, who speaks, the keyword of the person's own words, what
//! was sent to the person before (or nothing), and the text, in which `\n` stands for a new line.
//!
//! Rows came in three batches, each written before what it shows was mended. Keywords alone took 57 of
//! the first batch's 293 texts of others for opt-outs. Of the second (153 rows) and the third (94), as
//! they were labelled then, at first reading: automatic texts known as such 69 % and 65 %, reactions 57 %
//! and 79 %, our own words sent back 7 of 9 and 3 of 4; persons taken for others 1 of 50 and 1 of 28;
//! opt-outs beside other words found 17 of 20 (two more for review) and 10 of 10; false opt-outs 3 and 3.
//! So the perfect figures below are of texts that it knows.
//!
//! A text that was misread in production belongs into the table first, then into the phrases.

use sms_keywords::{Keyword, Speaker, understand};

const TABLE: &str = include_str!("data/speakers.csv");

struct Case {
    row: String,
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
    assert!(cases.len() > 600, "{}", cases.len());
    let mut misread = Vec::new();
    for case in &cases {
        let found = understand(&case.text, &[&case.sent]);
        let read = (found.speaker.code(), found.classification.keyword.code());
        if read != (case.speaker.as_str(), case.keyword.as_str()) {
            misread.push(format!("{} read as {read:?}", case.row));
        }
    }
    assert!(misread.is_empty(), "{}", misread.join("\n"));
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
