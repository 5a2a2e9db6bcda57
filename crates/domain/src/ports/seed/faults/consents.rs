//! Faults of records of consent: sizes, addresses and instants. Must not know what is stored.

use chrono::{DateTime, Utc};

use super::At;
use crate::facts::ConsentRecord;

/// The most characters of the text that a person saw.
const LONGEST_TEXT: usize = 10_000;

/// The most characters of an address of a page, and of the name of a browser.
const LONGEST_ADDRESS: usize = 2_000;

/// The most sellers that a consent names.
const MOST_SELLERS: usize = 200;

pub(super) fn check(at: &mut At<'_>, row: &ConsentRecord, now: DateTime<Utc>) {
    at.past("at", row.at, now);
    at.optional_text("recordedBy", row.recorded_by.as_deref());
    let proof = &row.proof;
    shown(
        at,
        "proof.textShown",
        proof.text_shown.as_deref(),
        LONGEST_TEXT,
    );
    shown(
        at,
        "proof.userAgent",
        proof.user_agent.as_deref(),
        LONGEST_ADDRESS,
    );
    address(at, "proof.pageUrl", proof.page_url.as_deref());
    address(at, "proof.certificateUrl", proof.certificate_url.as_deref());
    if proof.sellers.len() > MOST_SELLERS {
        at.fault(
            "proof.sellers",
            format!("expected at most {MOST_SELLERS} sellers"),
        );
    }
    for (index, seller) in proof.sellers.iter().enumerate() {
        at.text(&format!("proof.sellers[{index}]"), seller);
    }
    let Some(revoked) = row.revoked else { return };
    at.past("revoked.at", revoked.at, now);
    if revoked.at < row.at {
        at.fault(
            "revoked.at",
            "is before the consent: expected a later instant",
        );
    }
}

/// Checks a text that may have several lines.
fn shown(at: &mut At<'_>, field: &str, text: Option<&str>, most: usize) {
    let is_fine = |text: &str| {
        let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(is_control)
    };
    if text.is_some_and(|text| !is_fine(text)) {
        let expected = format!(
            "expected 1 to {most} characters that are not all spaces, without NUL and other control \
             characters"
        );
        at.fault(field, expected);
    }
}

/// Checks the address of a page.
fn address(at: &mut At<'_>, field: &str, text: Option<&str>) {
    let is_fine = |text: &str| {
        let rest = (text.strip_prefix("https://")).or_else(|| text.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
        let has_gap = text.chars().any(|c| c.is_whitespace() || c.is_control());
        host.is_some_and(|host| !host.is_empty()) && !has_gap && text.len() <= LONGEST_ADDRESS
    };
    if text.is_some_and(|text| !is_fine(text)) {
        let expected = format!(
            "expected an address of at most {LONGEST_ADDRESS} bytes that begins with https:// or http://"
        );
        at.fault(field, expected);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use crate::facts::{ConsentBasis, ConsentProof, ConsentRecord, Revocation, RevocationChannel};
    use crate::law::RuleData;
    use crate::ports::Seed;
    use crate::values::ids::{ConsentId, LeadId, OrganizationId};

    fn record() -> ConsentRecord {
        ConsentRecord {
            organization_id: OrganizationId::new(Uuid::from_u128(1)),
            id: ConsentId::new(Uuid::from_u128(2)),
            lead_id: LeadId::new(Uuid::from_u128(3)),
            basis: ConsentBasis::Written,
            at: "2026-11-01T10:00:00Z".parse().unwrap(),
            proof: ConsentProof {
                text_shown: Some("By clicking\nyou agree".to_owned()),
                page_url: Some("https://example.com/form?x=1".to_owned()),
                certificate_url: Some("http://cert.example".to_owned()),
                sellers: vec!["Acme Roofing".to_owned()],
                ..ConsentProof::default()
            },
            recorded_by: None,
            recorded_at: None,
            revoked: None,
        }
    }

    fn places(alter: impl FnOnce(&mut ConsentRecord)) -> Vec<String> {
        let mut one = record();
        alter(&mut one);
        let seed = Seed {
            consents: vec![one],
            ..Seed::default()
        };
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let faults = seed.faults(RuleData::bundled().unwrap(), now);
        faults.into_iter().map(|fault| fault.place).collect()
    }

    #[test]
    fn a_record_with_its_proof_has_no_fault() {
        assert_eq!(places(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn what_is_too_long_or_no_address_or_in_the_future_is_named() {
        let found = places(|record| {
            record.at = "2026-12-02T00:00:00Z".parse().unwrap();
            record.recorded_by = Some(String::new());
            record.revoked = Some(Revocation {
                at: "2026-11-30T00:00:00Z".parse().unwrap(),
                channel: RevocationChannel::Email,
            });
            record.proof = ConsentProof {
                text_shown: Some("x".repeat(10_001)),
                page_url: Some("javascript:alert(1)".to_owned()),
                ip_address: None,
                user_agent: Some("a\u{0}b".to_owned()),
                certificate_url: Some("https://a b".to_owned()),
                sellers: vec![" ".to_owned()],
            };
        });
        let expected = [
            "at",
            "recordedBy",
            "proof.textShown",
            "proof.userAgent",
            "proof.pageUrl",
            "proof.certificateUrl",
            "proof.sellers[0]",
            "revoked.at",
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|field| format!("consents[0].{field}"))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_address_has_a_host() {
        for (text, is_fine) in [
            ("https://", false),
            ("https:///path", false),
            ("http://example.com", true),
            ("ftp://example.com", false),
        ] {
            let found = places(|record| record.proof.page_url = Some(text.to_owned()));
            assert_eq!(found.is_empty(), is_fine, "{text}");
        }
    }

    #[test]
    fn more_sellers_than_anybody_reads_are_refused() {
        let found = places(|record| record.proof.sellers = vec!["Acme".to_owned(); 201]);
        assert_eq!(found, ["consents[0].proof.sellers"]);
    }
}
