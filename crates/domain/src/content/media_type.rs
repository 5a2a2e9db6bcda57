//! Which files a message may have, by their content: the types that handsets show, and their sizes. Must not know
//! where a file comes from or where it is kept.

use crate::values::wire::wire_enum;

wire_enum! {
    /// The types of files that are sent.
    MediaType {
        /// JPEG (ITU-T T.81).
        Jpeg = "image/jpeg",
        /// PNG (ISO/IEC 15948).
        Png = "image/png",
        /// GIF 87a and 89a.
        Gif = "image/gif",
        /// MPEG-4 (ISO/IEC 14496-14).
        Mp4 = "video/mp4",
        /// 3GPP (TS 26.244).
        ThreeGp = "video/3gpp",
        /// MP3 (ISO/IEC 11172-3), with or without ID3.
        Mp3 = "audio/mpeg",
        /// AMR (RFC 4867).
        Amr = "audio/amr",
        /// vCard (RFC 6350).
        VCard = "text/vcard",
    }
}

/// Other names under which servers and clients state a type.
const ALIASES: &[(&str, MediaType)] = &[
    ("image/jpg", MediaType::Jpeg),
    ("image/pjpeg", MediaType::Jpeg),
    ("video/3gp", MediaType::ThreeGp),
    ("audio/3gpp", MediaType::ThreeGp),
    ("audio/mp4", MediaType::Mp4),
    ("video/quicktime", MediaType::Mp4),
    ("audio/mp3", MediaType::Mp3),
    ("text/x-vcard", MediaType::VCard),
    ("text/directory", MediaType::VCard),
];

/// Stated for content of an unknown type (RFC 2046, 4.5.1; the second is an old habit of servers).
const UNSPECIFIC: &[&str] = &["application/octet-stream", "binary/octet-stream"];

/// Why a file is not taken. The sentences are for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// It has no content.
    #[error("is empty")]
    Empty,
    /// It is larger than [`MediaType::MOST_BYTES`].
    #[error("is larger than {} bytes", MediaType::MOST_BYTES)]
    TooLarge,
    /// Its content is of no type that is sent.
    #[error("must be one of these by its content: {}", MediaType::names())]
    OtherType,
    /// It is declared as another type than it is.
    #[error("is declared as another type than {found}, which it is by its content")]
    DeclaredOtherwise {
        /// The type of its content.
        found: MediaType,
    },
}

impl MediaType {
    /// The most bytes of all files of a message: Telnyx takes less than 1 MB (error 40317).
    pub const MOST_BYTES: usize = 999_999;

    /// The most files of a message (the same).
    pub const MOST_FILES: usize = 10;

    /// The type of some content, by its first bytes (WHATWG MIME Sniffing, and the standards above).
    #[must_use]
    pub fn of(content: &[u8]) -> Option<Self> {
        match content {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Self::of_brand(brand),
            [b'I', b'D', b'3', ..] => Some(Self::Mp3),
            // A frame of layer III: eleven bits of synchronization, then version and layer.
            [0xFF, 0xFB | 0xFA | 0xF3 | 0xF2, ..] => Some(Self::Mp3),
            [b'#', b'!', b'A', b'M', b'R', b'\n', ..] => Some(Self::Amr),
            _ => is_vcard(content).then_some(Self::VCard),
        }
    }

    /// By the major brand of a file of the ISO base media format (ISO/IEC 14496-12).
    fn of_brand(brand: &[u8]) -> Option<Self> {
        match brand {
            [b'3', b'g', b'p' | b'g' | b'r' | b's' | b'e', ..] => Some(Self::ThreeGp),
            [b'i', b's', b'o', ..] | [b'm', b'p', b'4', b'1' | b'2', ..] => Some(Self::Mp4),
            [b'M', b'4', b'A' | b'V', ..] | [b'a', b'v', b'c', b'1', ..] => Some(Self::Mp4),
            [b'M', b'S', b'N', b'V', ..] => Some(Self::Mp4),
            _ => None,
        }
    }

    /// A type by a name that is stated for it, without parameters.
    fn stated(name: &str) -> Option<Self> {
        let alias = || ALIASES.iter().find(|(alias, _)| *alias == name);
        name.parse().ok().or_else(|| alias().map(|(_, of)| *of))
    }

