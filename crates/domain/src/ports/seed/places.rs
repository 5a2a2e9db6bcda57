//! Validation of the places and zones in a seed before it is written. Must not know how a seed is
//! stored, nor its other faults.

use super::{Seed, SeedFault, SeedNumber, SeedOrganization};
use crate::facts::Lead;
use crate::law::schedule::Zone;
use crate::law::{Jurisdiction, RuleData, StatedAddress, StatedPlaces, read_country, read_state};

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL \
    BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK \
    DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU \
    GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ \
    LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY \
    MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU \
    RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

impl Seed {
    /// The places and zones that cannot be interpreted.
    pub(super) fn place_faults(&self, rules: &RuleData) -> Vec<SeedFault> {
        let organizations = self.organizations.iter().enumerate();
        let numbers = self.numbers.iter().enumerate();
        let leads = self.leads.iter().enumerate();
        organizations
            .flat_map(|(at, row)| named("organizations", at, row.id, of_organization(rules, row)))
            .chain(numbers.flat_map(|(at, row)| named("numbers", at, row.id, of_number(row))))
            .chain(leads.flat_map(|(at, row)| named("leads", at, row.id, of_lead(rules, row))))
            .collect()
    }
}

fn named(
    list: &str,
    at: usize,
    id: impl std::fmt::Display,
    faults: Vec<String>,
) -> impl Iterator<Item = SeedFault> {
    let place = format!("{list}[{at}] ({id})");
    faults.into_iter().map(move |problem| SeedFault {
        place: place.clone(),
        problem,
    })
}

fn of_lead(rules: &RuleData, lead: &Lead) -> Vec<String> {
    let address = StatedAddress {
        state: lead.state.as_deref(),
        postal_code: lead.postal_code.as_deref(),
    };
    let faults = StatedPlaces::faults(rules, address);
    faults.iter().map(ToString::to_string).collect()
}

fn of_organization(rules: &RuleData, organization: &SeedOrganization) -> Vec<String> {
    let policy = &organization.policy;
    let mut faults = Vec::new();
    for text in policy.allowed_states.iter().flatten() {
        match read_state(rules, text).as_deref() {
            Some([place]) if *place != Jurisdiction::DEFAULT_STRICT => {}
            Some(places) if places.len() > 1 => {
                let codes: Vec<&str> = places.iter().map(Jurisdiction::as_str).collect();
                faults.push(format!(
                    "`policy.allowedStates` has \"{text}\", which may be {}: expected one of them",
                    codes.join(" or ")
                ));
            }
            _ => faults.push(format!(
                "`policy.allowedStates` has \"{text}\": expected states, provinces or territories of \
                 the US or Canada, such as FL, Fla. or Florida"
            )),
        }
    }
    if policy.allowed_states.as_deref() == Some(&[]) {
        faults.push(
            "`policy.allowedStates` is empty, which allows no state: expected states, or nothing for \
             all of them"
                .to_owned(),
        );
    }
    if Zone::stated(&policy.capacity_zone).is_none() {
        faults.push(format!(
            "`policy.capacityZone` is \"{}\": expected the name of a time zone, such as \
             America/New_York",
            policy.capacity_zone
        ));
    }
    faults
}

fn of_number(number: &SeedNumber) -> Vec<String> {
    let is_known =
        |text: &str| read_country(text).is_some() || COUNTRIES.split(' ').any(|code| code == text);
    let unknown = number.destinations.iter().filter(|text| !is_known(text));
    unknown
        .map(|text| {
            format!(
                "`destinations` has \"{text}\": expected two-letter country codes, such as US or CA"
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01900000-0000-7000-8000-000000000001";

    fn check(json: &str) -> Result<(), String> {
        let seed: Seed = serde_json::from_str(&json.replace("ID", ID)).unwrap();
        let faults = seed.place_faults(RuleData::bundled().unwrap());
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        if faults.is_empty() {
            return Ok(());
        }
        Err(faults.join("\n"))
    }

    fn organization(policy: &str) -> Result<(), String> {
        check(&format!(
            r#"{{ "organizations": [{{ "id": "ID", "name": "A", "kind": "live", "policy": {{ {policy} }} }}] }}"#
        ))
    }

    fn lead(address: &str) -> Result<(), String> {
        check(&format!(
            r#"{{ "leads": [{{ "organizationId": "ID", "id": "ID", "phone": "+14045550100", {address} }}] }}"#
        ))
    }

    fn number(destinations: &str) -> Result<(), String> {
        check(&format!(
            r#"{{ "numbers": [{{ "organizationId": "ID", "id": "ID", "phone": "+14045550100",
                "registration": "approved", "account": "default", "destinations": {destinations} }}] }}"#
        ))
    }

    #[test]
    fn places_are_understood_however_they_are_written() {
        assert_eq!(lead(r#""state": "Florida", "postalCode": "2134""#), Ok(()));
        assert_eq!(lead(r#""state": "Québec", "postalCode": "h2x1y4""#), Ok(()));
        assert_eq!(lead(r#""state": null, "postalCode": """#), Ok(()));
        let policy = r#""allowedStates": ["Fla.", "ga", "New York"], "capacityZone": "Eastern""#;
        assert_eq!(organization(policy), Ok(()));
        assert_eq!(number(r#"["US", "Canada", "MX", "usa"]"#), Ok(()));
    }

    #[test]
    fn a_place_that_is_not_understood_is_refused_where_it_stands() {
        let fault = lead(r#""state": "Floridaa", "postalCode": "0""#).unwrap_err();
        let lines: Vec<&str> = fault.lines().collect();
        assert_eq!(lines.len(), 2, "{fault}");
        assert!(
            lines[0].starts_with(&format!("leads[0] ({ID}): `state` is \"Floridaa\"")),
            "{fault}"
        );
        assert!(
            lines[1].starts_with(&format!("leads[0] ({ID}): `postalCode` is \"0\"")),
            "{fault}"
        );
    }

    #[test]
    fn a_policy_that_names_no_place_or_zone_is_refused() {
        for (policy, expected) in [
            (
                r#""allowedStates": ["FL", "Georgiaa"]"#,
                "`policy.allowedStates` has \"Georgiaa\"",
            ),
            (r#""allowedStates": ["Washington"]"#, "may be WA or DC"),
            (
                r#""allowedStates": ["AE"]"#,
                "`policy.allowedStates` has \"AE\"",
            ),
            (r#""allowedStates": []"#, "`policy.allowedStates` is empty"),
            (
                r#""capacityZone": "America/NewYork""#,
                "`policy.capacityZone` is \"America/NewYork\"",
            ),
        ] {
            let fault = organization(policy).unwrap_err();
            assert!(fault.contains(expected), "{fault}");
        }
    }

    #[test]
    fn a_destination_that_is_no_country_is_refused() {
        for text in ["XX", "mexico", "United Statess", ""] {
            let fault = number(&format!("[\"US\", \"{text}\"]")).unwrap_err();
            assert!(
                fault.contains(&format!("`destinations` has \"{text}\"")),
                "{fault}"
            );
        }
    }
}
