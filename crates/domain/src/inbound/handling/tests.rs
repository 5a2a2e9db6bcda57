//! What follows from a received text.

use chrono::TimeDelta;
use uuid::Uuid;

use super::*;
use crate::content::{Attachments, Text};
use crate::facts::{OrganizationKind, RecentSend};
use crate::inbound::facts::{ActiveSuppression, TextedNumber};
use crate::message::{Priority, Status};
use crate::values::ProviderAccount;
use crate::values::ids::{CampaignId, OrganizationId, PhoneNumberId};
use crate::values::phone::PhoneNumber;

mod consent;
mod set_apart;
mod speakers;

const fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn noon() -> DateTime<Utc> {
    "2026-03-03T17:00:00Z".parse().unwrap()
}

fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn facts() -> InboundFacts {
    InboundFacts {
        organization_id: OrganizationId::new(uuid(1)),
        organization_kind: OrganizationKind::Live,
        organization_name: "Acme Roofing".to_owned(),
        number: TextedNumber {
            id: number_id(),
            phone: phone("+14045550199"),
            account: ProviderAccount::new("default"),
            messaging_profile_id: None,
            ten_dlc_campaign_id: None,
            campaign_id: Some(CampaignId::new(uuid(7))),
            source_id: None,
            owner_id: None,
        },
        lead_id: Some(LeadId::new(uuid(2))),
        conversation_id: Some(ConversationId::new(uuid(3))),
        suppressions: Vec::new(),
        opted_in_at: None,
        recent: Vec::new(),
        sent: Vec::new(),
    }
}

const fn number_id() -> PhoneNumberId {
    PhoneNumberId::new(uuid(4))
}

fn sms(text: &str) -> InboundSms {
    InboundSms {
        provider_message_id: "p-1".to_owned(),
        from: phone("+14045550100"),
        to: vec![phone("+14045550199")],
        messaging_profile_id: None,
        text: Text::new(text),
        attachments: Attachments::default(),
        received_at: noon(),
        has_provider_autoresponse: false,
    }
}

fn suppression(scope: SuppressionScope, source: SuppressionSource) -> ActiveSuppression {
    ActiveSuppression {
        id: SuppressionId::new(uuid(9)),
        scope,
        source,
        profile: None,
        reason: None,
        at: noon() - TimeDelta::days(1),
        renewed_at: noon() - TimeDelta::days(1),
    }
}

fn handled(sms: &InboundSms, facts: &InboundFacts) -> Handled {
    handled_at(sms, facts, noon())
}

fn handled_at(sms: &InboundSms, facts: &InboundFacts, now: DateTime<Utc>) -> Handled {
    handle(Arrival {
        sms,
        event: ProviderEvent {
            account: ProviderAccount::new("default"),
            event_id: "e-1".to_owned(),
            event_type: "message.received".to_owned(),
            occurred_at: noon(),
            received_at: noon(),
            provider_message_id: Some("p-1".to_owned()),
            matched: None,
            payload: Vec::new(),
        },
        understood: facts.understand(sms),
        facts,
        ids: InboundIds {
            message: MessageId::new(uuid(21)),
            lead: LeadId::new(uuid(22)),
            conversation: ConversationId::new(uuid(23)),
            suppression: SuppressionId::new(uuid(24)),
        },
        now,
    })
}

fn ours(handled: &Handled) -> Option<SystemAnswer> {
    match &handled.answer {
        Answer::Ours(draft) => Some(draft.answer),
        Answer::None | Answer::ByProvider => None,
    }
}

fn kinds(handled: &Handled) -> Vec<HistoryKind> {
    handled
        .change
        .history
        .iter()
        .map(|entry| entry.kind)
        .collect()
}

