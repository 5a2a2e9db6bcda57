//! Scripts by the recipient's last digits. The crate's documentation repeats the table; a test keeps the
//! two consistent.

use crate::script::{Answer, Fate, Outcome, Receipts, Reply, Script, Told};

/// A script that a number chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Magic {
    pub(crate) script: Script,
    /// Whether the script applies only to the first request to the number.
    pub(crate) once: bool,
}

/// The script that the last four digits of `to` choose. A `1` before them limits it to one request.
pub(crate) fn script_for(to: &str) -> Option<Magic> {
    let (head, suffix) = to.split_at_checked(to.len().checked_sub(4)?)?;
    let (_, script) = TABLE.iter().find(|(digits, _)| *digits == suffix)?;
    Some(Magic {
        script: *script,
        once: head.ends_with('1'),
    })
}

/// Scripts by digits. Refusals and failures are named after Telnyx's code without its second digit, a
/// zero: 4310 refuses with 40310, and 5008 accepts and then fails with 40008.
const TABLE: &[(&str, Script)] = &[
    ("0000", Script::DELIVERED),
    ("1007", refuse(10007)),
    ("1009", refuse(10009)),
    ("1011", refuse(10011)),
    ("1037", refuse(10037)),
    ("2012", refuse(20012)),
    ("2100", refuse(20100)),
    ("4001", refuse(40001)),
    ("4010", refuse(40010)),
    ("4011", refuse(40011)),
    ("4300", refuse(40300)),
    ("4305", refuse(40305)),
    ("4309", refuse(40309)),
    ("4310", refuse(40310)),
    ("4312", refuse(40312)),
    ("4315", refuse(40315)),
    ("4317", refuse(40317)),
    ("4318", refuse(40318)),
    ("4333", refuse(40333)),
    ("4999", refuse(40999)),
    ("5001", fail(Outcome::DeliveryFailed(40001))),
    ("5002", fail(Outcome::DeliveryFailed(40002))),
    ("5003", fail(Outcome::DeliveryFailed(40003))),
    ("5005", fail(Outcome::DeliveryFailed(40005))),
    ("5006", fail(Outcome::DeliveryFailed(40006))),
    ("5008", fail(Outcome::DeliveryFailed(40008))),
    ("5010", fail(Outcome::SendingFailed(40010))),
    ("5011", fail(Outcome::SendingFailed(40011))),
    ("5014", fail(Outcome::Expired)),
    ("5016", fail(Outcome::DeliveryFailed(40016))),
    ("5018", fail(Outcome::DeliveryFailed(40018))),
    ("5300", fail(Outcome::SendingFailed(40300))),
    ("5999", fail(Outcome::DeliveryFailed(40999))),
    ("6001", Script::accepted(Fate::receipts(Receipts::None))),
    ("6002", fail(Outcome::SentOnly)),
    ("6003", Script::accepted(Fate::receipts(Receipts::Late))),
    (
        "6004",
        Script::accepted(Fate::receipts(Receipts::Duplicated)),
    ),
    ("6005", Script::accepted(Fate::receipts(Receipts::Shuffled))),
    ("6006", fail(Outcome::Unconfirmed)),
    ("6007", fail(Outcome::DeliveredAfterFailed)),
    ("6008", fail(Outcome::DeliveredAfterUnconfirmed)),
    ("6009", fail(Outcome::FailedAfterDelivered)),
    ("6010", Script::accepted(Fate::receipts(Receipts::Unlisted))),
    ("7001", Script::answered(Answer::Accept(Told::Slowly))),
    ("7002", Script::answered(Answer::Accept(Told::Nothing))),
    ("7003", Script::answered(Answer::Accept(Told::Garbled))),
    ("7004", Script::answered(Answer::Accept(Told::AsFailure))),
    ("7005", Script::answered(Answer::HangUp)),
    ("7006", Script::answered(Answer::BadGateway)),
    ("8001", Script::accepted(Fate::reply(Reply::Stop))),
    ("8002", Script::accepted(Fate::reply(Reply::Interested))),
    ("8003", Script::accepted(Fate::reply(Reply::Help))),
];

const fn refuse(code: u32) -> Script {
    Script::answered(Answer::Refuse(code))
}

const fn fail(outcome: Outcome) -> Script {
    Script::accepted(Fate::outcome(outcome))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_documentation_lists_every_magic_number() {
        let docs = include_str!("lib.rs");
        for (digits, _) in TABLE {
            let row = format!("//! | `{digits}` |");
            assert!(docs.contains(&row), "{digits} is not documented");
        }
        assert_eq!(docs.matches("//! | `").count(), TABLE.len());
    }

    #[test]
    fn an_ordinary_number_has_no_script() {
        assert_eq!(script_for("+12025550123"), None);
        assert_eq!(script_for("123"), None);
    }

    #[test]
    fn a_one_before_the_digits_limits_the_script_to_one_request() {
        let always = script_for("+12025554318").unwrap();
        let once = script_for("+12025514318").unwrap();
        assert_eq!(always.script, once.script);
        assert!(once.once && !always.once);
    }
}
