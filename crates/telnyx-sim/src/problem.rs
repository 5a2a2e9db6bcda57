//! A refused request and its body: `{"errors":[{code,title,detail,source,meta}]}`.

use serde::Serialize;

use crate::catalogue;

/// Why a request is refused: one or more errors, of which the first determines the HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) first: ApiError,
    pub(crate) more: Vec<ApiError>,
}

/// One element of `errors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: u32,
    pub(crate) detail: String,
    /// The faulty place in the request: a JSON pointer into the body, or the name of a parameter or header.
    pub(crate) source: Option<Source>,
}

/// Where in the request an error lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    Pointer(String),
    Parameter(String),
}

impl ApiError {
    pub(crate) fn new(code: u32, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            source: None,
        }
    }

    pub(crate) fn at(mut self, field: &str) -> Self {
        self.source = Some(Source::Pointer(format!("/{field}")));
        self
    }

    pub(crate) fn parameter(mut self, name: &str) -> Self {
        self.source = Some(Source::Parameter(name.to_owned()));
        self
    }

    /// The object in `errors`, the same in answers and receipts.
    pub(crate) fn wire(&self) -> WireError {
        WireError {
            code: self.code.to_string(),
            title: catalogue::entry(self.code).title,
            detail: self.detail.clone(),
            source: self.source.clone(),
            meta: WireMeta {
                url: format!(
                    "https://developers.telnyx.com/docs/overview/errors/{}",
                    self.code
                ),
            },
        }
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self {
            first: error,
            more: Vec::new(),
        }
    }
}

impl Problem {
    /// The errors as one problem; `None` if there are none.
    pub(crate) fn from_errors(errors: Vec<ApiError>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let first = errors.next()?;
        Some(Self {
            first,
            more: errors.collect(),
        })
    }

    pub(crate) fn status(&self) -> u16 {
        catalogue::entry(self.first.code).status
    }

    pub(crate) fn body(&self) -> WireProblem {
        WireProblem {
            errors: std::iter::once(&self.first)
                .chain(&self.more)
                .map(ApiError::wire)
                .collect(),
        }
    }
}

/// The body of a refusal.
#[derive(Debug, Serialize)]
pub(crate) struct WireProblem {
    errors: Vec<WireError>,
}

#[derive(Debug, Serialize)]
pub(crate) struct WireError {
    code: String,
    title: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    meta: WireMeta,
}

#[derive(Debug, Serialize)]
struct WireMeta {
    url: String,
}
