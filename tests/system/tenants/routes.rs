//! The table of all operations, with every place that names a thing of an organization.

/// One operation of the document.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) body: Body,
    pub(super) places: &'static [Place],
    /// Ids that do not name a thing of an organization.
    pub(super) of_nobody: &'static [&'static str],
}

/// A place that names a thing.
pub(super) struct Place {
    /// A segment of the path in braces, or a JSON pointer into the body.
    pub(super) at: &'static str,
    pub(super) kind: Kind,
    /// The status of the answer for an unknown thing there.
    pub(super) status: u16,
}

/// The kind of a named thing.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Message,
    Conversation,
    Number,
    Campaign,
    Source,
    Lead,
    Phone,
    NumberPhone,
    Organization,
    Suppression,
    Endpoint,
    Event,
}

impl Kind {
    pub(super) const ALL: [Self; 12] = [
        Self::Message,
        Self::Conversation,
        Self::Number,
        Self::Campaign,
        Self::Source,
        Self::Lead,
        Self::Phone,
        Self::NumberPhone,
        Self::Organization,
        Self::Suppression,
        Self::Endpoint,
        Self::Event,
    ];
}

/// A request that is accepted.
#[derive(Clone, Copy)]
pub(super) enum Body {
    None,
    Message,
    Batch,
    Selection,
    Override,
    Source,
    Intake,
    Person,
    List,
    Endpoint,
    Replay,
    Number,
    Campaign,
}

const fn place(at: &'static str, kind: Kind, status: u16) -> Place {
    Place { at, kind, status }
}

const fn route(
    method: &'static str,
    path: &'static str,
    body: Body,
    places: &'static [Place],
) -> Route {
    Route {
        method,
        path,
        body,
        places,
        of_nobody: &[],
    }
}

/// A message id in a path whose operation has a 404.
const IN_PATH: &[Place] = &[place("{smsEventId}", Kind::Message, 404)];

const IDS_OF_CARRIERS: &[&str] = &["/brandId", "/tenDlcCampaignId"];
const NUMBER_IN_PATH: &[Place] = &[place("{phoneNumberId}", Kind::Number, 404)];
const CAMPAIGN_IN_PATH: &[Place] = &[place("{campaignId}", Kind::Campaign, 404)];

const IN_MESSAGE: &[Place] = &[
    place("/smsEventId", Kind::Message, 400),
    place("/conversationId", Kind::Conversation, 400),
    place("/fromPhoneNumberId", Kind::Number, 400),
    place("/campaignId", Kind::Campaign, 400),
    place("/sourceId", Kind::Source, 400),
];

const IN_PERSON: &[Place] = &[place("/organizationId", Kind::Organization, 400)];

const SOURCE_IN_PATH: &[Place] = &[place("{id}", Kind::Source, 404)];
/// An endpoint in a path.
const OF_ENDPOINT: &[Place] = &[place("{endpointId}", Kind::Endpoint, 404)];

