//! What crosses the wire, exactly as published: shapes, names, order, descriptions. Mapping to and
//! from the domain; no rule. This module must not know routes, status codes or headers of answers.
//!
//! The structs are private to the crate, and a field's documentation *is* its published description,
//! so three fields of the contract that have none carry none here.

mod api_key_row;
mod campaign;
mod console_entry;
mod conversation;
mod decision;
mod event_row;
mod example;
mod lead;
mod lead_contact;
mod lead_intake;
mod lead_metadata;
mod lead_status;
mod list_request;
mod number_capacity;
mod number_status;
mod number_traffic;
mod outgoing_number;
mod overview;
mod paged;
mod pauses;
mod people_rows;
mod phone_number;
mod phone_number_row;
mod preview;
mod problem_details;
mod sample;
mod sample_leads;
mod send_batch;
mod send_sms_request;
mod shown_message;
mod sms_event;
mod sms_response;
mod source;
mod suppression;
mod tag;
mod usage;
mod usage_summary;
mod wallet;
mod webhook_endpoint;
mod webhook_sample;
mod wire;

pub(crate) use api_key_row::OrganizationTableRow;
pub(crate) use campaign::{CampaignRequest, CampaignResponse};
pub(crate) use conversation::ConversationResponse;
pub(crate) use decision::DecisionResponse;
pub(crate) use event_row::EventTableRow;
pub(crate) use lead::LeadResponse;
pub(crate) use lead_intake::LeadIntakeRequest;
pub(crate) use list_request::{Direction, RangeFilter, RequestDataOptions};
pub(crate) use number_status::PhoneNumberStatusResponse;
pub(crate) use number_traffic::Window;
pub(crate) use outgoing_number::{
    OutgoingNumberManualOverrideRequest, OutgoingNumberSelectionRequest,
    OutgoingNumberSelectionResponse,
};
pub(crate) use overview::OutboundCapacityOverview;
pub(crate) use paged::{
    Paged, PagedResultOfConversationResponse, PagedResultOfEventTableRow,
    PagedResultOfLeadTableRow, PagedResultOfOrganizationTableRow, PagedResultOfPhoneNumberTableRow,
    PagedResultOfSmsEventTableRow, PagedResultOfSourceTableRow,
    PagedResultOfSuppressionEntryResponse, PagedResultOfUsageLedgerTableRow,
};
pub(crate) use pauses::PausesResponse;
pub(crate) use people_rows::{LeadTableRow, SourceTableRow};
pub(crate) use phone_number::{PhoneNumberRequest, PhoneNumberResponse};
pub(crate) use phone_number_row::PhoneNumberTableRow;
pub(crate) use preview::{PreviewSmsRequest, PreviewSmsResponse};
pub(crate) use problem_details::ProblemDetails;
pub(crate) use sample::examples;
pub(crate) use send_batch::{
    BatchItemProblem, BatchItemResult, SendBatchRequest, SendBatchResponse,
};
pub(crate) use send_sms_request::SendSmsRequest;
pub(crate) use sms_event::{MessageMediaAttachment, SmsEventTableRow};
pub(crate) use sms_response::SmsResponse;
pub(crate) use source::{SourceRequest, SourceResponse};
pub(crate) use suppression::{
    SuppressionCheckResult, SuppressionEntryRequest, SuppressionEntryResponse,
};
pub(crate) use usage::UsageLedgerTableRow;
pub(crate) use usage_summary::UsageSummaryResponse;
pub(crate) use wallet::WalletResponse;
pub(crate) use webhook_endpoint::{
    WebhookAttemptList, WebhookEndpointList, WebhookEndpointRequest, WebhookEndpointResponse,
    WebhookEndpointWithSecret, WebhookReplayRequest, WebhookReplayResponse, WebhookTestResponse,
};
pub(crate) use wire::{Names, ScalarValue};
