//! The meaning of Telnyx's error codes, in an answer and in a receipt. `table.rs` lists the codes.
//!
//! The code (`errors[].code`) decides, never the HTTP status: Telnyx says that a code's status varies,
//! and 429 is both its rate limit (10011) and an exhausted budget (40333).

mod table;

use sms_domain::carrier::{EvidenceKind, FailureMeaning, RefusalClass};

use crate::wire::WireError;

/// The meaning of a code in the answer to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerMeaning {
    /// The message was certainly not taken.
    Refused(RefusalClass),
    /// The message may have been taken, by this call or by an earlier one of the same attempt.
    Unknown,
}

/// What an error says beyond the message itself. `sentence` must be the provider's complete sentence: an
/// opt-out is recognised by its words, because the codes that report one (mainly 40300) have other uses.
pub(crate) fn meaning(code: &str, sentence: &str) -> Option<FailureMeaning> {
    if tells_of_opt_out(code, sentence) {
        return Some(FailureMeaning::OptOut);
    }
    table::find(code)?.meaning
}

/// The meaning of an error in an answer. An unknown code counts as a permanent refusal that a person
/// must examine; the message is not retried automatically.
pub(crate) fn answer_meaning(error: &WireError<'_>) -> AnswerMeaning {
    if tells_of_opt_out(&error.code, &error.sentence()) {
        return AnswerMeaning::Refused(RefusalClass::OptedOut);
    }
    match table::find(&error.code) {
        Some(row) if row.is_about_a_number && error.pointer.contains("from") => {
            AnswerMeaning::Refused(RefusalClass::Number)
        }
        Some(row) => row.answer,
        None => AnswerMeaning::Refused(RefusalClass::Malformed),
    }
}

/// Whether the table has the code.
pub(crate) fn is_listed(code: &str) -> bool {
    table::find(code).is_some()
}

/// Whether a message whose receipt has this code left Telnyx, for a receipt whose status does not tell.
pub(crate) fn receipt_kind(code: &str) -> Option<EvidenceKind> {
    table::find(code).map(|row| row.receipt)
}

/// The code of a block after a STOP in most of Telnyx's documents. One document uses it for an
/// unreachable number, so the sentence counts too.
const BLOCKED_BY_STOP: &str = "40300";

/// Whether an error says that the person opted out. With the code of such a block, "Blocked" or an empty
/// sentence suffices; with any other code, only unambiguous words do.
fn tells_of_opt_out(code: &str, sentence: &str) -> bool {
    let words = words(sentence);
    let says = |phrase: &str| words.contains(&format!(" {phrase} "));
    if code == BLOCKED_BY_STOP {
        return words.trim().is_empty() || OF_A_BLOCK.iter().any(|phrase| says(phrase));
    }
    OF_AN_OPT_OUT.iter().any(|phrase| says(phrase))
}

const OF_A_BLOCK: [&str; 10] = [
    "stop",
    "stopped",
    "block",
    "blocked",
    "opt out",
    "optout",
    "opted out",
    "unsubscribe",
    "unsubscribed",
    "opt outs",
];

/// Words that report an opt-out. "opt out" alone is not among them: a text may be refused because it
/// lacks opt-out instructions.
const OF_AN_OPT_OUT: [&str; 18] = [
    "opted out",
    "has unsubscribed",
    "is unsubscribed",
    "unsubscribed",
    "block rule",
    "stop message",
    "stop block",
    "stop keyword",
    "stop request",
    "stop reply",
    "stop list",
    "due to stop",
    "by stop",
    "sent stop",
    "replied stop",
    "opt out list",
    "opt out request",
    "revoked consent",
];

