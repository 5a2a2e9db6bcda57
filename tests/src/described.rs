//! Whether an answer is one that the exported document describes: its status, its media type, the headers that are
//! always there, and its body by JSON Schema 2020-12. Two things are demanded beyond the schemas: a body has no
//! property that is not described, and by the page's contract it has no number.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use sms_api::http::spec;
use sms_domain::ports::Contract;

use crate::client::Answer;

/// The media type of errors, which are the same by every contract.
const PROBLEM: &str = "application/problem+json";

/// The document of a contract.
pub(crate) struct Described {
    contract: Contract,
    document: Value,
    /// The document's components, whose objects have no other properties than those that are described.
    components: Value,
    /// What tells whether a body fits, by the text of its schema.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Described {
    /// The document of a contract, read once.
    pub(crate) fn by(contract: Contract) -> &'static Self {
        static PAGE: LazyLock<Described> = LazyLock::new(|| Described::new(Contract::Page));
        static AUGUST_2026: LazyLock<Described> =
            LazyLock::new(|| Described::new(Contract::August2026));
        match contract {
            Contract::Page => &PAGE,
            Contract::August2026 => &AUGUST_2026,
        }
    }

    fn new(contract: Contract) -> Self {
        let document: Value = serde_json::from_str(spec::document(contract)).unwrap();
        let mut components = document["components"].clone();
        close(&mut components);
        Self {
            contract,
            document,
            components,
            validators: Mutex::default(),
        }
    }

    /// Demands that the document describes an answer.
    ///
    /// # Panics
    /// When it does not.
    pub(crate) fn assert(&self, method: &str, path: &str, answer: &Answer) {
        if let Err(fault) = self.check(method, path, answer) {
            panic!("{method} {path} is not answered as documented: {fault}: {answer:?}");
        }
    }

    /// Compares an answer with the document.
    ///
    /// # Errors
    /// What about the answer is not described.
    fn check(&self, method: &str, path: &str, answer: &Answer) -> Result<(), String> {
        let Some(operations) = self.operations(path) else {
            return self.check_refusal(404, answer);
        };
        let Some(operation) = operations.get(method.to_ascii_lowercase()) else {
            return self.check_refusal(405, answer);
        };
        let response = &operation["responses"][answer.status.to_string()];
        if response.is_null() {
            return Err("no such status".to_owned());
        }
        check_headers(response, answer)?;
        match response.get("content") {
            None if answer.body.is_null() => Ok(()),
            None => Err("no body".to_owned()),
            Some(content) => self.check_content(content, answer),
        }
    }

    /// The operations of the path template that fits a path best: one with names rather than parameters.
    fn operations(&self, path: &str) -> Option<&Value> {
        let templates = self.document["paths"].as_object()?.iter();
        let fitting = templates.filter_map(|(template, of)| Some((names_in(template, path)?, of)));
        fitting.max_by_key(|(names, _)| *names).map(|(_, of)| of)
    }

    /// Where there is no operation.
    fn check_refusal(&self, status: u16, answer: &Answer) -> Result<(), String> {
        if answer.status != status {
            return Err(format!("no operation, so {status}"));
        }
        let schema = json!({ "$ref": "#/components/schemas/ProblemDetails" });
        self.check_content(&json!({ PROBLEM: { "schema": schema } }), answer)
    }

    fn check_content(&self, content: &Value, answer: &Answer) -> Result<(), String> {
        let stated = answer.header("content-type").unwrap_or_default();
        let media_type = stated.split(';').next().unwrap_or_default().trim();
        let Some(schema) = content[media_type].get("schema") else {
            return Err(format!("no content of type {media_type:?}"));
        };
        if self.contract == Contract::Page && media_type != PROBLEM && has_number(&answer.body) {
            return Err("a number, not a text of its digits".to_owned());
        }
        let validator = self.validator(schema);
        let errors = validator.iter_errors(&answer.body);
        let errors: Vec<_> = errors
            .map(|error| format!("{} at {:?}", error, error.instance_path().as_str()))
            .collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors.join("; "))
        }
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let validators = self.validators.lock();
        let mut validators = validators.unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(self.compiled(schema));
        Arc::clone(validators.entry(schema.to_string()).or_insert_with(new))
    }

    fn compiled(&self, schema: &Value) -> Validator {
        let mut schema = schema.clone();
        schema["components"] = self.components.clone();
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true);
        options.build(&schema).expect("a schema of the document")
    }
}

/// How many segments of a path a template names; `None` = it does not fit.
fn names_in(template: &str, path: &str) -> Option<usize> {
    let (template, path) = (template.split('/'), path.split('/'));
    if template.clone().count() != path.clone().count() {
        return None;
    }
    let mut names = 0;
    for (named, given) in template.zip(path) {
        if named == given {
            names += 1;
        } else if !named.starts_with('{') || given.is_empty() {
            return None;
        }
    }
    Some(names)
}

