//! Examples of an organization's numbers, pauses, wallet and usage.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sms_domain::facts::{
    DEFAULT_CAPACITY_ZONE, NumberFacts, OrganizationKind, Pauses, Registration, Usage,
};
use sms_domain::message::TrafficType;
use sms_domain::ports::{
    Campaign, CampaignSettings, NumberHistory, NumberList, QueueOverview, RegisteredNumber,
    UsagePeriod, UsageTotal, Wallet,
};
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::CampaignId;
use sms_domain::values::{Health, ProviderAccount};

use super::{Answer, NUMBER, ORGANIZATION, example, noon, phone, price, uuid};
use crate::http::dto::{
    CampaignResponse, OutboundCapacityOverview, Paged, PagedResultOfPhoneNumberTableRow,
    PausesResponse, PhoneNumberResponse, PhoneNumberStatusResponse, PhoneNumberTableRow,
    UsageSummaryResponse, WalletResponse, Window,
};

/// The examples of an operation: of its request and of its answer.
pub(super) fn examples(operation_id: &str) -> (Option<Value>, Option<Answer>) {
    match operation_id {
        "PhoneNumbers_Create" | "PhoneNumbers_Update" => (
            Some(json!({ "number": "+14045550199", "name": "Sales" })),
            example(own_number()),
        ),
        "PhoneNumbers_Get" => (None, example(own_number())),
        "PhoneNumbers_GetAllForCurrentOrganization" => {
            (Some(json!({ "pageSize": 50 })), example(listed()))
        }
        "PhoneNumbers_GetStatus" | "PhoneNumbers_GetWarmupStatus" => (None, example(status())),
        "Campaigns_Create" | "Campaigns_Update" => {
            let request = json!({ "name": "Spring", "minuteLimit": 60 });
            (Some(request), example(campaign()))
        }
        "Campaigns_Get" => (None, example(campaign())),
        "OutboundDelivery_GetCurrentOrganizationOverview" => (None, example(overview())),
        "Pauses_GetMy"
        | "Pauses_PauseOrganization"
        | "Pauses_ResumeOrganization"
        | "Pauses_PauseNumber"
        | "Pauses_ResumeNumber"
        | "Pauses_PauseCampaign"
        | "Pauses_ResumeCampaign" => (None, example(PausesResponse::new(ORGANIZATION, &pauses()))),
        "Wallets_GetForCurrentOrganization" => {
            (None, example(WalletResponse::new(wallet(), noon())))
        }
        "Usage_GetSummaryForCurrentOrganization" => (None, example(usage_summary())),
        _ => (None, None),
    }
}

fn number() -> RegisteredNumber {
    RegisteredNumber {
        facts: NumberFacts {
            id: NUMBER,
            phone: phone("+14045550199"),
            is_enabled: true,
            is_sms_capable: true,
            is_mms_capable: true,
            destinations: vec!["US".to_owned(), "CA".to_owned()],
            registration: Registration::Approved,
            ten_dlc_campaign_id: Some("C1A2B3D".to_owned()),
            campaign_id: None,
            source_id: None,
            owner_id: None,
            is_reserved: false,
            health: Health::Healthy,
            cooling_until: None,
            hourly_limit: None,
            daily_limit: Some(1_000),
            minute_limit: Some(60),
            warm_up: None,
            account: ProviderAccount::new("default"),
            messaging_profile_id: None,
            tie_rank: None,
            last_used_at: Some(noon()),
            usage: Usage::default(),
        },
        name: Some("Sales".to_owned()),
        created_at: Some(noon() - TimeDelta::days(30)),
        modified_at: None,
        is_paused: false,
    }
}

fn numbers() -> NumberList {
    NumberList {
        organization_id: ORGANIZATION,
        organization_name: "Acme Roofing".to_owned(),
        kind: OrganizationKind::Live,
        capacity_zone: DEFAULT_CAPACITY_ZONE.to_owned(),
        is_paused: false,
        numbers: Vec::new(),
    }
}

fn own_number() -> PhoneNumberResponse {
    PhoneNumberResponse::new(&numbers(), &number(), noon())
}

fn listed() -> PagedResultOfPhoneNumberTableRow {
    Paged::example(PhoneNumberTableRow::new(&numbers(), &number(), noon())).into()
}

fn status() -> PhoneNumberStatusResponse {
    let history = NumberHistory {
        sent: vec![(noon(), 12)],
        events: Vec::new(),
    };
    let window = Window::ending(noon().date_naive(), 2);
    PhoneNumberStatusResponse::new(&numbers(), &number(), &history, window, noon())
}

fn overview() -> OutboundCapacityOverview {
    let list = NumberList {
        numbers: vec![number()],
        ..numbers()
    };
    let queue = QueueOverview {
        scheduled: 0,
        recent: vec![super::queued()],
    };
    OutboundCapacityOverview::new(&list, &queue, noon())
}

fn campaign() -> CampaignResponse {
    let campaign = Campaign {
        organization_id: ORGANIZATION,
        id: CampaignId::new(uuid(0xCA)),
        settings: CampaignSettings {
            name: "Spring".to_owned(),
            brand_id: None,
            ten_dlc_campaign_id: Some("C1A2B3D".to_owned()),
            minute_limit: Some(60),
            daily_limit: None,
        },
        registration: Registration::Approved,
        is_paused: false,
        created_at: Some(noon() - TimeDelta::days(30)),
        modified_at: None,
    };
    campaign.into()
}

fn pauses() -> Pauses {
    Pauses {
        version: 1,
        is_organization_paused: false,
        numbers: vec![NUMBER],
        campaigns: Vec::new(),
    }
}

fn wallet() -> Wallet {
    Wallet {
        organization_id: ORGANIZATION,
        organization_name: "Acme Roofing".to_owned(),
        balance: Money::from_micros(25_000_000),
        held: price(),
        created_at: noon() - TimeDelta::days(30),
    }
}

fn usage_summary() -> UsageSummaryResponse {
    let period = UsagePeriod {
        from: noon() - TimeDelta::days(7),
        to: noon(),
    };
    let total = UsageTotal {
        traffic: TrafficType::RealLead,
        status: BillingStatus::Charged,
        is_mms: false,
        messages: 3,
        segments: 4,
        quoted: price().times(4),
    };
    UsageSummaryResponse::new(period, &[total])
}
