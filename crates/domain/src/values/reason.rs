//! Reason codes: why a message waits, was refused, or failed before it reached the provider.

use crate::values::wire::wire_enum;

wire_enum! {
    /// A stable code, used in `scheduledReason`, `errorCode`, the trace and as the suffix of
    /// `complianceAction`. The first block is the published vocabulary; the second block is
    /// internal.
    Reason {
        /// No rule refuses or defers the message.
        Allowed = "allowed",
        /// No number of the organization can send this.
        NoEligiblePhoneNumber = "no_eligible_phone_number",
        /// The number's 10DLC campaign is not approved.
        TenDlcNotApproved = "ten_dlc_not_approved",
        /// The number has reached its limit per minute.
        PhoneNumberMinuteLimitReached = "phone_number_minute_limit_reached",
        /// The number has reached its hourly limit.
        PhoneNumberHourlyLimitReached = "phone_number_hourly_limit_reached",
        /// The number has reached its daily limit.
        PhoneNumberDailyLimitReached = "phone_number_daily_limit_reached",
        /// The lead has reached the organization's hourly limit.
        LeadHourlyLimitReached = "lead_hourly_limit_reached",
        /// The lead has reached the organization's 24-hour limit.
        LeadDailyLimitReached = "lead_daily_limit_reached",
        /// The same text was recently sent to the same lead.
        LeadRecentlyContacted = "lead_recently_contacted",
        /// The lead is archived.
        LeadArchived = "lead_archived",
        /// The time is outside the legal hours at the recipient's location.
        QuietHours = "quiet_hours",
        /// The balance does not cover the price.
        WalletInsufficient = "wallet_insufficient",
        /// The recipient has opted out.
        ContactOptedOut = "contact_opted_out",
        /// No valid consent is on record.
        ImportedLeadRequiresConsent = "imported_lead_requires_consent",
        /// The number is cooling down after delivery problems.
        NumberCoolingDown = "number_cooling_down",
        /// The number's health is suspended or disabled.
        NumberHealthBlocked = "number_health_blocked",
        /// The provider temporarily refused the message; a retry follows.
        ProviderFailureBackoff = "provider_failure_backoff",
        /// The campaign has reached its daily limit.
        CampaignDailyLimitReached = "campaign_daily_limit_reached",
        /// Other messages took the capacity while this message was being decided.
        ReservationUnavailable = "reservation_unavailable",

        /// The client scheduled the message for later.
        ClientRequested = "client_requested",
        /// The text contains content that carriers forbid.
        ContentForbidden = "content_forbidden",
        /// A first message lacks the sender's name or opt-out instructions.
        FirstMessageIncomplete = "first_message_incomplete",
        /// The lead's state or postal code cannot be interpreted.
        StatedPlaceNotUnderstood = "stated_place_not_understood",
        /// The organization's policy excludes the recipient's state.
        StateNotAllowed = "state_not_allowed",
        /// The recipient has reached the 24-hour cap that applies at the recipient's location.
        StateFrequencyCap = "state_frequency_cap",
        /// The recipient's location is unknown, or outside the US and Canada.
        JurisdictionUnknown = "jurisdiction_unknown",
        /// The recipient's last text may be an opt-out and has not been reviewed.
        OptOutReview = "opt_out_review",
        /// The recipient's number belongs to an organization on this system.
        RecipientIsOwnNumber = "recipient_is_own_number",
        /// The recipient's number is on the national do-not-call list.
        NationalDncListed = "national_dnc_listed",
        /// The national do-not-call list is not imported, or too old.
        NationalDncNotScrubbed = "national_dnc_not_scrubbed",
        /// The recipient's number was reassigned since the consent.
        NumberReassigned = "number_reassigned",
        /// It was not asked, or too long ago, whether the recipient's number was reassigned.
        ReassignedNotAsked = "reassigned_not_asked",
        /// The organization, the campaign or the number is paused.
        Paused = "paused",
        /// An emergency is declared where the recipient may be.
        Emergency = "emergency",
        /// No instant within the message's validity is legal.
        NoLegalWindow = "no_legal_window",
        /// It could not be determined whether the provider accepted the message.
        OutcomeUnknown = "outcome_unknown",
        /// The message's validity ended before it could be sent.
        ExpiredBeforeSend = "expired_before_send",
    }
}

impl Reason {
    /// The reason as a sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Allowed => "Nothing stands in the way.",
            Self::NoEligiblePhoneNumber => {
                "No phone number of the organization can send this message."
            }
            Self::TenDlcNotApproved => {
                "The 10DLC registration of the sending number is not approved."
            }
            Self::PhoneNumberMinuteLimitReached => {
                "The sending number has reached its pace per minute."
            }
            Self::PhoneNumberHourlyLimitReached => {
                "The sending numbers have reached their hourly limit."
            }
            Self::PhoneNumberDailyLimitReached => {
                "The sending numbers have reached their daily limit."
            }
            Self::LeadHourlyLimitReached => "The lead has reached the organization's hourly limit.",
            Self::LeadDailyLimitReached => "The lead has reached the organization's daily limit.",
            Self::LeadRecentlyContacted => "The lead received the same text a moment ago.",
            Self::LeadArchived => "The lead is archived.",
            Self::QuietHours => "It is outside the hours in which the recipient may be texted.",
            Self::WalletInsufficient => {
                "The wallet balance does not cover the price of the message."
            }
            Self::ContactOptedOut => "The recipient has opted out.",
            Self::ImportedLeadRequiresConsent => "No valid consent of the recipient is on record.",
            Self::NumberCoolingDown => "The sending number is cooling down.",
            Self::NumberHealthBlocked => "The sending number is suspended or disabled.",
            Self::ProviderFailureBackoff => {
                "The provider could not take the message; it will be tried again."
            }
            Self::CampaignDailyLimitReached => "The campaign has reached its daily limit.",
            Self::ReservationUnavailable => "The sending capacity was taken by other messages.",
            Self::ClientRequested => "The client asked for this.",
            Self::ContentForbidden => "The text holds something that carriers forbid.",
            Self::FirstMessageIncomplete => {
                "The first message lacks the sender's name or the way to opt out."
            }
            Self::StatedPlaceNotUnderstood => {
                "The lead's state or postal code is not understood, so the strictest rules hold."
            }
            Self::StateNotAllowed => "The organization does not text the recipient's state.",
            Self::StateFrequencyCap => {
                "The recipient has received as many messages as the law allows in 24 hours."
            }
            Self::JurisdictionUnknown => {
                "The recipient's location is unknown or outside the United States and Canada."
            }
            Self::OptOutReview => {
                "The recipient's last text may be an opt-out and waits for review."
            }
            Self::RecipientIsOwnNumber => {
                "The recipient's number is one that messages are sent from, not a person's."
            }
            Self::NationalDncListed => {
                "The recipient's number is on the national do-not-call list."
            }
            Self::NationalDncNotScrubbed => {
                "The national do-not-call list was not imported in the last 31 days."
            }
            Self::NumberReassigned => {
                "The recipient's number has belonged to somebody else since the consent."
            }
            Self::ReassignedNotAsked => {
                "Whether the recipient's number was reassigned was not asked in the last 31 days."
            }
            Self::Paused => "Sending is paused.",
            Self::Emergency => "An emergency is declared where the recipient may be.",
            Self::NoLegalWindow => {
                "No instant at which the message may be sent lies within its validity."
            }
            Self::OutcomeUnknown => "Whether the provider took the message could not be found out.",
            Self::ExpiredBeforeSend => "The message expired before it could be sent.",
        }
    }
}
