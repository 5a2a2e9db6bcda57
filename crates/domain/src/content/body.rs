//! The text of an outgoing message. This module must not know what the words mean, or hold received
//! texts: those are stored unchanged.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::segmentation::Segmentation;
use super::smart_encoding::SmartEncoding;

/// The text of an outgoing message: in Unicode normalisation form C, with at least one visible
/// character, without NUL, and 1 to [`Body::MAX_SEGMENTS`] segments long. It is sent unchanged.
///
/// A body serialises as its text and is validated again on deserialisation. `Debug` shows its
/// length only, so that a body may appear in a log line.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Body {
    text: Box<str>,
    segmentation: Segmentation,
}

/// Why a text cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBody {
    /// The text has no visible character: it is empty, or consists of white space, control and
    /// zero-width characters.
    #[error("blank: nothing in it can be seen")]
    Blank,
    /// The text contains U+0000, which phones do not display and Postgres cannot store.
    #[error("contains a NUL character")]
    Nul,
    /// The text takes more segments than carriers accept in one message.
    #[error("too long: {segments} segments, at most {max} can be sent", max = Body::MAX_SEGMENTS)]
    TooLong {
        /// The number of segments the text would take.
        segments: u32,
    },
}

impl Body {
    /// The longest message in segments: the limit of carriers' messaging APIs.
    pub const MAX_SEGMENTS: u32 = 10;

    /// Parses a text and changes it only by normalisation.
    ///
    /// # Errors
    /// [`InvalidBody`] when the text cannot be sent.
    pub fn parse(text: &str) -> Result<Self, InvalidBody> {
        Self::parse_with(text, SmartEncoding::Off)
    }

    /// Parses a text after replacing typographic characters if `smart_encoding` is on. The body
    /// holds the replaced text; no later step changes it.
    ///
    /// # Errors
    /// [`InvalidBody`] when the text cannot be sent even after replacement.
    pub fn parse_with(text: &str, smart_encoding: SmartEncoding) -> Result<Self, InvalidBody> {
        if text.contains('\0') {
            return Err(InvalidBody::Nul);
        }
        if text.chars().all(is_invisible) {
            return Err(InvalidBody::Blank);
        }
        let text = smart_encoding.apply(text.nfc().collect());
        let segmentation = Segmentation::of(&text);
        if segmentation.segments > Self::MAX_SEGMENTS {
            return Err(InvalidBody::TooLong {
                segments: segmentation.segments,
            });
        }
        Ok(Self {
            text: text.into(),
            segmentation,
        })
    }

    /// The text as stored and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The encoding and size of the text.
    #[must_use]
    pub const fn segmentation(&self) -> Segmentation {
        self.segmentation
    }
}

/// Whether a character is invisible: white space, control characters, and characters that Unicode
/// calls default ignorable, such as the zero-width space. The empty Braille pattern is blank as
/// well, although Unicode classifies it as a symbol.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || sms_text::is_ignorable(c) || c == '\u{2800}'
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} characters)", self.segmentation.characters)
    }
}

impl TryFrom<String> for Body {
    type Error = InvalidBody;

    fn try_from(text: String) -> Result<Self, InvalidBody> {
        Self::parse(&text)
    }
}

