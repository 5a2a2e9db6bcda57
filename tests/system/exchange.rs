//! A conversation between a person and a business: while the person answers, caps do not end it, and neither do quiet
//! hours where the law exempts replies.

use chrono::TimeDelta;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::ids::ConversationId;
use sms_testkit::fixtures::noon;
use sms_tests::{Answer, Tenant, TestApp, message};

use crate::at;

/// A number in Florida, which allows three messages in 24 hours, until eight in the evening, and exempts replies.
const FLORIDIAN: &str = "+13055550100";

/// A number in Alabama, which also closes at eight and does not exempt replies.
const ALABAMIAN: &str = "+12055550100";

/// An organization's conversation with a person.
struct Talk {
    app: TestApp,
    acme: Tenant,
    person: &'static str,
    number: String,
    conversation: ConversationId,
}

impl Talk {
    async fn with(person: &'static str) -> Self {
        let app = TestApp::start().await;
        let mut number = String::new();
        let acme = app
            .tenant_of(OrganizationKind::Live, |around| {
                number = around.numbers[0].phone.as_str().to_owned();
            })
            .await;
        let conversation = acme.conversation(person).await;
        Self {
            app,
            acme,
            person,
            number,
            conversation,
        }
    }

    /// Sends a text of the person.
    async fn hears(&self, text: &str) {
        self.app.text_in(self.person, &self.number, text).await;
    }

    /// Sends a text of the business, and lets a minute pass.
    async fn says(&self, text: &str) -> Answer {
        let answer = self.acme.send(&message(self.conversation, text)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        self.app.deliver().await;
        self.app.advance(TimeDelta::minutes(1));
        answer
    }

    /// The verdict of a rule on a message, and the exemption that it names.
    async fn word(&self, answer: &Answer, rule: &str) -> (String, String) {
        let path = format!("/sms/{}/decision", answer.id());
        let explained = self.acme.client.get(&path).await.body;
        let mut rules = explained["decisions"][0]["rules"]
            .as_array()
            .unwrap()
            .iter();
        let said = rules.find(|said| said["rule"] == rule).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        (text(&said["verdict"]), text(&said["facts"]["exemption"]))
    }
}

#[tokio::test]
async fn a_conversation_in_which_the_lead_answers_goes_on_beyond_the_cap() {
    let talk = Talk::with(FLORIDIAN).await;
    for n in 0..3 {
        assert_eq!(talk.says(&format!("{n}")).await.body["status"], "queued");
    }
    assert_eq!(
        talk.says("Hello?").await.body["scheduledReason"],
        "state_frequency_cap"
    );

    for n in 0..4 {
        talk.hears(&format!("Question {n}")).await;
        let answer = talk.says(&format!("Answer {n}")).await;
        assert_eq!(answer.body["status"], "queued", "answer {n}");
        let exempt = ("exempt".to_owned(), "active_exchange".to_owned());
        assert_eq!(talk.word(&answer, "state_frequency_cap").await, exempt);
    }
    assert_eq!(talk.app.ledger().len(), 7);
}

#[tokio::test]
async fn answers_in_an_exchange_do_not_count_once_it_is_over() {
    let talk = Talk::with(FLORIDIAN).await;
    talk.hears("How much is a new roof?").await;
    for n in 0..4 {
        assert_eq!(
            talk.says(&format!("Answer {n}")).await.body["status"],
            "queued"
        );
    }
    talk.app.clock.set(noon() + TimeDelta::minutes(61));
    for n in 0..3 {
        assert_eq!(talk.says(&format!("{n}")).await.body["status"], "queued");
    }
    let fourth = talk.says("Still there?").await;
    assert_eq!(fourth.body["scheduledReason"], "state_frequency_cap");
    let a_day_later = noon() + TimeDelta::minutes(61) + TimeDelta::hours(24);
    assert_eq!(at(&fourth.body, "scheduledFor"), a_day_later);
}

#[tokio::test]
async fn an_answer_at_night_leaves_where_the_law_leaves_replies_out() {
    let evening = "2026-03-04T02:30:00Z";
    let talk = Talk::with(FLORIDIAN).await;
    talk.app.set_time(evening);
    assert_eq!(
        talk.says("Hello!").await.body["scheduledReason"],
        "quiet_hours"
    );
    talk.hears("Are you open tomorrow?").await;
    assert_eq!(talk.says("From nine on.").await.body["status"], "queued");

    let talk = Talk::with(ALABAMIAN).await;
    talk.app.set_time(evening);
    talk.hears("Are you open tomorrow?").await;
    let answer = talk.says("From nine on.").await;
    assert_eq!(answer.body["scheduledReason"], "quiet_hours");
}
