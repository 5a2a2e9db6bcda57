//! Who speaks in a received text.

use crate::Classification;

/// The reading of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Understood {
    /// What it asks for.
    pub classification: Classification,
    /// Who speaks in it.
    pub speaker: Speaker,
}

/// Who speaks in a text. Only words of a [`Person`](Self::Person) count as the person's answer; in
/// doubt they do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// The person, in their own words; the text may quote others too.
    Person,
    /// The person's phone, which reports a reaction to one of our messages.
    Reaction,
    /// No one: the text only quotes.
    Quotation,
    /// A machine.
    Automatic(Machine),
}

/// The machines that answer a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    /// A phone or a business's system that answers by itself.
    Reply,
    /// A carrier, or a number that cannot receive texts.
    Carrier,
    /// A service that sends one-time codes.
    Code,
    /// A filter that asks senders to identify themselves.
    Screening,
    /// A report of a missed call or of a voicemail.
    Voicemail,
    /// An unspecified machine: the text resembles machines' texts but has none of their phrases.
    Likely,
}

impl Speaker {
    /// The stable wire code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Reaction => "reaction",
            Self::Quotation => "quotation",
            Self::Automatic(_) => "automatic",
        }
    }
}

impl Speaker {
    /// The machine, if one speaks.
    #[must_use]
    pub const fn machine(self) -> Option<Machine> {
        match self {
            Self::Automatic(machine) => Some(machine),
            Self::Person | Self::Reaction | Self::Quotation => None,
        }
    }
}

impl Machine {
    /// Every kind of machine.
    pub const ALL: [Self; 6] = [
        Self::Reply,
        Self::Carrier,
        Self::Code,
        Self::Screening,
        Self::Voicemail,
        Self::Likely,
    ];

    /// The stable wire code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Carrier => "carrier",
            Self::Code => "code",
            Self::Screening => "screening",
            Self::Voicemail => "voicemail",
            Self::Likely => "likely",
        }
    }
}
