//! Handling of texts that the person did not write.

use super::*;

const ESTIMATE: &str =
    "Dogwood Gutters: your estimate is ready. Reply HELP for help, STOP to cancel.";

/// Texts without words of the person, with the explanation shown beside them.
const FOREIGN: [(&str, &str); 4] = [
    (
        "I'm driving and will answer later. This is an automatic message.",
        "automatic",
    ),
    (
        "Elm Dental received your text. Reply HELP for help, STOP to cancel.",
        "automatic",
    ),
    (
        "Removed 🔥 from “Dogwood Gutters: your estimate is ready. Reply HELP for help, STOP to \
         cancel.”",
        "reaction",
    ),
    (
        "> dogwood gutters: your estimate is ready. Reply HELP for he…",
        "repeats",
    ),
];

fn facts_with_sent() -> InboundFacts {
    InboundFacts {
        sent: vec![Text::new("See you on Monday!"), Text::new(ESTIMATE)],
        ..facts()
    }
}

#[test]
fn what_the_person_does_not_say_is_no_answer_and_closes_nothing() {
    for (text, shown) in FOREIGN {
        let handled = handled(&sms(text), &facts_with_sent());
        let change = &handled.change;
        assert_eq!(
            (change.last_inbound_at, change.active_number),
            (None, None),
            "{text}"
        );
        assert!(
            change.opt_out.is_none() && !change.closes_recipient(),
            "{text}"
        );
        assert_eq!(change.review, ReviewFlag::Keep, "{text}");
        assert_eq!(handled.answer, Answer::None, "{text}");
        let reason = change.message.status_reason.as_deref().unwrap();
        assert!(reason.contains(shown), "{text}: {reason}");
    }
}

#[test]
fn who_speaks_is_on_record() {
    let details = |text| {
        handled(&sms(text), &facts()).change.history[0]
            .details
            .clone()
    };
    let driving = details("I'm driving right now. I'll get back to you later.");
    assert_eq!(driving["speaker"], "automatic");
    assert_eq!(driving["machine"], "reply");
    let stop = details("STOP");
    assert_eq!(stop["speaker"], "person");
    assert!(stop["machine"].is_null());
}

#[test]
fn a_machine_makes_no_inquiry() {
    let unknown = InboundFacts {
        lead_id: None,
        conversation_id: None,
        ..facts()
    };
    for (text, _) in FOREIGN {
        let lead = handled(&sms(text), &unknown).change.new_lead.unwrap();
        assert_eq!(lead.consent, None, "{text}");
    }
}

#[test]
fn the_persons_own_words_beside_ours_count() {
    for text in [
        "“your estimate is ready” STOP",
        "STOP\n> Dogwood Gutters: your estimate is ready. Reply HELP for help, STOP to cancel.",
        "Liked “Dogwood Gutters: your estimate is ready.” stop texting me",
    ] {
        let handled = handled(&sms(text), &facts_with_sent());
        assert!(handled.change.opt_out.is_some(), "{text}");
        assert_eq!(
            ours(&handled),
            Some(SystemAnswer::OptOutConfirmation),
            "{text}"
        );
    }
    let answered = handled(
        &sms("“your estimate is ready” - great, send it"),
        &facts_with_sent(),
    );
    assert_eq!(answered.change.last_inbound_at, Some(noon()));
    assert_eq!(answered.change.message.status_reason, None);
}

#[test]
fn a_machine_that_says_stop_closes_and_hears_nothing() {
    let handled = handled(
        &sms("Automatic reply: please remove me from your list"),
        &facts(),
    );
    assert!(handled.change.opt_out.is_some());
    assert_eq!(handled.change.last_inbound_at, None);
    assert_eq!(handled.answer, Answer::None);
}

#[test]
fn help_is_answered_three_times_a_day_at_most() {
    let Answer::Ours(draft) = handled(&sms("info"), &facts()).answer else {
        panic!()
    };
    let said = |hours| RecentSend {
        message_id: MessageId::new(uuid(40)),
        at: noon() - TimeDelta::hours(hours),
        text_hash: crate::content::text_hash(&draft.submission.text),
        is_counted: false,
    };
    let answer = |recent: &[RecentSend]| {
        let recent = recent.to_vec();
        ours(&handled(&sms("info"), &InboundFacts { recent, ..facts() }))
    };
    assert_eq!(answer(&[said(23), said(1)]), Some(SystemAnswer::Help));
    assert_eq!(answer(&[said(23), said(2), said(1)]), None);
    assert_eq!(
        answer(&[said(24), said(2), said(1)]),
        Some(SystemAnswer::Help)
    );
}
