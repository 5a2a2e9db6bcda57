//! What a carrier is asked, answers, refuses and reports, and a text that it brings: data in our own
//! words. This module must not know any carrier's words, any message of ours, or what follows.

mod call;
mod evidence;
mod notice;

pub use call::{
    AttemptToken, FailureMeaning, Limit, OutboundSms, ProviderAnswer, ProviderCall, Refusal,
    RefusalClass, RequestBody, SpamBlock, TokenHash,
};
pub use evidence::{Evidence, EvidenceKind, ProviderError};
pub use notice::{InboundSms, Notice, NoticeContent, ProviderEvent};