#[test]
fn an_ordinary_text_becomes_a_received_message_in_its_thread() {
    let change = handled(&sms("What would it cost?"), &facts()).change;
    let message = &change.message;
    assert_eq!((message.status(), message.version), (Status::Received, 0));
    assert_eq!(message.timeline.received_at, Some(noon()));
    assert_eq!(message.provider_message_id.as_deref(), Some("p-1"));
    assert_eq!(message.submission.text.as_str(), "What would it cost?");
    assert_eq!(
        message.submission.conversation_id,
        facts().conversation_id.unwrap()
    );
    assert_eq!(
        change.event.matched,
        Some((message.organization_id, message.id))
    );
    assert!(change.new_lead.is_none() && !change.is_new_conversation);
    assert_eq!(change.review, ReviewFlag::Keep);
    assert!(change.opt_out.is_none() && change.opt_in.is_none());
    assert!(change.history.is_empty() && !change.closes_recipient());
}

#[test]
fn the_thread_goes_on_from_the_texted_number() {
    let change = handled(&sms("Hi"), &facts()).change;
    let active = change.active_number.unwrap();
    assert_eq!((active.number_id, active.at), (number_id(), noon()));
    assert_eq!(change.last_inbound_at, Some(noon()));
}

#[test]
fn a_text_from_the_future_arrived_now() {
    let now = noon() - TimeDelta::seconds(30);
    let change = handled_at(&sms("Hi"), &facts(), now).change;
    assert_eq!(change.last_inbound_at, Some(now));
}

#[test]
fn an_unknown_person_becomes_a_lead_by_inquiry_routed_as_the_texted_number() {
    let unknown = InboundFacts {
        lead_id: None,
        conversation_id: None,
        ..facts()
    };
    let change = handled(&sms("Do you do gutters?"), &unknown).change;
    let lead = change.new_lead.unwrap();
    assert_eq!(lead.phone, phone("+14045550100"));
    assert_eq!(
        lead.consent.map(|consent| consent.basis),
        Some(ConsentBasis::Inquiry)
    );
    assert_eq!(lead.campaign_id, facts().number.campaign_id);
    assert!(change.is_new_conversation);
    assert_eq!(change.message.submission.lead_id, lead.id);
}

#[test]
fn an_unknown_person_who_wants_to_be_left_alone_has_not_inquired() {
    let unknown = InboundFacts {
        lead_id: None,
        conversation_id: None,
        ..facts()
    };
    let change = handled(&sms("stop texting me"), &unknown).change;
    assert_eq!(change.new_lead.unwrap().consent, None);
}

#[test]
fn an_opt_out_closes_the_whole_organization_at_once() {
    let handled = handled(&sms("please stop texting me"), &facts());
    let opt_out = handled.change.opt_out.clone().unwrap();
    assert_eq!(opt_out.scope, SuppressionScope::Organization);
    assert_eq!(opt_out.source, SuppressionSource::Inbound);
    assert_eq!(opt_out.at, noon());
    assert!(!opt_out.reason.contains("texting me"), "{}", opt_out.reason);
    assert!(handled.change.closes_recipient());
    assert_eq!(ours(&handled), Some(SystemAnswer::OptOutConfirmation));
    assert_eq!(kinds(&handled), [HistoryKind::Classified]);
}

#[test]
fn our_confirmation_is_system_traffic_from_the_texted_number() {
    let Answer::Ours(draft) = handled(&sms("revoke"), &facts()).answer else {
        panic!()
    };
    let submission = draft.submission;
    assert_eq!(submission.traffic, TrafficType::SystemInternal);
    assert_eq!(submission.priority, Priority::System);
    assert_eq!(submission.requested_number, Some(number_id()));
    assert_eq!(submission.requested_at, noon());
    assert!(submission.text.as_str().starts_with("Acme Roofing: "));
}

#[test]
fn a_default_keyword_of_the_provider_is_confirmed_by_the_provider() {
    for text in ["STOP", "stop all", " Unsubscribe "] {
        let handled = handled(&sms(text), &facts());
        assert!(handled.change.opt_out.is_some(), "{text}");
        assert_eq!(handled.answer, Answer::ByProvider, "{text}");
        assert_eq!(
            kinds(&handled),
            [HistoryKind::Classified, HistoryKind::ConfirmedByProvider]
        );
    }
}

