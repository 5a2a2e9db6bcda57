//! Conversations with leads, and what happened in them.

use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use sms_domain::ports::{CONVERSATION_EVENTS, CONVERSATIONS, ConversationsOf, MessagesOf};

use super::{Body, Tag};
use crate::http::auth::{Authorized, SmsRead};
use crate::http::dto::{
    ConversationResponse, EventTableRow, PagedResultOfConversationResponse,
    PagedResultOfEventTableRow, RequestDataOptions,
};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson, invalid};
use crate::http::problem::{Failure, Problem};
use crate::http::state::AppState;

/// The operations on conversations.
pub(super) struct ConversationsApi(pub(super) AppState);

/// A page of conversations.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfConversationResponse>),
}

/// A page of what happened in a conversation.
#[derive(ApiResponse)]
enum Happened {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfEventTableRow>),
}

#[OpenApi]
impl ConversationsApi {
    /// Lists conversations.
    ///
    /// Every conversation of the organization with its last message, those that began last first.
    #[oai(
        path = "/conversations/my",
        method = "post",
        tag = "Tag::Conversations",
        operation_id = "Conversations_GetAllForCurrentUser"
    )]
    async fn all(
        &self,
        caller: Authorized<SmsRead>,
        /// active, which is the default, archived or all: whether the lead is archived.
        #[oai(name = "archiveFilter")]
        archive_filter: Query<Option<String>>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let is_archived = match archive_filter.0.as_deref() {
            None | Some("active") => Some(false),
            Some("archived") => Some(true),
            Some("all") => None,
            Some(_) => return Err(unknown_filter().into()),
        };
        let of = ConversationsOf::Everybody { is_archived };
        self.list(&caller, of, &format!("{is_archived:?}"), &options)
            .await
    }

    /// Lists the conversations with a lead.
    ///
    /// Those of archived leads included.
    #[oai(
        path = "/conversations/lead/:leadId",
        method = "post",
        tag = "Tag::Conversations",
        operation_id = "Conversations_GetConversationsByLead"
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
        let of = ConversationsOf::Lead(id);
        self.list(&caller, of, &id.to_string(), &options).await
    }

    /// Lists what happened in a conversation.
    ///
    /// The messages in both directions, oldest first.
    #[oai(
        path = "/events/conversations/:conversationId",
        method = "post",
        tag = "Tag::Events",
        operation_id = "Events_GetAllForConversation"
    )]
    async fn events(
        &self,
        caller: Authorized<SmsRead>,
        /// The conversation.
        #[oai(name = "conversationId")]
        conversation_id: Path<String>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Happened, Failure<Body>> {
        let id = conversation_id.0.parse();
        let id = id.map_err(|_| no_such("conversationId"))?;
        let (organization, of) = (caller.sender.organization_id, MessagesOf::Conversation(id));
        let listing = &CONVERSATION_EVENTS;
        let asked = Asked::new(&self.0, organization, listing, &id.to_string(), &options)?;
        let page = self
            .0
            .reads
            .messages(organization, &of, &asked.query)
            .await?;
        let page = page.ok_or_else(|| no_such("conversationId"))?;
        let page = asked.answer(page, |view| {
            let mut row = EventTableRow::from(&view);
            self.0.renew(&mut row.media);
            row
        });
        Ok(Happened::Page(Json(page.into())))
    }
}

impl ConversationsApi {
    /// A page of conversations; `name` says of what, for the tokens.
    async fn list(
        &self,
        caller: &Authorized<SmsRead>,
        of: ConversationsOf,
        name: &str,
        options: &RequestDataOptions,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let asked = Asked::new(&self.0, organization, &CONVERSATIONS, name, options)?;
        let page = self
            .0
            .reads
            .conversations(organization, of, &asked.query)
            .await?;
        let page = page.ok_or_else(|| no_such("leadId"))?;
        let page = asked.answer(page, ConversationResponse::from);
        Ok(Listed::Page(Json(page.into())))
    }
}

fn unknown_filter() -> Problem {
    invalid("archiveFilter", "must be one of active, archived, all")
}

/// What the path names is not there, or is another organization's.
fn no_such(field: &'static str) -> Problem {
    invalid(field, "names nothing")
}
