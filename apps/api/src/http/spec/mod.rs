//! The published document: OpenAPI 3.1.1, the same text each time, made without a database, a
//! configuration or a secret. The framework writes 3.0; [`to_31`] turns that into 3.1, [`finish`] adds what the
//! framework cannot say, and [`page`] writes the form of the page's contract.

mod finish;
mod page;
mod to_31;

use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use sms_domain::ports::Contract;

pub use to_31::to_31;

use crate::http::routes;

/// The document of a contract, with a line end.
#[must_use]
pub fn document(contract: Contract) -> &'static str {
    static PAGE: LazyLock<String> = LazyLock::new(|| text(Contract::Page));
    static AUGUST_2026: LazyLock<String> = LazyLock::new(|| text(Contract::August2026));
    match contract {
        Contract::Page => &PAGE,
        Contract::August2026 => &AUGUST_2026,
    }
}

/// Compares a file with the document of a contract.
///
/// # Errors
/// A file that cannot be read or that differs.
pub fn check(file: &Path, contract: Contract) -> anyhow::Result<()> {
    let found =
        std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    ensure!(
        found == document(contract),
        "{} differs from the document of this program: write it again with `sms-api openapi`",
        file.display()
    );
    Ok(())
}

fn text(contract: Contract) -> String {
    let mut text = serde_json::to_string_pretty(&value(contract)).unwrap_or_default();
    text.push('\n');
    text
}

/// The document as a value.
fn value(contract: Contract) -> Value {
    let raw = serde_json::from_str(&routes::raw_document()).unwrap_or_default();
    let newest = finish::finish(to_31(raw), contract);
    match contract {
        Contract::August2026 => newest,
        Contract::Page => page::of_page(newest),
    }
}

/// The page for people: the framework's embedded viewer with our document in it. The viewer would
/// load fonts from the network if it were let.
pub(crate) fn reference_html() -> &'static str {
    const CONFIGURED: &str =
        r#"id="api-reference" data-configuration='{"withDefaultFonts":false}'"#;
    static HTML: LazyLock<String> = LazyLock::new(|| {
        // Within a script element nothing but its end tag is special.
        let document = document(Contract::default()).replace("</", "<\\/");
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
        for contract in Contract::ALL {
            assert_eq!(document(*contract), text(*contract));
        }
    }

    #[test]
    fn the_committed_document_is_current() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        check(Path::new(file), Contract::Page).unwrap();
    }

    #[test]
    fn another_file_is_told_apart() {
        assert!(
            check(
                Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")),
                Contract::Page
            )
            .is_err()
        );
        assert!(check(Path::new("no-such-file"), Contract::Page).is_err());
    }

    #[test]
    fn every_operation_has_an_id_a_summary_a_tag_and_an_example_of_each_json_body() {
        let value = value(Contract::Page);
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

    #[test]
    fn the_newest_contract_has_numbers_and_what_came_after_the_page() {
        let newest = value(Contract::August2026);
        let response = &newest["components"]["schemas"]["SmsResponse"]["properties"];
        assert_eq!(response["retryCount"]["type"], "integer");
        assert_eq!(
            response["billableAmount"]["type"],
            serde_json::json!(["null", "number"])
        );
        assert_eq!(response["media"]["type"], "array");
        assert_eq!(response["consoleEntries"]["type"], "array");
        let sent = &newest["paths"]["/sms/send"]["post"]["responses"]["201"];
        let example = &sent["content"]["application/json"]["example"];
        assert_eq!(
            (&example["retryCount"], &example["billableAmount"]),
            (&0.into(), &0.02.into())
        );
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
