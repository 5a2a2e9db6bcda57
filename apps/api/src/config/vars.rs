//! The variables of the environment, and everything that is wrong with them. Must not know what they
//! are for.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use secrecy::SecretString;

pub(super) struct Vars {
    pub(super) values: HashMap<String, String>,
    pub(super) errors: Vec<String>,
}

impl Vars {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.values
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    }

    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(&mut self, name: &str, default: T) -> T {
        let Some(text) = self.get(name) else {
            return default;
        };
        text.parse().unwrap_or_else(|error| {
            self.errors.push(format!("{name} is {text:?}: {error}"));
            default
        })
    }

    pub(super) fn optional<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.get(name)?;
        let parsed = text.parse();
        parsed
            .map_err(|error| self.errors.push(format!("{name} is {text:?}: {error}")))
            .ok()
    }

    pub(super) fn seconds(&mut self, name: &str, default: TimeDelta) -> TimeDelta {
        let seconds = self.parsed::<u32>(name, u32::try_from(default.num_seconds()).unwrap_or(0));
        TimeDelta::seconds(i64::from(seconds))
    }

    pub(super) fn positive(&mut self, name: &str, default: usize) -> usize {
        let value = self.parsed(name, default);
        if value == 0 {
            self.errors.push(format!("{name} must be at least 1"));
        }
        value.max(1)
    }

    pub(super) fn one_of(&mut self, name: &str, choices: &[&'static str]) -> Option<&'static str> {
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
    pub(super) fn has_secret(&self, name: &str) -> bool {
        self.get(name).is_some() || self.get(&format!("{name}_FILE")).is_some()
    }

    /// A value that never stands in an error, from the variable or from the file that `NAME_FILE`
    /// names.
    pub(super) fn secret(&mut self, name: &str) -> Option<SecretString> {
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
