//! Which texts restore consent after an opt-out, and which do not.

use super::*;

#[test]
fn start_is_recorded_whatever_is_on_the_list() {
    for at in [None, Some(noon())] {
        let facts = InboundFacts {
            opted_in_at: at,
            ..facts()
        };
        let change = handled(&sms("START"), &facts).change;
        let opt_in = change.opt_in.unwrap();
        assert_eq!((opt_in.phone, opt_in.at), (sms("START").from, noon()));
        assert_eq!(change.review, ReviewFlag::Clear);
    }
}

#[test]
fn start_reaches_the_profile_that_it_came_in_by() {
    let mut facts = facts();
    facts.number.messaging_profile_id = Some("the number's".to_owned());
    for (said, expected) in [(None, "the number's"), (Some("the text's"), "the text's")] {
        let start = InboundSms {
            messaging_profile_id: said.map(str::to_owned),
            ..sms("START")
        };
        let reach = handled(&start, &facts).change.opt_in.unwrap().reach;
        let OptInReach::Texted { number_id, profile } = reach else {
            panic!("{reach:?}")
        };
        assert_eq!(number_id, super::number_id());
        assert_eq!(profile.id.as_deref(), Some(expected));
    }
}

#[test]
fn a_stop_that_arrives_after_a_later_start_closes_nothing_and_is_not_confirmed() {
    let opted_in = |seconds| InboundFacts {
        opted_in_at: Some(noon() + TimeDelta::seconds(seconds)),
        ..facts()
    };
    let late = handled(&sms("revoke"), &opted_in(1));
    assert_eq!(
        (late.change.opt_out.clone(), &late.answer),
        (None, &Answer::None)
    );
    assert_eq!(late.change.review, ReviewFlag::Keep);
    assert_eq!(late.change.history[0].details["overtaken"], true);
    for seconds in [0, -1] {
        let later = handled(&sms("revoke"), &opted_in(seconds));
        assert!(later.change.opt_out.is_some(), "{seconds}");
    }
}

#[test]
fn a_doubtful_text_that_arrives_after_a_later_start_is_not_put_before_a_person() {
    let opted_in = InboundFacts {
        opted_in_at: Some(noon() + TimeDelta::seconds(1)),
        ..facts()
    };
    assert_eq!(
        handled(&sms("not interested"), &opted_in).change.review,
        ReviewFlag::Keep
    );
    assert_eq!(
        handled(&sms("not interested"), &facts()).change.review,
        ReviewFlag::Set
    );
}

#[test]
fn yes_and_stop_are_no_opt_in() {
    for text in ["YES", "STOP", "info"] {
        assert_eq!(handled(&sms(text), &facts()).change.opt_in, None, "{text}");
    }
}
