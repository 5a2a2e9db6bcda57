//! Telnyx's error codes, from <https://developers.telnyx.com/docs/overview/errors> and
//! <https://developers.telnyx.com/docs/messaging/messages/error-codes> as of April 2026. The codes are
//! Telnyx's; their meaning for us is our own judgement.
//!
//! Principles:
//! - An error that affects every message of an account is attributed to the account, so that messages
//!   wait instead of failing one by one.
//! - Only an error that passes by itself, and after which the message was certainly not taken, is
//!   transient.
//! - The codes 40001 to 40020 concern a message that a carrier has seen. It is retried only if the code
//!   says that it was dropped because of a rate limit. The sender is then throttled for a while. `Limit`
//!   names what is throttled: the number for an upstream rate or a queue of its own, the campaign for
//!   AT&T's rate, nothing for T-Mobile's daily cap, the account for the API's own rate.
//! - A spam filter (40002, 40015, 40017) is not a rate limit: the number rests.

use sms_domain::carrier::FailureMeaning::{Landline, Unregistered};
use sms_domain::carrier::RefusalClass::{
    Account, Malformed, Message, Number, Registration, SlowDown, SpendLimit, Transient,
};
use sms_domain::carrier::{EvidenceKind, FailureMeaning, Limit, RefusalClass, SpamBlock};

use super::AnswerMeaning;

/// One code and its meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) code: u32,
    pub(super) answer: AnswerMeaning,
    /// The evidence in a receipt whose status is unknown: `Failed` if the message never left Telnyx,
    /// otherwise `Undeliverable`.
    pub(super) receipt: EvidenceKind,
    pub(super) meaning: Option<FailureMeaning>,
    /// Whether one of the request's numbers is wrong; the error's pointer says which.
    pub(super) is_about_a_number: bool,
}

/// The row of a code, given as Telnyx writes it.
pub(super) fn find(code: &str) -> Option<&'static Row> {
    let number: u32 = code.parse().ok()?;
    let row = &TABLE[TABLE.binary_search_by_key(&number, |row| row.code).ok()?];
    (row.code.to_string() == code).then_some(row)
}

/// The rows, in ascending order of code.
pub(super) const TABLE: &[Row] = &[
    refused(10001, Message).about_a_number(), // inactive number
    refused(10002, Message).about_a_number(), // invalid number
    // The only URL in our requests comes from the configuration, so every message would fail.
    refused(10003, Account),
    refused(10004, Malformed),                // parameter missing
    refused(10005, Malformed),                // resource not found
    refused(10006, Malformed),                // invalid id
    unknown(10007),                           // unexpected error
    unknown(10008),                           // time-out
    refused(10009, Account),                  // authentication
    refused(10010, Account),                  // authorization
    refused(10011, SlowDown(Limit::Account)), // API rate limit
    refused(10014, Malformed),                // media type
    refused(10015, Malformed),                // bad request
    refused(10016, Malformed),                // not E.164, which all our numbers are
    refused(10017, Malformed),                // associated resource missing
    refused(10020, Malformed),                // resource type
    refused(10022, Malformed),                // invalid ids
    refused(10023, Malformed),                // invalid JSON
    refused(10024, Malformed),                // content type
    refused(10025, Malformed),                // string length
    refused(10026, Malformed),                // parameter type
    // Also the answer to an idempotency key that was used with another body. An earlier call with this
    // key was then accepted, so the attempt's message may be on its way.
    unknown(10027),
    refused(10028, Malformed), // character encoding
    refused(10029, Malformed), // JSON content type
    refused(10030, Malformed), // method
    refused(10032, Malformed), // enumerated value
    refused(10033, Malformed), // value out of range
    refused(10035, Account),   // resource locked
    // An earlier call with the same key is still running and may yet be accepted.
    unknown(10036),
    unknown(10037),          // service unavailable
    refused(10038, Account), // feature not permitted
    refused(10039, Account), // feature limited, as on trial accounts
    // Keys, standing and funds of the account.
    refused(20000, Account),
    refused(20001, Account),
    refused(20002, Account),
    refused(20003, Account),
    refused(20006, Account),
    refused(20008, Account),
    refused(20012, Account),
    refused(20013, Account),
    refused(20014, Account),
    refused(20015, Account),
    refused(20016, Account),
    refused(20017, Account),
    refused(20100, Account),
    // The fate of a message on its way.
    left(40001, Message).means(Landline),
    left(40002, Message).means(TEMPORARY_SPAM),
    left(40003, Number).means(PERMANENT_SPAM), // the sending number is blocked for good
    left(40004, Message),                      // rejected by the destination
    left(40005, Message),                      // expired in transit
    left(40006, Message),                      // recipient's server unavailable
    left(40007, Message),                      // loop
    left(40008, Message),                      // undeliverable
    left(40009, Message),                      // invalid body
    refused(40010, Registration).means(Unregistered), // not 10DLC registered
    limited(40011, Limit::Number, EvidenceKind::Undeliverable), // upstream rate
    left(40012, Message),                      // invalid destination
    left(40013, Number),                       // invalid sending number
    limited(40014, Limit::Number, EvidenceKind::Failed), // expired in Telnyx's queue
    refused(40015, Message).means(TEMPORARY_SPAM), // Telnyx's own filter
    limited(40016, Limit::BrandDay, EvidenceKind::Undeliverable), // T-Mobile's daily cap
    left(40017, Message).means(TEMPORARY_SPAM), // AT&T's filter
    limited(40018, Limit::Campaign, EvidenceKind::Undeliverable), // AT&T's rate
    left(40019, Registration).means(Unregistered), // AT&T: campaign tag wrong
    refused(40020, Message).means(TEMPORARY_SPAM), // taken for inflated traffic, 24 hours
    // The sending number is not ready for texts.
    refused(40100, Number),
    refused(40150, Number),
    refused(40151, Number),
    refused(40152, Number),
    refused(40153, Number),
    refused(40154, Number),
    refused(40155, Number),
    refused(40156, Number),
    refused(40157, Number),
    refused(40158, Number),
    refused(40159, Number),
    // Checks on sending. An opt-out (40300) is recognised by its words; this row is the code's other use.
    refused(40300, Message),
    refused(40301, Message),   // message type unsupported at the destination
    refused(40302, Message),   // too large
    refused(40303, Malformed), // no such message
    refused(40304, Malformed), // combination of contents
    refused(40305, Number),    // sender is not on the profile
    refused(40306, Number),    // no alphanumeric sender
    refused(40307, Number),    // another alphanumeric sender
    refused(40308, Number),    // sender cannot send MMS
    refused(40309, Message),   // the profile does not allow the region
    refused(40310, Message),   // invalid recipient
    refused(40311, Account),   // profile secret wrong
    refused(40312, Account),   // profile disabled
    refused(40313, Account),   // profile secret missing
    refused(40314, Account),   // messaging disabled
    refused(40315, Number),    // sender failed the health check
    refused(40316, Malformed), // no content
    refused(40317, Malformed), // MMS content
    limited(40318, Limit::Number, EvidenceKind::Failed), // queue full
    refused(40319, Message),   // message type impossible at the destination
    // Pending at Telnyx; sending more slowly does not help.
    refused(40320, Transient),
    refused(40321, Number),    // no usable number on the profile
    refused(40322, Message),   // content
    refused(40323, Number),    // messaging not activated
    refused(40324, Number),    // product type not changed
    refused(40325, Number),    // invalid alphanumeric sender
    refused(40326, Number),    // alphanumeric sender not assignable
    refused(40327, Malformed), // URL shortener's domain
    refused(40328, Message),   // longer than recommended
    refused(40329, Registration).means(Unregistered), // toll-free, not verified
    refused(40330, Registration).means(Unregistered), // toll-free, not provisioned
    refused(40331, Account),   // the profile allows no region
    refused(40332, Malformed), // brand in use
    refused(40333, SpendLimit), // the profile's daily budget
];

