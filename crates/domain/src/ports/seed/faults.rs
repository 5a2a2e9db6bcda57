//! Faults of a seed by itself, all at once and each with its path. Must not know what is stored:
//! the repository checks references.

mod consents;

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};

use super::{
    Seed, SeedCampaign, SeedConversation, SeedNumber, SeedOrganization, SeedSource,
    SeedSuppression, SeedTopUp,
};
use crate::facts::{Lead, Policy};
use crate::law::RuleData;
use crate::ports::TopUp;
use crate::values::PersonName;
use crate::values::billing::Money;
use crate::values::phone::PhoneNumber;

/// The highest price of a segment: a thousand dollars.
const MOST_PER_SEGMENT: Money = Money::from_micros(1_000_000_000);

/// The most characters of a name or an external id.
const LONGEST: usize = 200;

/// The highest value of any limit: the range of the store's counters.
const HIGHEST_LIMIT: u32 = i32::MAX.unsigned_abs();

/// A remark about one place in a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedFault {
    /// The path, such as `numbers[2].phone`.
    pub place: String,
    /// The fault and the expected value.
    pub problem: String,
}

impl fmt::Display for SeedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl Seed {
    /// All faults of the seed by itself; `now` is the current instant.
    #[must_use]
    pub fn faults(&self, rules: &RuleData, now: DateTime<Utc>) -> Vec<SeedFault> {
        let mut faults = Faults::default();
        each(
            &mut faults,
            "organizations",
            &self.organizations,
            organization,
        );
        each(&mut faults, "campaigns", &self.campaigns, campaign);
        each(&mut faults, "sources", &self.sources, source);
        each(&mut faults, "numbers", &self.numbers, number);
        each(&mut faults, "leads", &self.leads, |at, row| {
            lead(at, row, now);
        });
        each(&mut faults, "consents", &self.consents, |at, row| {
            consents::check(at, row, now);
        });
        each(
            &mut faults,
            "conversations",
            &self.conversations,
            |at, row| {
                conversation(at, row, now);
            },
        );
        each(&mut faults, "suppressions", &self.suppressions, suppression);
        each(&mut faults, "topUps", &self.top_ups, top_up);
        self.repetitions(&mut faults);
        self.own_numbers(&mut faults);
        faults.0.extend(self.place_faults(rules));
        faults.0
    }

    fn repetitions(&self, faults: &mut Faults) {
        let rows = self.organizations.iter().map(|row| row.id.as_uuid());
        once(faults, "organizations", "id", rows);
        let rows = self.campaigns.iter();
        let rows = rows.map(|row| (row.organization_id, row.id.as_uuid()));
        once(faults, "campaigns", "id", rows);
        let rows = self.sources.iter();
        let rows = rows.map(|row| (row.organization_id, row.id.as_uuid()));
        once(faults, "sources", "id", rows);
        let rows = self.numbers.iter();
        let rows = rows.map(|row| (row.organization_id, row.id.as_uuid()));
        once(faults, "numbers", "id", rows);
        once(
            faults,
            "numbers",
            "phone",
            self.numbers.iter().map(|row| row.phone.as_str()),
        );
        let rows = self.leads.iter();
        let rows = rows.map(|row| (row.organization_id, row.id.as_uuid()));
        once(faults, "leads", "id", rows);
        let rows = self.consents.iter();
        let rows = rows.map(|row| (row.organization_id, row.id.as_uuid()));
        once(faults, "consents", "id", rows);
        let rows = self.conversations.iter();
        let rows = rows.map(|row| (row.organization_id, row.id.as_uuid()));
        once(faults, "conversations", "id", rows);
        let rows = self.conversations.iter();
        let rows = rows.map(|row| (row.organization_id, row.lead_id.as_uuid()));
        once(faults, "conversations", "leadId", rows);
        let rows = self.suppressions.iter();
        let rows = rows.map(|row| (row.organization_id, row.id.as_uuid()));
        once(faults, "suppressions", "id", rows);
        let rows = self.top_ups.iter();
        let rows = rows.map(|row| (row.organization_id, row.id.as_uuid()));
        once(faults, "topUps", "id", rows);
    }

