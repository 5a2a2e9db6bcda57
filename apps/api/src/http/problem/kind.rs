//! The registry of problem types: one row per type, and one page per row in `docs/problems/`.

use poem::http::StatusCode;

macro_rules! registry {
    ($($(#[$doc:meta])* $kind:ident = $slug:literal, $status:ident, $title:literal, $detail:literal;)+) => {
        /// What went wrong, by what a client does about it. The slug is part of the contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum ProblemKind { $($(#[$doc])* $kind,)+ }

        impl ProblemKind {
            /// All types, by status.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The last segment of the type's URI.
            pub(crate) const fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug),+ }
            }

            /// The address of the page about the type; `base` is where the pages are, empty = on this server.
            pub(crate) fn address(self, base: &str) -> String {
                format!("{base}/problems/{}", self.slug())
            }

            /// The answer's status.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status),+ }
            }

            /// The same for every occurrence.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title),+ }
            }

            /// The sentence of an occurrence that has none of its own.
            pub(crate) const fn detail(self) -> &'static str {
                match self { $(Self::$kind => $detail),+ }
            }

            /// The page that is served at the type's URI (Markdown).
            pub(crate) const fn page(self) -> &'static str {
                match self {
                    $(Self::$kind => include_str!(
                        concat!("../../../../../docs/problems/", $slug, ".md")
                    )),+
                }
            }
        }
    };
}

registry! {
    /// The body is not a JSON object.
    MalformedBody = "malformed-body", BAD_REQUEST, "Malformed body",
        "The body must be one JSON object in UTF-8.";
    /// Fields, headers or path segments cannot be accepted.
    InvalidRequest = "invalid-request", BAD_REQUEST, "Invalid request",
        "One or more values cannot be accepted; see errors.";
    /// The idempotency key stands for another command.
    IdempotencyKeyReused = "idempotency-key-reused", BAD_REQUEST, "Idempotency key reused",
        "The idempotency key was used with another request in the last 24 hours.";
    /// The message can no longer be withdrawn.
    NotCancelable = "not-cancelable", BAD_REQUEST, "Message not cancelable",
        "The message can no longer be canceled.";
    /// No valid key.
    Unauthorized = "unauthorized", UNAUTHORIZED, "Unauthorized",
        "A valid API key is required.";
    /// The key lacks the scope.
    Forbidden = "forbidden", FORBIDDEN, "Forbidden",
        "The API key lacks the scope that this operation needs.";
    /// A webhook's signature is not the provider's.
    InvalidSignature = "invalid-signature", FORBIDDEN, "Invalid signature",
        "The webhook's signature is not valid.";
    /// Nothing is at this path.
    NotFound = "not-found", NOT_FOUND, "Not found",
        "There is no such resource.";
    /// The path has other methods.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "Method not allowed",
        "The resource does not take this method; see the Allow header.";
    /// The body did not arrive in time.
    RequestTimeout = "request-timeout", REQUEST_TIMEOUT, "Request timeout",
        "The body did not arrive in time.";
    /// The body is too large.
    PayloadTooLarge = "payload-too-large", PAYLOAD_TOO_LARGE, "Payload too large",
        "The body is larger than this operation takes.";
    /// The body is not declared as JSON.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE,
        "Unsupported media type",
        "The body must be application/json in UTF-8 without content coding.";
    /// Too many requests of the organization.
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS, "Too many requests",
        "The organization has used up its requests for now; see the Retry-After header.";
    /// A defect of ours.
    InternalError = "internal-error", INTERNAL_SERVER_ERROR, "Internal error",
        "Something went wrong on our side. Whether the request took effect is not known.";
    /// We cannot answer now.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "Service unavailable",
        "The request could not be served now. Whether it took effect is not known; repeat it \
         with the same idempotency key.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_type_has_a_page_with_its_title_and_status() {
        for kind in ProblemKind::ALL {
            let page = kind.page();
            assert!(
                page.starts_with(&format!("# {}\n", kind.title())),
                "{}",
                kind.slug()
            );
            assert!(
                page.contains(&format!("\nStatus {}. ", kind.status().as_u16())),
                "{}",
                kind.slug()
            );
        }
    }

    #[test]
    fn no_two_types_share_an_address() {
        let slugs: HashSet<_> = ProblemKind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), ProblemKind::ALL.len());
    }

    #[test]
    fn the_overview_lists_every_type_in_order() {
        let overview = include_str!("../../../../../docs/problems/README.md");
        let listed = overview
            .lines()
            .filter_map(|line| line.strip_prefix("| [")?.split(']').next());
        assert!(listed.eq(ProblemKind::ALL.iter().map(|kind| kind.slug())));
    }

    #[test]
    fn every_page_belongs_to_a_type() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/problems");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let slug = name.strip_suffix(".md").unwrap();
            let is_known = slug == "README" || ProblemKind::ALL.iter().any(|k| k.slug() == slug);
            assert!(is_known, "{name}");
        }
    }
}
