//! Links to public URL shorteners. Must not know what follows from one.

use serde::{Deserialize, Serialize};

use super::links::{Host, hosts};
use crate::law::RuleData;

/// A link to a public URL shortener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortenedLink {
    /// The shortener's domain.
    pub domain: String,
    /// The word of the text that contains the link, counted from 1.
    pub word: usize,
}

/// The shorteners to which the text links, each with the position of its first link.
pub(super) fn shorteners(text: &str, rules: &RuleData) -> Vec<ShortenedLink> {
    let mut found: Vec<ShortenedLink> = Vec::new();
    if !text.contains('.') && !text.contains("dot") && !text.contains('&') {
        return found;
    }
    for host in hosts(text) {
        let domain = rules
            .shortener(&host.name)
            .filter(|domain| is_meant(&host, domain));
        if let Some(domain) = domain
            && found.iter().all(|link| link.domain != domain)
        {
            found.push(ShortenedLink {
                domain: domain.to_owned(),
                word: host.word,
            });
        }
    }
    found.sort_by_key(|link| link.word);
    found
}

/// Two words with a dot between them may be two sentences. They count as a link if a path follows,
/// or if the first word is too long to match by chance (`u. To`, `it is . Me`).
fn is_meant(host: &Host, domain: &str) -> bool {
    let is_long = domain.find('.').is_some_and(|length| length >= 3);
    !host.is_pieced || host.has_path || (is_long && !host.ends_sentence)
}