    /// A message to one of our own numbers would come back as a received text.
    fn own_numbers(&self, faults: &mut Faults) {
        let numbers = self.numbers.iter().map(|number| number.phone.as_str());
        let numbers: BTreeSet<_> = numbers.collect();
        for (index, lead) in self.leads.iter().enumerate() {
            if numbers.contains(lead.phone.as_str()) {
                faults.push(format!("leads[{index}].phone"), SeedFault::OWN_NUMBER);
            }
        }
    }
}

impl SeedFault {
    /// The fault of a lead whose number is one of our own.
    pub const OWN_NUMBER: &'static str =
        "is one of our own numbers to send from: expected a person's number";
}

#[derive(Default)]
struct Faults(Vec<SeedFault>);

impl Faults {
    fn push(&mut self, place: String, problem: impl Into<String>) {
        let problem = problem.into();
        self.0.push(SeedFault { place, problem });
    }
}

/// One row and its path.
struct At<'a> {
    row: String,
    faults: &'a mut Faults,
}

fn each<T>(faults: &mut Faults, list: &str, rows: &[T], check: impl Fn(&mut At<'_>, &T)) {
    for (index, row) in rows.iter().enumerate() {
        let mut at = At {
            row: format!("{list}[{index}]"),
            faults,
        };
        check(&mut at, row);
    }
}

fn once<K: Ord>(faults: &mut Faults, list: &str, field: &str, keys: impl Iterator<Item = K>) {
    let mut seen = BTreeSet::new();
    for (index, key) in keys.enumerate() {
        if !seen.insert(key) {
            let place = format!("{list}[{index}].{field}");
            faults.push(place, "stands in the list already: expected another one");
        }
    }
}

impl At<'_> {
    fn fault(&mut self, field: &str, problem: impl Into<String>) {
        let place = format!("{}.{field}", self.row);
        self.faults.push(place, problem);
    }

    /// Checks a name or an external id.
    fn text(&mut self, field: &str, text: &str) {
        let length = text.chars().count();
        let is_fine =
            !text.trim().is_empty() && length <= LONGEST && !text.chars().any(char::is_control);
        if !is_fine {
            let expected = format!(
                "expected 1 to {LONGEST} characters that are not all spaces, without NUL and other \
                 control characters"
            );
            self.fault(field, expected);
        }
    }

    fn optional_text(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(field, text);
        }
    }

    fn phone(&mut self, field: &str, phone: &PhoneNumber) {
        if let Err(error) = phone.check() {
            self.fault(field, error.to_string());
        }
    }

    fn limit(&mut self, field: &str, limit: Option<u32>) {
        if limit.is_some_and(|limit| limit == 0 || limit > HIGHEST_LIMIT) {
            let expected =
                format!("expected 1 to {HIGHEST_LIMIT}; leave it out where there is no limit");
            self.fault(field, expected);
        }
    }

    fn most(&mut self, field: &str, value: u32, least: u32, most: u32) {
        if !(least..=most).contains(&value) {
            self.fault(field, format!("is {value}: expected {least} to {most}"));
        }
    }

    fn past(&mut self, field: &str, at: DateTime<Utc>, now: DateTime<Utc>) {
        if at > now || at < EARLIEST {
            self.fault(
                field,
                "expected an instant from the year 2000 on that has passed",
            );
        }
    }
}

/// Instants before the year 2000 are faults.
const EARLIEST: DateTime<Utc> = match DateTime::from_timestamp(946_684_800, 0) {
    Some(instant) => instant,
    None => DateTime::UNIX_EPOCH,
};

fn organization(at: &mut At<'_>, row: &SeedOrganization) {
    at.text("name", &row.name);
    let rate = row.rate.price(1);
    if rate < Money::ZERO || rate > MOST_PER_SEGMENT {
        let most = MOST_PER_SEGMENT.micros();
        at.fault(
            "rate",
            format!(
                "is {}: expected 0 to {most} millionths of a dollar per segment",
                rate.micros()
            ),
        );
    }
    policy(at, &row.policy);
    let preferred: BTreeSet<_> = row.preferred_number_ids.iter().collect();
    if preferred.len() < row.preferred_number_ids.len() {
        at.fault("preferredNumberIds", "names a number twice");
    }
}

