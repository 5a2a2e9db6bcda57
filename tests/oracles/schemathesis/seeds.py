"""Hooks of Schemathesis: values that a schema cannot say, and a count of the valid requests that reach 2xx.

A schema says that an id is a UUID, not which ids there are. In requests that are meant to be valid, members are
replaced by name: by things of the demo organization, some of them made here, and by phones, addresses and instants that
the service reads. Everything else stays as it was generated. `run` beside it starts the server and judges the count.
"""

import atexit
import collections
import datetime
import itertools
import json
import os
import unicodedata
import urllib.request

import schemathesis
from schemathesis import GenerationMode

BASE_URL = os.environ["DEV_BASE_URL"]
KEY = os.environ["DEV_API_KEY"]

ORGANIZATION = "01990000-0000-7000-8000-000000000001"
NUMBER, NUMBER_PHONE = "01990000-0000-7000-8000-000000000011", "+14045550190"
LEAD, LEAD_PHONE = "01990000-0000-7000-8000-000000000021", "+14045550100"
CONVERSATION = "01990000-0000-7000-8000-000000000031"

SOURCE = {"name": "Website", "allowedStates": [], "allowedProducts": [], "defaultTagIds": [], "defaultTagNames": []}
ENDPOINT = {"url": "https://hooks.acme.com/", "events": ["message.status"]}

phones = (f"+1404555{n:04}" for n in itertools.cycle(range(200, 10000)))
numbers = itertools.count()


def call(method, path, body=None):
    """The answer of the server to a request of ours."""
    request = urllib.request.Request(
        BASE_URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def instant(**later):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**later)).isoformat()


def closed():
    return {"organizationId": ORGANIZATION, "phoneNumber": next(phones)}


def new_draft():
    return call("POST", "/sms/drafts", {"conversationId": CONVERSATION, "text": "A draft"})["id"]


def new_endpoint():
    return call("POST", "/webhooks/endpoints", ENDPOINT)["endpoint"]["id"]


MESSAGE = new_draft()
CAMPAIGN = call("POST", "/campaigns", {"name": "Spring"})["id"]
MADE_SOURCE = call("POST", "/sources", SOURCE)["id"]
SUPPRESSION = call("POST", "/suppressions", closed())["id"]
MADE_ENDPOINT = new_endpoint()
EVENT = call("POST", f"/webhooks/endpoints/{MADE_ENDPOINT}/test")["eventId"]

# What is in a path, by the operation or by the name of the parameter.
IN_PATH = {
    "conversationId": lambda: CONVERSATION,
    "leadId": lambda: LEAD,
    "phoneNumberId": lambda: NUMBER,
    "campaignId": lambda: CAMPAIGN,
    "smsEventId": lambda: MESSAGE,
    "endpointId": lambda: MADE_ENDPOINT,
    "phoneNumber": lambda: NUMBER_PHONE,
    "Sources_Get": lambda: MADE_SOURCE,
    "Sources_Update": lambda: MADE_SOURCE,
    "Leads_GetForCurrentUser": lambda: LEAD,
    "Suppressions_Get": lambda: SUPPRESSION,
}

# Operations that use up what they name.
USED_UP = {
    "Sms_CancelScheduled": new_draft,
    "Sources_Delete": lambda: call("POST", "/sources", SOURCE)["id"],
    "WebhookEndpoints_Delete": new_endpoint,
    "PhoneNumbers_Delete": lambda: call("POST", "/phone-numbers", {"number": "+13055550177", "name": "Spare"})["id"],
}

# Whoever calls them proves it by a signature of the carrier, which no schema describes.
SIGNED = {"Webhooks_Receive", "Webhooks_ReceiveForAttempt"}

# Lists without a range of createdAt, and what they have a range of.
RANGES = {
    "Conversations": None,
    "Organizations": "apiKeyIssuedAt",
    "PhoneNumbers": None,
    "Suppressions": "suppressedAt",
}

