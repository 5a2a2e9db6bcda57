//! Choosing and overriding the number to send from.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};
use sms_application::{Selection, SelectionRequest};
use sms_domain::values::ids::{ConversationId, OrganizationId};

use super::{Body, Named, Tag};
use crate::http::auth::{Authorized, NumbersWrite};
use crate::http::dto::{
    OutgoingNumberManualOverrideRequest, OutgoingNumberSelectionRequest,
    OutgoingNumberSelectionResponse,
};
use crate::http::payload::{Json, StrictJson, invalid};
use crate::http::problem::{Failure, Problem};
use crate::http::state::AppState;

/// The operations on outgoing numbers.
pub(super) struct PhoneNumbersApi(pub(super) AppState);

/// The choice of a number.
#[derive(ApiResponse)]
enum Chosen {
    /// The number that would send, and those that could.
    #[oai(status = 200)]
    Selection(Json<OutgoingNumberSelectionResponse>),
}

impl Chosen {
    fn new(selection: &Selection, organization: OrganizationId) -> Self {
        Self::Selection(Json(OutgoingNumberSelectionResponse::new(
            selection,
            organization,
        )))
    }
}

#[OpenApi]
impl PhoneNumbersApi {
    /// Chooses the number for a first message.
    ///
    /// Nothing is reserved: the choice is made again when a message is sent.
    #[oai(
        path = "/phone-numbers/outgoing/new",
        method = "post",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_GetOutgoingForNewOutbound"
    )]
    async fn for_new_outbound(
        &self,
        caller: Authorized<NumbersWrite>,
        StrictJson(request): StrictJson<OutgoingNumberSelectionRequest>,
    ) -> Result<Chosen, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let selection = self
            .0
            .use_cases
            .numbers
            .select(caller.sender, request.into())
            .await?;
        Ok(Chosen::new(&selection, organization))
    }

    /// Chooses the number for the next message of a conversation.
    ///
    /// Nothing is reserved: the choice is made again when a message is sent.
    #[oai(
        path = "/phone-numbers/outgoing/conversation/:conversationId",
        method = "post",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_GetOutgoingForConversation"
    )]
    async fn for_conversation(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The conversation.
        #[oai(name = "conversationId")]
        conversation_id: Path<String>,
        StrictJson(request): StrictJson<OutgoingNumberSelectionRequest>,
    ) -> Result<Chosen, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let request = SelectionRequest {
            conversation_id: Some(conversation(&conversation_id.0)?),
            ..request.into()
        };
        let selection = self
            .0
            .use_cases
            .numbers
            .select(caller.sender, request)
            .await?;
        Ok(Chosen::new(&selection, organization))
    }

    /// Checks whether a person may choose a number.
    ///
    /// An override beats preference, never compliance or capacity. Nothing is changed.
    #[oai(
        path = "/phone-numbers/outgoing/manual-override",
        method = "post",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_ValidateManualOverride"
    )]
    async fn validate_override(
        &self,
        caller: Authorized<NumbersWrite>,
        StrictJson(request): StrictJson<OutgoingNumberManualOverrideRequest>,
    ) -> Result<Chosen, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let selection = self
            .0
            .use_cases
            .numbers
            .check_override(caller.sender, &request.into())
            .await?;
        Ok(Chosen::new(&selection, organization))
    }

    /// Makes a conversation go on from a number.
    ///
    /// Later messages of the conversation leave from this number or not at all, until the override
    /// is cleared.
    #[oai(
        path = "/phone-numbers/outgoing/conversation/:conversationId/override",
        method = "post",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_SetConversationOverride"
    )]
    async fn set_override(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The conversation.
        #[oai(name = "conversationId")]
        conversation_id: Path<String>,
        StrictJson(request): StrictJson<OutgoingNumberManualOverrideRequest>,
    ) -> Result<Chosen, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let id = conversation(&conversation_id.0)?;
        let selection = self
            .0
            .use_cases
            .numbers
            .set_override(caller.sender, id, request.into())
            .await?;
        Ok(Chosen::new(&selection, organization))
    }

    /// Returns a conversation to automatic selection.
    ///
    /// Clearing an override that is not there changes nothing.
    #[oai(
        path = "/phone-numbers/outgoing/conversation/:conversationId/override",
        method = "delete",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_ClearConversationOverride"
    )]
    async fn clear_override(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The conversation.
        #[oai(name = "conversationId")]
        conversation_id: Path<String>,
    ) -> Result<Chosen, Failure<Named>> {
        let organization = caller.sender.organization_id;
        let id = conversation(&conversation_id.0)?;
        let selection = self
            .0
            .use_cases
            .numbers
            .clear_override(caller.sender, id)
            .await?;
        Ok(Chosen::new(&selection, organization))
    }
}

/// These operations are published without 404: what is not an id is an invalid value.
fn conversation(text: &str) -> Result<ConversationId, Problem> {
    text.parse()
        .map_err(|_| invalid("conversationId", "must be an id: a UUID"))
}
