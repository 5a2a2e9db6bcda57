//! What an opt-in ends, whatever came in which order: the list against a small model that keeps every
//! word that was said and looks at all of them.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::InboundSms;
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::{OptOutChange, ProviderProfile, ReleaseChange, SuppressionSource};
use sms_domain::ports::{
    InboundRepository, OptOutRepository, Seed, SeedRepository, SeedSuppression,
};
use sms_domain::values::ids::{PhoneNumberId, SuppressionId};
use sms_testkit::fixtures::{self, noon, number_id, operator, organization_id};

use crate::changes::account;
use crate::support::{Store, phone, seed_number, uuid};
use crate::texts::{change, record, text_in};

const SEQUENCES: u32 = 60;
const WORDS: u32 = 9;

/// The organization's two numbers.
const NUMBERS: [&str; 2] = ["+14045559999", "+14045559997"];

/// Each under its profile, unless a text says otherwise.
const PROFILES: [&str; 2] = ["p", "q"];

fn our_number(n: usize) -> PhoneNumberId {
    [number_id(), PhoneNumberId::new(uuid(6, 2))][n]
}

/// Something that somebody said about one person.
#[derive(Debug, Clone)]
enum Word {
    /// The person is not to be texted.
    Close {
        source: SuppressionSource,
        /// One of our numbers, or everything.
        number: Option<usize>,
        /// The profile of the provider's word.
        profile: usize,
    },
    /// START to a number, under a profile.
    Start { number: usize, profile: usize },
    /// An operator opens everything.
    Open,
}

/// A word, when it was said, and when it came.
#[derive(Debug, Clone)]
struct Heard {
    word: Word,
    at: i64,
    came: i64,
}

/// An entry as a test compares it: source, scope, profile.
type Entry = (&'static str, Option<usize>, Option<&'static str>);

/// Numbers that look random, the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn index(&mut self) -> usize {
        usize::from(self.below(2) == 1)
    }

    /// What comes as number `came`, and may have been said before.
    fn heard(&mut self, came: i64) -> Heard {
        let word = match self.below(10) {
            0..=1 => self.close(SuppressionSource::Inbound),
            2..=4 => self.close(SuppressionSource::Provider),
            5 => self.close(SuppressionSource::Operator),
            6 => self.close(SuppressionSource::Import),
            7..=8 => Word::Start {
                number: self.index(),
                profile: self.index(),
            },
            _ => Word::Open,
        };
        let is_late = match &word {
            Word::Close { source, .. } => {
                matches!(
                    source,
                    SuppressionSource::Inbound | SuppressionSource::Provider
                )
            }
            Word::Start { .. } => true,
            Word::Open => false,
        };
        // Often of one instant with another.
        let late = if is_late {
            i64::try_from(self.below(4)).unwrap()
        } else {
            0
        };
        Heard {
            word,
            at: came - late,
            came,
        }
    }

    fn close(&mut self, source: SuppressionSource) -> Word {
        let is_one_number = source != SuppressionSource::Inbound && self.below(3) == 0;
        Word::Close {
            source,
            number: is_one_number.then(|| self.index()),
            profile: self.index(),
        }
    }
}

fn instant(at: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(at)
}

/// What is closed after all of `words`, by what they mean and not by how it is stored.
fn closed(words: &[Heard]) -> BTreeSet<Entry> {
    let stands = |said: &&Heard| !words.iter().any(|other| ends(other, said));
    words
        .iter()
        .filter(stands)
        .filter_map(|said| match said.word {
            Word::Close {
                source,
                number,
                profile,
            } => {
                let is_providers = source == SuppressionSource::Provider;
                Some((
                    source.as_str(),
                    number,
                    is_providers.then(|| PROFILES[profile]),
                ))
            }
            Word::Start { .. } | Word::Open => None,
        })
        .collect()
}

fn ends(opening: &Heard, said: &Heard) -> bool {
    let Word::Close {
        source, profile, ..
    } = said.word
    else {
        return false;
    };
    let came_before = said.came < opening.came;
    let was_said_before = said.at < opening.at || (said.at == opening.at && came_before);
    let of_one_instant_or_before = said.at <= opening.at;
    let undone = match source {
        SuppressionSource::Inbound => was_said_before,
        SuppressionSource::Provider => of_one_instant_or_before,
        SuppressionSource::Operator | SuppressionSource::Import => false,
    };
    match opening.word {
        Word::Close { .. } => false,
        Word::Open => undone || came_before,
        Word::Start {
            profile: texted, ..
        } => undone && (source == SuppressionSource::Inbound || profile == texted),
    }
}

async fn hear(store: &Store, n: u32, person: u32, heard: &Heard) {
    let at = instant(heard.at);
    match heard.word {
        Word::Close {
            source: SuppressionSource::Inbound,
            ..
        } => {
            text(store, n, text_in(n, person, "STOP", at)).await;
        }
        Word::Start { number, profile } => {
            let start = InboundSms {
                to: vec![fixtures::phone(NUMBERS[number])],
                messaging_profile_id: Some(PROFILES[profile].to_owned()),
                ..text_in(n, person, "START", at)
            };
            text(store, n, start).await;
        }
        Word::Close {
            source: SuppressionSource::Import,
            number,
            ..
        } => {
            let seed = Seed {
                suppressions: vec![SeedSuppression {
                    organization_id: organization_id(),
                    id: SuppressionId::new(uuid(34, n)),
                    phone: phone(person),
                    campaign_id: None,
                    number_id: number.map(our_number),
                }],
                ..Seed::default()
            };
            store.pg.apply(&seed, at, &operator()).await.unwrap();
        }
        Word::Close {
            source,
            number,
            profile,
        } => {
            let is_providers = source == SuppressionSource::Provider;
            let change = OptOutChange {
                organization_id: organization_id(),
                suppression_id: SuppressionId::new(uuid(34, n)),
                phone: phone(person),
                scope: number.map_or(SuppressionScope::Organization, |number| {
                    SuppressionScope::Number(our_number(number))
                }),
                source,
                profile: is_providers.then(|| ProviderProfile {
                    account: account(),
                    id: Some(PROFILES[profile].to_owned()),
                }),
                reason: "asked".to_owned(),
                recipient: None,
                at,
                by: None,
            };
            store.pg.record_opt_out(change).await.unwrap();
        }
        Word::Open => {
            let change = ReleaseChange {
                organization_id: organization_id(),
                phone: phone(person),
                only: None,
                at,
                by: operator(),
                reason: None,
            };
            store.pg.release(change).await.unwrap();
        }
    }
}

