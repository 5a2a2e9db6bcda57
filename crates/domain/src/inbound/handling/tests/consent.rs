//! What gives consent again after an opt-out, and what does not.

use super::*;

#[test]
fn start_undoes_what_the_persons_own_stop_closed() {
    for source in SuppressionSource::ALL {
        let entry = suppression(SuppressionScope::Organization, *source);
        let closed = InboundFacts {
            suppressions: vec![entry],
            ..facts()
        };
        let change = handled(&sms("START"), &closed).change;
        assert_eq!(
            change.release.is_some(),
            source.is_persons_own(),
            "{source}"
        );
        assert_eq!(change.review, ReviewFlag::Clear);
    }
}

#[test]
fn start_to_one_number_does_not_open_another() {
    let other = SuppressionScope::Number(PhoneNumberId::new(uuid(5)));
    for (scope, is_open) in [
        (other, false),
        (SuppressionScope::Number(number_id()), true),
    ] {
        let closed = InboundFacts {
            suppressions: vec![suppression(scope, SuppressionSource::Provider)],
            ..facts()
        };
        let release = handled(&sms("start"), &closed).change.release;
        assert_eq!(release.is_some(), is_open, "{scope:?}");
    }
}

#[test]
fn start_that_arrives_after_a_later_stop_undoes_nothing() {
    let later = ActiveSuppression {
        renewed_at: noon() + TimeDelta::seconds(1),
        ..suppression(SuppressionScope::Organization, SuppressionSource::Inbound)
    };
    let closed = InboundFacts {
        suppressions: vec![later],
        ..facts()
    };
    assert_eq!(handled(&sms("START"), &closed).change.release, None);
}

#[test]
fn yes_undoes_no_stop() {
    let entry = suppression(SuppressionScope::Organization, SuppressionSource::Inbound);
    let closed = InboundFacts {
        suppressions: vec![entry],
        ..facts()
    };
    assert_eq!(handled(&sms("YES"), &closed).change.release, None);
}
