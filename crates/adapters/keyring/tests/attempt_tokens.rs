//! Sealed tokens: what was sealed is read back, under every key of the list, and nothing else is.

use proptest::prelude::*;
use sms_domain::carrier::AttemptToken;
use sms_domain::message::AttemptId;
use sms_domain::ports::AttemptTokens as _;
use sms_domain::values::ids::{MessageId, OrganizationId};
use sms_keyring::{InstallationKeys, SealedTokens};
use uuid::Uuid;

fn tokens(keys: &[u8]) -> SealedTokens {
    let keys: Vec<_> = keys
        .iter()
        .map(|key| format!("{key:02x}").repeat(32))
        .collect();
    SealedTokens::new(&InstallationKeys::parse(&keys.join(",")).unwrap())
}

fn attempts() -> impl Strategy<Value = AttemptId> {
    (any::<u128>(), any::<u128>(), any::<u32>()).prop_map(|(organization, message, number)| {
        AttemptId {
            organization_id: OrganizationId::new(Uuid::from_u128(organization)),
            message_id: MessageId::new(Uuid::from_u128(message)),
            number,
        }
    })
}

fn opened(tokens: &SealedTokens, text: String) -> Option<AttemptId> {
    tokens.open(&AttemptToken::new(text))
}

/// The characters of base64 for URLs, and a few that are not.
const LETTERS: &str = "[A-Za-z0-9_=+/ -]";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_sealed_is_read_back(attempt in attempts()) {
        let tokens = tokens(&[1]);
        let token = tokens.seal(attempt);
        prop_assert_eq!(tokens.open(&token), Some(attempt));
        let is_of_a_path = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        prop_assert!(token.expose().len() == 70 && token.expose().chars().all(is_of_a_path));
    }

    #[test]
    fn a_token_is_read_by_every_key_of_the_list_and_by_no_other(attempt in attempts()) {
        let token = tokens(&[1]).seal(attempt);
        prop_assert_eq!(tokens(&[2, 1]).open(&token), Some(attempt));
        prop_assert_eq!(tokens(&[1, 2]).open(&token), Some(attempt));
        prop_assert_eq!(tokens(&[2, 3]).open(&token), None);
    }

    #[test]
    fn the_first_key_of_the_list_seals(attempt in attempts()) {
        prop_assert_eq!(tokens(&[2, 1]).seal(attempt), tokens(&[2]).seal(attempt));
    }

    #[test]
    fn an_altered_token_is_refused(
        attempt in attempts(),
        place in 0_usize..70,
        letter in LETTERS,
    ) {
        let tokens = tokens(&[1]);
        let mut text = tokens.seal(attempt).expose().to_owned();
        prop_assume!(text[place..=place] != letter);
        text.replace_range(place..=place, &letter);
        prop_assert_eq!(opened(&tokens, text), None);
    }

    #[test]
    fn a_shortened_or_extended_token_is_refused(
        attempt in attempts(),
        kept in 0_usize..70,
        more in "[A-Za-z0-9_-]{1,40}",
    ) {
        let tokens = tokens(&[1]);
        let text = tokens.seal(attempt).expose().to_owned();
        prop_assert_eq!(opened(&tokens, text[..kept].to_owned()), None);
        prop_assert_eq!(opened(&tokens, format!("{text}{more}")), None);
        prop_assert_eq!(opened(&tokens, format!("{more}{text}")), None);
    }

    #[test]
    fn an_attempt_under_the_tag_of_another_is_refused(one in attempts(), other in attempts()) {
        prop_assume!(one != other);
        let tokens = tokens(&[1]);
        let (one, other) = (tokens.seal(one), tokens.seal(other));
        // 48 characters are 36 bytes: what is named. The rest is the tag.
        let mixed = format!("{}{}", &one.expose()[..48], &other.expose()[48..]);
        prop_assert_eq!(opened(&tokens, mixed), None);
    }

    #[test]
    fn what_nobody_sealed_is_refused(text in "\\PC{0,100}", likely in "[A-Za-z0-9_-]{70}") {
        let tokens = tokens(&[1]);
        prop_assert_eq!(opened(&tokens, text), None);
        prop_assert_eq!(opened(&tokens, likely), None);
    }
}
