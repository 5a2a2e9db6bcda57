//! Tags in answers.

use poem_openapi::Object;
use serde::Serialize;
use sms_domain::values::LeadTag;

/// A tag. It is its name: its id is the name in the form in which tags are compared.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct TagSummary {
    /// Names the tag in requests.
    pub(crate) id: String,
    /// The name as it was first written.
    pub(crate) name: String,
    /// The name in lower case, with single spaces.
    pub(crate) normalized_name: String,
    /// The color in which clients show it; none is kept.
    #[oai(nullable)]
    pub(crate) color: Option<String>,
}

impl From<&LeadTag> for TagSummary {
    fn from(tag: &LeadTag) -> Self {
        Self {
            id: tag.normalized(),
            name: tag.as_str().to_owned(),
            normalized_name: tag.normalized(),
            color: None,
        }
    }
}
