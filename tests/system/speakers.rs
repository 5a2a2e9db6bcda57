//! Texts in which the person does not speak: a phone's reaction report, an automatic reply, our own words sent back.
//! They close nothing and lift no protection. The person's own words beside them count.

use chrono::TimeDelta;
use serde_json::Value;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Answer, Tenant, TestApp, message};

use crate::LEAD;

/// A number in Florida, which allows three messages in 24 hours, until eight in the evening, and exempts replies.
const FLORIDIAN: &str = "+13055550100";

const ESTIMATE: &str =
    "Dogwood Gutters: your estimate is ready. Reply HELP for help, STOP to cancel.";

const DRIVING: &str = "I'm driving and will answer later. This is an automatic message.";

/// An organization's conversation with a person.
struct Thread {
    app: TestApp,
    acme: Tenant,
    person: &'static str,
    number: String,
    conversation: ConversationId,
}

impl Thread {
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

    async fn status_of(&self, text: &str) -> Value {
        self.says(text).await.body["status"].clone()
    }
}

#[tokio::test]
async fn a_reaction_to_a_text_that_says_how_to_stop_closes_nothing() {
    let thread = Thread::with(LEAD).await;
    thread.says(ESTIMATE).await;
    thread.hears(&format!("Removed 🔥 from “{ESTIMATE}”")).await;
    // The wording is not listed, but our own text is recognised.
    thread.hears(&format!("Gillade “{ESTIMATE}”")).await;
    thread.hears(&format!("> {}…", &ESTIMATE[..60])).await;
    assert_eq!(thread.status_of("When may we come?").await, "queued");
}

#[tokio::test]
async fn an_automatic_answer_with_a_footer_closes_nothing() {
    let thread = Thread::with(LEAD).await;
    thread
        .hears(
            "Elm Dental received your text and will answer in office hours. Reply HELP for help, \
             STOP to cancel.",
        )
        .await;
    assert_eq!(thread.status_of("When may we come?").await, "queued");
    assert_eq!(thread.app.ledger().len(), 1, "nobody answers a machine");
}

#[tokio::test]
async fn a_phone_that_answers_by_itself_lifts_no_cap() {
    let thread = Thread::with(FLORIDIAN).await;
    for n in 0..3 {
        assert_eq!(thread.status_of(&format!("Offer {n}")).await, "queued");
        thread.hears(DRIVING).await;
    }
    let fourth = thread.says("Offer 3").await;
    assert_eq!(fourth.body["scheduledReason"], "state_frequency_cap");
    assert_eq!(thread.app.ledger().len(), 3);
    // An answer of the person lifts the cap.
    thread.hears("What would it cost?").await;
    assert_eq!(thread.status_of("From 400 dollars.").await, "queued");
}

#[tokio::test]
async fn a_phone_that_answers_by_itself_opens_no_night() {
    let thread = Thread::with(FLORIDIAN).await;
    // Half past nine in the evening in Miami.
    thread.app.set_time("2026-03-04T02:30:00Z");
    thread.hears(DRIVING).await;
    let answer = thread.says("Good evening!").await;
    assert_eq!(answer.body["scheduledReason"], "quiet_hours");
    thread.hears("Can you talk now?").await;
    assert_eq!(thread.status_of("Yes, of course.").await, "queued");
}

#[tokio::test]
async fn a_persons_own_stop_beside_a_quotation_counts() {
    for text in [
        "“your estimate is ready” STOP".to_owned(),
        format!("STOP\n> {ESTIMATE}"),
    ] {
        let thread = Thread::with(LEAD).await;
        thread.says(ESTIMATE).await;
        thread.hears(&text).await;
        assert_eq!(thread.status_of("One more?").await, "opted_out", "{text}");
    }
}
