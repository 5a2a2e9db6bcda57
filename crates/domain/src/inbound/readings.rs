//! Classification of a message that has a subject and a text. Must not know how words are
//! recognised.

use sms_keywords::{Keyword, Speaker, Understood, understand};

use crate::carrier::InboundSms;
use crate::content::Text;

/// The strongest classification of the text, the subject, and both combined: a phone may split "STOP
/// / please" between the two, and either alone is valid. Of equals the text wins, unless the rest is
/// written by a machine. Invalid characters (half an emoji) are ignored. `sent` are the earlier
/// messages to the person.
#[must_use]
pub fn understand_message(sms: &InboundSms, sent: &[Text]) -> Understood {
    let sent: Vec<&str> = sent.iter().map(Text::as_str).collect();
    let subject = sms.attachments.subject.as_ref().map(Text::as_str);
    understand_with_subject(subject, sms.text.as_str(), &sent)
}

fn understand_with_subject(subject: Option<&str>, text: &str, sent: &[&str]) -> Understood {
    let text = readable(text);
    let of_text = understand(&text, sent);
    let Some(subject) = subject.map(readable) else {
        return of_text;
    };
    let together = format!("{subject} {text}");
    [subject, together]
        .into_iter()
        .map(|reading| understand(&reading, sent))
        .fold(of_text, |strongest, other| {
            if weight(other) > weight(strongest) {
                other
            } else {
                strongest
            }
        })
}

fn readable(text: &str) -> String {
    text.replace(char::REPLACEMENT_CHARACTER, " ")
}

/// The order of severity: missing an opt-out is the worst error, and mistaking a machine for the
/// person is worse than the reverse.
const fn weight(understood: Understood) -> u8 {
    match (understood.classification.keyword, understood.speaker) {
        (Keyword::None, Speaker::Person) => 0,
        (Keyword::None, Speaker::Reaction | Speaker::Quotation | Speaker::Automatic(_)) => 1,
        (Keyword::Help, _) => 2,
        (Keyword::OptIn, _) => 3,
        (Keyword::Review, _) => 4,
        (Keyword::OptOut, _) => 5,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::in_the_subject(Some("STOP"), "", Keyword::OptOut)]
    #[case::beside_a_picture(Some("Unsubscribe"), "see picture", Keyword::OptOut)]
    #[case::in_the_text(Some("Re: your offer"), "STOP", Keyword::OptOut)]
    #[case::in_both_halves(Some("please stop"), "texting me", Keyword::OptOut)]
    #[case::against_the_text(Some("STOP"), "START", Keyword::OptOut)]
    #[case::help(Some("HELP"), "", Keyword::Help)]
    #[case::again(None, "START", Keyword::OptIn)]
    #[case::ordinary(Some("My roof"), "Can you come on Friday?", Keyword::None)]
    #[case::without(None, "STOP", Keyword::OptOut)]
    #[case::half_an_emoji(None, "STOP \u{fffd}", Keyword::OptOut)]
    #[case::bytes_that_are_none(None, "\u{fffd}stop\u{fffd}\u{fffd}", Keyword::OptOut)]
    #[case::half_an_emoji_in_the_subject(Some("STOP \u{fffd}"), "", Keyword::OptOut)]
    fn the_strongest_word_counts(
        #[case] subject: Option<&str>,
        #[case] text: &str,
        #[case] expected: Keyword,
    ) {
        let understood = understand_with_subject(subject, text, &[]);
        assert_eq!(understood.classification.keyword, expected);
    }
}