impl From<Body> for String {
    fn from(body: Body) -> Self {
        body.text.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use unicode_normalization::is_nfc;

    use super::*;
    use crate::content::Encoding;

    fn body(text: &str) -> Body {
        Body::parse(text).unwrap()
    }

    #[rstest]
    #[case::empty("")]
    #[case::spaces(" \t\r\n\u{00A0}\u{3000}")]
    #[case::zero_width("\u{200B}\u{FEFF}\u{2060}")]
    #[case::variation_selector(" \u{FE0F}")]
    #[case::fillers("\u{3164}\u{2800}")]
    #[case::control("\u{0007}")]
    fn a_text_with_nothing_to_see_is_blank(#[case] text: &str) {
        assert_eq!(Body::parse(text), Err(InvalidBody::Blank));
    }

    #[test]
    fn a_text_with_nul_is_refused_even_if_it_is_blank_too() {
        assert_eq!(Body::parse("Hi\0"), Err(InvalidBody::Nul));
        assert_eq!(Body::parse("\0"), Err(InvalidBody::Nul));
    }

    #[test]
    fn ten_segments_are_sent_and_eleven_are_not() {
        assert_eq!(body(&"a".repeat(1530)).segmentation().segments, 10);
        assert_eq!(
            Body::parse(&"a".repeat(1531)),
            Err(InvalidBody::TooLong { segments: 11 })
        );
        assert_eq!(body(&"я".repeat(670)).segmentation().segments, 10);
        assert_eq!(
            Body::parse(&"я".repeat(671)),
            Err(InvalidBody::TooLong { segments: 11 })
        );
    }

    #[test]
    fn a_text_is_composed_before_it_is_measured() {
        let decomposed = body("Cafe\u{0301}");
        assert_eq!(decomposed.as_str(), "Café");
        assert_eq!(decomposed, body("Café"));
        assert_eq!(decomposed.segmentation().encoding, Encoding::Gsm7);
        assert_eq!(decomposed.segmentation().characters, 4);
    }

    #[test]
    fn white_space_around_a_text_is_kept() {
        assert_eq!(body(" Hi \r\n").as_str(), " Hi \r\n");
    }

    #[test]
    fn smart_encoding_is_what_the_body_holds_and_measures() {
        let written = "Hi Ann… it’s me";
        assert_eq!(body(written).as_str(), written);
        let sent = Body::parse_with(written, SmartEncoding::On).unwrap();
        assert_eq!(sent.as_str(), "Hi Ann... it's me");
        assert_eq!(sent.segmentation(), Segmentation::of("Hi Ann... it's me"));
    }

    #[test]
    fn smart_encoding_can_make_a_text_short_enough() {
        let written = format!("It’s {}", "a".repeat(1000));
        assert_eq!(
            Body::parse(&written),
            Err(InvalidBody::TooLong { segments: 15 })
        );
        let sent = Body::parse_with(&written, SmartEncoding::On).unwrap();
        assert_eq!(sent.segmentation().segments, 7);
    }

    #[test]
    fn debug_shows_the_length_and_not_the_text() {
        assert_eq!(format!("{:?}", body("My secret 😀")), "Body(11 characters)");
    }

    #[test]
    fn it_is_stored_as_its_text_and_checked_when_read() {
        let stored = serde_json::to_value(body("Hi")).unwrap();
        assert_eq!(stored, "Hi");
        assert_eq!(serde_json::from_value::<Body>(stored).unwrap(), body("Hi"));
        let refused = serde_json::from_value::<Body>(" ".into()).unwrap_err();
        assert_eq!(refused.to_string(), "blank: nothing in it can be seen");
    }

    #[test]
    fn a_refusal_for_length_names_the_limit() {
        assert_eq!(
            InvalidBody::TooLong { segments: 12 }.to_string(),
            "too long: 12 segments, at most 10 can be sent"
        );
    }

    proptest! {
        #[test]
        fn a_body_keeps_its_promises_and_reads_back_as_itself(
            text in any::<String>(),
            smart in prop_oneof![Just(SmartEncoding::Off), Just(SmartEncoding::On)],
        ) {
            if let Ok(body) = Body::parse_with(&text, smart) {
                prop_assert!(is_nfc(body.as_str()));
                prop_assert!(!body.as_str().contains('\0'));
                prop_assert!((1..=Body::MAX_SEGMENTS).contains(&body.segmentation().segments));
                prop_assert_eq!(body.segmentation(), Segmentation::of(body.as_str()));
                prop_assert_eq!(Body::parse(body.as_str()), Ok(body));
            }
        }
    }
}
