//! What Telnyx's error codes mean to us, in an answer and in a receipt. The codes themselves are
//! in `table.rs`.
//!
//! Decided by `errors[].code`, never by HTTP status: Telnyx says that a code's status varies, and
//! 429 is both its rate limit (10011) and a spent budget (40333). Must not know HTTP.

mod table;

use sms_domain::message::EvidenceKind;
use sms_domain::ports::{FailureMeaning, RefusalClass};

use crate::wire::WireError;

/// What a code means in the answer to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Certainly nothing was taken.
    Refused(RefusalClass),
    /// The message may have been taken, by this call or by an earlier one of the same attempt.
    Unknown,
}

/// What an error tells beyond the message itself. Pass the provider's sentence whole: an opt-out is
/// known by its words, since the codes that report one (40300 above all) also report other things.
pub(crate) fn meaning(code: &str, sentence: &str) -> Option<FailureMeaning> {
    if tells_of_opt_out(sentence) {
        return Some(FailureMeaning::OptOut);
    }
    table::find(code)?.meaning
}

/// What an error in an answer means. A code that we do not know is taken for a lasting refusal
/// that somebody must look at: the message does not leave again by itself.
pub(crate) fn verdict(error: &WireError<'_>) -> Verdict {
    if tells_of_opt_out(&error.sentence()) {
        return Verdict::Refused(RefusalClass::OptedOut);
    }
    match table::find(&error.code) {
        Some(row) if row.is_about_a_number && error.pointer.contains("from") => {
            Verdict::Refused(RefusalClass::Number)
        }
        Some(row) => row.answer,
        None => Verdict::Refused(RefusalClass::Malformed),
    }
}

/// Whether the table has the code.
pub(crate) fn is_listed(code: &str) -> bool {
    table::find(code).is_some()
}

/// What a receipt with the code says when its status does not: whether the message left.
pub(crate) fn receipt_kind(code: &str) -> Option<EvidenceKind> {
    table::find(code).map(|row| row.receipt)
}

fn tells_of_opt_out(sentence: &str) -> bool {
    const WORDS: [&str; 5] = [
        "stop message",
        "block rule",
        "opted out",
        "opted-out",
        "unsubscribed",
    ];
    let sentence = sentence.to_ascii_lowercase();
    WORDS.iter().any(|words| sentence.contains(words))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use sms_domain::ports::SpamBlock;

    use super::*;
    use crate::wire::errors;

    fn verdict_on(error: &Value) -> Verdict {
        verdict(&errors(&json!({ "errors": [error] })).next().unwrap())
    }

    fn verdict_on_code(code: &str) -> Verdict {
        verdict_on(&json!({"code": code, "title": "A title"}))
    }

    #[test]
    fn the_documented_decisions_stand() {
        use RefusalClass::{
            Account, Malformed, Message, Number, Registration, SpendLimit, Transient,
        };
        for (code, class) in [
            ("10009", Account),
            ("20001", Account),
            ("20012", Account),
            ("20100", Account),
            ("40312", Account),
            ("40314", Account),
            ("40333", SpendLimit),
            ("10011", Transient),
            ("40318", Transient),
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
            assert_eq!(verdict_on_code(code), Verdict::Refused(class), "{code}");
        }
    }

    #[test]
    fn a_code_that_leaves_the_outcome_open_is_no_refusal() {
        for code in ["10007", "10008", "10027", "10036", "10037"] {
            assert_eq!(verdict_on_code(code), Verdict::Unknown, "{code}");
        }
    }

    #[test]
    fn a_code_outside_the_table_is_lasting_and_somebody_must_look() {
        for code in ["40999", "", "not a number", "0040310"] {
            assert_eq!(
                verdict_on_code(code),
                Verdict::Refused(RefusalClass::Malformed),
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
            assert_eq!(verdict_on(&error), Verdict::Refused(RefusalClass::OptedOut));
        }
    }

    #[test]
    fn the_opt_out_code_with_other_words_is_an_ordinary_refusal() {
        let error = json!({"code": "40300", "title": "Destination number unreachable"});
        assert_eq!(verdict_on(&error), Verdict::Refused(RefusalClass::Message));
        assert_eq!(meaning("40300", "Destination number unreachable"), None);
    }

    #[test]
    fn an_invalid_number_is_the_senders_if_the_error_points_there() {
        let pointing_at = |field: &str| json!({"code": "10002", "title": "Invalid", "source": {"pointer": field}});
        assert_eq!(
            verdict_on(&pointing_at("/from")),
            Verdict::Refused(RefusalClass::Number)
        );
        assert_eq!(
            verdict_on(&pointing_at("/to")),
            Verdict::Refused(RefusalClass::Message)
        );
    }

    #[test]
    fn what_a_carrier_did_with_a_message_is_never_a_reason_to_send_it_again() {
        let carrier = table::TABLE
            .iter()
            .filter(|row| (40001..40100).contains(&row.code));
        for row in carrier {
            assert_ne!(
                row.answer,
                Verdict::Refused(RefusalClass::Transient),
                "{}",
                row.code
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
