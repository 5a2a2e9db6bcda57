//! A fault in every field of a seed.

use serde_json::{Value, json};

use super::*;

fn now() -> DateTime<Utc> {
    "2026-03-03T17:00:00Z".parse().unwrap()
}

fn id(n: u32) -> String {
    format!("01900000-0000-7000-8000-{n:012}")
}

/// A valid seed with one row in each list.
fn whole() -> Value {
    json!({
        "organizations": [{ "id": id(1), "name": "Acme", "kind": "live" }],
        "campaigns": [{
            "organizationId": id(1), "id": id(2), "name": "Spring", "registration": "approved",
            "minuteLimit": 75, "dailyLimit": 2000
        }],
        "sources": [{ "organizationId": id(1), "id": id(3), "name": "Website" }],
        "numbers": [{
            "organizationId": id(1), "id": id(4), "phone": "+14045550190",
            "registration": "approved", "account": "default"
        }],
        "leads": [{
            "organizationId": id(1), "id": id(5), "phone": "+14045550100",
            "consent": { "basis": "inquiry", "at": "2026-03-01T12:00:00Z" }
        }],
        "conversations": [{ "organizationId": id(1), "id": id(6), "leadId": id(5) }],
        "suppressions": [{ "organizationId": id(1), "id": id(7), "phone": "+14045550111" }],
        "topUps": [{ "organizationId": id(1), "id": id(8), "amount": 25_000_000 }]
    })
}

fn places(seed: Value) -> Vec<String> {
    let seed: Seed = serde_json::from_value(seed).unwrap();
    seed.faults(RuleData::bundled().unwrap(), now())
        .into_iter()
        .map(|fault| fault.place)
        .collect()
}

/// The paths of the faults after `value` is set at `pointer`.
fn with(pointer: &str, value: Value) -> Vec<String> {
    let mut seed = whole();
    let (row, field) = pointer.rsplit_once('/').unwrap();
    seed.pointer_mut(row).unwrap()[field] = value;
    places(seed)
}

#[test]
fn a_seed_that_is_all_right_has_no_fault() {
    assert_eq!(places(whole()), Vec::<String>::new());
    assert_eq!(places(json!({})), Vec::<String>::new());
}

#[test]
fn every_field_that_cannot_be_meant_is_named() {
    let long = "x".repeat(201);
    for (pointer, place, values) in [
        (
            "/organizations/0/name",
            "organizations[0].name",
            json!(["", "  ", "a\u{0}b", "a\nb", long]),
        ),
        (
            "/organizations/0/rate",
            "organizations[0].rate",
            json!([-1, i64::MIN, 1_000_000_001, i64::MAX]),
        ),
        (
            "/organizations/0/policy",
            "organizations[0].policy.consentMonthsUs",
            json!([{ "consentMonthsUs": 0 }, { "consentMonthsUs": 121 }]),
        ),
        (
            "/organizations/0/policy",
            "organizations[0].policy.leadDailyLimit",
            json!([{ "leadDailyLimit": 0 }, { "leadDailyLimit": 4_000_000_000_u32 }]),
        ),
        (
            "/organizations/0/policy",
            "organizations[0].policy.retentionDays",
            json!([{ "retentionDays": 40_000 }]),
        ),
        (
            "/organizations/0/preferredNumberIds",
            "organizations[0].preferredNumberIds",
            json!([[id(4), id(4)]]),
        ),
        (
            "/campaigns/0/name",
            "campaigns[0].name",
            json!(["", "\u{0}"]),
        ),
        (
            "/campaigns/0/brandId",
            "campaigns[0].brandId",
            json!(["", "\u{0}"]),
        ),
        (
            "/campaigns/0/minuteLimit",
            "campaigns[0].minuteLimit",
            json!([0, 4_000_000_000_u32]),
        ),
        (
            "/campaigns/0/dailyLimit",
            "campaigns[0].dailyLimit",
            json!([0, 2_147_483_648_u32]),
        ),
        ("/sources/0/name", "sources[0].name", json!([" "])),
        (
            "/numbers/0/phone",
            "numbers[0].phone",
            json!([
                "+1404555019",
                "+140455501900",
                "+10045550190",
                "+14041550190",
                "+14115550190",
                "+442071838750"
            ]),
        ),
        (
            "/numbers/0/id",
            "numbers[0].id",
            json!(["00000000-0000-0000-0000-000000000000"]),
        ),
        (
            "/numbers/0/destinations",
            "numbers[0].destinations",
            json!([[]]),
        ),
        (
            "/numbers/0/hourlyLimit",
            "numbers[0].hourlyLimit",
            json!([0]),
        ),
        ("/numbers/0/dailyLimit", "numbers[0].dailyLimit", json!([0])),
        (
            "/numbers/0/minuteLimit",
            "numbers[0].minuteLimit",
            json!([0]),
        ),
        (
            "/numbers/0/account",
            "numbers[0].account",
            json!(["", " ", "a\u{0}"]),
        ),
        (
            "/numbers/0/messagingProfileId",
            "numbers[0].messagingProfileId",
            json!([""]),
        ),
        (
            "/numbers/0/isReserved",
            "numbers[0].isReserved",
            json!([true]),
        ),
        ("/leads/0/name", "leads[0].name", json!(["", "a\u{0}"])),
        (
            "/leads/0/phone",
            "leads[0].phone",
            json!(["+1404555010", "+140455501000", "+14045550190"]),
        ),
        (
            "/leads/0/consent",
            "leads[0].consent.at",
            json!([
                { "basis": "inquiry", "at": "2026-03-03T17:00:01Z" }, { "basis": "inquiry", "at": "0001-01-01T00:00:00Z" }
            ]),
        ),
        (
            "/conversations/0/lastInboundAt",
            "conversations[0].lastInboundAt",
            json!(["2027-01-01T00:00:00Z"]),
        ),
        (
            "/suppressions/0/phone",
            "suppressions[0].phone",
            json!(["+1404555011"]),
        ),
        (
            "/topUps/0/amount",
            "topUps[0].amount",
            json!([0, -1, i64::MAX]),
        ),
    ] {
        for value in values.as_array().unwrap() {
            assert_eq!(with(pointer, value.clone()), [place], "{value}");
        }
    }
}

