//! Who makes a change, and from where. Must not know what is changed.

use crate::values::ids::ApiKeyId;
use crate::values::wire::wire_enum;

wire_enum! {
    /// The kind of an actor.
    ActorKind {
        /// A person with access to the machine, by a command.
        Operator = "operator",
        /// A client with an API key, by an operation.
        Key = "key",
        /// The program itself, by a rule.
        System = "system",
    }
}

/// Who makes a change, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// The operator's name, or the key's id.
    pub name: String,
    /// The operator's machine, or the client's address.
    pub origin: String,
}

impl Actor {
    /// The most bytes of a name and of an origin; more is cut off.
    pub const MOST: usize = 200;

    /// An operator at a machine.
    #[must_use]
    pub fn operator(name: &str, origin: &str) -> Self {
        Self {
            kind: ActorKind::Operator,
            name: shown(name),
            origin: shown(origin),
        }
    }

    /// A part of the program.
    #[must_use]
    pub fn system(part: &str) -> Self {
        Self {
            kind: ActorKind::System,
            name: shown(part),
            origin: "sms-api".to_owned(),
        }
    }

    /// A client with this key.
    #[must_use]
    pub fn key(id: ApiKeyId, origin: &str) -> Self {
        Self {
            kind: ActorKind::Key,
            name: id.to_string(),
            origin: shown(origin),
        }
    }
}

/// A text from outside without control characters, bounded.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for c in text.trim().chars().filter(|c| !c.is_control()) {
        if shown.len().saturating_add(c.len_utf8()) > Actor::MOST {
            break;
        }
        shown.push(c);
    }
    if shown.is_empty() {
        "unknown".clone_into(&mut shown);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_outside_are_bounded_and_have_no_control_characters() {
        let actor = Actor::operator(" an\u{1b}[31mna\n", &"é".repeat(200));
        assert_eq!(actor.name, "an[31mna");
        assert_eq!(actor.origin, "é".repeat(100));
        assert_eq!(Actor::operator("\u{7}", "").name, "unknown");
        assert_eq!(Actor::operator("", "").origin, "unknown");
    }
}