/// Headers that the document says are always there.
fn check_headers(response: &Value, answer: &Answer) -> Result<(), String> {
    let headers = response["headers"].as_object().into_iter().flatten();
    let mut required = headers.filter(|(_, header)| header["required"] == true);
    match required.find(|(name, _)| answer.header(name).is_none()) {
        Some((name, _)) => Err(format!("without the header {name}")),
        None => Ok(()),
    }
}

/// Lets no object have a property that is not described.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if is_record(members) {
                let others = "additionalProperties".to_owned();
                members.entry(others).or_insert(Value::Bool(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_record(schema: &Map<String, Value>) -> bool {
    schema.get("type").is_some_and(|ty| ty == "object") && schema.contains_key("properties")
}

fn has_number(body: &Value) -> bool {
    match body {
        Value::Number(_) => true,
        Value::Object(members) => members.values().any(has_number),
        Value::Array(items) => items.iter().any(has_number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};

    use super::*;

    const WALLET: &str = "/wallets/me";

    fn answer(status: u16, media_type: &'static str, body: Value) -> Answer {
        let headers = [(CONTENT_TYPE, media_type.parse().unwrap())];
        Answer {
            status,
            headers: HeaderMap::from_iter(headers),
            body,
        }
    }

    /// The answer of an operation that the document shows.
    fn example(contract: Contract, path: &str) -> Answer {
        let response = &Described::by(contract).document["paths"][path]["get"]["responses"]["200"];
        let example = &response["content"]["application/json"]["example"];
        answer(200, "application/json", example.clone())
    }

    fn problem(status: u16) -> Answer {
        let body = json!({
            "type": "/problems/not-found", "title": "t", "status": status, "detail": "d",
            "instance": "/", "traceId": "1",
        });
        answer(status, PROBLEM, body)
    }

    fn fault(contract: Contract, method: &str, path: &str, answer: &Answer) -> String {
        let checked = Described::by(contract).check(method, path, answer);
        checked.expect_err("a fault")
    }

    #[test]
    fn what_is_described_is_accepted() {
        for contract in Contract::ALL {
            let described = Described::by(*contract);
            described.assert("GET", WALLET, &example(*contract, WALLET));
            described.assert("GET", WALLET, &problem(404));
            described.assert("GET", "/nowhere", &problem(404));
            described.assert("PUT", WALLET, &problem(405));
        }
    }

    #[test]
    fn a_body_that_does_not_fit_is_refused_by_each_way_in_which_it_may_not() {
        let contract = Contract::August2026;
        let changed = |change: fn(&mut Map<String, Value>)| {
            let mut answer = example(contract, WALLET);
            change(answer.body.as_object_mut().unwrap());
            fault(contract, "GET", WALLET, &answer)
        };
        let missing = changed(|wallet| drop(wallet.remove("name")));
        assert!(missing.contains("required"), "{missing}");
        let another = changed(|wallet| drop(wallet.insert("colour".into(), "red".into())));
        assert!(another.contains("colour"), "{another}");
        let kind = changed(|wallet| drop(wallet.insert("balance".into(), "1.0".into())));
        assert!(kind.contains("/balance"), "{kind}");
        let format = changed(|wallet| drop(wallet.insert("id".into(), "no id".into())));
        assert!(format.contains("uuid"), "{format}");
    }

    #[test]
    fn a_number_is_refused_by_the_page_although_its_schema_allows_it() {
        let answer = example(Contract::August2026, WALLET);
        let fault = fault(Contract::Page, "GET", WALLET, &answer);
        assert_eq!(fault, "a number, not a text of its digits");
    }

    #[test]
    fn what_surrounds_a_body_must_be_described_as_well() {
        let contract = Contract::Page;
        let refused = |path, answer: &Answer| fault(contract, "GET", path, answer);
        assert_eq!(refused(WALLET, &problem(418)), "no such status");
        let limited = refused(WALLET, &problem(429));
        assert_eq!(limited, "without the header Retry-After");
        let mut limited = problem(429);
        limited.headers.insert(RETRY_AFTER, 1.into());
        Described::by(contract).assert("GET", WALLET, &limited);
        let text = answer(200, "text/plain; charset=utf-8", Value::Null);
        assert_eq!(refused(WALLET, &text), "no content of type \"text/plain\"");
        assert_eq!(refused("/nowhere", &problem(400)), "no operation, so 404");
        let gone = answer(204, "application/json", json!({}));
        let path = "/sources/1";
        assert_eq!(fault(contract, "DELETE", path, &gone), "no body");
    }

    #[test]
    fn a_template_fits_by_its_segments() {
        let path = "/phone-numbers/outgoing/new";
        assert_eq!(names_in(path, path), Some(4));
        assert_eq!(names_in("/phone-numbers/{id}/new", path), Some(3));
        assert_eq!(names_in("/phone-numbers/{id}", path), None);
        assert_eq!(names_in("/phone-numbers/{id}/pause", path), None);
        assert_eq!(names_in("/leads/{id}", "/leads/"), None);
    }
}
