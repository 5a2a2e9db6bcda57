//! Handling on a simulated number of a live organization, and that a sandbox's numbers behave like
//! real ones.

use super::*;

fn on_a_simulated_number(kind: OrganizationKind) -> InboundFacts {
    let mut facts = facts();
    facts.organization_kind = kind;
    facts.number.account = ProviderAccount::new(ProviderAccount::SIMULATOR);
    facts
}

fn set_apart() -> InboundFacts {
    on_a_simulated_number(OrganizationKind::Live)
}

fn own() -> SuppressionScope {
    SuppressionScope::Number(number_id())
}

#[test]
fn a_text_opens_no_exchange_and_says_why() {
    let change = handled(&sms("yes please"), &set_apart()).change;
    assert_eq!((change.last_inbound_at, change.active_number), (None, None));
    let reason = change.message.into_parts().status_reason.unwrap();
    assert!(reason.contains("simulated"), "{reason}");
}

#[test]
fn an_unknown_person_makes_no_inquiry() {
    let unknown = InboundFacts {
        lead_id: None,
        conversation_id: None,
        ..set_apart()
    };
    for text in ["Do you do gutters?", "START", "info"] {
        let lead = handled(&sms(text), &unknown).change.new_lead.unwrap();
        assert_eq!(lead.consent, None, "{text}");
    }
}

#[test]
fn stop_closes_the_number_alone_and_is_confirmed() {
    let handled = handled(&sms("revoke"), &set_apart());
    assert_eq!(handled.change.opt_out.clone().unwrap().scope, own());
    assert_eq!(ours(&handled), Some(SystemAnswer::OptOutConfirmation));
}

#[test]
fn who_stopped_the_number_before_hears_nothing() {
    let closed = InboundFacts {
        suppressions: vec![suppression(own(), SuppressionSource::Inbound)],
        ..set_apart()
    };
    let handled = handled(&sms("revoke"), &closed);
    assert_eq!(handled.answer, Answer::None);
}

#[test]
fn the_review_of_real_texts_is_left_as_it_is() {
    for text in ["not interested", "STOP", "START"] {
        let change = handled(&sms(text), &set_apart()).change;
        assert_eq!(change.review, ReviewFlag::Keep, "{text}");
    }
}

#[test]
fn start_opens_the_number_alone() {
    let opt_in = handled(&sms("START"), &set_apart()).change.opt_in.unwrap();
    assert_eq!(opt_in.reach, OptInReach::OnlyNumber(number_id()));
}

#[test]
fn a_text_that_is_delivered_again_is_answered_once() {
    for text in ["revoke", "info"] {
        let first = handled(&sms(text), &set_apart());
        assert!(matches!(first.answer, Answer::Ours(_)), "{text}");
        let again = first.clone().delivered_again(&set_apart());
        assert_eq!((again.change, again.answer), (first.change, Answer::None));

        let real = handled(&sms(text), &facts());
        assert_eq!(real.clone().delivered_again(&facts()), real, "{text}");
    }
}

#[test]
fn a_sandbox_can_be_tried_out_whole() {
    let sandbox = on_a_simulated_number(OrganizationKind::Sandbox);
    let answered = handled(&sms("yes please"), &sandbox).change;
    assert!(answered.last_inbound_at.is_some() && answered.active_number.is_some());
    assert_eq!(answered.message.status_reason, None);

    let stop = handled(&sms("STOP"), &sandbox).change.opt_out.unwrap();
    assert_eq!(stop.scope, SuppressionScope::Organization);
    let start = handled(&sms("START"), &sandbox).change.opt_in.unwrap();
    assert!(matches!(start.reach, OptInReach::Texted { .. }));
    let doubtful = handled(&sms("not interested"), &sandbox).change;
    assert_eq!(doubtful.review, ReviewFlag::Set);
}
