//! Messages from people, and the provider's own reaction to its keywords.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that a person sends to one of the account's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundText {
    /// The person, E.164.
    pub from: String,
    /// The account's number, E.164.
    pub to: String,
    /// The text; optional if there are media.
    #[serde(default)]
    pub text: String,
    /// The parts that make the message an MMS.
    #[serde(default)]
    pub mms: Mms,
    /// The profile of `to`. Defaults to the profile under which `to` last sent, otherwise to the
    /// configured one.
    #[serde(default)]
    pub messaging_profile_id: Option<String>,
    /// Whether the event of a keyword says that the provider answered it (`autoresponse_type`). The field
    /// is documented but not in Telnyx's schema, so clients must also work without it.
    #[serde(default = "yes")]
    pub autoresponse: bool,
}

/// The parts of an MMS besides its text; without any the message is an SMS.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mms {
    pub subject: Option<String>,
    pub media: Vec<MediaFile>,
    /// Other members of the group; they precede the account's number in `to`.
    pub also_to: Vec<String>,
    /// More members of the group.
    pub cc: Vec<String>,
}

/// A media file at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaFile {
    pub url: String,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
}

fn yes() -> bool {
    true
}

/// The provider's default keywords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Keyword {
    /// Blocks the profile for the person.
    Stop,
    /// Lifts the block.
    Start,
    /// Asks for help; changes nothing.
    Help,
}

impl Keyword {
    /// The keyword of a text. Telnyx compares the whole text, ignoring case and surrounding space. It has
    /// fewer keywords than the law: REVOKE and OPTOUT are missing.
    pub(crate) fn of(text: &str) -> Option<Self> {
        match text.trim().to_uppercase().as_str() {
            "STOP" | "STOPALL" | "STOP ALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" => {
                Some(Self::Stop)
            }
            "START" | "UNSTOP" => Some(Self::Start),
            "HELP" => Some(Self::Help),
            _ => None,
        }
    }
}

/// A received message: a line of `inbound.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboundMessage {
    /// The message's id at the carrier.
    pub id: Uuid,
    pub from: String,
    /// The account's number.
    pub to: String,
    /// What the person wrote.
    pub text: String,
    /// The parts that make it an MMS.
    #[serde(default)]
    pub mms: Mms,
    /// The profile of the number.
    pub messaging_profile_id: String,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The keyword, if the text is one.
    pub keyword: Option<Keyword>,
    /// Whether the event names the automatic answer.
    pub autoresponse: bool,
}

impl InboundMessage {
    pub(crate) fn new(id: Uuid, text: InboundText, profile: String, now: DateTime<Utc>) -> Self {
        Self {
            id,
            keyword: Keyword::of(&text.text),
            from: text.from,
            to: text.to,
            text: text.text,
            mms: text.mms,
            messaging_profile_id: profile,
            received_at: now,
            autoresponse: text.autoresponse,
        }
    }
}

/// A block, as listed by `GET /v2/messaging_optouts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct OptOut {
    pub(crate) created_at: DateTime<Utc>,
    /// The account's number that was told to stop; the block covers its whole profile.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) keyword: String,
    pub(crate) messaging_profile_id: String,
}

/// The active blocks, by profile and person.
#[derive(Debug, Default)]
pub(crate) struct OptOuts(BTreeMap<(String, String), OptOut>);

impl OptOuts {
    /// Applies the keyword of a received message.
    pub(crate) fn apply(&mut self, message: &InboundMessage) {
        let key = (message.messaging_profile_id.clone(), message.from.clone());
        match message.keyword {
            Some(Keyword::Stop) => {
                self.0.entry(key).or_insert_with(|| OptOut {
                    created_at: message.received_at,
                    from: message.to.clone(),
                    to: message.from.clone(),
                    keyword: message.text.trim().to_uppercase(),
                    messaging_profile_id: message.messaging_profile_id.clone(),
                });
            }
            Some(Keyword::Start) => drop(self.0.remove(&key)),
            Some(Keyword::Help) | None => {}
        }
    }

    pub(crate) fn blocks(&self, profile: &str, person: &str) -> bool {
        !self.0.is_empty()
            && self
                .0
                .contains_key(&(profile.to_owned(), person.to_owned()))
    }

    /// All blocks, oldest first.
    pub(crate) fn list(&self) -> Vec<OptOut> {
        let mut all: Vec<_> = self.0.values().cloned().collect();
        all.sort_by_key(|opt_out| opt_out.created_at);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_in(text: &str) -> InboundMessage {
        let text = InboundText {
            from: "+12025550123".into(),
            to: "+13125550001".into(),
            text: text.into(),
            mms: Mms::default(),
            messaging_profile_id: None,
            autoresponse: true,
        };
        InboundMessage::new(Uuid::nil(), text, "profile".into(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn keywords_are_whole_texts_in_any_case() {
        assert_eq!(Keyword::of(" Stop all\n"), Some(Keyword::Stop));
        assert_eq!(Keyword::of("unstop"), Some(Keyword::Start));
        assert_eq!(Keyword::of("help"), Some(Keyword::Help));
        assert_eq!(Keyword::of("please stop"), None);
        assert_eq!(Keyword::of("REVOKE"), None);
    }

    #[test]
    fn stop_blocks_the_profile_and_start_lifts_it() {
        let mut opt_outs = OptOuts::default();
        opt_outs.apply(&text_in("STOP"));
        assert!(opt_outs.blocks("profile", "+12025550123"));
        assert!(!opt_outs.blocks("another", "+12025550123"));
        opt_outs.apply(&text_in("HELP"));
        assert_eq!(opt_outs.list().len(), 1);
        opt_outs.apply(&text_in("start"));
        assert!(!opt_outs.blocks("profile", "+12025550123"));
    }
}
