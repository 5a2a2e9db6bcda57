//! The text to send: a first message is checked for the sender's name and opt-out instructions, and
//! completed if the policy says so. This module must not know numbers or time.

use serde::{Deserialize, Serialize};

use super::features::TextFeatures;
use crate::content::words::{contain_any, folded, words};
use crate::content::{Body, InvalidBody, Text};
use crate::facts::{Context, IdentityPolicy};
use crate::message::{Submission, TrafficType};

/// The text to send, as the policy makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wording {
    /// What a first message lacks as submitted; nothing for later ones.
    pub lacks: Lacks,
    /// Whether what is missing is added at the end.
    pub is_completed: bool,
    /// Whether the text would be too long with what is missing.
    pub is_too_long_to_complete: bool,
    /// The number of segments of the text to send.
    pub segments: u32,
}

/// The required elements that a first message lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lacks {
    /// Whether the organization's name is missing.
    pub identity: bool,
    /// Whether opt-out instructions are missing.
    pub opt_out: bool,
}

impl Wording {
    /// The wording of a text with these features: a first message is completed as the policy requires.
    #[must_use]
    pub fn of(submission: &Submission, features: &TextFeatures, context: &Context) -> Self {
        // System replies are already complete.
        let is_own = submission.traffic == TrafficType::SystemInternal;
        let is_first = context.message.conversation.is_first_message && !is_own;
        let lacks = if is_first {
            features.lacks
        } else {
            Lacks::default()
        };
        let adds = lacks.anything() && context.org.policy.first_message == IdentityPolicy::Append;
        let completed = features.completed.filter(|_| adds);
        Self {
            lacks,
            is_completed: completed.is_some(),
            is_too_long_to_complete: adds && completed.is_none(),
            segments: completed.map_or(submission.segments, |completed| completed.segments),
        }
    }

    /// The text to send, if it is not the text as submitted.
    #[must_use]
    pub fn changed(&self, submission: &Submission, context: &Context) -> Option<Text> {
        if !self.is_completed {
            return None;
        }
        let body = completed(submission.text.as_str(), &context.org.name, self.lacks).ok()?;
        Some(Text::new(body.as_str()))
    }
}

/// The completed text of a first message; `None` where nothing is missing or the policy does not add it.
/// Both texts count as the same text to the recipient.
#[must_use]
pub fn as_first_message(submission: &Submission, context: &Context) -> Option<Text> {
    let (text, name) = (submission.text.as_str(), &context.org.name);
    if context.org.policy.first_message != IdentityPolicy::Append {
        return None;
    }
    let lacks = Lacks::of(&folded(text), name);
    let body = completed(text, name, lacks).ok()?;
    lacks.anything().then(|| Text::new(body.as_str()))
}

impl Lacks {
    /// What a folded text (see [`folded`]) of an organization with this name lacks.
    pub(super) fn of(folded_text: &str, name: &str) -> Self {
        let text = words(folded_text);
        let name = words(&folded(name)).join(" ");
        Self {
            identity: !name.is_empty() && !contain_any(&text, &[&name]),
            opt_out: !contain_any(&text, OPT_OUT_INSTRUCTIONS),
        }
    }

    /// Whether anything is missing.
    #[must_use]
    pub const fn anything(self) -> bool {
        self.identity || self.opt_out
    }
}

/// The text with the missing parts appended, so that its beginning stays as written.
pub(super) fn completed(text: &str, name: &str, lacks: Lacks) -> Result<Body, InvalidBody> {
    let mut completed = text.trim_end().to_owned();
    if lacks.identity {
        completed.push_str(" - ");
        completed.push_str(name);
    }
    if lacks.opt_out {
        completed.push_str(if lacks.identity { ". " } else { " " });
        completed.push_str("Reply STOP to opt out.");
    }
    Body::parse(&completed)
}

/// Phrases that count as opt-out instructions (47 CFR 64.1200(a)(10); CTIA Messaging Principles
/// 5.1.3), in English, French and Spanish, without accents.
const OPT_OUT_INSTRUCTIONS: &[&str] = &[
    "reply stop",
    "text stop",
    "send stop",
    "txt stop",
    "write stop",
    "type stop",
    "stop to opt",
    "stop to end",
    "stop to quit",
    "stop to unsubscribe",
    "stop to cancel",
    "stop 2 end",
    "stop 2 quit",
    "opt out",
    "optout",
    "unsubscribe",
    "repondez stop",
    "repondez arret",
    "repondre stop",
    "repondre arret",
    "envoyez stop",
    "envoyez arret",
    "arret pour",
    "stop pour",
    "responda stop",
    "responda alto",
    "responde stop",
    "responde alto",
    "envie stop",
    "envie alto",
    "alto para",
    "stop para",
];