const TEMPORARY_SPAM: FailureMeaning = FailureMeaning::SpamBlock(SpamBlock::Temporary);
const PERMANENT_SPAM: FailureMeaning = FailureMeaning::SpamBlock(SpamBlock::Permanent);

/// A row for a code after which the message did not leave Telnyx.
const fn refused(code: u32, class: RefusalClass) -> Row {
    row(code, AnswerMeaning::Refused(class), EvidenceKind::Failed)
}

/// A row for a code after which the message had left Telnyx.
const fn left(code: u32, class: RefusalClass) -> Row {
    row(
        code,
        AnswerMeaning::Refused(class),
        EvidenceKind::Undeliverable,
    )
}

/// A row for a code that means: dropped because of a rate limit, before or after it left Telnyx.
const fn limited(code: u32, limit: Limit, receipt: EvidenceKind) -> Row {
    row(code, AnswerMeaning::Refused(SlowDown(limit)), receipt)
        .means(FailureMeaning::SlowDown(limit))
}

/// A row for a code that, as an answer, leaves open whether the message was taken.
const fn unknown(code: u32) -> Row {
    row(code, AnswerMeaning::Unknown, EvidenceKind::Failed)
}

const fn row(code: u32, answer: AnswerMeaning, receipt: EvidenceKind) -> Row {
    Row {
        code,
        answer,
        receipt,
        meaning: None,
        is_about_a_number: false,
    }
}

impl Row {
    const fn means(mut self, meaning: FailureMeaning) -> Self {
        self.meaning = Some(meaning);
        self
    }

    const fn about_a_number(mut self) -> Self {
        self.is_about_a_number = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_code_once_in_order() {
        let documented = include_str!("../../tests/it/data/error-codes.txt");
        let documented: Vec<u32> = documented
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace)
            .map(|code| code.parse().unwrap())
            .collect();
        let listed: Vec<u32> = TABLE.iter().map(|row| row.code).collect();
        assert_eq!(listed, documented);
        assert!(listed.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_code_is_found_as_it_is_written() {
        assert_eq!(find("40333").map(|row| row.code), Some(40333));
        assert!(find("+40333").is_none());
        assert!(find("99999").is_none());
    }
}
