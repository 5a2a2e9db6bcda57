//! An API key in the list of keys. The published row describes a whole account: what this service does not know
//! about it is null, empty or zero.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::ports::{ApiKey, ApiKeyView};
use sms_domain::values::ids::ApiKeyId;

use super::sms_event::IdNamePair;
use super::wire::{Amount, Id, Integer, Name, Names};

/// An API key, with what the published row says about the account beside it.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganizationTableRow {
    /// Names the key.
    pub(crate) id: Id<ApiKeyId>,
    /// The part of the key that is shown to people.
    pub(crate) name: String,
    /// The organization that the key belongs to.
    #[oai(nullable)]
    pub(crate) organization: Option<IdNamePair>,
    /// The organization's trade; not on record.
    #[oai(nullable)]
    pub(crate) industry: Option<String>,
    /// Users of the account; none are on record, as keys belong to organizations.
    pub(crate) user_count: Integer,
    /// The balance; see the wallet.
    #[oai(nullable)]
    pub(crate) account_balance: Option<Amount>,
    /// The plan of the subscription; not on record.
    #[oai(nullable)]
    pub(crate) billing_plan: Option<Name<BillingPlan>>,
    /// Where the subscription stands; not on record.
    #[oai(nullable)]
    pub(crate) subscription_status: Option<Name<SubscriptionStatus>>,
    /// When the subscription last changed; not on record.
    #[oai(nullable)]
    pub(crate) last_subscription_event_at: Option<DateTime<Utc>>,
    /// When the subscription ends; not on record.
    #[oai(nullable)]
    pub(crate) subscription_cancel_at: Option<DateTime<Utc>>,
    /// When a payment failed; not on record.
    #[oai(nullable)]
    pub(crate) payment_failed_at: Option<DateTime<Utc>>,
    /// The organization's phone; empty, as it is not on record.
    pub(crate) phone: String,
    /// The organization's website; empty, as it is not on record.
    pub(crate) website: String,
    /// Where the account stands; not on record.
    #[oai(nullable)]
    pub(crate) status: Option<Name<OrganizationStatus>>,
    /// Whether the key is accepted: it neither expired nor was withdrawn.
    pub(crate) enabled: bool,
    /// The beginning of the key; the rest is secret and not stored.
    #[oai(nullable)]
    pub(crate) api_key_preview: Option<String>,
    /// What the key may do.
    #[oai(nullable)]
    pub(crate) api_key_permissions: Option<Vec<String>>,
    /// When the key was made.
    #[oai(nullable)]
    pub(crate) api_key_issued_at: Option<DateTime<Utc>>,
    /// When the key was first used; only the last use is on record.
    #[oai(nullable)]
    pub(crate) api_key_first_used_at: Option<DateTime<Utc>>,
    /// When the key was last used, to the minute; null when it was not used yet.
    #[oai(nullable)]
    pub(crate) api_key_last_used_at: Option<DateTime<Utc>>,
    /// When the key expires; null when it never does.
    #[oai(nullable)]
    pub(crate) api_key_expires_at: Option<DateTime<Utc>>,
    /// Uses of the key; zero, as they are not counted.
    pub(crate) api_key_total_uses: i64,
    /// The step of the set-up; not on record.
    #[oai(nullable)]
    pub(crate) setup_step: Option<Name<SetupStep>>,
    /// How far the account is set up; not on record.
    #[oai(nullable)]
    pub(crate) activation_status: Option<Name<ActivationStatus>>,
    /// Where the website stands; not on record.
    #[oai(nullable)]
    pub(crate) website_status: Option<Name<WebsiteStatus>>,
    /// Where the 10DLC registration stands; see the numbers.
    #[oai(nullable)]
    pub(crate) ten_dlc_status: Option<Name<TenDlcStatus>>,
    /// Whether somebody must look at the account; nobody must.
    pub(crate) needs_admin_review: bool,
    /// When the key was made or withdrawn, whichever is later.
    pub(crate) modified_at: DateTime<Utc>,
}

