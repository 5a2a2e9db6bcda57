//! What the framework cannot say about our operations: servers, licence, the headers of all answers,
//! descriptions of bodies, examples, which operations need no key, and that answers leave nothing out.

use serde_json::{Map, Value, json};
use sms_domain::ports::{Contract, LONGEST_SEARCH, Listing};

use crate::http::dto::{Window, examples};
use crate::http::lists::listing;

/// Bodies that have a description.
const BODIES: &[(&str, &str)] = &[
    (
        "Sms_Send",
        "The SMS request containing recipient and message details.",
    ),
    ("Sms_SaveDraft", "The message to save."),
    (
        "Sms_Preview",
        "The message to judge, and the instant to judge it at.",
    ),
    ("Sms_UploadMedia", "A form with the file."),
    ("Campaigns_Create", "The campaign to make."),
    ("Campaigns_Update", "The campaign's new settings."),
    ("PhoneNumbers_Create", "The number to register."),
    ("PhoneNumbers_Update", "The number's new settings."),
    (
        "PhoneNumbers_GetOutgoingForNewOutbound",
        "What the number is to be chosen for.",
    ),
    (
        "PhoneNumbers_GetOutgoingForConversation",
        "What the number is to be chosen for.",
    ),
    (
        "PhoneNumbers_ValidateManualOverride",
        "The number, and what it is for.",
    ),
    (
        "PhoneNumbers_SetConversationOverride",
        "The number, and what it is for.",
    ),
    (
        "Leads_CreateIntake",
        "What the source knows about the lead.",
    ),
    ("Suppressions_Suppress", "The person, and why."),
    ("Suppressions_Release", "The person, and why."),
    ("Suppressions_Check", "The person."),
    ("Sources_Create", "What is set of the source."),
    ("Sources_Update", "What is set of the source from now on."),
    (
        "WebhookEndpoints_Create",
        "Where events are posted to, and which.",
    ),
    (
        "WebhookEndpoints_Update",
        "Where events are posted to, and which.",
    ),
    ("WebhookEndpoints_Replay", "The events."),
];

const DESCRIPTION: &str = "Sends SMS to leads, within the law and the carriers' rules.\n\n\
    Every error is a problem (RFC 9457) of media type application/problem+json; its type is the \
    address of a page about it. Beside the errors of each operation, a path that does not exist \
    answers 404, and a method that a path does not take answers 405 with the header Allow. Members \
    that are not described are ignored, and named in X-Ignored-Properties. A member that is given twice is \
    refused. Instants are \
    RFC 3339 with an offset, from the year 2000 to 2099, and answers are in UTC. A request may carry \
    X-Request-Id, and every answer does.";

const IGNORED: &str = "Top-level properties of the request's body that are not described and were ignored, separated \
    by commas: at most 20, with percent escapes for what is not visible ASCII. Absent where there are none.";

/// A phone number of the US, Canada or elsewhere in E.164.
const E_164: &str = r"^\+[1-9]\d{6,14}$";

/// Members that an answer may leave out; all others are in every answer, as null if need be.
const LEFT_OUT: &[(&str, &str)] = &[("ProblemDetails", "errors"), ("BatchItemProblem", "errors")];

/// Parts of requests.
const ASKED: &[&str] = &[
    "RequestDataOptions",
    "OrderByOption",
    "ExactMatchFilter",
    "RangeFilter",
    "IntakeConsent",
];

/// Adds it; examples are in the form of a contract.
pub(super) fn finish(document: Value, contract: Contract) -> Value {
    let mut document = document;
    describe(&mut document);
    order_tags(&mut document);
    for operation in operations(&mut document) {
        add_webhook_body(operation);
        describe_body(operation);
        describe_list(operation);
        add_examples(operation, contract);
        add_headers(operation);
        say_what_needs_no_key(operation);
        describe_parameters(operation);
    }
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        let is_answer = |name: &str| !name.ends_with("Request") && !ASKED.contains(&name);
        let answers = schemas.iter_mut().filter(|(name, _)| is_answer(name));
        answers.for_each(|(name, schema)| require_all(name, schema));
    }
    document
}

fn describe(document: &mut Value) {
    document["info"]["description"] = DESCRIPTION.into();
    document["info"]["license"] = json!({ "name": "MIT", "identifier": "MIT" });
    document["servers"] = json!([
        { "url": "/", "description": "The server of this document" },
        { "url": "https://api.leadping.ai", "description": "Production" },
    ]);
    document["components"]["headers"] = headers();
}

/// The groups in the order of their operations, as readers go through them.
fn order_tags(document: &mut Value) {
    let tags_of = |operation: &mut Map<String, Value>| operation["tags"][0].clone();
    let order: Vec<Value> = operations(document).map(tags_of).collect();
    if let Some(Value::Array(tags)) = document.get_mut("tags") {
        tags.sort_by_key(|tag| order.iter().position(|name| *name == tag["name"]));
    }
}

fn headers() -> Value {
    let header =
        |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    json!({
        "X-Request-Id": header("The id of the request: the client's, or one of ours."),
        "RateLimit": header("Requests left (r) and seconds until there are new ones (t)."),
        "RateLimit-Policy": header("Requests (q) in each window of seconds (w)."),
        "X-Ignored-Properties": header(IGNORED),
    })
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let paths = document["paths"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut);
    let operations = paths
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut);
    operations.filter_map(Value::as_object_mut)
}

