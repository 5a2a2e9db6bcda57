//! Pages of lists, in the published shapes: one for each kind of row.

use super::wire::Integer;
use super::{
    ConversationResponse, EventTableRow, LeadTableRow, OrganizationTableRow, PhoneNumberTableRow,
    SmsEventTableRow, SourceTableRow, SuppressionEntryResponse, UsageLedgerTableRow,
};

/// A page of rows, before it has its published name.
#[derive(Debug, Clone)]
pub(crate) struct Paged<R> {
    pub(crate) items: Vec<R>,
    /// The size that was applied.
    pub(crate) size: u32,
    /// The rows of all pages.
    pub(crate) count: Option<u32>,
    /// The token of the next page.
    pub(crate) token: Option<String>,
}

impl<R> Paged<R> {
    /// The first of two pages with one row, for the document.
    pub(super) fn example(row: R) -> Self {
        Self {
            items: vec![row],
            size: 50,
            count: Some(51),
            token: Some("eyJ2YWx1ZSI6bnVsbH0".to_owned()),
        }
    }
}

macro_rules! paged {
    ($($(#[$doc:meta])* $name:ident of $row:ty;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, poem_openapi::Object, serde::Serialize)]
        #[oai(rename_all = "camelCase")]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name {
            /// The rows of the page, in order. A page may have fewer rows than asked for, or none, although
            /// there is another page: as many as were found among 10,000.
            pub(crate) items: Vec<$row>,
            /// The most rows of the page that was applied.
            pub(crate) page_size: Integer,
            /// The rows of all pages, if includeCount asked for them; 10000 stands for 10,000 or more. Null when
            /// they could not be counted among 10,000 rows.
            #[oai(nullable)]
            pub(crate) total_count: Option<Integer>,
            /// Asks for the next page; null when this is the last one. It serves for the same organization,
            /// operation, order and filters alone.
            #[oai(nullable)]
            pub(crate) continuation_token: Option<String>,
        }

        impl From<Paged<$row>> for $name {
            fn from(page: Paged<$row>) -> Self {
                Self {
                    items: page.items,
                    page_size: page.size.into(),
                    total_count: page.count.map(Integer::from),
                    continuation_token: page.token,
                }
            }
        }
    )+};
}
paged! {
    /// A page of conversations.
    PagedResultOfConversationResponse of ConversationResponse;
    /// A page of what happened.
    PagedResultOfEventTableRow of EventTableRow;
    /// A page of API keys.
    PagedResultOfOrganizationTableRow of OrganizationTableRow;
    /// A page of numbers.
    PagedResultOfPhoneNumberTableRow of PhoneNumberTableRow;
    /// A page of leads.
    PagedResultOfLeadTableRow of LeadTableRow;
    /// A page of sources.
    PagedResultOfSourceTableRow of SourceTableRow;
    /// A page of the opt-out list.
    PagedResultOfSuppressionEntryResponse of SuppressionEntryResponse;
    /// A page of what messages cost.
    PagedResultOfUsageLedgerTableRow of UsageLedgerTableRow;
    /// A page of messages.
    PagedResultOfSmsEventTableRow of SmsEventTableRow;
}
