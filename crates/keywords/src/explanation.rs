//! Explanations: what each step of the reading found, in order.

use std::cell::RefCell;

use crate::{Classification, Keyword, Machine, Speaker, Understood};

/// A reading and what led to it.
///
/// It quotes the person's text: show it to the operator who asks, and never log it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What [`understand`](crate::understand) returns for the same text.
    pub understood: Understood,
    /// What the steps found, in the order in which they ran.
    pub findings: Vec<Finding>,
}

/// What one step found.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Words that ask for nothing, because they are not the person's own.
    SetAside {
        /// Whose words they are.
        owner: Owner,
        /// The words as they stand in the text.
        words: String,
    },
    /// A phrase of `data/machines.tsv`.
    MachinePhrase {
        /// The machine that writes so.
        machine: Machine,
        /// Whether this phrase suffices; otherwise the step needs two of them.
        is_certain: bool,
        /// The phrase as the table writes it.
        phrase: &'static str,
        /// The words that it matches.
        words: String,
    },
    /// The words that are searched for a request: all that were not set aside.
    OwnWords(String),
    /// A phrase of a language.
    Phrase(PhraseFound),
    /// The result of reading the person's own words in one way.
    Attempt {
        /// How they were read.
        way: Way,
        /// The words as this way spells them.
        words: String,
        /// What they ask for, read so.
        classification: Classification,
    },
    /// How much the text resembles the texts of machines: above zero it is taken for one.
    Likeness(f64),
    /// Who speaks.
    Speaker {
        speaker: Speaker,
        /// What decided it.
        reason: SpeakerReason,
    },
    /// The replacement of what the own words ask for.
    Overruled {
        /// What the person's own words ask for.
        from: Keyword,
        /// What is read instead.
        to: Keyword,
        /// What decided it.
        reason: OverruledReason,
    },
}

/// A phrase of a language that occurs in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseFound {
    /// The language, as its file is named (`en` for `en.phrases`).
    pub language: &'static str,
    /// The section of the phrase, as files name it (`request`, `denied`).
    pub section: &'static str,
    /// The phrase as it is written.
    pub phrase: &'static str,
    /// The words that it matches, in their usual spelling.
    pub words: String,
}

/// Whose words are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The person's phone: a report of a reaction.
    Reaction,
    /// Ours: the words were sent to the person before, or stand in marks around an instruction.
    Ours,
    /// Unknown: the words are marked as quoted, and we did not send them.
    Quoted,
    /// A program: the line above a quotation, or a signature.
    Program,
    /// A sender: the words tell the reader how to opt out or get help.
    Instruction,
    /// A machine: the words tell the reader what to do.
    MachineInstruction,
}

/// A way to read the person's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// As a whole text that is a keyword, a sign or an exact entry of a language.
    WholeText,
    /// By the phrases of English, French and Spanish.
    AsWritten,
    /// By the phrases of the other languages.
    OtherLanguages,
    /// By the phrases of English, French and Spanish, as one clause ("Do. Not. Text. Me.").
    WithoutEmphasis,
    /// By the phrases of English, French and Spanish, with spaces put in ("removeme").
    RunTogether,
    /// As a short text in a script without a file of phrases.
    UnreadScript,
}

/// What decided who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpeakerReason {
    /// Phrases that machines write occur in the text.
    MachinePhrase,
    /// Every word was set aside.
    NoOwnWords,
    /// The own words ask for something.
    Request,
    /// The own words hold a question mark.
    Question,
    /// A few words precede a quotation of our text, as in a phone's report of a reaction.
    Report,
    /// The text instructs its reader, quotes nothing of ours and asks for nothing.
    Instruction,
    /// The text resembles those of machines.
    Likeness,
    /// Nothing points to another speaker.
    Default,
}

/// Why a reading is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OverruledReason {
    /// START counts only when nothing stands beside it.
    ConsentBesideOtherWords,
    /// An opt-out word that no phrase explains does not count in a machine's text.
    UnplacedWordOfMachine,
    /// The text is an instruction to opt out and nothing else.
    BareInstruction,
    /// A request stands in words that are marked as quoted and that we did not send.
    QuotedRequest,
}

/// Collects findings for an explanation, or drops them if none is asked for.
pub(crate) struct Trace(Option<RefCell<Vec<Finding>>>);

impl Trace {
    /// Drops every finding.
    pub(crate) const fn off() -> Self {
        Self(None)
    }

    /// Keeps every finding.
    pub(crate) const fn on() -> Self {
        Self(Some(RefCell::new(Vec::new())))
    }

    /// Adds a finding. `finding` is called only if the trace keeps findings.
    pub(crate) fn note(&self, finding: impl FnOnce() -> Finding) {
        if let Some(findings) = &self.0 {
            let finding = finding();
            findings.borrow_mut().push(finding);
        }
    }

    /// The findings so far.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.0.map_or_else(Vec::new, RefCell::into_inner)
    }
}
