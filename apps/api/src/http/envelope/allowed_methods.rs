//! Which methods a path takes: the `Allow` header of a 405 (RFC 9110, 15.5.6), which the router does
//! not tell.

use std::collections::BTreeSet;

use poem::http::Method;

/// The methods of every path.
#[derive(Debug)]
pub(crate) struct AllowedMethods(Vec<(String, Method)>);

impl AllowedMethods {
    /// From templates such as `/sms/{smsEventId}/cancel` with a method each.
    pub(crate) fn new(templates: Vec<(String, Method)>) -> Self {
        Self(templates)
    }

    /// The methods of a path, in alphabetic order, separated by commas.
    pub(crate) fn at(&self, path: &str) -> String {
        let matching = self
            .0
            .iter()
            .filter(|(template, _)| matches(template, path));
        let mut methods: BTreeSet<&str> = matching.map(|(_, method)| method.as_str()).collect();
        if methods.contains("GET") {
            methods.insert("HEAD");
        }
        methods.into_iter().collect::<Vec<_>>().join(", ")
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (mut expected, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some(expected), Some(found)) if expected == found || expected.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_takes_the_methods_of_all_templates_that_fit() {
        let allowed = AllowedMethods::new(vec![
            ("/sms/send".to_owned(), Method::POST),
            ("/sms/{id}/override".to_owned(), Method::POST),
            ("/sms/{id}/override".to_owned(), Method::DELETE),
            ("/sms/{id}".to_owned(), Method::GET),
        ]);
        assert_eq!(allowed.at("/sms/send"), "GET, HEAD, POST");
        assert_eq!(allowed.at("/sms/7/override"), "DELETE, POST");
        assert_eq!(allowed.at("/sms"), "");
    }
}
