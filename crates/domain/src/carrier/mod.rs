//! Requests to a carrier, its answers, refusals and reports, and received texts, as data in the
//! domain's terms. This module must not know any carrier's terms, any message of ours, or what
//! follows.

mod call;
mod evidence;
mod notice;

pub use call::{
    AttemptToken, FailureMeaning, Limit, OutboundSms, ProviderAnswer, ProviderCall, Refusal,
    RefusalClass, RequestBody, SpamBlock, TokenHash,
};
pub use evidence::{Evidence, EvidenceKind, ProviderError};
pub use notice::{InboundSms, Notice, NoticeContent, ProviderEvent};
