//! Recognises opt-out, opt-in and help in a received text.
//!
//! The law's standard is what a reasonable person would understand, and no wording may be required
//! (47 CFR 64.1200(a)(10), which names stop, quit, end, revoke, opt out, cancel and unsubscribe). A
//! missed opt-out is the worst error and a false one the second worst. The steps therefore go from
//! certain to doubtful, and a text with an opt-out word that no step explains is left for a person
//! to read: [`Keyword::Review`].
//!
//! Decisions about texts without a keyword:
//! - *Wrong number* is an opt-out: the holder of this phone is not the person who consented.
//! - *Leave me alone*, *lose my number*, *go away*, a threat to report or block us: opt-outs.
//! - *Don't call me* is an opt-out (a do-not-call request covers texts), unless the same text asks
//!   for texts instead: "don't call, just text".
//! - A time limit ("don't text me before nine") is not a revocation.
//! - *Not interested* alone refuses the offer and perhaps the sender: review.
//! - *This is not Ann* means a wrong number: opt-out. *I'm not Ann* may mean anything: review.
//! - *No consent* and *I never opted in* are opt-outs; *I never signed up for this* is a complaint:
//!   review.
//! - *Unsubscribe me from your e-mails* does not ask to end all messages: review.
//! - Declining further contact, however politely ("no need to reach out again"), is an opt-out; *no
//!   need to follow up* alone may mean this once: review.
//! - STOP in jest ("stop it, that's gorgeous") or about something else (an HOA's opt-out, a wrong
//!   number that corrects a typo, a cancelled appointment) is ordinary. Jest that could be serious
//!   ("stop, that's insane") is for a person to read.
//! - A few words in a script without phrases: review.
//! - Consent is never guessed. Opt-in is START or UNSTOP and nothing else. YES answers a question
//!   that a business asked and does not undo a STOP.
//!
//! Words that are quoted, that instruct the reader or that a machine wrote are not requests. `foreign`
//! separates them from the person's own words, by comparison with our recent messages to the person.
//!
//! This crate must not know who the sender is or what follows from the answer.

mod emphasis;
mod explanation;
mod foreign;
mod grammar;
mod keyboard;
mod languages;
mod lists;
mod masked;
mod near_miss;
mod pattern;
mod phrasebook;
mod phrases;
mod run_together;
mod sentence;
mod spaced_letters;
mod speaker;
mod spellings;
mod unread;
mod vocabulary;
mod words;

use explanation::Trace;
use grammar::Reading;
use words::Token;

pub use explanation::{
    Explanation, Finding, OverruledReason, Owner, PhraseFound, SpeakerReason, Way,
};
pub use speaker::{Machine, Speaker, Understood};

/// What a received text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keyword {
    /// The person withdraws consent: no further message may be sent.
    OptOut,
    /// The person consents again, with START or UNSTOP.
    OptIn,
    /// The person asks who is texting or how to stop the messages.
    Help,
    /// The text may be an opt-out: nothing is sent until a person has read it.
    Review,
    /// An ordinary text.
    None,
}

impl Keyword {
    /// Every keyword, in the order in which reports list them.
    pub const ALL: [Self; 5] = [
        Self::OptOut,
        Self::OptIn,
        Self::Help,
        Self::Review,
        Self::None,
    ];

    /// The stable wire code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
            Self::Help => "help",
            Self::Review => "review",
            Self::None => "none",
        }
    }
}

/// The step that produced a [`Classification`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchStep {
    /// The text is a phone's report of a reaction to one of our messages.
    Reaction,
    /// A request in quoted words that we did not send, or an instruction to opt out and nothing else.
    Quotation,
    /// The whole text is a listed keyword.
    ExactKeyword,
    /// The text has no words, only a stop sign or another sign of refusal.
    Sign,
    /// The whole text is a keyword with spaced letters ("S T O P").
    SpacedLetters,
    /// A phrase of the grammar, once missing spaces are restored ("removeme").
    RunTogether,
    /// The whole text, except for greetings and courtesies, is a misspelt keyword.
    NearMiss,
    /// A phrase of the grammar.
    Phrase,
    /// An opt-out word that no phrase explains.
    UnplacedWord,
    /// A short text in a script without a file of phrases.
    UnreadScript,
    /// No step recognised a keyword.
    NoKeyword,
}