#[test]
fn a_keyword_that_the_provider_answered_is_not_answered_again() {
    let answered = InboundSms {
        has_provider_autoresponse: true,
        ..sms("revoke")
    };
    assert_eq!(handled(&answered, &facts()).answer, Answer::ByProvider);
}

#[test]
fn a_confirmation_comes_once() {
    let Answer::Ours(draft) = handled(&sms("revoke"), &facts()).answer else {
        panic!()
    };
    let sent = RecentSend {
        message_id: MessageId::new(uuid(30)),
        at: noon() - TimeDelta::hours(23),
        text_hash: crate::content::text_hash(&draft.submission.text),
        is_counted: false,
    };
    let confirmed = InboundFacts {
        recent: vec![sent],
        ..facts()
    };
    assert_eq!(handled(&sms("revoke"), &confirmed).answer, Answer::None);
}

#[test]
fn a_person_who_had_opted_out_before_hears_nothing() {
    let before = suppression(SuppressionScope::Organization, SuppressionSource::Operator);
    let closed = InboundFacts {
        suppressions: vec![before],
        ..facts()
    };
    for text in ["revoke", "info"] {
        assert_eq!(handled(&sms(text), &closed).answer, Answer::None, "{text}");
    }
    assert!(handled(&sms("revoke"), &closed).change.opt_out.is_some());
}

#[test]
fn the_same_text_brought_again_still_owes_its_confirmation() {
    let own = ActiveSuppression {
        at: noon(),
        ..suppression(SuppressionScope::Organization, SuppressionSource::Inbound)
    };
    let recorded = InboundFacts {
        suppressions: vec![own],
        ..facts()
    };
    let handled = handled(&sms("revoke"), &recorded);
    assert_eq!(ours(&handled), Some(SystemAnswer::OptOutConfirmation));
}

#[test]
fn a_confirmation_is_due_within_five_minutes_of_the_text_or_not_at_all() {
    let late = noon() + Submission::CONFIRMATION_VALIDITY;
    let handled = handled_at(&sms("revoke"), &facts(), late);
    assert!(handled.change.opt_out.is_some());
    assert_eq!(handled.answer, Answer::None);
}

#[test]
fn a_confirmation_expires_five_minutes_after_the_text_however_late_it_was_made() {
    let Answer::Ours(draft) = handled(&sms("revoke"), &facts()).answer else {
        panic!()
    };
    let made_at = noon() + TimeDelta::minutes(4);
    let organization_id = facts().organization_id;
    let id = MessageId::new(uuid(31));
    let message = Message::new(organization_id, id, draft.submission, made_at);
    assert_eq!(message.expires_at(), noon() + TimeDelta::minutes(5));
}

#[test]
fn help_in_our_own_words_is_answered_and_the_providers_is_not() {
    assert_eq!(
        ours(&handled(&sms("info"), &facts())),
        Some(SystemAnswer::Help)
    );
    assert_eq!(handled(&sms("HELP"), &facts()).answer, Answer::ByProvider);
}

#[test]
fn a_text_that_cannot_be_placed_waits_for_a_person_and_an_opt_out_settles_it() {
    let doubtful = handled(&sms("not interested"), &facts());
    assert_eq!(doubtful.change.review, ReviewFlag::Set);
    assert!(doubtful.change.closes_recipient() && doubtful.change.opt_out.is_none());
    assert_eq!(doubtful.answer, Answer::None);
    assert_eq!(
        handled(&sms("STOP"), &facts()).change.review,
        ReviewFlag::Clear
    );
}

#[test]
fn a_text_to_a_simulated_number_is_test_traffic() {
    let mut sandbox = facts();
    sandbox.number.account = ProviderAccount::new(ProviderAccount::SIMULATOR);
    let change = handled(&sms("Hi"), &sandbox).change;
    assert_eq!(change.message.submission.traffic, TrafficType::Test);
}

#[test]
fn an_empty_text_is_kept() {
    let change = handled(&sms(""), &facts()).change;
    assert_eq!(change.message.submission.segments, 1);
}
