//! The document of the contract 2026-08 against our own table of what was published: every operation with its
//! parameters and statuses, and every property of its request and its answer with its type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sms_domain::ports::Contract;

const FACTS: &str = include_str!("../data/published-2026-08.txt");

/// Properties of answers that are null here at times and never in the published document: limits that a number does
/// not have, what nobody counts or looks up, and what is not on record.
const NULL_HERE: &[(&str, &[&str])] = &[
    ("LeadMetadata", &["trustedFormUrl"]),
    ("LeadResponse", &["createdAt"]),
    ("LeadTableRow", &["createdAt", "updatedAt"]),
    (
        "OutboundCapacityOverview",
        &["blockedCount", "smsCapacityRemainingToday"],
    ),
    (
        "OutboundPhoneNumberCapacity",
        &[
            "smsLimitThisHour",
            "smsLimitThisMinute",
            "smsLimitToday",
            "smsRemainingThisHour",
            "smsRemainingThisMinute",
            "smsRemainingToday",
            "smsUsedThisMinute",
        ],
    ),
    (
        "PhoneNumberMessagingEventResponse",
        &["fromPhoneNumber", "textPreview", "toPhoneNumber"],
    ),
    (
        "PhoneNumberOptOutMetricsResponse",
        &["distinctContactedCount", "optOutRatePercent"],
    ),
    ("PhoneNumberReadiness", &["healthScore"]),
    ("PhoneNumberStatusResponse", &["messagesPossible"]),
    (
        "PhoneNumberTrafficMetricsResponse",
        &["mmsFailedCount", "mmsSentCount"],
    ),
    (
        "PhoneNumberTrafficTrendPoint",
        &["mmsFailedCount", "mmsSentCount"],
    ),
    ("SmsReadinessStatusResponse", &["healthScore"]),
    ("SourceResponse", &["complianceApproved", "createdAt"]),
    (
        "SourceTableRow",
        &["apiKey", "complianceApproved", "createdAt"],
    ),
];

/// What is not here yet.
const MISSING_OPERATIONS: &[&str] = &[];
const MISSING_PROPERTIES: &[&str] = &[];

struct Operation {
    /// The method and the path.
    name: String,
    parameters: Vec<String>,
    statuses: Vec<String>,
    request: String,
    answer: String,
}

#[derive(Default)]
struct Facts {
    operations: Vec<Operation>,
    /// The properties of each schema with their types.
    schemas: BTreeMap<String, Vec<(String, String)>>,
}

impl Facts {
    fn read() -> Self {
        let mut facts = Self::default();
        let mut schema = String::new();
        for line in FACTS.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<_> = line.split_whitespace().collect();
            match (line.starts_with(' '), words.as_slice()) {
                (_, []) => {}
                (false, [name]) => schema = (*name).to_owned(),
                (false, [method, path, statuses @ ..]) => {
                    facts.operations.push(operation(method, path, statuses));
                }
                (true, [request, "->", answer]) => {
                    let last = facts.operations.last_mut().unwrap();
                    (last.request, last.answer) = ((*request).to_owned(), (*answer).to_owned());
                }
                (true, properties) => {
                    let of = facts.schemas.entry(schema.clone()).or_default();
                    let named = properties.iter().map(|one| one.split_once(':').unwrap());
                    of.extend(named.map(|(name, ty)| (name.to_owned(), ty.to_owned())));
                }
            }
        }
        facts
    }
}

fn operation(method: &str, path: &str, statuses: &[&str]) -> Operation {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parameters = query.split('&').filter(|name| !name.is_empty());
    Operation {
        name: format!("{method} {path}"),
        parameters: parameters.map(str::to_owned).collect(),
        statuses: statuses.iter().map(|&status| status.to_owned()).collect(),
        request: String::new(),
        answer: String::new(),
    }
}

fn document() -> Value {
    serde_json::from_str(sms_api::http::spec::document(Contract::August2026)).unwrap()
}

/// The type of a schema of the document, as the table writes it.
fn type_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap().to_owned();
    }
    if let Some(one_of) = schema["oneOf"].as_array() {
        return format!("{}?", type_of(&one_of[1]));
    }
    let stated = &schema["type"];
    if stated.is_null() {
        return "any".to_owned();
    }
    let types = stated.as_array().cloned();
    let types = types.unwrap_or_else(|| vec![stated.clone()]);
    let is_null = |ty: &&Value| **ty == "null";
    let null = if types.iter().any(|ty| is_null(&ty)) {
        "?"
    } else {
        ""
    };
    let ty = types.iter().find(|ty| !is_null(ty)).unwrap();
    match ty.as_str().unwrap() {
        "array" => format!("[{}]{null}", type_of(&schema["items"])),
        "object" => format!("{{{}}}{null}", type_of(&schema["additionalProperties"])),
        simple => format!("{simple}{null}"),
    }
}