impl MatchStep {
    /// The stable code for logs and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reaction => "reaction",
            Self::Quotation => "quotation",
            Self::ExactKeyword => "exact_keyword",
            Self::Sign => "sign",
            Self::SpacedLetters => "spaced_letters",
            Self::RunTogether => "run_together",
            Self::NearMiss => "near_miss",
            Self::Phrase => "phrase",
            Self::UnplacedWord => "unplaced_word",
            Self::UnreadScript => "unread_script",
            Self::NoKeyword => "no_keyword",
        }
    }
}

/// What a text asks for, and what decided it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Classification {
    /// What it asks for.
    pub keyword: Keyword,
    /// The step that decided.
    pub step: MatchStep,
    /// The list entry or phrase that matched; never the person's own text.
    pub matched: Option<&'static str>,
}

impl Classification {
    const fn new(keyword: Keyword, step: MatchStep, matched: Option<&'static str>) -> Self {
        Self {
            keyword,
            step,
            matched,
        }
    }

    /// `self`, or `other` if `self` asks for nothing.
    const fn or(self, other: Self) -> Self {
        match self.keyword {
            Keyword::None => other,
            Keyword::OptOut | Keyword::OptIn | Keyword::Help | Keyword::Review => self,
        }
    }
}

/// What a received text asks for, judged without knowledge of earlier messages. Accepts any text and
/// runs in time linear in its length. See [`understand`].
#[must_use]
pub fn classify(text: &str) -> Classification {
    understand(text, &[]).classification
}

/// What a received text asks for in the person's own words, and who speaks in it. `sent` holds our
/// recent messages to the person, which a reply may quote.
#[must_use]
pub fn understand(text: &str, sent: &[&str]) -> Understood {
    foreign::understand(text, sent, &Trace::off())
}

/// The reading of [`understand`], with what each step found. The reading and the findings come from
/// one run of the same code.
#[must_use]
pub fn explain(text: &str, sent: &[&str]) -> Explanation {
    let trace = Trace::on();
    let understood = foreign::understand(text, sent, &trace);
    Explanation {
        understood,
        findings: trace.into_findings(),
    }
}

/// Whether the carrier's own auto-responder acts on this text regardless of what we do. Telnyx matches
/// its default opt-out, opt-in and help words against the whole text, ignoring case.
///
/// Source: Telnyx's documentation of advanced opt-in and opt-out.
#[must_use]
pub fn is_provider_default(text: &str) -> bool {
    let text = text.trim();
    lists::PROVIDER_DEFAULTS
        .iter()
        .any(|keyword| text.eq_ignore_ascii_case(keyword))
}

pub(crate) fn classify_own_words(text: &str, trace: &Trace) -> Classification {
    let strict = sms_text::strict(text);
    if let Some(found) = whole_text_as_written(&strict, trace) {
        return noted(trace, Way::WholeText, || strict, found);
    }
    let tokens = words::tokenise(&sms_text::fold(text));
    if let Some(found) = whole_text(&tokens).or_else(|| sign(text, &tokens)) {
        return noted(trace, Way::WholeText, || words::shown(&tokens), found);
    }
    match by_grammar(tokens, trace) {
        found if found.keyword != Keyword::None => found,
        nothing => unread_script(text, trace).unwrap_or(nothing),
    }
}

/// Records `found` in the trace and returns it.
fn noted(
    trace: &Trace,
    way: Way,
    words: impl FnOnce() -> String,
    found: Classification,
) -> Classification {
    trace.note(|| Finding::Attempt {
        way,
        words: words(),
        classification: found,
    });
    found
}

/// The classification of a text that is a keyword or an exact entry of a language, accents included.
fn whole_text_as_written(strict: &str, trace: &Trace) -> Option<Classification> {
    if let Some(keyword) = lists::opt_in(strict) {
        let step = MatchStep::ExactKeyword;
        return Some(Classification::new(Keyword::OptIn, step, Some(keyword)));
    }
    languages::exact(strict, trace).map(|reading| classified(reading, MatchStep::ExactKeyword))
}