async fn text(store: &Store, n: u32, sms: InboundSms) {
    let facts = InboundRepository::load(&store.pg, &account(), &sms.to[0], &sms.from).await;
    record(store, change(n, &sms, &facts.unwrap().unwrap())).await;
}

async fn listed(store: &Store, person: u32) -> BTreeSet<Entry> {
    let active = store
        .pg
        .active(organization_id(), &phone(person))
        .await
        .unwrap();
    let entry = |entry: sms_domain::inbound::ActiveSuppression| {
        let number = match entry.scope {
            SuppressionScope::Number(id) => Some(usize::from(id != number_id())),
            SuppressionScope::Organization | SuppressionScope::Campaign(_) => None,
        };
        let profile = entry.profile.and_then(|profile| profile.id);
        let profile = PROFILES
            .into_iter()
            .find(|id| profile.as_deref() == Some(*id));
        (entry.source.as_str(), number, profile)
    };
    active.into_iter().map(entry).collect()
}

async fn two_numbers() -> Store {
    let store = Store::new().await;
    let number = seed_number(organization_id(), our_number(1), NUMBERS[1]);
    let seed = Seed {
        numbers: vec![number],
        ..Seed::default()
    };
    store.seed(&seed).await;
    store
}

#[tokio::test]
async fn whatever_is_said_in_whatever_order_the_list_says_what_all_words_say_together() {
    let store = two_numbers().await;
    for sequence in 0..SEQUENCES {
        let mut draws = Draws(u64::from(sequence) + 1);
        let (person, mut words) = (1000 + sequence, Vec::new());
        for step in 0..WORDS {
            let heard = draws.heard(i64::from(step));
            hear(&store, sequence * WORDS + step, person, &heard).await;
            words.push(heard);
            assert_eq!(
                listed(&store, person).await,
                closed(&words),
                "{sequence}: {words:#?}"
            );
        }
    }
}

fn close(source: SuppressionSource, at: i64, came: i64) -> Heard {
    let word = Word::Close {
        source,
        number: None,
        profile: 0,
    };
    Heard { word, at, came }
}

fn start(profile: usize, at: i64, came: i64) -> Heard {
    let word = Word::Start { number: 0, profile };
    Heard { word, at, came }
}

#[tokio::test]
async fn the_usual_stories_end_as_people_expect() {
    use SuppressionSource::{Import, Inbound, Operator, Provider};
    let store = two_numbers().await;
    let stories: [(&str, Vec<Heard>, &[&str]); 8] = [
        (
            "a stop, the carrier's list, a start",
            vec![close(Inbound, 0, 0), close(Provider, 0, 1), start(0, 2, 2)],
            &[],
        ),
        (
            "an operator after a stop, then a start",
            vec![close(Inbound, 0, 0), close(Operator, 1, 1), start(0, 2, 2)],
            &["operator"],
        ),
        (
            "an operator before a stop, then a start",
            vec![close(Operator, 0, 0), close(Inbound, 1, 1), start(0, 2, 2)],
            &["operator"],
        ),
        (
            "a seed after a stop, then a start",
            vec![close(Inbound, 0, 0), close(Import, 1, 1), start(0, 2, 2)],
            &["import"],
        ),
        (
            "a list that was read before the start",
            vec![close(Inbound, 0, 0), start(0, 2, 1), close(Provider, 0, 2)],
            &[],
        ),
        (
            "a stop that comes after the start it precedes",
            vec![start(0, 2, 0), close(Inbound, 1, 1)],
            &[],
        ),
        (
            "a start to another profile",
            vec![close(Inbound, 0, 0), close(Provider, 0, 1), start(1, 2, 2)],
            &["provider"],
        ),
        (
            "a stop, a start and a stop of one instant",
            vec![close(Inbound, 0, 0), start(0, 0, 1), close(Inbound, 0, 2)],
            &["inbound"],
        ),
    ];
    let mut n = 0;
    for (person, (story, words, expected)) in (2000..).zip(stories) {
        for heard in &words {
            hear(&store, n, person, heard).await;
            n += 1;
        }
        let left = listed(&store, person).await;
        let left: Vec<_> = left.iter().map(|(source, ..)| *source).collect();
        assert_eq!(left, expected, "{story}");
        assert_eq!(closed(&words).len(), expected.len(), "{story}");
    }
}

#[tokio::test]
async fn a_late_start_does_not_settle_a_doubtful_text_that_was_written_after_it() {
    let store = two_numbers().await;
    text(&store, 1, text_in(1, 1, "not interested", instant(2))).await;
    text(&store, 2, text_in(2, 1, "START", instant(1))).await;
    assert!(
        store
            .context(1)
            .await
            .message
            .conversation
            .awaits_opt_out_review
    );
    text(&store, 3, text_in(3, 1, "START", instant(3))).await;
    assert!(
        !store
            .context(1)
            .await
            .message
            .conversation
            .awaits_opt_out_review
    );
}
