//! A wallet in the published shape. The shape is also that of a purchase of credit; wallets here have one
//! balance and no such lots, so that what is about a lot is null.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::ports::Wallet;
use sms_domain::values::ids::OrganizationId;

use super::wire::{Amount, Id, Name, Names};

/// What an organization has left.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct WalletResponse {
    /// The balance in US dollars; money that is held for messages on their way is part of it.
    #[oai(nullable)]
    pub(crate) balance: Option<Amount>,
    /// The instant of the balance.
    #[oai(nullable)]
    pub(crate) balance_calculated_at: Option<DateTime<Utc>>,
    /// What was bought; null, as a wallet is not one purchase.
    #[oai(nullable)]
    pub(crate) amount_purchased: Option<Amount>,
    /// What can still be spent: the balance without what is held.
    #[oai(nullable)]
    pub(crate) amount_remaining: Option<Amount>,
    /// The currency of the amounts: USD.
    #[oai(nullable)]
    pub(crate) currency: Option<String>,
    /// When it was bought; null, as a wallet is not one purchase.
    #[oai(nullable)]
    pub(crate) purchased_at: Option<DateTime<Utc>>,
    /// When it expires; null, as money does not.
    #[oai(nullable)]
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// Where a purchase came from; null.
    #[oai(nullable)]
    pub(crate) source_type: Option<Name<CreditSource>>,
    /// Where a purchase stands; null.
    #[oai(nullable)]
    pub(crate) credit_status: Option<Name<CreditStatus>>,
    /// The organization that the wallet belongs to.
    #[oai(nullable)]
    pub(crate) organization_id: Option<Id<OrganizationId>>,
    /// The transaction that a reversal refers to; null.
    #[oai(nullable)]
    pub(crate) original_transaction_id: Option<String>,
    /// When money expires next; null, as money does not.
    #[oai(nullable)]
    pub(crate) next_credit_expiration_at: Option<DateTime<Utc>>,
    /// How much expires next; null, as money does not.
    #[oai(nullable)]
    pub(crate) next_expiring_credit_amount: Option<Amount>,
    /// How much has expired; null, as money does not.
    #[oai(nullable)]
    pub(crate) expired_credit_amount: Option<Amount>,
    /// The organization's name.
    pub(crate) name: String,
    /// Names the wallet: an organization has one, by the organization's id.
    pub(crate) id: Id<OrganizationId>,
    /// When it was opened.
    pub(crate) created_at: DateTime<Utc>,
    /// When its settings changed; null, as it has none.
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
}

/// Where credit came from, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CreditSource {}

impl Names for CreditSource {
    fn names() -> Vec<&'static str> {
        vec![
            "purchase",
            "promo",
            "admin_adjustment",
            "refund_adjustment",
            "chargeback_reversal",
            "compromise_restoration",
        ]
    }
}

/// Where credit stands, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CreditStatus {}

impl Names for CreditStatus {
    fn names() -> Vec<&'static str> {
        vec![
            "active", "consumed", "expired", "refunded", "voided", "disputed",
        ]
    }
}

impl WalletResponse {
    /// The wallet, as it is at an instant.
    pub(crate) fn new(wallet: Wallet, now: DateTime<Utc>) -> Self {
        let remaining = wallet.balance.minus(wallet.held);
        Self {
            balance: Some(wallet.balance.into()),
            balance_calculated_at: Some(now),
            amount_purchased: None,
            amount_remaining: Some(remaining.into()),
            currency: Some("USD".to_owned()),
            purchased_at: None,
            expires_at: None,
            source_type: None,
            credit_status: None,
            organization_id: Some(Id(wallet.organization_id)),
            original_transaction_id: None,
            next_credit_expiration_at: None,
            next_expiring_credit_amount: None,
            expired_credit_amount: None,
            name: wallet.organization_name,
            id: Id(wallet.organization_id),
            created_at: wallet.created_at,
            modified_at: None,
        }
    }
}
