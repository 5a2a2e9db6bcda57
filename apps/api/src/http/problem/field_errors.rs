//! What is wrong with a request, field by field.

use std::borrow::Cow;

use serde::Serialize;
use sms_application::FieldError;

/// Messages by field, in the order in which the fields were found wanting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FieldErrors(Vec<(Cow<'static, str>, Vec<String>)>);

impl FieldErrors {
    /// Adds a message to a field.
    pub(crate) fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        let field = field.into();
        match self.0.iter_mut().find(|(known, _)| *known == field) {
            Some((_, messages)) => messages.push(message.into()),
            None => self.0.push((field, vec![message.into()])),
        }
    }

    /// Whether a field has a message.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(known, _)| known == field)
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for FieldErrors {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, messages)| (field, messages)))
    }
}

impl From<Vec<FieldError>> for FieldErrors {
    fn from(found: Vec<FieldError>) -> Self {
        let mut errors = Self::default();
        for error in found {
            errors.add(error.field, error.message);
        }
        errors
    }
}
