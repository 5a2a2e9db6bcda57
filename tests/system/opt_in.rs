//! A person who opts in again is texted again, unless the business itself has an entry against it.

use sms_api::cli::{Command, SuppressionsCommand};
use sms_domain::facts::OrganizationKind;
use sms_testkit::fixtures::phone;
use sms_tests::Surroundings;

use crate::LEAD;
use crate::inbound::Scene;

impl Scene {
    async fn is_open(&self) -> bool {
        let status = self.send("Hello?").await["status"].clone();
        assert!(status == "delivered" || status == "opted_out", "{status}");
        status == "delivered"
    }

    async fn add_opt_out(&self) {
        let add = SuppressionsCommand::Add {
            organization: self.acme.organization_id.to_string(),
            phone: LEAD.to_owned(),
            number: None,
            campaign: None,
            reason: "asked by phone".to_owned(),
        };
        self.app
            .operate(Command::Suppressions { command: add })
            .await
            .unwrap();
    }

    async fn release(&self) {
        let release = SuppressionsCommand::Release {
            organization: self.acme.organization_id.to_string(),
            phone: LEAD.to_owned(),
            entry: None,
        };
        self.app
            .operate(Command::Suppressions { command: release })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn start_does_not_open_what_an_operator_closed_before_or_after_a_stop() {
    for is_operator_first in [false, true] {
        let scene = Scene::new().await;
        if is_operator_first {
            scene.add_opt_out().await;
            scene.text_in("STOP").await;
        } else {
            scene.text_in("STOP").await;
            scene.add_opt_out().await;
        }
        scene.text_in("START").await;
        assert!(!scene.is_open().await, "{is_operator_first}");
        scene.release().await;
        assert!(scene.is_open().await, "{is_operator_first}");
    }
}

#[tokio::test]
async fn start_opens_what_stop_and_the_carriers_list_closed() {
    let scene = Scene::new().await;
    scene.text_in("STOP").await;
    scene.app.mirror_opt_outs().await;
    assert!(!scene.is_open().await);
    scene.text_in("START").await;
    scene.app.mirror_opt_outs().await;
    assert!(scene.is_open().await);
}

#[tokio::test]
async fn start_opens_what_a_persons_own_words_and_a_refusal_closed() {
    let scene = Scene::new().await;
    assert!(scene.is_open().await);
    scene.app.lose_texts();
    scene.text_in("STOP").await;
    assert!(!scene.is_open().await);
    scene.app.hear_texts();
    scene.text_in("please stop texting me").await;
    scene.text_in("START").await;
    assert!(scene.is_open().await);
    scene.text_in("STOP").await;
    assert!(!scene.is_open().await);
}

#[tokio::test]
async fn start_does_not_open_what_a_seed_closed() {
    let scene = Scene::new().await;
    scene.text_in("STOP").await;
    scene.acme.opt_out(LEAD).await;
    scene.text_in("START").await;
    assert!(!scene.is_open().await);
}

#[tokio::test]
async fn a_lead_whose_phone_becomes_a_number_of_ours_is_texted_no_more() {
    let scene = Scene::new().await;
    assert!(scene.is_open().await);
    let with_the_leads_number = |around: &mut Surroundings| around.numbers[0].phone = phone(LEAD);
    scene
        .app
        .tenant_of(OrganizationKind::Live, with_the_leads_number)
        .await;
    let shown = scene.send("Hello again?").await;
    assert_eq!(shown["status"], "blocked_compliance");
    assert_eq!(shown["errorCode"], "recipient_is_own_number");
    assert_eq!(scene.app.ledger().len(), 1);
}