fn policy(at: &mut At<'_>, policy: &Policy) {
    let year = 366 * 24 * 60;
    at.most(
        "policy.activeExchangeMinutes",
        policy.active_exchange_minutes,
        0,
        year,
    );
    at.most("policy.consentMonthsUs", policy.consent_months_us, 1, 120);
    at.most("policy.consentMonthsCa", policy.consent_months_ca, 1, 120);
    at.most(
        "policy.sameTextSeconds",
        policy.same_text_seconds,
        0,
        year * 60,
    );
    at.limit("policy.leadHourlyLimit", policy.lead_hourly_limit);
    at.limit("policy.leadDailyLimit", policy.lead_daily_limit);
    at.most(
        "policy.defaultDailyCap",
        policy.default_daily_cap,
        0,
        HIGHEST_LIMIT,
    );
    at.most(
        "policy.validityMinutes",
        policy.validity_minutes,
        1,
        7 * 24 * 60,
    );
    let price = policy.mms_price;
    if price < Money::ZERO || price > MOST_PER_SEGMENT {
        let most = MOST_PER_SEGMENT.micros();
        let message = format!(
            "is {}: expected 0 to {most} millionths of a dollar",
            price.micros()
        );
        at.fault("policy.mmsPrice", message);
    }
    if let Some(days) = policy.retention_days {
        at.most("policy.retentionDays", days, 0, 36_500);
    }
    if let Some(days) = policy.decision_retention_days {
        at.most("policy.decisionRetentionDays", days, 1, 36_500);
    }
}

fn campaign(at: &mut At<'_>, row: &SeedCampaign) {
    at.text("name", &row.name);
    at.optional_text("brandId", row.brand_id.as_deref());
    at.optional_text("tenDlcCampaignId", row.ten_dlc_campaign_id.as_deref());
    at.limit("minuteLimit", row.minute_limit);
    at.limit("dailyLimit", row.daily_limit);
}

fn source(at: &mut At<'_>, row: &SeedSource) {
    at.text("name", &row.name);
}

fn number(at: &mut At<'_>, row: &SeedNumber) {
    at.phone("phone", &row.phone);
    if !row.phone.as_str().starts_with("+1") {
        at.fault("phone", "expected a number of the US or Canada");
    }
    if row.id.as_uuid().is_nil() {
        at.fault("id", "is nil: expected an id");
    }
    if row.destinations.is_empty() {
        at.fault(
            "destinations",
            "is empty, so that nothing would be sent: expected US, CA or both",
        );
    }
    at.optional_text("tenDlcCampaignId", row.ten_dlc_campaign_id.as_deref());
    at.limit("hourlyLimit", row.hourly_limit);
    at.limit("dailyLimit", row.daily_limit);
    at.limit("minuteLimit", row.minute_limit);
    at.text("account", row.account.as_str());
    at.optional_text("messagingProfileId", row.messaging_profile_id.as_deref());
    if row.is_reserved && (row.campaign_id, row.source_id, row.owner_id) == (None, None, None) {
        let expected = "is reserved for nobody: expected a campaignId, a sourceId or an ownerId";
        at.fault("isReserved", expected);
    }
}

fn lead(at: &mut At<'_>, row: &Lead, now: DateTime<Utc>) {
    at.optional_text("name", row.name.as_ref().map(PersonName::as_str));
    at.phone("phone", &row.phone);
    if let Some(consent) = row.consent {
        at.past("consent.at", consent.at, now);
    }
    if let Some(bought) = row.last_purchase_at {
        at.past("lastPurchaseAt", bought, now);
    }
}

fn conversation(at: &mut At<'_>, row: &SeedConversation, now: DateTime<Utc>) {
    if let Some(texted) = row.last_inbound_at {
        at.past("lastInboundAt", texted, now);
    }
}

fn suppression(at: &mut At<'_>, row: &SeedSuppression) {
    at.phone("phone", &row.phone);
    if row.campaign_id.is_some() && row.number_id.is_some() {
        at.fault(
            "numberId",
            "names a number beside a campaign: expected one of them, or neither",
        );
    }
}

fn top_up(at: &mut At<'_>, row: &SeedTopUp) {
    if row.amount <= Money::ZERO || row.amount > TopUp::MOST {
        let most = TopUp::MOST.micros();
        at.fault(
            "amount",
            format!(
                "is {}: expected 1 to {most} millionths of a dollar",
                row.amount.micros()
            ),
        );
    }
}

#[cfg(test)]
mod tests;