    fn names() -> String {
        let names: Vec<_> = Self::ALL.iter().map(|one| one.as_str()).collect();
        names.join(", ")
    }
}

/// The type of a file that may be sent. What is `stated` about its type must not contradict its content: carriers go
/// by it.
///
/// # Errors
/// [`FileFault`].
pub fn check_file(content: &[u8], stated: Option<&str>) -> Result<MediaType, FileFault> {
    if content.is_empty() {
        return Err(FileFault::Empty);
    }
    if content.len() > MediaType::MOST_BYTES {
        return Err(FileFault::TooLarge);
    }
    let found = MediaType::of(content).ok_or(FileFault::OtherType)?;
    let essence = stated.and_then(|stated| stated.split(';').next());
    let essence = essence.map(|essence| essence.trim().to_ascii_lowercase());
    match essence.as_deref() {
        None | Some("") => Ok(found),
        Some(name) if UNSPECIFIC.contains(&name) => Ok(found),
        Some(name) if MediaType::stated(name) == Some(found) => Ok(found),
        Some(_) => Err(FileFault::DeclaredOtherwise { found }),
    }
}

/// A byte order mark may come before it.
fn is_vcard(content: &[u8]) -> bool {
    const BEGIN: &[u8] = b"begin:vcard";
    let text = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    let start = text.get(..BEGIN.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(BEGIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn content_says_what_a_file_is() {
        for (content, expected) in [
            (&b"\xFF\xD8\xFF\xE0\0\x10JFIF"[..], Some(MediaType::Jpeg)),
            (PNG, Some(MediaType::Png)),
            (b"GIF89a", Some(MediaType::Gif)),
            (b"GIF87a", Some(MediaType::Gif)),
            (b"\0\0\0\x18ftypmp42", Some(MediaType::Mp4)),
            (b"\0\0\0\x18ftypisom", Some(MediaType::Mp4)),
            (b"\0\0\0\x18ftyp3gp5", Some(MediaType::ThreeGp)),
            (b"ID3\x04", Some(MediaType::Mp3)),
            (b"\xFF\xFB\x90", Some(MediaType::Mp3)),
            (b"#!AMR\n", Some(MediaType::Amr)),
            (b"BEGIN:VCARD\r\nVERSION:3.0", Some(MediaType::VCard)),
            (b"\xEF\xBB\xBFbegin:vcard", Some(MediaType::VCard)),
            // Types that browsers run or that handsets do not show.
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
            (b"<!DOCTYPE html>", None),
            (b"%PDF-1.7", None),
            (b"\0\0\0\x18ftypheic", None),
            (b"GIF88a", None),
            (b"\x89PNG", None),
            (b"", None),
        ] {
            assert_eq!(MediaType::of(content), expected, "{content:?}");
        }
    }

    #[test]
    fn a_stated_type_must_not_contradict_the_content() {
        for good in [
            None,
            Some(""),
            Some("image/png"),
            Some(" Image/PNG; charset=binary"),
            Some("application/octet-stream"),
        ] {
            assert_eq!(check_file(PNG, good), Ok(MediaType::Png), "{good:?}");
        }
        let found = MediaType::Png;
        for bad in ["image/jpeg", "text/html", "png"] {
            let refused = Err(FileFault::DeclaredOtherwise { found });
            assert_eq!(check_file(PNG, Some(bad)), refused, "{bad}");
        }
    }

    #[test]
    fn a_file_has_a_type_and_a_size_that_are_sent() {
        assert_eq!(check_file(b"", None), Err(FileFault::Empty));
        assert_eq!(check_file(b"%PDF-1.7", None), Err(FileFault::OtherType));
        let mut large = PNG.to_vec();
        large.resize(MediaType::MOST_BYTES, 0);
        assert_eq!(check_file(&large, None), Ok(MediaType::Png));
        large.push(0);
        assert_eq!(check_file(&large, None), Err(FileFault::TooLarge));
    }

    #[test]
    fn every_alias_is_of_a_type_that_has_another_name() {
        for (alias, of) in ALIASES {
            assert_eq!(MediaType::stated(alias), Some(*of));
            assert_ne!(*alias, of.as_str());
        }
    }
}
