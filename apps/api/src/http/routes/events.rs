//! Reading messages back: one, or a list of them.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};

use sms_domain::ports::{Listing, MessageView, MessagesOf, SMS_EVENTS, SMS_EVENTS_OF_ONE};
use sms_domain::values::phone::PhoneNumber;

use super::{Body, Found, Tag, known_id};
use crate::http::auth::{Authorized, SmsRead};
use crate::http::dto::{PagedResultOfSmsEventTableRow, RequestDataOptions, SmsEventTableRow};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson, invalid};
use crate::http::problem::{Failure, Problem, ProblemKind};
use crate::http::state::AppState;

/// The operations on the list of messages.
pub(super) struct SmsEventsApi(pub(super) AppState);

/// A page of messages.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfSmsEventTableRow>),
}

/// A message.
#[derive(ApiResponse)]
enum Shown {
    /// The message as it is now.
    #[oai(status = 200)]
    Row(Json<SmsEventTableRow>),
}

#[OpenApi]
impl SmsEventsApi {
    fn row(&self, view: &MessageView) -> SmsEventTableRow {
        let mut row = SmsEventTableRow::from(view);
        self.0.renew(&mut row.media);
        row
    }

    /// Lists messages.
    ///
    /// Every message that the organization sent, saved or received.
    #[oai(
        path = "/events/sms/all/my",
        method = "post",
        tag = "Tag::SmsEvents",
        operation_id = "SmsEvents_GetAllForCurrentUser"
    )]
    async fn all(
        &self,
        caller: Authorized<SmsRead>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        self.list(&caller, &SMS_EVENTS, MessagesOf::Everybody, "", &options)
            .await
    }

    /// Lists the messages with a lead.
    ///
    /// Those that were sent to the lead and those that the lead wrote, in all conversations.
    #[oai(
        path = "/events/sms/lead/:leadId",
        method = "post",
        tag = "Tag::SmsEvents",
        operation_id = "SmsEvents_GetByLeadId"
    )]
    async fn of_lead(
        &self,
        caller: Authorized<SmsRead>,
        /// The lead.
        #[oai(name = "leadId")]
        lead_id: Path<String>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let id = lead_id.0.parse().map_err(|_| no_such("leadId"))?;
        let of = MessagesOf::Lead(id);
        self.list(&caller, &SMS_EVENTS_OF_ONE, of, "leadId", &options)
            .await
    }

    /// Lists the messages of a phone number.
    ///
    /// Of a person's number, those with the person; of one of the organization's own numbers, those that it
    /// sent.
    #[oai(
        path = "/events/sms/phone/:phoneNumber",
        method = "post",
        tag = "Tag::SmsEvents",
        operation_id = "SmsEvents_GetByPhoneNumber"
    )]
    async fn of_phone(
        &self,
        caller: Authorized<SmsRead>,
        /// The phone number in E.164; its plus sign may be left out.
        #[oai(name = "phoneNumber")]
        phone_number: Path<String>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let digits = phone_number.0.trim_start_matches(['+', ' ']);
        let phone = PhoneNumber::parse(&format!("+{digits}"));
        let phone = phone.map_err(|_| invalid("phoneNumber", "must be a phone number in E.164"))?;
        let of = MessagesOf::Phone(phone);
        self.list(&caller, &SMS_EVENTS_OF_ONE, of, "phoneNumber", &options)
            .await
    }

    /// Shows a message.
    ///
    /// Where it stands, what happened to it and when, what it costs and who is at its ends.
    #[oai(
        path = "/events/sms/:smsEventId",
        method = "get",
        tag = "Tag::SmsEvents",
        operation_id = "SmsEvents_GetById"
    )]
    async fn get(
        &self,
        caller: Authorized<SmsRead>,
        /// The message.
        #[oai(name = "smsEventId")]
        sms_event_id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let id = known_id(&sms_event_id.0)?;
        let view = self
            .0
            .reads
            .message_view(caller.sender.organization_id, id)
            .await?;
        let view = view.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
        Ok(Shown::Row(Json(self.row(&view))))
    }
}

impl SmsEventsApi {
    /// A page of messages; `field` is the part of the path that says whose they are.
    async fn list(
        &self,
        caller: &Authorized<SmsRead>,
        listing: &'static Listing,
        of: MessagesOf,
        field: &'static str,
        options: &RequestDataOptions,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let asked = Asked::new(&self.0, organization, listing, &name(&of), options)?;
        let page = self
            .0
            .reads
            .messages(organization, &of, &asked.query)
            .await?;
        let page = page.ok_or_else(|| no_such(field))?;
        let page = asked.answer(page, |view| self.row(&view));
        Ok(Listed::Page(Json(page.into())))
    }
}

/// What stands in the path, in one form.
fn name(of: &MessagesOf) -> String {
    match of {
        MessagesOf::Everybody | MessagesOf::Billed => String::new(),
        MessagesOf::Lead(id) => id.to_string(),
        MessagesOf::Conversation(id) => id.to_string(),
        MessagesOf::Phone(phone) => phone.as_str().to_owned(),
    }
}

/// What the path names is not there, or is another organization's.
fn no_such(field: &'static str) -> Problem {
    invalid(field, "names nothing")
}
