//! Examples of files.

use sms_application::Uploaded;

use crate::http::dto::MessageMediaAttachment;

/// A file that was taken.
pub(super) fn uploaded() -> MessageMediaAttachment {
    MessageMediaAttachment::from(Uploaded {
        url: "https://sms.acme.com/media/AZq18IwAcACAAAAAAAAAoQ".to_owned(),
        content_type: "image/jpeg".to_owned(),
        file_name: Some("roof.jpg".to_owned()),
        size: 81_920,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
    })
}
