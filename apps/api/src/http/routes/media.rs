//! Files: uploading one, and reading it under its address. The address is the proof, for carriers have no key.

use std::sync::Arc;

use poem::http::header;
use poem::web::{Data, Path};
use poem::{Response, handler};
use poem_openapi::{ApiResponse, OpenApi};
use sms_application::{MediaService, Upload};

use super::{Body, Tag};
use crate::http::auth::{Authorized, SmsWrite};
use crate::http::dto::MessageMediaAttachment;
use crate::http::payload::{Json, UploadedFile};
use crate::http::problem::{Failure, Problem, ProblemKind};
use crate::http::state::AppState;

/// The operations on files.
pub(super) struct MediaApi(pub(super) AppState);

/// The path of a file. It is not in the document: whoever has an address needs nothing else.
pub(super) const FILE: &str = "/media/{mediaToken}";

/// A file that was taken.
#[derive(ApiResponse)]
enum Taken {
    /// The file as it can be sent.
    #[oai(status = 200)]
    File(Json<MessageMediaAttachment>),
}

#[OpenApi]
impl MediaApi {
    /// Uploads a file to send.
    ///
    /// Takes one JPEG, PNG, GIF, MP4, 3GP, MP3, AMR or vCard file of less than 1 MB; its content counts, and the
    /// stated type must agree with it. The answer's url is for mediaUrls of a message: it is valid for seven days,
    /// and the file is kept for thirty, longer if a message needs it.
    #[oai(
        path = "/sms/media",
        method = "post",
        tag = "Tag::Sms",
        operation_id = "Sms_UploadMedia"
    )]
    async fn upload(
        &self,
        caller: Authorized<SmsWrite>,
        file: UploadedFile,
    ) -> Result<Taken, Failure<Body>> {
        let upload = Upload {
            organization_id: caller.sender.organization_id,
            content_type: file.content_type,
            file_name: file.file_name,
            content: file.content,
            by: caller.actor,
        };
        let uploaded = self.0.use_cases.media.upload(upload).await?;
        Ok(Taken::File(Json(uploaded.into())))
    }
}

/// `GET /media/:mediaToken`: a file, for whoever has its address.
#[handler]
pub(crate) async fn media_file(
    Path(token): Path<String>,
    Data(media): Data<&Arc<dyn MediaService>>,
) -> Result<Response, Problem> {
    let file = media.read(&token).await?;
    let file = file.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    Ok(Response::builder()
        .header(header::CACHE_CONTROL, "private, max-age=86400, immutable")
        // What an organization uploads must not run in this origin.
        .header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        )
        .content_type(&file.content_type)
        .body(file.content))
}
