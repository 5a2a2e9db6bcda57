//! Words that carriers forbid in texts, as data; [`crate::law::data`] has the URL shorteners. This
//! module must not know what follows from a match.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Words of a category, and the phrases in which they are harmless.
#[derive(Debug)]
pub(crate) struct Forbidden {
    pub(crate) category: &'static str,
    /// Words and phrases, in lower case and without accents, separated by single spaces.
    pub(crate) phrases: &'static [&'static str],
    /// Phrases that contain one of the words but do not belong to the category.
    pub(crate) innocent: &'static [&'static str],
}

/// Content that carriers bar or restrict (CTIA Messaging Principles 5.3: sex, hate, alcohol, firearms,
/// tobacco, and cannabis everywhere; and the high-risk categories of the carriers' codes of conduct).
/// Trades use words such as nail guns and weeds, so the list is short and has everyday business
/// phrases as exceptions.
pub(crate) const FORBIDDEN: &[Forbidden] = &[
    Forbidden {
        category: "sex",
        phrases: &[
            "porn",
            "xxx",
            "sexy",
            "nudes",
            "onlyfans",
            "escort",
            "escorts",
            "sex toy",
            "sex toys",
            "hookup",
            "hookups",
            "strip club",
        ],
        innocent: &[
            "ford escort",
            "escort you",
            "hookup fee",
            "water hookup",
            "gas hookup",
            "rv hookup",
            "rv hookups",
            "dryer hookup",
            "dryer hookups",
            "washer dryer hookups",
            "utility hookup",
            "utility hookups",
            "electric hookup",
        ],
    },
    Forbidden {
        category: "hate",
        phrases: &["white power", "heil hitler", "race war", "gas the"],
        innocent: &["gas the car", "gas the mower", "gas the truck"],
    },
    Forbidden {
        category: "alcohol",
        phrases: &[
            "beer",
            "beers",
            "wine",
            "wines",
            "vodka",
            "whiskey",
            "whisky",
            "tequila",
            "liquor",
            "booze",
            "happy hour",
            "alcohol",
        ],
        innocent: &[
            "root beer",
            "ginger beer",
            "wine cellar",
            "wine fridge",
            "wine cooler",
            "wine rack",
            "alcohol free",
            "rubbing alcohol",
            "isopropyl alcohol",
            "no alcohol",
        ],
    },
    Forbidden {
        category: "firearms",
        phrases: &[
            "gun",
            "guns",
            "firearm",
            "firearms",
            "ammo",
            "ammunition",
            "rifle",
            "rifles",
            "pistol",
            "pistols",
            "handgun",
            "handguns",
            "shotgun",
            "shotguns",
            "ar 15",
        ],
        innocent: &[
            "nail gun",
            "nail guns",
            "glue gun",
            "glue guns",
            "heat gun",
            "staple gun",
            "spray gun",
            "grease gun",
            "caulk gun",
            "caulking gun",
            "paint gun",
            "massage gun",
            "water gun",
            "jump the gun",
            "jumping the gun",
            "under the gun",
            "top gun",
            "gun safe",
            "gun safes",
            "shotgun house",
            "call shotgun",
            "no guns",
            "gun free",
        ],
    },
    Forbidden {
        category: "tobacco",
        phrases: &[
            "vape",
            "vapes",
            "vaping",
            "vape juice",
            "e cigarette",
            "e cigarettes",
            "cigarette",
            "cigarettes",
            "cigar",
            "cigars",
            "tobacco",
            "hookah",
            "nicotine",
        ],
        innocent: &[
            "tobacco free",
            "nicotine free",
            "cigarette smell",
            "cigarette smoke",
            "cigarette odor",
            "cigarette burn",
            "cigarette burns",
            "use tobacco",
            "no tobacco",
            "tobacco use",
            "tobacco user",
            "cigar box",
            "no cigar",
            "no vaping",
            "use nicotine",
        ],
    },
    Forbidden {
        category: "cannabis",
        phrases: &[
            "cannabis",
            "marijuana",
            "weed",
            "thc",
            "cbd",
            "edibles",
            "dispensary",
            "kush",
        ],
        innocent: &[
            "weed control",
            "weed killer",
            "weed removal",
            "weed whacker",
            "weed eater",
            "weed free",
            "weed and feed",
            "weed out",
            "weed barrier",
            "weed treatment",
            "weed prevention",
            "and weed",
            "weed pulling",
            "weed the",
        ],
    },
    Forbidden {
        category: "gambling",
        phrases: &[
            "casino",
            "casinos",
            "gambling",
            "sports betting",
            "sportsbook",
            "slot machine",
            "slot machines",
            "free spins",
            "jackpot",
        ],
        innocent: &["casino night", "hit the jackpot"],
    },
    Forbidden {
        category: "high_risk_finance",
        phrases: &[
            "payday loan",
            "payday loans",
            "cash advance",
            "debt relief",
            "debt consolidation",
            "debt forgiveness",
            "credit repair",
            "title loan",
            "title loans",
        ],
        innocent: &[],
    },
];

/// A phrase of [`FORBIDDEN`], found by its first word.
#[derive(Debug)]
pub(super) struct Phrase {
    /// The index of the category in the list.
    pub(super) category: usize,
    /// The words of the phrase.
    pub(super) words: &'static str,
    /// Whether the phrase is an exception.
    pub(super) is_innocent: bool,
}

/// The phrases of all categories by their first words, so that one pass over a text suffices.
pub(super) fn phrases_beginning_with(word: &str) -> &'static [Phrase] {
    static INDEX: OnceLock<HashMap<&'static str, Vec<Phrase>>> = OnceLock::new();
    INDEX
        .get_or_init(index)
        .get(word)
        .map_or(&[], Vec::as_slice)
}

fn index() -> HashMap<&'static str, Vec<Phrase>> {
    let mut index: HashMap<&'static str, Vec<Phrase>> = HashMap::new();
    for (category, forbidden) in FORBIDDEN.iter().enumerate() {
        for (phrases, is_innocent) in [(forbidden.phrases, false), (forbidden.innocent, true)] {
            for &words in phrases {
                let first = words.split(' ').next().unwrap_or(words);
                let phrase = Phrase {
                    category,
                    words,
                    is_innocent,
                };
                index.entry(first).or_default().push(phrase);
            }
        }
    }
    index
}
