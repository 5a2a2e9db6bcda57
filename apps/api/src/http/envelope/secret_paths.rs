//! Which paths hold a secret, and what of them is shown in the log and in problems.

use std::cmp::Reverse;

/// Which paths are public, and the beginnings of those whose rest is a secret.
#[derive(Debug, Default)]
pub(crate) struct SecretPaths {
    public: Vec<String>,
    /// Each with whether its rest is a secret.
    beginnings: Vec<(String, bool)>,
}

impl SecretPaths {
    /// From templates such as `/webhooks/telnyx/{attemptToken}`: all from the first parameter on is
    /// secret, and so is what no template fits but begins alike. A template without parameter is
    /// public, and so is all of `shown`, templates such as `/webhooks/endpoints/{endpointId}`.
    pub(crate) fn new(
        templates: impl IntoIterator<Item = String>,
        shown: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut paths = Self::default();
        let secret = templates.into_iter().map(|template| (template, true));
        for (template, is_secret) in secret.chain(shown.into_iter().map(|one| (one, false))) {
            match template.split_once('{') {
                Some((beginning, _)) => paths.beginnings.push((beginning.to_owned(), is_secret)),
                None => paths.public.push(template),
            }
        }
        // Of two that fit, the longer one says more of the path.
        paths
            .beginnings
            .sort_by_key(|(beginning, _)| Reverse(beginning.len()));
        paths
    }

    /// The path with `***` for its secret.
    pub(super) fn masked(&self, path: &str) -> String {
        if self.public.iter().any(|public| public == path) {
            return path.to_owned();
        }
        let mut beginnings = self.beginnings.iter();
        match beginnings.find(|(beginning, _)| path.starts_with(beginning)) {
            Some((beginning, true)) => format!("{beginning}***"),
            Some((_, false)) | None => path.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_from_the_first_parameter_on_is_masked() {
        let templates = [
            "/hooks/{token}",
            "/hooks",
            "/other/{account}/notices/{token}",
            "/{any}/{token}",
        ];
        let shown = ["/hooks/ours/{id}".to_owned()];
        let paths = SecretPaths::new(templates.map(str::to_owned), shown);
        assert_eq!(paths.masked("/hooks/ours/17"), "/hooks/ours/17");
        assert_eq!(paths.masked("/hooks/ours"), "/hooks/***");
        assert_eq!(paths.masked("/hooks/5ec2e7"), "/hooks/***");
        assert_eq!(paths.masked("/hooks/5ec2e7/more"), "/hooks/***");
        assert_eq!(paths.masked("/other/eu/notices/5ec2e7"), "/other/***");
        assert_eq!(paths.masked("/hooks"), "/hooks");
        assert_eq!(paths.masked("/else/5ec2e7"), "/***");
    }
}
