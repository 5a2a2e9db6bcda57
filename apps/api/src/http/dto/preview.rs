//! `POST /sms/preview`: what would become of a message, and why.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_application::Previewed;
use sms_domain::content::Encoding;
use sms_domain::decision::Decided;
use sms_domain::message::{ComplianceAction, Decision, Schedule, Status};
use sms_domain::values::reason::Reason;

use super::decision::{ChosenNumber, OtherNumber, RuleVerdictEntry, explanation, others, rules};
use super::send_sms_request::SendSmsRequest;
use super::wire::{Amount, Name};
use crate::http::payload::{Fields, FromFields, parse};

/// A message to judge, as for sending, and the instant to judge it at.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct PreviewSmsRequest {
    /// The message.
    #[oai(flatten)]
    #[serde(flatten)]
    pub(crate) message: SendSmsRequest,
    /// The instant at which the message would be submitted; by default now.
    #[oai(nullable)]
    pub(crate) at: Option<DateTime<Utc>>,
}

impl FromFields for PreviewSmsRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let at = fields.optional("at", parse::instant);
        fields.now = at.unwrap_or(fields.now);
        Self {
            message: SendSmsRequest::from_fields(fields),
            at,
        }
    }
}

/// What would become of a message. Nothing was written.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviewSmsResponse {
    /// The instant that was judged.
    pub(crate) at: DateTime<Utc>,
    /// The status that the message would get.
    pub(crate) status: Name<Status>,
    /// What compliance would decide, and the code of the reason.
    #[oai(nullable)]
    pub(crate) compliance_action: Option<String>,
    /// The code of the reason, unless the message would be sent.
    #[oai(nullable)]
    pub(crate) reason: Option<Name<Reason>>,
    /// The reason as a sentence.
    #[oai(nullable)]
    pub(crate) explanation: Option<String>,
    /// The first instant at which the message may leave, when that is not at once.
    #[oai(nullable)]
    pub(crate) earliest_at: Option<DateTime<Utc>>,
    /// The number that would send.
    #[oai(nullable)]
    pub(crate) number: Option<ChosenNumber>,
    /// The number that would send, in E.164.
    #[oai(nullable)]
    pub(crate) from_phone_number: Option<String>,
    /// Every other number, with all that is against it.
    pub(crate) other_numbers: Vec<OtherNumber>,
    /// Every rule's word, in the order of the rules.
    pub(crate) rules: Vec<RuleVerdictEntry>,
    /// How the text would be coded on the air.
    pub(crate) encoding: Name<Encoding>,
    /// Unicode characters of the text.
    pub(crate) characters: u32,
    /// Septets (GSM-7) or 16-bit code units (UCS-2) of the text.
    pub(crate) units: u32,
    /// Segments that the text takes: what is paid for.
    pub(crate) segments: u32,
    /// The price in US dollars.
    pub(crate) price: Amount,
    /// The rules, tables, policy and time-zone data that decided.
    pub(crate) rules_version: String,
}

impl From<&Previewed> for PreviewSmsResponse {
    fn from(preview: &Previewed) -> Self {
        let Decided {
            decision, trace, ..
        } = &preview.decided;
        let (_, reason) = decision.outcome();
        let size = preview.segmentation;
        Self {
            at: preview.at,
            status: Name(status(decision)),
            compliance_action: Some(action(decision).to_string()),
            reason: reason.map(Name),
            explanation: reason.map(|reason| explanation(reason, trace)),
            earliest_at: trace.earliest,
            number: trace.number.as_ref().map(ChosenNumber::from),
            from_phone_number: sender(decision),
            other_numbers: others(trace),
            rules: rules(trace),
            encoding: Name(size.encoding),
            characters: size.characters,
            units: size.units,
            segments: size.segments,
            price: trace.price.into(),
            rules_version: trace.rules_version.clone(),
        }
    }
}

/// The status that the lifecycle gives to each outcome; a test compares the two.
const fn status(decision: &Decision) -> Status {
    match decision {
        Decision::Send(_) => Status::Queued,
        Decision::Defer(_) => Status::Scheduled,
        Decision::Block(block) => block.kind.status(),
        Decision::NoNumber(_) => Status::Failed,
    }
}

/// What the row would say about compliance; a test compares the two.
const fn action(decision: &Decision) -> ComplianceAction {
    match decision {
        Decision::Send(_) => ComplianceAction::Allowed,
        Decision::Defer(Schedule {
            reason: Reason::ClientRequested,
            ..
        }) => ComplianceAction::Allowed,
        Decision::Defer(wait) => ComplianceAction::Deferred(wait.reason),
        Decision::Block(block) => ComplianceAction::Blocked(block.reason),
        Decision::NoNumber(reason) => ComplianceAction::Blocked(*reason),
    }
}

fn sender(decision: &Decision) -> Option<String> {
    match decision {
        Decision::Send(plan) => Some(plan.route.from.as_str().to_owned()),
        Decision::Defer(_) | Decision::Block(_) | Decision::NoNumber(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use sms_domain::message::{Block, BlockKind, Event};
    use sms_testkit::fixtures::{message, noon};

    use super::*;

    #[rstest]
    #[case::waits(Decision::Defer(Schedule { until: noon(), reason: Reason::QuietHours }))]
    #[case::asked(Decision::Defer(Schedule { until: noon(), reason: Reason::ClientRequested }))]
    #[case::no_number(Decision::NoNumber(Reason::NoEligiblePhoneNumber))]
    #[case::opted_out(block(BlockKind::OptedOut, Reason::ContactOptedOut))]
    #[case::compliance(block(BlockKind::Compliance, Reason::ContentForbidden))]
    #[case::billing(block(BlockKind::Billing, Reason::WalletInsufficient))]
    #[case::campaign(block(BlockKind::MissingCampaign, Reason::TenDlcNotApproved))]
    fn a_preview_says_what_the_row_would_say(#[case] decision: Decision) {
        let judged = message()
            .apply(Event::Judged(decision.clone()), noon())
            .unwrap();
        assert_eq!(status(&decision), judged.status());
        assert_eq!(Some(action(&decision)), judged.compliance);
    }

    fn block(kind: BlockKind, reason: Reason) -> Decision {
        Decision::Block(Block { kind, reason })
    }
}
