//! Public URL shorteners.

use std::collections::HashSet;

use serde::Deserialize;

use crate::law::data::table::{DataError, Located, rows};

pub(super) const FILE: &str = "url_shorteners.csv";

/// The domains of public URL shorteners, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shorteners(HashSet<Box<str>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    domain: String,
    source: String,
}

impl Shorteners {
    pub(super) fn read(text: &str) -> Result<Self, DataError> {
        let mut domains = HashSet::new();
        for Located { line, row } in rows::<Row>(FILE, text)? {
            line.not_empty("source", &row.source)?;
            if !is_domain(&row.domain) {
                return Err(line.error(format!("`{}` is not a domain in lower case", row.domain)));
            }
            line.first_of(&mut domains, row.domain.as_str().into(), &row.domain)?;
        }
        Ok(Self(domains))
    }

    /// Each domain.
    pub(super) fn rows(&self) -> impl Iterator<Item = (String, String)> {
        let domains = self.0.iter();
        domains.map(|domain| (domain.to_string(), "listed".to_owned()))
    }

    /// The number of domains.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The shortener's domain that equals the host or contains it as a subdomain.
    pub(super) fn find(&self, host: &str) -> Option<&str> {
        let starts = host
            .match_indices('.')
            .map(|(at, dot)| at.saturating_add(dot.len()));
        [0].into_iter()
            .chain(starts)
            .find_map(|start| self.0.get(host.get(start..)?))
            .map(|domain| &**domain)
    }
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && label.chars().all(is_inside)
    };
    text.contains('.') && text.split('.').all(is_label)
}