/// Every operation.
pub(super) const ROUTES: &[Route] = &[
    route("post", "/sms/send", Body::Message, IN_MESSAGE),
    route(
        "post",
        "/sms/batch",
        Body::Batch,
        // The word of the item counts.
        &[
            place("/items/0/smsEventId", Kind::Message, 400),
            place("/items/0/conversationId", Kind::Conversation, 400),
            place("/items/0/fromPhoneNumberId", Kind::Number, 400),
            place("/items/0/campaignId", Kind::Campaign, 400),
            place("/items/0/sourceId", Kind::Source, 400),
        ],
    ),
    route("post", "/sms/drafts", Body::Message, IN_MESSAGE),
    route("post", "/sms/media", Body::None, &[]),
    route("post", "/sms/preview", Body::Message, IN_MESSAGE),
    route("post", "/sms/{smsEventId}/cancel", Body::None, IN_PATH),
    route("get", "/sms/{smsEventId}/decision", Body::None, IN_PATH),
    route("get", "/events/sms/{smsEventId}", Body::None, IN_PATH),
    route(
        "post",
        "/events/sms/lead/{leadId}",
        Body::List,
        &[place("{leadId}", Kind::Lead, 400)],
    ),
    route(
        "post",
        "/events/conversations/{conversationId}",
        Body::List,
        &[place("{conversationId}", Kind::Conversation, 400)],
    ),
    route(
        "post",
        "/conversations/lead/{leadId}",
        Body::List,
        &[place("{leadId}", Kind::Lead, 400)],
    ),
    // Any number may be asked about: that of a stranger has no messages.
    route(
        "post",
        "/events/sms/phone/{phoneNumber}",
        Body::List,
        &[place("{phoneNumber}", Kind::Phone, 200)],
    ),
    route(
        "post",
        "/phone-numbers/outgoing/new",
        Body::Selection,
        &[
            place("/conversationId", Kind::Conversation, 400),
            place("/leadId", Kind::Lead, 400),
            place("/recipientPhoneNumber", Kind::Phone, 400),
            place("/campaignId", Kind::Campaign, 400),
            place("/sourceId", Kind::Source, 400),
            place("/teamId", Kind::Organization, 400),
        ],
    ),
    route(
        "post",
        "/phone-numbers/outgoing/conversation/{conversationId}",
        Body::Selection,
        &[
            place("{conversationId}", Kind::Conversation, 400),
            // The path names the conversation; the names of the person in the body are ignored.
            place("/conversationId", Kind::Conversation, 200),
            place("/leadId", Kind::Lead, 200),
            place("/recipientPhoneNumber", Kind::Phone, 200),
            place("/campaignId", Kind::Campaign, 400),
            place("/sourceId", Kind::Source, 400),
            place("/teamId", Kind::Organization, 400),
        ],
    ),
    route(
        "post",
        "/phone-numbers/outgoing/manual-override",
        Body::Override,
        &[
            place("/fromPhoneNumberId", Kind::Number, 400),
            place("/selection/conversationId", Kind::Conversation, 400),
            place("/selection/leadId", Kind::Lead, 400),
            place("/selection/recipientPhoneNumber", Kind::Phone, 400),
            place("/selection/campaignId", Kind::Campaign, 400),
            place("/selection/sourceId", Kind::Source, 400),
            place("/selection/teamId", Kind::Organization, 400),
        ],
    ),
    route(
        "post",
        "/phone-numbers/outgoing/conversation/{conversationId}/override",
        Body::Override,
        &[
            place("{conversationId}", Kind::Conversation, 400),
            place("/fromPhoneNumberId", Kind::Number, 400),
            place("/selection/conversationId", Kind::Conversation, 200),
            place("/selection/leadId", Kind::Lead, 200),
            place("/selection/recipientPhoneNumber", Kind::Phone, 200),
            place("/selection/campaignId", Kind::Campaign, 400),
            place("/selection/sourceId", Kind::Source, 400),
            place("/selection/teamId", Kind::Organization, 400),
        ],
    ),
    route(
        "delete",
        "/phone-numbers/outgoing/conversation/{conversationId}/override",
        Body::None,
        &[place("{conversationId}", Kind::Conversation, 400)],
    ),
    route("post", "/sources", Body::Source, &[]),
    route("get", "/sources/{id}", Body::None, SOURCE_IN_PATH),
    route("put", "/sources/{id}", Body::Source, SOURCE_IN_PATH),
    Route {
        method: "post",
        path: "/leads/intake",
        body: Body::Intake,
        places: &[],
        // The source's own names of the lead and of its publishers.
        of_nobody: &["/externalId", "/sellerLeadId", "/subId"],
    },
    route(
        "get",
        "/leads/{id}",
        Body::None,
        &[place("{id}", Kind::Lead, 404)],
    ),
    route("post", "/suppressions", Body::Person, IN_PERSON),
    route("post", "/suppressions/check", Body::Person, IN_PERSON),
    route("post", "/suppressions/release", Body::Person, IN_PERSON),
    route(
        "get",
        "/suppressions/{id}",
        Body::None,
        &[place("{id}", Kind::Suppression, 404)],
    ),
    Route {
        method: "post",
        path: "/campaigns",
        body: Body::Campaign,
        places: &[],
        of_nobody: IDS_OF_CARRIERS,
    },
    route(
        "get",
        "/campaigns/{campaignId}",
        Body::None,
        CAMPAIGN_IN_PATH,
    ),
    Route {
        method: "put",
        path: "/campaigns/{campaignId}",
        body: Body::Campaign,
        places: CAMPAIGN_IN_PATH,
        of_nobody: IDS_OF_CARRIERS,
    },
    route("post", "/organizations/my/pause", Body::None, &[]),
    route("post", "/organizations/my/resume", Body::None, &[]),
    route(
        "post",
        "/phone-numbers/{phoneNumberId}/pause",
        Body::None,
        NUMBER_IN_PATH,
    ),
    route(
        "post",
        "/phone-numbers/{phoneNumberId}/resume",
        Body::None,
        NUMBER_IN_PATH,
    ),
    route(
        "post",
        "/campaigns/{campaignId}/pause",
        Body::None,
        CAMPAIGN_IN_PATH,
    ),
    route(
        "post",
        "/campaigns/{campaignId}/resume",
        Body::None,
        CAMPAIGN_IN_PATH,
    ),
    route(
        "post",
        "/phone-numbers",
        Body::Number,
        &[place("/organizationId", Kind::Organization, 400)],
    ),
    route(
        "get",
        "/phone-numbers/{phoneNumberId}",
        Body::None,
        NUMBER_IN_PATH,
    ),
    route(
        "get",
        "/phone-numbers/{phoneNumberId}/warmup",
        Body::None,
        &[place("{phoneNumberId}", Kind::Number, 400)],
    ),
    route(
        "get",
        "/phone-numbers/{phoneNumber}/status",
        Body::None,
        &[place("{phoneNumber}", Kind::NumberPhone, 400)],
    ),
    route(
        "put",
        "/phone-numbers/{phoneNumberId}",
        Body::Number,
        &[
            place("{phoneNumberId}", Kind::Number, 404),
            place("/organizationId", Kind::Organization, 400),
        ],
    ),
    // The carrier's endpoint, which authenticates by signature and belongs to no organization.
    Route {
        method: "post",
        path: "/webhooks/telnyx/{attemptToken}",
        body: Body::None,
        places: &[],
        of_nobody: &["{attemptToken}"],
    },
    route("post", "/webhooks/telnyx", Body::None, &[]),
    route("post", "/webhooks/endpoints", Body::Endpoint, &[]),
    route(
        "get",
        "/webhooks/endpoints/{endpointId}",
        Body::None,
        OF_ENDPOINT,
    ),
    route(
        "put",
        "/webhooks/endpoints/{endpointId}",
        Body::Endpoint,
        OF_ENDPOINT,
    ),
    route(
        "delete",
        "/webhooks/endpoints/{endpointId}",
        Body::None,
        OF_ENDPOINT,
    ),
    route(
        "post",
        "/webhooks/endpoints/{endpointId}/secret",
        Body::None,
        OF_ENDPOINT,
    ),
    route(
        "post",
        "/webhooks/endpoints/{endpointId}/test",
        Body::None,
        OF_ENDPOINT,
    ),
    route(
        "get",
        "/webhooks/endpoints/{endpointId}/attempts",
        Body::None,
        OF_ENDPOINT,
    ),
    route(
        "post",
        "/webhooks/endpoints/{endpointId}/replay",
        Body::Replay,
        &[
            place("{endpointId}", Kind::Endpoint, 404),
            place("/eventId", Kind::Event, 400),
        ],
    ),
    route("get", "/health/live", Body::None, &[]),
    route("get", "/health/ready", Body::None, &[]),
    // After this the caller's source is gone.
    route("delete", "/sources/{id}", Body::None, SOURCE_IN_PATH),
    // After everything that needs the number.
    route(
        "delete",
        "/phone-numbers/{phoneNumberId}",
        Body::None,
        NUMBER_IN_PATH,
    ),
];