/// Whether a client that knows the published type can use ours: what it sends is taken, what it reads it expects.
fn fits(published: &str, ours: &str, is_asked: bool, is_null_here: bool) -> bool {
    let wider = |wide: &str, narrow: &str| wide.strip_suffix('?') == Some(narrow);
    published == ours
        || if is_asked {
            wider(ours, published)
        } else {
            wider(published, ours) || (is_null_here && wider(ours, published))
        }
}

/// The schemas of requests, with what is in them.
fn asked(facts: &Facts) -> BTreeSet<String> {
    let mut asked: BTreeSet<_> = facts
        .operations
        .iter()
        .map(|one| one.request.clone())
        .collect();
    while let Some(inner) = facts.schemas.iter().find_map(|(name, properties)| {
        let types = properties
            .iter()
            .map(|(_, ty)| ty.trim_matches(['[', ']', '?']));
        let mut types = types.filter(|ty| facts.schemas.contains_key(*ty) && !asked.contains(*ty));
        asked.contains(name).then(|| types.next())?
    }) {
        asked.insert(inner.to_owned());
    }
    asked
}

#[test]
fn every_published_operation_is_described_with_its_parameters_and_statuses() {
    let (facts, document) = (Facts::read(), document());
    assert_eq!(facts.operations.len(), 40);
    let mut missing = Vec::new();
    for published in &facts.operations {
        let (method, path) = published.name.split_once(' ').unwrap();
        let ours = &document["paths"][path][method.to_lowercase()];
        if ours.is_null() {
            missing.push(published.name.as_str());
            continue;
        }
        let parameters = ours["parameters"].as_array().into_iter().flatten();
        let ours_in_query = parameters.filter(|parameter| parameter["in"] == "query");
        let names: Vec<_> = ours_in_query
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, published.parameters, "{}", published.name);
        for status in &published.statuses {
            assert!(
                !ours["responses"][status].is_null(),
                "{} {status}",
                published.name
            );
        }
        let success = published
            .statuses
            .iter()
            .find(|status| status.starts_with('2'));
        let answered = &ours["responses"][success.unwrap()];
        assert_eq!(
            body(&ours["requestBody"]),
            published.request,
            "{}",
            published.name
        );
        assert_eq!(body(answered), published.answer, "{}", published.name);
    }
    assert_eq!(missing, MISSING_OPERATIONS);
}

/// The schema of a body of JSON, or the media type of another body.
fn body(of: &Value) -> String {
    let mut content = of["content"].as_object().into_iter().flatten();
    match content.next() {
        None => "-".to_owned(),
        Some((media_type, of)) if media_type == "application/json" => type_of(&of["schema"]),
        Some((media_type, _)) => media_type.clone(),
    }
}

#[test]
fn every_published_property_is_described_with_its_type() {
    let (facts, document) = (Facts::read(), document());
    assert!(facts.schemas.len() > 60, "{}", facts.schemas.len());
    let asked = asked(&facts);
    let (mut missing, mut others) = (Vec::new(), Vec::new());
    for (schema, properties) in &facts.schemas {
        let ours = &document["components"]["schemas"][schema]["properties"];
        let null_here = NULL_HERE.iter().find(|(name, _)| name == schema);
        for (name, published) in properties {
            let place = format!("{schema}.{name}");
            if ours[name].is_null() {
                missing.push(place);
                continue;
            }
            let is_null_here =
                null_here.is_some_and(|(_, properties)| properties.contains(&name.as_str()));
            let ours = type_of(&ours[name]);
            if !fits(published, &ours, asked.contains(schema), is_null_here) {
                others.push(format!("{place}: published {published}, here {ours}"));
            }
        }
    }
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(missing, MISSING_PROPERTIES);
}

#[test]
fn what_is_null_here_is_so_in_the_document() {
    let (facts, document) = (Facts::read(), document());
    for (schema, properties) in NULL_HERE {
        for name in *properties {
            let ours = &document["components"]["schemas"][schema]["properties"][name];
            let mut published = facts.schemas[*schema].iter();
            let (_, published) = published.find(|(other, _)| other == name).unwrap();
            assert_eq!(type_of(ours), format!("{published}?"), "{schema}.{name}");
        }
    }
}

#[test]
fn a_type_fits_when_no_client_notices_the_difference() {
    for (published, ours, is_asked, is_null_here) in [
        ("string", "string", true, false),
        ("string", "string?", true, false),
        ("string?", "string", false, false),
        ("integer", "integer?", false, true),
    ] {
        assert!(
            fits(published, ours, is_asked, is_null_here),
            "{published} {ours}"
        );
    }
    for (published, ours, is_asked, is_null_here) in [
        ("string", "integer", false, true),
        ("string?", "string", true, false),
        ("string", "string?", false, false),
        ("[string]", "string", false, false),
    ] {
        assert!(
            !fits(published, ours, is_asked, is_null_here),
            "{published} {ours}"
        );
    }
}
