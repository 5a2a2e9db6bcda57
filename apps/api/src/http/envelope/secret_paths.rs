//! Which paths hold a secret, and what of them is shown in the log and in problems.

/// The beginnings of paths whose rest is a secret.
#[derive(Debug, Default)]
pub(crate) struct SecretPaths(Vec<String>);

impl SecretPaths {
    /// From templates such as `/webhooks/telnyx/{attemptToken}`: all from the first parameter on is
    /// secret, and so is what no template fits but begins alike.
    pub(crate) fn new(templates: impl IntoIterator<Item = String>) -> Self {
        let beginning = |template: String| {
            let (beginning, _) = template.split_once('{')?;
            Some(beginning.to_owned())
        };
        Self(templates.into_iter().filter_map(beginning).collect())
    }

    /// The path with `***` for its secret.
    pub(super) fn masked(&self, path: &str) -> String {
        let beginning = self.0.iter().find(|beginning| path.starts_with(*beginning));
        beginning.map_or_else(|| path.to_owned(), |beginning| format!("{beginning}***"))
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
        ];
        let paths = SecretPaths::new(templates.map(str::to_owned));
        assert_eq!(paths.masked("/hooks/5ec2e7"), "/hooks/***");
        assert_eq!(paths.masked("/hooks/5ec2e7/more"), "/hooks/***");
        assert_eq!(paths.masked("/other/eu/notices/5ec2e7"), "/other/***");
        assert_eq!(paths.masked("/hooks"), "/hooks");
    }
}
