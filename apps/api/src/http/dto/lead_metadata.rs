//! Where a lead came from and its consent, in the published shape.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::facts::ConsentBasis;
use sms_domain::ports::LeadView;
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};

use super::wire::{Amount, Id};

/// Where a lead came from, as its latest intake states it, and its consent.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadMetadata {
    /// The UTM parameter of the source.
    #[oai(nullable)]
    pub(crate) utm_source: Option<String>,
    /// The UTM parameter of the medium.
    #[oai(nullable)]
    pub(crate) utm_medium: Option<String>,
    /// The UTM parameter of the campaign.
    #[oai(nullable)]
    pub(crate) utm_campaign: Option<String>,
    /// The UTM parameter of the term.
    #[oai(nullable)]
    pub(crate) utm_term: Option<String>,
    /// The UTM parameter of the content.
    #[oai(nullable)]
    pub(crate) utm_content: Option<String>,
    /// The page that led to the form.
    #[oai(nullable)]
    pub(crate) referrer: Option<String>,
    /// The page with the form.
    #[oai(nullable)]
    pub(crate) landing_page: Option<String>,
    /// A publisher's id below the source.
    #[oai(nullable)]
    pub(crate) sub_id: Option<String>,
    /// A publisher's id; sources state none.
    #[oai(nullable)]
    pub(crate) pub_id: Option<String>,
    /// The person's IP address; it is shown with the proof of the consent alone.
    #[oai(nullable)]
    pub(crate) ip_address: Option<String>,
    /// The person's browser; it is shown with the proof of the consent alone.
    #[oai(nullable)]
    pub(crate) user_agent: Option<String>,
    /// The source's own id of the lead.
    #[oai(nullable)]
    pub(crate) external_id: Option<String>,
    /// The seller's id of the lead.
    #[oai(nullable)]
    pub(crate) seller_lead_id: Option<String>,
    /// When the lead was made.
    #[oai(nullable)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// The price of the lead, in US dollars.
    #[oai(nullable)]
    pub(crate) price: Option<Amount>,
    /// The price of the lead in a direct post, in US dollars.
    #[oai(nullable)]
    pub(crate) direct_post_price: Option<Amount>,
    /// The product that the person asks for.
    #[oai(nullable)]
    pub(crate) product: Option<String>,
    /// The line of business.
    #[oai(nullable)]
    pub(crate) vertical: Option<String>,
    /// Whether messages may be sent; null, as each message is judged when it is sent.
    #[oai(nullable)]
    pub(crate) compliance_status: Option<String>,
    /// Why messages may not be sent; null, as each message is judged when it is sent.
    #[oai(nullable)]
    pub(crate) compliance_blocked_reason: Option<String>,
    /// What else the source knows, by names of its own.
    #[oai(nullable)]
    pub(crate) source_metadata: Option<BTreeMap<String, String>>,
    /// What made the lead; not on record.
    #[oai(nullable)]
    pub(crate) origin: Option<String>,
    /// The import that brought the lead; not on record.
    #[oai(nullable)]
    pub(crate) import_batch_id: Option<String>,
    /// Whether the lead was imported rather than received as an inquiry.
    pub(crate) is_imported: bool,
    /// The number assigned to the lead.
    #[oai(nullable)]
    pub(crate) assigned_phone_number_id: Option<Id<PhoneNumberId>>,
    /// The basis of the lead's consent (inquiry, express or written), or opted_out.
    #[oai(nullable)]
    pub(crate) sms_consent_status: Option<String>,
    /// Whether an entry of the opt-out list closes everything to the lead.
    pub(crate) sms_opted_out: bool,
    /// Since when.
    #[oai(nullable)]
    pub(crate) sms_opt_out_at: Option<DateTime<Utc>>,
    /// When the person last opted in again.
    #[oai(nullable)]
    pub(crate) sms_opt_in_at: Option<DateTime<Utc>>,
    /// When the person last asked for help; not on record apart from the conversation.
    #[oai(nullable)]
    pub(crate) sms_help_requested_at: Option<DateTime<Utc>>,
    /// The number that the consent is for.
    #[oai(nullable)]
    pub(crate) sms_consent_phone_number: Option<String>,
    /// The address of the TrustedForm certificate.
    #[oai(nullable)]
    pub(crate) trusted_form_url: Option<String>,
    /// When the certificate was last checked; certificates are kept and not fetched.
    #[oai(nullable)]
    pub(crate) trusted_form_checked_at: Option<DateTime<Utc>>,
    /// The member of staff who owns the lead.
    #[oai(nullable)]
    pub(crate) user_id: Option<String>,
    /// The organization that the lead belongs to.
    #[oai(nullable)]
    pub(crate) organization_id: Option<Id<OrganizationId>>,
}

impl From<&LeadView> for LeadMetadata {
    fn from(view: &LeadView) -> Self {
        let (lead, from) = (&view.lead, view.details.attribution.clone());
        let consent = lead.consent.map(|consent| consent.basis);
        let status = match view.opted_out_at {
            Some(_) => Some("opted_out"),
            None => consent.map(ConsentBasis::as_str),
        };
        Self {
            utm_source: from.utm_source,
            utm_medium: from.utm_medium,
            utm_campaign: from.utm_campaign,
            utm_term: from.utm_term,
            utm_content: from.utm_content,
            referrer: from.referrer,
            landing_page: from.landing_page,
            sub_id: from.sub_id,
            pub_id: None,
            ip_address: None,
            user_agent: None,
            external_id: from.external_id,
            seller_lead_id: from.seller_lead_id,
            created_at: view.created_at,
            price: from.price.map(Amount::from),
            direct_post_price: from.direct_post_price.map(Amount::from),
            product: from.product,
            vertical: from.vertical,
            compliance_status: None,
            compliance_blocked_reason: None,
            source_metadata: Some(from.more).filter(|more| !more.is_empty()),
            origin: None,
            import_batch_id: None,
            is_imported: view.is_imported,
            assigned_phone_number_id: lead.assigned_number_id.map(Id),
            sms_consent_status: status.map(str::to_owned),
            sms_opted_out: view.opted_out_at.is_some(),
            sms_opt_out_at: view.opted_out_at,
            sms_opt_in_at: view.opted_in_at,
            sms_help_requested_at: None,
            sms_consent_phone_number: consent.map(|_| lead.phone.as_str().to_owned()),
            trusted_form_url: from.trusted_form_url,
            trusted_form_checked_at: None,
            user_id: lead.owner_id.map(|owner| owner.to_string()),
            organization_id: Some(Id(lead.organization_id)),
        }
    }
}