#[test]
fn a_suppression_closes_a_campaign_or_a_number() {
    let mut seed = whole();
    seed["suppressions"][0]["campaignId"] = json!(id(2));
    seed["suppressions"][0]["numberId"] = json!(id(4));
    assert_eq!(places(seed), ["suppressions[0].numberId"]);
}

#[test]
fn what_stands_twice_in_a_list_is_named() {
    for list in [
        "organizations",
        "campaigns",
        "sources",
        "leads",
        "suppressions",
        "topUps",
    ] {
        let mut seed = whole();
        let row = seed[list][0].clone();
        seed[list].as_array_mut().unwrap().push(row);
        assert_eq!(places(seed), [format!("{list}[1].id")]);
    }
    for (list, other) in [("numbers", "phone"), ("conversations", "leadId")] {
        let mut seed = whole();
        let mut row = seed[list][0].clone();
        row["id"] = json!(id(99));
        seed[list].as_array_mut().unwrap().push(row);
        assert_eq!(places(seed), [format!("{list}[1].{other}")]);
    }
}

#[test]
fn all_faults_are_named_at_once() {
    let mut seed = whole();
    seed["organizations"][0]["rate"] = json!(-1);
    seed["organizations"][0]["policy"]["mmsPrice"] = json!(-1);
    seed["numbers"][0]["minuteLimit"] = json!(0);
    seed["leads"][0]["phone"] = json!("+1404");
    assert!(
        serde_json::from_value::<Seed>(seed.clone()).is_err(),
        "no E.164 at all"
    );
    seed["leads"][0]["phone"] = json!("+14045550190");
    assert_eq!(
        places(seed),
        [
            "organizations[0].rate",
            "organizations[0].policy.mmsPrice",
            "numbers[0].minuteLimit",
            "leads[0].phone"
        ]
    );
}

#[test]
fn a_place_that_is_not_understood_is_among_the_faults() {
    let id = id(5);
    assert_eq!(
        with("/leads/0/state", json!("Floridaa")),
        [format!("leads[0] ({id})")]
    );
    assert_eq!(
        with("/leads/0/state", json!("Florida")),
        Vec::<String>::new()
    );
}

#[test]
fn a_fault_reads_as_a_sentence_with_its_place() {
    let mut seed = whole();
    seed["topUps"][0]["amount"] = json!(-5);
    let seed: Seed = serde_json::from_value(seed).unwrap();
    assert_eq!(
        seed.faults(RuleData::bundled().unwrap(), now())[0].to_string(),
        "topUps[0].amount: is -5: expected 1 to 1000000000000000 millionths of a dollar"
    );
}

#[test]
fn what_a_decision_would_refuse_later_is_a_warning_with_its_reason() {
    let rules = crate::law::RuleData::bundled().unwrap();
    let warnings = |pointer: &str, value: Value| -> Vec<String> {
        let mut seed = whole();
        let (row, field) = pointer.rsplit_once('/').unwrap();
        seed.pointer_mut(row).unwrap()[field] = value;
        let seed: Seed = serde_json::from_value(seed).unwrap();
        seed.warnings(rules)
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(
        warnings("/numbers/0/isEnabled", json!(true)),
        Vec::<String>::new()
    );
    for (pointer, value, place, reason) in [
        (
            "/numbers/0/registration",
            json!("missing"),
            "numbers[0].registration",
            "ten_dlc_not_approved",
        ),
        (
            "/numbers/0/registration",
            json!("pending"),
            "numbers[0].registration",
            "ten_dlc_not_approved",
        ),
        (
            "/numbers/0/isSmsCapable",
            json!(false),
            "numbers[0].isSmsCapable",
            "no_eligible_phone_number",
        ),
        (
            "/numbers/0/health",
            json!("suspended"),
            "numbers[0].health",
            "number_health_blocked",
        ),
        (
            "/leads/0/phone",
            json!("+442071838750"),
            "leads[0].phone",
            "jurisdiction_unknown",
        ),
        (
            "/leads/0/phone",
            json!("+18005550100"),
            "leads[0].phone",
            "jurisdiction_unknown",
        ),
    ] {
        let found = warnings(pointer, value);
        assert_eq!(found.len(), 1, "{pointer} {found:?}");
        assert!(
            found[0].starts_with(place) && found[0].ends_with(&format!("({reason})")),
            "{found:?}"
        );
    }
}
