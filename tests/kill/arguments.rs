//! The command line. Test runners pass arguments of their own, which must not be an error.

use crate::NAME;

/// How many seeds run when nobody says.
const USUAL: u64 = 3;

/// What is asked for.
pub(crate) enum Request {
    /// The names of the tests.
    List,
    /// Only tests of other names.
    Nothing,
    /// Runs.
    Run {
        /// The seeds.
        seeds: Vec<u64>,
        /// Whether data folders stay though nothing failed.
        keep: bool,
    },
}

pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Request {
    let mut arguments = arguments.peekable();
    let mut seeds: Vec<_> = (1..=USUAL).collect();
    let (mut filters, mut lists, mut keep) = (Vec::new(), false, false);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok());
        match argument.as_str() {
            "--seeds" => seeds = (1..=number().expect("--seeds takes a number")).collect(),
            "--seed" => seeds = vec![number().expect("--seed takes a number")],
            "--keep" => keep = true,
            "--list" => lists = true,
            // A runner that asks for skipped tests only.
            "--ignored" => return Request::Nothing,
            option if option.starts_with('-') => {}
            filter => filters.push(filter.to_owned()),
        }
    }
    let is_meant = filters.is_empty() || filters.iter().any(|filter| NAME.contains(filter));
    match (is_meant, lists) {
        (false, _) => Request::Nothing,
        (true, true) => Request::List,
        (true, false) => Request::Run { seeds, keep },
    }
}