/// Names of the contract for things that are not on record here.
macro_rules! not_on_record {
    ($($(#[$doc:meta])* $name:ident: $($wire:literal),+;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Serialize)]
        pub(crate) enum $name {}

        impl Names for $name {
            fn names() -> Vec<&'static str> {
                vec![$($wire),+]
            }
        }
    )+};
}
not_on_record! {
    /// Plans of a subscription.
    BillingPlan: "Annual", "Monthly";
    /// Where a subscription stands.
    SubscriptionStatus: "Pending", "Active", "Overdue", "Canceled";
    /// Where an account stands.
    OrganizationStatus: "SettingUp", "SetupCompleted", "Active";
    /// Steps of an account's set-up.
    SetupStep: "DomainFinding", "DomainOptionsFound", "SiteGenerating", "SiteGenerated", "BrandSubmitted", "BrandApproved", "CampaignSubmitted", "CampaignApproved", "CarrierReviewing", "TenDlcComplete", "Complete";
    /// How far an account is set up.
    ActivationStatus: "DraftOnboarding", "PaymentMethodPending", "PaymentMethodConfirmed", "SubscriptionPending", "SubscriptionReceived", "SubscriptionActive", "LaunchReviewPending", "TelephonyProvisioningPending", "TelephonyPartiallyProvisioned", "TelephonyReady", "AwaitingReview", "DomainSelection", "WebsiteSetup", "ComplianceRegistration", "ReadyForApproval", "Active", "Failed", "Blocked", "BlockedRequiresOperatorAction", "ManuallyBypassed";
    /// Where an account's website stands.
    WebsiteStatus: "NotStarted", "DomainSuggestionsPending", "DomainSelectionPending", "DomainPurchasePending", "DomainPurchased", "WebsiteGenerationQueued", "WebsiteGenerating", "WebsiteDeploymentQueued", "WebsiteDeploying", "WebsiteLive", "WebsiteFailed", "ManuallyBypassed";
    /// Where an account's 10DLC registration stands.
    TenDlcStatus: "NotStarted", "DraftGenerated", "DraftIncomplete", "ReadyToSubmit", "Submitted", "PendingTelnyxReview", "Approved", "Rejected", "NeedsChanges", "ResubmissionReady", "Failed";
}

impl OrganizationTableRow {
    /// The row of a key, as it is at an instant.
    pub(crate) fn new(view: ApiKeyView, now: DateTime<Utc>) -> Self {
        let ApiKeyView {
            key,
            organization_name,
        } = view;
        Self {
            id: Id(key.id),
            organization: Some(IdNamePair {
                id: key.organization_id.to_string(),
                name: organization_name.unwrap_or_default(),
            }),
            industry: None,
            user_count: 0.into(),
            account_balance: None,
            billing_plan: None,
            subscription_status: None,
            last_subscription_event_at: None,
            subscription_cancel_at: None,
            payment_failed_at: None,
            phone: String::new(),
            website: String::new(),
            status: None,
            enabled: is_accepted(&key, now),
            api_key_preview: Some(format!("{}…", key.prefix)),
            api_key_permissions: Some(key.scopes.iter().map(ToString::to_string).collect()),
            api_key_issued_at: Some(key.created_at),
            api_key_first_used_at: None,
            api_key_last_used_at: key.last_used_at,
            api_key_expires_at: key.expires_at,
            api_key_total_uses: 0,
            setup_step: None,
            activation_status: None,
            website_status: None,
            ten_dlc_status: None,
            needs_admin_review: false,
            modified_at: key.revoked_at.unwrap_or(key.created_at),
            name: key.prefix,
        }
    }
}

fn is_accepted(key: &ApiKey, now: DateTime<Utc>) -> bool {
    let ends = [key.revoked_at, key.expires_at];
    ends.into_iter().flatten().all(|at| now < at)
}
