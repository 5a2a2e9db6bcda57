//! `tests/data/bad_requests.jsonl`: one bad request a line, and what it is answered.
//!
//! A line starts from a good `POST /sms/send` and states what is different: `on` another operation,
//! members to `set` or `unset`, a body (`raw` text, or `hex`), a member that is a piece `repeat`ed or
//! nested `deep`, `headers` (null takes one away).

use std::collections::BTreeMap;

use poem::http::{HeaderName, HeaderValue, Method};
use poem::test::TestResponse;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sms_domain::ports::Contract;

use crate::fakes::World;

const TABLE: &str = include_str!("../data/bad_requests.jsonl");

/// The fewest rows that the table may have.
const FEWEST: usize = 80;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    case: String,
    on: Option<String>,
    #[serde(default)]
    set: Map<String, Value>,
    #[serde(default)]
    unset: Vec<String>,
    raw: Option<String>,
    hex: Option<String>,
    repeat: Option<Repeat>,
    deep: Option<Deep>,
    #[serde(default)]
    headers: BTreeMap<String, Option<String>>,
    status: u16,
    r#type: String,
    #[serde(default)]
    fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    member: String,
    piece: String,
    times: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deep {
    member: String,
    levels: usize,
}

impl Row {
    fn target(&self) -> (Method, &str) {
        let on = self.on.as_deref().unwrap_or("POST /sms/send");
        let (method, path) = on.split_once(' ').unwrap();
        (method.parse().unwrap(), path)
    }

    fn body(&self) -> Vec<u8> {
        if let Some(raw) = &self.raw {
            return raw.clone().into_bytes();
        }
        if let Some(hex) = &self.hex {
            return hex::decode(hex).unwrap();
        }
        if let Some(Deep { member, levels }) = &self.deep {
            let nested = format!("{}{}", "[".repeat(*levels), "]".repeat(*levels));
            return format!("{{\"{member}\": {nested}}}")
                .replacen('{', GOOD_START, 1)
                .into_bytes();
        }
        serde_json::to_vec(&self.members()).unwrap()
    }

    fn members(&self) -> Map<String, Value> {
        let good = json!({
            "conversationId": "01900000-0000-7000-8000-0000000000c1",
            "text": "Thanks for your inquiry!",
        });
        let Value::Object(mut members) = good else {
            unreachable!()
        };
        members.extend(self.set.clone());
        if let Some(Repeat {
            member,
            piece,
            times,
        }) = &self.repeat
        {
            members.insert(member.clone(), piece.repeat(*times).into());
        }
        for name in &self.unset {
            members.remove(name);
        }
        members
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let good = [
            ("authorization", "Bearer everything"),
            ("content-type", "application/json"),
        ];
        let mut headers: BTreeMap<String, Option<String>> = BTreeMap::new();
        headers.extend(good.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))));
        headers.extend(
            self.headers
                .iter()
                .map(|(n, v)| (n.to_ascii_lowercase(), v.clone())),
        );
        let header = |(name, value): (String, Option<String>)| {
            let value = HeaderValue::from_bytes(value?.as_bytes()).unwrap();
            Some((name.parse().unwrap(), value))
        };
        headers.into_iter().filter_map(header).collect()
    }
}

const GOOD_START: &str = "{\"conversationId\": \"01900000-0000-7000-8000-0000000000c1\", ";

fn rows() -> Vec<Row> {
    TABLE
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn every_bad_request_is_a_problem_of_its_type_that_names_its_fields() {
    let rows = rows();
    assert!(rows.len() >= FEWEST, "only {} rows", rows.len());
    let client = World::new().client();
    let mut wrong = Vec::new();
    for row in &rows {
        let (method, path) = row.target();
        let mut request = client.request(method, path).body(row.body());
        for (name, value) in row.headers() {
            request = request.header(name, value);
        }
        if let Err(found) = check(row, request.send().await).await {
            wrong.push(format!("{}: {found}", row.case));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_status_is_documented_for_its_operation() {
    let document: Value =
        serde_json::from_str(sms_api::http::spec::document(Contract::Page)).unwrap();
    for row in rows() {
        let (method, path) = row.target();
        let Some(responses) = responses(&document, &method, path) else {
            assert!(matches!(row.status, 404 | 405), "{}", row.case);
            continue;
        };
        assert!(
            responses.contains_key(&row.status.to_string()),
            "{}: {}",
            row.case,
            row.status
        );
    }
}

/// The documented answers of the operation that takes a path.
fn responses<'a>(
    document: &'a Value,
    method: &Method,
    path: &str,
) -> Option<&'a Map<String, Value>> {
    let fits = |template: &str| {
        let (expected, found) = (template.split('/'), path.split('/'));
        template.matches('/').count() == path.matches('/').count()
            && expected
                .zip(found)
                .all(|(e, f)| e == f || e.starts_with('{') && f != "%ff")
    };
    let paths = document["paths"].as_object().unwrap();
    let (_, operations) = paths.iter().find(|(template, _)| fits(template))?;
    operations.get(method.as_str().to_ascii_lowercase())?["responses"].as_object()
}

async fn check(row: &Row, response: TestResponse) -> Result<(), String> {
    let status = response.0.status().as_u16();
    let headers = response.0.headers().clone();
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    };
    let body = response.0.into_body().into_string().await.unwrap();
    let body: Value = serde_json::from_str(&body).map_err(|_| format!("{status} {body}"))?;
    let expect = |what: &str, is: bool| {
        if is {
            Ok(())
        } else {
            Err(format!("{what}: {status} {body}"))
        }
    };
    expect(
        "the status",
        status == row.status && body["status"] == row.status,
    )?;
    expect(
        "the type",
        body["type"] == format!("/problems/{}", row.r#type),
    )?;
    expect(
        "the media type",
        header("content-type") == "application/problem+json",
    )?;
    expect(
        "the words",
        ["title", "detail"].iter().all(|name| body[*name] != ""),
    )?;
    expect("the trace id", body["traceId"] == header("x-request-id"))?;
    expect(
        "the instance",
        body["instance"]
            .as_str()
            .is_some_and(|path| path.starts_with('/')),
    )?;
    expect("the fields", fields(&body) == row.fields)?;
    expect("Allow", (status == 405) != header("allow").is_empty())?;
    expect(
        "WWW-Authenticate",
        (status == 401) != header("www-authenticate").is_empty(),
    )
}

/// The names of the fields at fault, sorted; each must have a message.
fn fields(body: &Value) -> Vec<String> {
    let errors = body["errors"].as_object().into_iter().flatten();
    let named = errors.filter(|(_, messages)| messages[0].as_str().is_some_and(|m| !m.is_empty()));
    let mut names: Vec<String> = named.map(|(name, _)| name.clone()).collect();
    names.sort();
    names
}