/// The words of a sentence in lower case, separated and surrounded by single spaces.
fn words(sentence: &str) -> String {
    let plain = sentence.to_lowercase();
    let words = plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |text, word| text + word + " ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use sms_domain::carrier::{Limit, SpamBlock};

    use super::*;
    use crate::wire::errors;

    fn answer_meaning_of(error: &Value) -> AnswerMeaning {
        answer_meaning(&errors(&json!({ "errors": [error] })).next().unwrap())
    }

    fn answer_meaning_of_code(code: &str) -> AnswerMeaning {
        answer_meaning_of(&json!({"code": code, "title": "A title"}))
    }

    #[test]
    fn the_documented_decisions_stand() {
        use RefusalClass::{
            Account, Malformed, Message, Number, Registration, SlowDown, SpendLimit, Transient,
        };
        for (code, class) in [
            ("10009", Account),
            ("20001", Account),
            ("20012", Account),
            ("20100", Account),
            ("40312", Account),
            ("40314", Account),
            ("40333", SpendLimit),
            ("10011", SlowDown(Limit::Account)),
            ("40011", SlowDown(Limit::Number)),
            ("40014", SlowDown(Limit::Number)),
            ("40016", SlowDown(Limit::BrandDay)),
            ("40018", SlowDown(Limit::Campaign)),
            ("40318", SlowDown(Limit::Number)),
            ("40320", Transient),
            ("40305", Number),
            ("40315", Number),
            ("40321", Number),
            ("40010", Registration),
            ("40329", Registration),
            ("40330", Registration),
            ("10004", Malformed),
            ("10015", Malformed),
            ("10023", Malformed),
            ("40001", Message),
            ("40302", Message),
            ("40309", Message),
            ("40310", Message),
            ("40322", Message),
        ] {
            assert_eq!(
                answer_meaning_of_code(code),
                AnswerMeaning::Refused(class),
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_that_leaves_the_outcome_open_is_no_refusal() {
        for code in ["10007", "10008", "10027", "10036", "10037"] {
            assert_eq!(
                answer_meaning_of_code(code),
                AnswerMeaning::Unknown,
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_outside_the_table_is_lasting_and_somebody_must_look() {
        for code in ["40999", "", "not a number", "0040310"] {
            assert_eq!(
                answer_meaning_of_code(code),
                AnswerMeaning::Refused(RefusalClass::Malformed),
                "{code}"
            );
            assert!(!is_listed(code), "{code}");
        }
    }

    #[test]
    fn an_opt_out_is_known_by_title_or_detail() {
        for error in [
            json!({"code": "40300", "title": "Blocked due to STOP message"}),
            json!({"code": "40300", "title": "Blocked", "detail": "An existing block rule."}),
            json!({"code": "40301", "title": "Blocked", "detail": "The person has opted out."}),
        ] {
            assert_eq!(
                answer_meaning_of(&error),
                AnswerMeaning::Refused(RefusalClass::OptedOut)
            );
        }
    }

    #[test]
    fn the_opt_out_code_with_other_words_is_an_ordinary_refusal() {
        let error = json!({"code": "40300", "title": "Destination number unreachable"});
        assert_eq!(
            answer_meaning_of(&error),
            AnswerMeaning::Refused(RefusalClass::Message)
        );
        assert_eq!(meaning("40300", "Destination number unreachable"), None);
    }

    #[test]
    fn an_invalid_number_is_the_senders_if_the_error_points_there() {
        let pointing_at = |field: &str| json!({"code": "10002", "title": "Invalid", "source": {"pointer": field}});
        assert_eq!(
            answer_meaning_of(&pointing_at("/from")),
            AnswerMeaning::Refused(RefusalClass::Number)
        );
        assert_eq!(
            answer_meaning_of(&pointing_at("/to")),
            AnswerMeaning::Refused(RefusalClass::Message)
        );
    }

    #[test]
    fn what_a_carrier_did_with_a_message_is_a_reason_to_try_again_only_if_it_was_too_much() {
        let carrier = table::TABLE
            .iter()
            .filter(|row| (40001..40100).contains(&row.code));
        for row in carrier {
            assert_ne!(
                row.answer,
                AnswerMeaning::Refused(RefusalClass::Transient),
                "{}",
                row.code
            );
            let is_limited = matches!(row.meaning, Some(FailureMeaning::SlowDown(_)));
            let is_known = [40011, 40014, 40016, 40018].contains(&row.code);
            assert_eq!(is_limited, is_known, "{}", row.code);
        }
    }

    #[test]
    fn a_limit_means_the_same_in_an_answer_and_in_a_receipt() {
        for row in table::TABLE {
            if let Some(FailureMeaning::SlowDown(limit)) = row.meaning {
                let answer = AnswerMeaning::Refused(RefusalClass::SlowDown(limit));
                assert_eq!(row.answer, answer, "{}", row.code);
            }
        }
    }

    #[test]
    fn the_code_of_a_block_needs_few_words() {
        for words in [
            "",
            "Blocked",
            "STOP",
            "Stop.",
            "Blocked due to STOP",
            "Recipient opt-out",
            "OPTOUT",
            "Unsubscribed",
            "Number blocked by recipient",
            "Messages cannot be sent from '+1' to '+1' due to an existing block rule.",
        ] {
            assert_eq!(
                meaning("40300", words),
                Some(FailureMeaning::OptOut),
                "{words}"
            );
        }
        for words in [
            "Destination number unreachable",
            "Not routable",
            "Stopgap route is down",
        ] {
            assert_eq!(meaning("40300", words), None, "{words}");
        }
    }

    #[test]
    fn other_codes_need_words_that_mean_nothing_else() {
        for words in [
            "The recipient has opted out",
            "Recipient opted-out of messages",
            "Blocked due to STOP message",
            "Blocked by STOP keyword",
            "Person replied STOP",
            "Number is on the opt-out list",
            "Contact is unsubscribed",
        ] {
            for code in ["40008", "40301", "40310", "40999"] {
                assert_eq!(
                    meaning(code, words),
                    Some(FailureMeaning::OptOut),
                    "{words}"
                );
            }
        }
        for words in [
            "Blocked due to content",
            "The message lacks opt-out instructions",
            "Stop sending so fast",
            "Blocked as spam - internal",
            "The recipient has not opted in",
        ] {
            assert_ne!(
                meaning("40322", words),
                Some(FailureMeaning::OptOut),
                "{words}"
            );
        }
    }

    #[test]
    fn receipts_tell_about_opt_outs_registration_spam_and_landlines() {
        use FailureMeaning::{Landline, OptOut, SpamBlock as Spam, Unregistered};
        for (code, title, expected) in [
            ("40300", "Blocked due to STOP message", Some(OptOut)),
            ("40008", "The recipient has opted out", Some(OptOut)),
            ("40008", "Undeliverable", None),
            ("40010", "Not 10DLC registered", Some(Unregistered)),
            ("40329", "Not verified", Some(Unregistered)),
            ("40002", "Spam", Some(Spam(SpamBlock::Temporary))),
            ("40003", "Spam", Some(Spam(SpamBlock::Permanent))),
            ("40001", "Not routable", Some(Landline)),
            ("40999", "Something new", None),
        ] {
            assert_eq!(meaning(code, title), expected, "{code} {title}");
        }
    }

    #[test]
    fn a_message_that_expired_in_the_queue_did_not_leave_and_one_in_transit_did() {
        assert_eq!(receipt_kind("40014"), Some(EvidenceKind::Failed));
        assert_eq!(receipt_kind("40005"), Some(EvidenceKind::Undeliverable));
        assert_eq!(receipt_kind("40999"), None);
    }
}