# What a member of a body is replaced by where it was generated, by its name; None = it is left out.
IN_BODY = {
    "conversationId": lambda: CONVERSATION,
    "leadId": lambda: LEAD,
    "campaignId": lambda: CAMPAIGN,
    "sourceId": lambda: MADE_SOURCE,
    "fromPhoneNumberId": lambda: NUMBER,
    "organizationId": lambda: ORGANIZATION,
    "teamId": lambda: ORGANIZATION,
    "recipientPhoneNumber": lambda: LEAD_PHONE,
    "number": lambda: NUMBER_PHONE,
    "phoneNumber": lambda: next(phones),
    "phone": lambda: next(phones),
    "eventId": lambda: EVENT,
    "externalId": lambda: f"id-{next(numbers)}",
    "scheduledFor": lambda: instant(hours=1),
    "validUntil": lambda: instant(hours=5),
    "at": lambda: instant(hours=-1),
    "since": lambda: instant(days=-1),
    "until": lambda: instant(hours=-1),
    "state": lambda: "Georgia",
    "zip": lambda: "30301",
    "postalCode": lambda: "30301",
    "email": lambda: "ann@example.com",
    "dateOfBirth": lambda: "1980-02-29",
    "birthDate": lambda: "1980-02-29",
    "ipAddress": lambda: "203.0.113.9",
    "url": lambda: "https://hooks.acme.com/",
    "channel": lambda: "sms",
    "minuteLimit": lambda: 60,
    "dailyLimit": lambda: 1000,
    "allowedStates": lambda: ["GA", "Florida"],
    "outboundIdempotencyKey": lambda: f"key-{next(numbers)}",
    "price": lambda: 1.5,
    "directPostPrice": lambda: 2,
    "costPerLead": lambda: 2.25,
    **dict.fromkeys(["landingPage", "trustedFormUrl", "pageUrl", "certificateUrl"], lambda: "https://forms.acme.com/a"),
    # Only a token or a draft of the same kind would do.
    **dict.fromkeys(["continuationToken", "smsEventId", "id", "apiKey"]),
    # Fields differ from list to list.
    **dict.fromkeys(["orderBy", "filters", "search", "searchFields"]),
    **dict.fromkeys(["sellerLeadId", "sellerLeadIdentifier"]),
}

# Members that exclude others.
EXCLUDED = {"eventId": ["since", "until"]}


def without_control_characters(value):
    """Texts are lines for people: what else they hold stays as it was generated."""
    if isinstance(value, str):
        return "".join(letter for letter in value if unicodedata.category(letter) != "Cc")
    if isinstance(value, list):
        return [without_control_characters(item) for item in value]
    if isinstance(value, dict):
        return {without_control_characters(name): without_control_characters(member) for name, member in value.items()}
    return value


def fill(body, operation):
    for name in [name for name in body if name in IN_BODY]:
        value = IN_BODY[name]
        if body[name] is None:
            continue
        if value is None or (name == "email" and operation.startswith("Suppressions_")):
            del body[name]
        else:
            body[name] = value()
    for name, others in EXCLUDED.items():
        if body.get(name) is not None:
            for other in others:
                body.pop(other, None)
    for member in body.values():
        for item in member if isinstance(member, list) else [member]:
            if isinstance(item, dict):
                fill(item, operation)


def complete(body, operation):
    """What an operation needs, although the published schema does not say so."""
    if operation == "Leads_CreateIntake" and not body.get("phone"):
        body["phone"] = next(phones)
    if operation in ("Suppressions_Suppress", "Suppressions_Check"):
        body["phoneNumber"] = next(phones)
    if operation == "Suppressions_Release":
        person = closed()
        call("POST", "/suppressions", person)
        body["phoneNumber"] = person["phoneNumber"]
    if operation in ("PhoneNumbers_ValidateManualOverride", "PhoneNumbers_SetConversationOverride"):
        body["selection"]["conversationId"] = CONVERSATION
    if body.get("rangeFilters"):
        field = RANGES.get(operation.partition("_")[0], "createdAt")
        body["rangeFilters"] = [{"field": field, "greaterThan": instant(days=-7)}] if field else []
    if operation == "WebhookEndpoints_Replay" and not body.get("eventId") and not body.get("since"):
        body["since"] = instant(days=-1)


def give_key(case):
    """A key may be given in either of two headers; a generated one is valid for nobody."""
    for name in [name for name in case.headers or {} if name.lower() in ("authorization", "x-leadping-api-key")]:
        del case.headers[name]
    case.headers["Authorization"] = f"Bearer {KEY}"


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        # One in ten keeps its key: the others would not get further.
        if next(numbers) % 10:
            give_key(case)
        return
    operation = case.operation.definition.raw["operationId"]
    give_key(case)
    case.headers.pop("Idempotency-Key", None)
    for name in case.path_parameters or {}:
        value = USED_UP.get(operation) or IN_PATH.get(operation) or IN_PATH.get(name)
        if value:
            case.path_parameters[name] = value()
    for name in ["startDate", "endDate", "before", "periodStart", "periodEnd", "tagIds"]:
        (case.query or {}).pop(name, None)
    if isinstance(case.body, dict):
        case.body = without_control_characters(case.body)
        fill(case.body, operation)
        complete(case.body, operation)


counts = collections.Counter()
refused = collections.defaultdict(collections.Counter)


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.definition.raw["operationId"]
    # An organization has 20 endpoints at most.
    if operation == "WebhookEndpoints_Create" and response.status_code == 201:
        call("DELETE", "/webhooks/endpoints/" + response.json()["endpoint"]["id"])
    counts[f"status {response.status_code}"] += 1
    is_valid = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if not is_valid or operation in SIGNED:
        counts["other"] += 1
        return
    counts["valid"] += 1
    if 200 <= response.status_code < 300:
        counts["reached"] += 1
    else:
        errors = response.json().get("errors") or response.json().get("title")
        refused[operation][f"{response.status_code} {json.dumps(errors)[:160]}"] += 1


def write():
    with open("counts.json", "w") as file:
        json.dump({"counts": counts, "refused": refused}, file, indent=1)


atexit.register(write)
