//! Every published operation is answered by each contract, and another operation shows its effect. The table of what
//! was published is compared with the document elsewhere, and every answer here with the document of its contract.

mod numbers;
mod people;
mod sending;

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Value, json};
use sms_domain::ports::Contract;
use sms_tests::{Answer, Client, Tenant, TestApp};

/// The table of what was published.
const FACTS: &str = include_str!("../../apps/api/tests/data/published-2026-08.txt");

/// The published operations, by method and path.
fn published() -> BTreeSet<String> {
    let lines = FACTS.lines().filter(|line| !line.starts_with(['#', ' ']));
    let operations = lines.filter_map(|line| {
        let mut words = line.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let path = path.split('?').next()?;
        Some(format!("{method} {path}"))
    });
    operations.collect()
}

/// Calls operations as one organization, and remembers which were answered and which were read back.
struct Caller {
    app: TestApp,
    acme: Tenant,
    client: Client,
    answered: RefCell<BTreeSet<&'static str>>,
    read_back: RefCell<BTreeSet<&'static str>>,
}

impl Caller {
    async fn new(contract: Contract) -> Self {
        let app = TestApp::start().await;
        let acme = app.tenant().await;
        Self {
            client: app.client_by(&acme, contract).await,
            app,
            acme,
            answered: RefCell::default(),
            read_back: RefCell::default(),
        }
    }

    /// The body of a successful answer; `id` stands for the parameter of the operation's path.
    async fn ask(&self, operation: &'static str, id: &str, body: Value) -> Value {
        let answer = self.try_ask(operation, id, &body).await;
        assert!(answer.status < 300, "{operation}: {answer:?}");
        self.answered.borrow_mut().insert(operation);
        answer.body
    }

    /// Uploads a file by an operation.
    async fn upload(&self, operation: &'static str, content_type: &str, file: &[u8]) -> Value {
        let (_, path) = operation.split_once(' ').unwrap();
        let answer = self.client.upload(path, "file", content_type, file).await;
        assert!(answer.status < 300, "{operation}: {answer:?}");
        self.answered.borrow_mut().insert(operation);
        answer.body
    }

    async fn try_ask(&self, operation: &'static str, id: &str, body: &Value) -> Answer {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path
            .split('/')
            .map(|one| if one.starts_with('{') { id } else { one });
        let path = path.collect::<Vec<_>>().join("/");
        let request = self.client.request(method.parse().unwrap(), &path);
        Answer::to(if body.is_null() {
            request
        } else {
            request.json(body)
        })
        .await
    }

    /// The rows of a list.
    async fn list(&self, operation: &'static str, id: &str) -> Vec<Value> {
        let page = self.ask(operation, id, json!({ "pageSize": 200 })).await;
        page["items"].as_array().unwrap().clone()
    }

    /// A row of a list.
    async fn row(&self, operation: &'static str, of: &str, id: &str) -> Value {
        let rows = self.list(operation, of).await;
        let found = rows.into_iter().find(|row| row["id"] == id);
        found.unwrap_or_else(|| panic!("{operation} does not list {id}"))
    }

    /// Says that the effect of an operation was seen through another one.
    fn seen(&self, operation: &'static str, through: &'static str) {
        assert_ne!(operation, through);
        for one in [operation, through] {
            assert!(self.answered.borrow().contains(one), "{one} was not called");
        }
        self.read_back.borrow_mut().insert(operation);
    }
}

/// A number, or the text of one.
fn number(value: &Value) -> f64 {
    let text = value.as_str().map(str::to_owned);
    text.unwrap_or_else(|| value.to_string()).parse().unwrap()
}

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_published_operation_is_answered_and_its_effect_shown_by_another() {
    for contract in Contract::ALL {
        let caller = Caller::new(*contract).await;
        people::come_and_are_closed(&caller).await;
        sending::shows_what_was_sent_and_what_it_cost(&caller).await;
        numbers::are_chosen_and_managed(&caller).await;
        let seen: BTreeSet<_> = caller
            .read_back
            .take()
            .into_iter()
            .map(str::to_owned)
            .collect();
        assert_eq!(seen, published(), "{}", contract.as_str());
    }
}

#[test]
fn what_was_published_is_forty_operations() {
    assert_eq!(published().len(), 40);
    assert!(published().contains("GET /usage/summary/my"));
}
