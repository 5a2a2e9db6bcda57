//! Whose words a received text holds. Must not know how that is told.

use crate::Classification;

/// A text that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Understood {
    /// What it asks for.
    pub classification: Classification,
    /// Whose words they are.
    pub speaker: Speaker,
}

/// Who speaks in a text. Only what a [`Person`](Self::Person) says is an answer of theirs: in doubt
/// it is somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// The person, in their own words, perhaps beside others.
    Person,
    /// The person's phone, which reports a tap on one of our messages.
    Reaction,
    /// Nobody: the text only repeats what was sent to the person.
    Quotation,
    /// A machine.
    Automatic(Machine),
}

/// The machines that answer a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    /// A phone or a business's system that answers by itself.
    Reply,
    /// A carrier, or a number that cannot take texts.
    Carrier,
    /// A service that sends one-time codes.
    Code,
    /// A filter that asks senders who they are.
    Screening,
    /// A report of a call.
    Voicemail,
    /// Some machine, since the text is like those of machines, though none of their phrases is in it.
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
    /// Which machine, if one speaks.
    #[must_use]
    pub const fn machine(self) -> Option<Machine> {
        match self {
            Self::Automatic(machine) => Some(machine),
            Self::Person | Self::Reaction | Self::Quotation => None,
        }
    }
}

impl Machine {
    /// Every machine.
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