fn id(operation: &Map<String, Value>) -> &str {
    operation
        .get("operationId")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Webhooks are read as bytes, so that the framework does not see a body.
fn add_webhook_body(operation: &mut Map<String, Value>) {
    if id(operation).starts_with("Webhooks_") {
        let body = json!({
            "content": { "application/json": { "schema": { "type": "object" } } },
            "required": true,
        });
        operation.insert("requestBody".to_owned(), body);
    }
}

fn describe_body(operation: &mut Map<String, Value>) {
    let id = id(operation);
    let description = BODIES
        .iter()
        .find(|(operation, _)| *operation == id)
        .map(|(_, text)| *text);
    if let (Some(text), Some(Value::Object(body))) = (description, operation.get_mut("requestBody"))
    {
        body.shift_insert(0, "description".to_owned(), text.into());
    }
}

/// What the list of an operation may be asked.
fn describe_list(operation: &mut Map<String, Value>) {
    let Some(listing) = listing(id(operation)) else {
        return;
    };
    if let Some(Value::Object(body)) = operation.get_mut("requestBody") {
        let text = "Which page of the list, in which order, and of which rows.";
        body.shift_insert(0, "description".to_owned(), text.into());
    }
    if let Some(Value::String(description)) = operation.get_mut("description") {
        description.push_str(&format!("\n\n{}", words(listing)));
    }
}

/// What a list may be asked, in words.
fn words(listing: &Listing) -> String {
    let order = listing.order;
    let direction = if order.is_descending { "desc" } else { "asc" };
    let mut said = vec![format!(
        "Ordered by {} {direction} unless asked otherwise.",
        order.field
    )];
    for (what, names) in [
        ("orderBy", listing.names(|field| field.is_sortable)),
        ("filters", listing.names(|field| field.filter.is_some())),
        ("rangeFilters", listing.names(|field| field.has_ranges)),
        ("searchFields", listing.names(|field| field.is_searchable)),
    ] {
        if !names.is_empty() {
            said.push(format!("Fields of {what}: {}.", names.join(", ")));
        }
    }
    if let Some(time) = listing.time {
        said.push(format!(
            "A search, and filters other than by an index, need a range of {time} of at most {} days.",
            LONGEST_SEARCH.num_days()
        ));
    }
    said.join(" ")
}

fn add_examples(operation: &mut Map<String, Value>, contract: Contract) {
    let (request, answer) = examples(id(operation), contract);
    if let (Some(example), Some(body)) = (request, operation.get_mut("requestBody")) {
        set_example(body, example);
    }
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        if let (true, Some(example)) = (status.starts_with('2'), &answer) {
            set_example(response, example.clone());
        }
    }
}

fn set_example(body: &mut Value, example: Value) {
    if let Some(Value::Object(content)) = body.pointer_mut("/content/application~1json") {
        content.insert("example".to_owned(), example);
    }
}

/// Every answer has an id; those to callers with a key tell what is left of their requests, and what of their
/// bodies was ignored.
fn add_headers(operation: &mut Map<String, Value>) {
    let is_limited = operation.contains_key("security");
    let has_body = operation.contains_key("requestBody");
    let names: &[&str] = match (is_limited, has_body) {
        (true, true) => &[
            "X-Request-Id",
            "RateLimit",
            "RateLimit-Policy",
            "X-Ignored-Properties",
        ],
        (true, false) => &["X-Request-Id", "RateLimit", "RateLimit-Policy"],
        (false, _) => &["X-Request-Id"],
    };
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for (_, response) in responses.into_iter().flatten() {
        for name in names {
            response["headers"][*name] = json!({ "$ref": format!("#/components/headers/{name}") });
        }
    }
}

/// A document that says nothing leaves it to the reader whether a key is needed.
fn say_what_needs_no_key(operation: &mut Map<String, Value>) {
    if !operation.contains_key("security") {
        operation.insert("security".to_owned(), json!([]));
    }
}

/// Paths and queries are parsed by the operations themselves, so that the framework sees texts.
fn describe_parameters(operation: &mut Map<String, Value>) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let is_in_path = parameter["in"] == "path";
        parameter["schema"] = match name.as_str() {
            "Idempotency-Key" => {
                json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]*$" })
            }
            "phoneNumber" => json!({ "type": "string", "pattern": E_164 }),
            "archiveFilter" => json!({ "type": "string", "enum": ["active", "archived", "all"] }),
            "before" | "periodStart" | "periodEnd" => {
                json!({ "type": "string", "format": "date-time" })
            }
            "startDate" | "endDate" => json!({ "type": "string", "format": "date" }),
            "windowDays" => {
                json!({ "type": "integer", "minimum": 1, "maximum": Window::MOST_DAYS })
            }
            id if is_in_path && (id == "id" || id.ends_with("Id")) => {
                json!({ "type": "string", "format": "uuid" })
            }
            _ => continue,
        };
    }
}

/// The framework takes what may be null for what may be absent.
fn require_all(name: &str, schema: &mut Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    let names = properties.keys().map(String::as_str);
    let required: Vec<&str> = names
        .filter(|property| !LEFT_OUT.contains(&(name, property)))
        .collect();
    schema["required"] = required.into();
}
