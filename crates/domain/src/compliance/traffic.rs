//! Which rules apply to which traffic: one table.

use super::rule::RuleCode;
use crate::message::TrafficType;

/// The rules that apply to each kind of traffic.
///
/// Warm-up is an internal job with its own pool, at our own cost, and its numbers text each other.
/// Test traffic does not reach people, so hours, caps and billing do not apply. System replies (the
/// opt-out confirmation, the reply to HELP) are requested by the recipient at that moment.
struct Row {
    rule: RuleCode,
    real_lead: bool,
    warmup: bool,
    test: bool,
    system_internal: bool,
}

const YES: bool = true;
const NO: bool = false;

const fn row(rule: RuleCode, [real_lead, warmup, test, system_internal]: [bool; 4]) -> Row {
    Row {
        rule,
        real_lead,
        warmup,
        test,
        system_internal,
    }
}

#[rustfmt::skip]
const TABLE: [Row; 15] = [
    //                              RealLead Warmup Test SystemInternal
    row(RuleCode::OptOut,            [YES,   NO,    YES,  NO]),
    row(RuleCode::OptOutReview,      [YES,   NO,    YES,  NO]),
    row(RuleCode::TenDlc,            [YES,   YES,   YES,  YES]),
    row(RuleCode::LeadArchived,      [YES,   NO,    YES,  NO]),
    row(RuleCode::OwnNumber,         [YES,   NO,    YES,  YES]),
    row(RuleCode::Consent,           [YES,   NO,    YES,  NO]),
    row(RuleCode::StatePolicy,       [YES,   NO,    YES,  NO]),
    row(RuleCode::Content,           [YES,   NO,    YES,  NO]),
    row(RuleCode::Jurisdiction,      [YES,   NO,    YES,  NO]),
    row(RuleCode::QuietHours,        [YES,   NO,    NO,   NO]),
    row(RuleCode::StateFrequencyCap, [YES,   NO,    NO,   NO]),
    row(RuleCode::LeadLimits,        [YES,   NO,    NO,   NO]),
    row(RuleCode::Numbers,           [YES,   YES,   YES,  YES]),
    row(RuleCode::Capacity,          [YES,   YES,   YES,  YES]),
    row(RuleCode::Wallet,            [YES,   NO,    NO,   YES]),
];

/// Whether a rule applies to a kind of traffic. A message for which no number was found counts as a
/// message to a lead.
#[must_use]
pub fn applies(rule: RuleCode, traffic: TrafficType) -> bool {
    TABLE
        .iter()
        .find(|row| row.rule == rule)
        .is_none_or(|row| match traffic {
            TrafficType::RealLead | TrafficType::FailedAttempt => row.real_lead,
            TrafficType::Warmup => row.warmup,
            TrafficType::Test => row.test,
            TrafficType::SystemInternal => row.system_internal,
        })
}

/// Whether this traffic counts towards the recipient's caps. An active exchange is exempt
/// separately.
#[must_use]
pub const fn counts_for_caps(traffic: TrafficType) -> bool {
    match traffic {
        TrafficType::RealLead | TrafficType::Warmup | TrafficType::FailedAttempt => true,
        TrafficType::Test | TrafficType::SystemInternal => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_one_row_in_the_order_of_the_codes() {
        let rows: Vec<RuleCode> = TABLE.iter().map(|row| row.rule).collect();
        assert_eq!(rows, RuleCode::ALL);
    }

    #[test]
    fn messages_to_leads_are_subject_to_every_rule() {
        for traffic in [TrafficType::RealLead, TrafficType::FailedAttempt] {
            assert!(
                RuleCode::ALL.iter().all(|rule| applies(*rule, traffic)),
                "{traffic}"
            );
        }
    }

    #[test]
    fn the_rules_of_time_apply_only_where_the_recipient_must_be_located() {
        for traffic in TrafficType::ALL {
            let timed = [RuleCode::QuietHours, RuleCode::StateFrequencyCap];
            if timed.iter().any(|rule| applies(*rule, *traffic)) {
                assert!(applies(RuleCode::Jurisdiction, *traffic), "{traffic}");
            }
        }
    }

    #[test]
    fn money_is_asked_for_exactly_what_is_billed() {
        for traffic in TrafficType::ALL {
            assert_eq!(
                applies(RuleCode::Wallet, *traffic),
                traffic.is_billed(),
                "{traffic}"
            );
        }
    }
}