/// Review for a short text in a script without phrases: it is as likely a request as an answer.
fn unread_script(text: &str, trace: &Trace) -> Option<Classification> {
    let found = Classification::new(Keyword::Review, MatchStep::UnreadScript, None);
    unread::is_short_and_unread(text)
        .then(|| noted(trace, Way::UnreadScript, || text.to_owned(), found))
}

/// The classification of a text that is a keyword and nothing else.
fn whole_text(tokens: &[Token]) -> Option<Classification> {
    let spoken = words::joined(tokens, " ")?;
    let squashed = words::joined(tokens, "")?;
    if let Some(keyword) = lists::help(&spoken) {
        return Some(Classification::new(
            Keyword::Help,
            MatchStep::ExactKeyword,
            Some(keyword),
        ));
    }
    let opt_out = |step, entry| Classification::new(Keyword::OptOut, step, Some(entry));
    lists::opt_out(&spoken)
        .map(|entry| opt_out(MatchStep::ExactKeyword, entry))
        .or_else(|| {
            lists::spaced_opt_out(&near_miss::undisguised(&squashed))
                .map(|entry| opt_out(MatchStep::SpacedLetters, entry))
        })
        .or_else(|| near_miss::keyword(&spoken).map(|entry| opt_out(MatchStep::NearMiss, entry)))
}

/// The classification of a text that has no words but a sign.
fn sign(text: &str, tokens: &[Token]) -> Option<Classification> {
    let is_wordless = !tokens.iter().any(|token| matches!(token, Token::Word(_)));
    if !is_wordless {
        return None;
    }
    if text.contains(lists::STOP_SIGN) {
        let sign = Some("stop sign");
        return Some(Classification::new(Keyword::OptOut, MatchStep::Sign, sign));
    }
    text.contains(lists::REFUSAL_SIGNS)
        .then_some(Classification::new(
            Keyword::Review,
            MatchStep::Sign,
            Some("sign of refusal"),
        ))
}

/// Reads the text as written and, because a missed opt-out is the worst error, in every other way in
/// which it may have been meant. The first opt-out wins.
fn by_grammar(tokens: Vec<Token>, trace: &Trace) -> Classification {
    let letters = run_together::letters(&tokens).unwrap_or_default();
    let unemphasised = emphasis::unemphasised(&tokens);
    let elsewhere = in_other_languages(&tokens, trace);
    let as_written = by_phrase(tokens, Way::AsWritten, trace);
    let spoken = unemphasised.map(|tokens| by_phrase(tokens, Way::WithoutEmphasis, trace));
    let cut = near_miss::spellings(&letters)
        .into_iter()
        .filter_map(|letters| run_together::words(&letters))
        .map(|tokens| by_phrase(tokens, Way::RunTogether, trace));
    [as_written, elsewhere]
        .into_iter()
        .chain(spoken)
        .chain(cut)
        .find(|meant| meant.keyword == Keyword::OptOut)
        .unwrap_or_else(|| as_written.or(elsewhere))
}

fn in_other_languages(tokens: &[Token], trace: &Trace) -> Classification {
    let found = classified(languages::judge(tokens, trace), MatchStep::Phrase);
    noted(trace, Way::OtherLanguages, || words::shown(tokens), found)
}

fn by_phrase(tokens: Vec<Token>, way: Way, trace: &Trace) -> Classification {
    let tokens = words::canonical(tokens);
    let mut found = classified(grammar::judge(&tokens, trace), MatchStep::Phrase);
    if way == Way::RunTogether {
        found.step = MatchStep::RunTogether;
    }
    noted(trace, way, || words::shown(&tokens), found)
}

/// The classification of a reading, attributed to `step` unless the reading implies another step.
const fn classified(reading: Reading, step: MatchStep) -> Classification {
    let (keyword, step, matched) = match reading {
        Reading::OptOut(phrase) => (Keyword::OptOut, step, Some(phrase)),
        Reading::Misspelt(entry) => (Keyword::OptOut, MatchStep::NearMiss, Some(entry)),
        Reading::Help(phrase) => (Keyword::Help, step, Some(phrase)),
        Reading::Unsure(phrase) => (Keyword::Review, step, Some(phrase)),
        Reading::Unplaced(word) => (Keyword::Review, MatchStep::UnplacedWord, Some(word)),
        Reading::Nothing => (Keyword::None, MatchStep::NoKeyword, None),
    };
    Classification::new(keyword, step, matched)
}
