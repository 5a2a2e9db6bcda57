//! A form with one file.

use poem::web::Multipart;
use poem::{Body, FromRequest, Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::{invalid, read_body};
use crate::http::extractor_state::ExtractorState;
use crate::http::problem::{Problem, ProblemKind};

/// The media type of a form with files.
const FORM: &str = "multipart/form-data";

/// The part that has the file.
const FILE: &str = "file";

/// The largest body: a file that is too large to send is answered with a sentence about it, up to this size.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// The most parts that are read in search of the file.
const MOST_PARTS: usize = 16;

/// A file from the part `file` of a form.
pub(crate) struct UploadedFile {
    pub(crate) content: Vec<u8>,
    /// The type that the part states.
    pub(crate) content_type: Option<String>,
    /// The name that the part states.
    pub(crate) file_name: Option<String>,
}

impl<'a> ApiExtractor<'a> for UploadedFile {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let file = MetaSchema {
            description: Some("The content of the file."),
            ..MetaSchema::new_with_format("string", "binary")
        };
        let form = MetaSchema {
            required: vec![FILE],
            properties: vec![(FILE, MetaSchemaRef::Inline(Box::new(file)))],
            ..MetaSchema::new("object")
        };
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: FORM,
                schema: MetaSchemaRef::Inline(Box::new(form)),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        if !request.content_type().is_some_and(is_form) {
            let detail = "The body must be multipart/form-data.";
            return Err(Problem::with_detail(ProblemKind::UnsupportedMediaType, detail).into());
        }
        let http = ExtractorState::of(request)?;
        let bytes = read_body(request, body, http, MOST_BYTES).await?;
        Ok(read_form(request, bytes).await?)
    }
}

/// The file of a form that was read whole.
async fn read_form(request: &Request, bytes: Vec<u8>) -> Result<UploadedFile, Problem> {
    let mut body = RequestBody::new(Body::from(bytes));
    let form = <Multipart as FromRequest>::from_request(request, &mut body).await;
    let mut form = form.map_err(|_| malformed())?;
    let mut found = None;
    for _ in 0..MOST_PARTS {
        let Some(part) = form.next_field().await.map_err(|_| malformed())? else {
            return found.ok_or_else(|| invalid(FILE, "is required"));
        };
        if part.name() != Some(FILE) {
            continue;
        }
        if found.is_some() {
            return Err(invalid(FILE, "must be given once"));
        }
        found = Some(UploadedFile {
            content_type: part.content_type().map(str::to_owned),
            file_name: part.file_name().map(str::to_owned),
            content: part.bytes().await.map_err(|_| malformed())?,
        });
    }
    Err(malformed())
}

fn is_form(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(FORM)
}

fn malformed() -> Problem {
    let detail = "The body must be a form with one file (multipart/form-data).";
    Problem::with_detail(ProblemKind::MalformedBody, detail)
}
