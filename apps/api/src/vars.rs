//! The variables of the environment, and everything that is wrong with them. Must not know what they
//! are for.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use secrecy::SecretString;

/// The variables, and the faults found so far.
pub(crate) struct Vars {
    values: HashMap<String, String>,
    errors: Vec<String>,
}

impl Vars {
    /// Variables by name.
    pub(crate) fn new(values: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            values: values.into_iter().collect(),
            errors: Vec::new(),
        }
    }

    /// Adds a fault.
    pub(crate) fn fault(&mut self, what: impl Into<String>) {
        self.errors.push(what.into());
    }

    /// The number of faults so far.
    pub(crate) const fn faults(&self) -> usize {
        self.errors.len()
    }

    /// All faults.
    pub(crate) fn into_faults(self) -> Vec<String> {
        self.errors
    }

    /// Whether a fault begins with the name of a variable.
    pub(crate) fn is_faulty(&self, name: &str) -> bool {
        self.errors.iter().any(|error| error.starts_with(name))
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.values
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    }

    pub(crate) fn parsed<T: FromStr<Err: fmt::Display>>(&mut self, name: &str, default: T) -> T {
        let Some(text) = self.get(name) else {
            return default;
        };
        text.parse().unwrap_or_else(|error| {
            self.errors.push(format!("{name} is {text:?}: {error}"));
            default
        })
    }

    pub(crate) fn optional<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.get(name)?;
        let parsed = text.parse();
        parsed
            .map_err(|error| self.errors.push(format!("{name} is {text:?}: {error}")))
            .ok()
    }

    pub(crate) fn seconds(&mut self, name: &str, default: TimeDelta) -> TimeDelta {
        let seconds = self.parsed::<u32>(name, u32::try_from(default.num_seconds()).unwrap_or(0));
        TimeDelta::seconds(i64::from(seconds))
    }

    pub(crate) fn positive(&mut self, name: &str, default: usize) -> usize {
        let value = self.parsed(name, default);
        if value == 0 {
            self.errors.push(format!("{name} must be at least 1"));
        }
        value.max(1)
    }

    pub(crate) fn one_of(&mut self, name: &str, choices: &[&'static str]) -> Option<&'static str> {
        let text = self.get(name)?;
        let choice = choices.iter().find(|choice| **choice == text).copied();
        if choice.is_none() {
            self.errors.push(format!(
                "{name} is {text:?}: expected {}",
                choices.join(" or ")
            ));
        }
        choice
    }

    /// Whether a secret is given, readable or not.
    pub(crate) fn has_secret(&self, name: &str) -> bool {
        self.get(name).is_some() || self.get(&format!("{name}_FILE")).is_some()
    }

    /// A value that never stands in an error, from the variable or from the file that `NAME_FILE`
    /// names.
    pub(crate) fn secret(&mut self, name: &str) -> Option<SecretString> {
        let file = self.get(&format!("{name}_FILE"));
        match (self.get(name), file) {
            (Some(_), Some(_)) => {
                self.errors
                    .push(format!("{name} and {name}_FILE are both set"));
                None
            }
            (Some(value), None) => Some(value.into()),
            (None, Some(path)) => match std::fs::read_to_string(&path) {
                Ok(value) => Some(value.trim_end().to_owned().into()),
                Err(error) => {
                    self.errors
                        .push(format!("{name}_FILE is {path:?}: {error}"));
                    None
                }
            },
            (None, None) => None,
        }
    }
}
