//! A live organization tries things out on a simulated number, and real people notice nothing.

use serde_json::Value;
use sms_api::system::SystemIds;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Client, Tenant, TestApp, message};

use crate::LEAD;

/// The carrier refuses the first message to this number because of a STOP, and takes later ones.
const REFUSED_ONCE: &str = "+14045514300";

/// A live organization with a real and a simulated number, and a client with a test key.
struct Scene {
    app: TestApp,
    acme: Tenant,
    tester: Client,
    /// The real number.
    real: String,
    /// The simulated one.
    simulated: String,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let mut phones = Vec::new();
        let acme = app.tenant_of(OrganizationKind::Live, |around| {
            around.add_number(&SystemIds::default());
            around.numbers[1].account = ProviderAccount::new(ProviderAccount::SIMULATOR);
            // The tests have one carrier, which would keep one list for both numbers.
            around.numbers[0].messaging_profile_id = Some("real".to_owned());
            around.numbers[1].messaging_profile_id = Some("simulated".to_owned());
            phones = (around.numbers.iter())
                .map(|number| number.phone.as_str().to_owned())
                .collect();
        });
        let acme = acme.await;
        let tester = app.test_client(&acme).await;
        Self {
            app,
            acme,
            tester,
            real: phones.remove(0),
            simulated: phones.remove(0),
        }
    }

    /// The lead texts the simulated number.
    async fn text_in(&self, text: &str) {
        self.app.text_in(LEAD, &self.simulated, text).await;
    }

    /// What became of a message with a test key.
    async fn test(&self, conversation: ConversationId, text: &str) -> Value {
        let sent = self
            .tester
            .post("/sms/send", &message(conversation, text))
            .await;
        assert_eq!(sent.status, 201, "{sent:?}");
        self.app.deliver().await;
        self.acme.message(&sent.id()).await
    }

    /// What became of a message with a live key, which leaves from the real number if at all.
    async fn send(&self, conversation: ConversationId, text: &str) -> Value {
        let id = self.acme.send_text(conversation, text).await;
        self.app.deliver().await;
        self.acme.message(&id).await
    }

    fn left_from(&self, number: &str) -> usize {
        let ledger = self.app.ledger();
        ledger.iter().filter(|entry| entry.from == number).count()
    }
}

#[tokio::test]
async fn what_is_tried_out_on_a_simulated_number_changes_nothing_for_the_real_one() {
    let scene = Scene::new().await;
    let conversation = scene.acme.conversation(LEAD).await;
    // More than the person may get in a day.
    for n in 0..4 {
        let test = scene.test(conversation, &format!("Test {n}")).await;
        assert_eq!(test["status"], "delivered", "{test}");
    }
    scene.text_in("not interested").await;
    assert!(scene.app.texts_in_review().await.is_empty());
    scene.text_in("STOP").await;
    scene.app.mirror_opt_outs().await;
    let stopped = scene.test(conversation, "Hello?").await;
    assert_eq!(stopped["status"], "opted_out");

    let sent = scene.send(conversation, "Hello!").await;
    assert_eq!(sent["status"], "delivered", "{sent}");
    assert_eq!(scene.left_from(&scene.real), 1);
    scene.text_in("START").await;
    let opened = scene.test(conversation, "Welcome back!").await;
    assert_eq!(opened["status"], "delivered", "{opened}");
}

#[tokio::test]
async fn a_text_to_a_simulated_number_opens_no_exchange_with_the_person() {
    let scene = Scene::new().await;
    let conversation = scene.acme.conversation(LEAD).await;
    scene.app.set_time("2026-03-04T04:00:00Z");
    scene.text_in("yes please").await;
    let sent = scene.send(conversation, "Hello!").await;
    assert_eq!(sent["status"], "scheduled", "{sent}");
}

#[tokio::test]
async fn start_on_a_simulated_number_does_not_open_what_a_person_closed() {
    let scene = Scene::new().await;
    let conversation = scene.acme.conversation(LEAD).await;
    scene.app.text_in(LEAD, &scene.real, "STOP").await;
    scene.text_in("START").await;
    let sent = scene.send(conversation, "Hello!").await;
    assert_eq!(sent["status"], "opted_out", "{sent}");
}

#[tokio::test]
async fn a_block_that_the_simulator_answers_with_closes_the_simulated_number_alone() {
    let scene = Scene::new().await;
    let conversation = scene.acme.conversation(REFUSED_ONCE).await;
    for _ in 0..2 {
        let test = scene.test(conversation, "Hello?").await;
        assert_eq!(test["status"], "opted_out", "{test}");
    }
    let sent = scene.send(conversation, "Hello!").await;
    assert_eq!(sent["status"], "delivered", "{sent}");
}
