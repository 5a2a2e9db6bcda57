//! The published document: OpenAPI 3.1.1, the same text each time, made without a database, a
//! configuration or a secret. The framework writes 3.0; [`to_31`] turns that into 3.1, and
//! [`finish`] adds what the framework cannot say.

mod finish;
mod to_31;

use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context as _, ensure};
use serde_json::Value;

pub use to_31::to_31;

use crate::http::routes;

/// The document, with a line end.
#[must_use]
pub fn document() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
        let mut text = serde_json::to_string_pretty(&value()).unwrap_or_default();
        text.push('\n');
        text
    });
    &DOCUMENT
}

/// Compares a file with the document.
///
/// # Errors
/// A file that cannot be read or that differs.
pub fn check(file: &Path) -> anyhow::Result<()> {
    let found =
        std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    ensure!(
        found == document(),
        "{} differs from the document of this program: write it again with `sms-api openapi`",
        file.display()
    );
    Ok(())
}

/// The document as a value.
fn value() -> Value {
    let raw = serde_json::from_str(&routes::raw_document()).unwrap_or_default();
    finish::finish(to_31(raw))
}

/// The page for people: the framework's embedded viewer with our document in it. The viewer would
/// load fonts from the network if it were let.
pub(crate) fn reference_html() -> &'static str {
    const CONFIGURED: &str =
        r#"id="api-reference" data-configuration='{"withDefaultFonts":false}'"#;
    static HTML: LazyLock<String> = LazyLock::new(|| {
        // Within a script element nothing but its end tag is special.
        let document = document().replace("</", "<\\/");
        routes::viewer_html()
            .replacen("<title>Scalar", "<title>Leadping API", 1)
            .replacen("id=\"api-reference\"", CONFIGURED, 1)
            .replacen(routes::VIEWER_DOCUMENT, &document, 1)
    });
    &HTML
}

/// What the page for people may load: only what is in it, and the operations of this server.
pub(crate) const REFERENCE_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; \
     style-src 'unsafe-inline'; img-src data:; font-src data:; connect-src 'self'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_the_same_each_time() {
        let again = format!("{}\n", serde_json::to_string_pretty(&value()).unwrap());
        assert_eq!(document(), again);
    }

    #[test]
    fn the_committed_document_is_current() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        check(Path::new(file)).unwrap();
    }

    #[test]
    fn another_file_is_told_apart() {
        assert!(
            check(Path::new(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/Cargo.toml"
            )))
            .is_err()
        );
        assert!(check(Path::new("no-such-file")).is_err());
    }

    #[test]
    fn every_operation_has_an_id_a_summary_a_tag_and_an_example_of_each_json_body() {
        let value = value();
        for (path, methods) in value["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let name = format!("{method} {path}");
                assert!(operation["operationId"].is_string(), "{name}");
                assert!(operation["summary"].is_string(), "{name}");
                assert!(operation["tags"][0].is_string(), "{name}");
                for content in json_bodies(operation) {
                    assert!(content["example"].is_object(), "{name} lacks an example");
                }
            }
        }
    }

    fn json_bodies(operation: &Value) -> Vec<&Value> {
        let request = operation.pointer("/requestBody/content/application~1json");
        let responses = operation["responses"].as_object().unwrap().values();
        let responses = responses.filter_map(|r| r.pointer("/content/application~1json"));
        request.into_iter().chain(responses).collect()
    }

    #[test]
    fn the_reference_loads_nothing_from_elsewhere() {
        let html = reference_html();
        assert!(html.contains("\"openapi\": \"3.1.1\""));
        assert!(html.contains("<title>Leadping API</title>"));
        assert!(html.contains("\"withDefaultFonts\":false"));
        let head = html.split("<script").next().unwrap();
        assert!(!head.contains("http"), "{head}");
        assert!(!html.contains("<script src"));
        assert!(!REFERENCE_POLICY.contains("http"));
    }
}
