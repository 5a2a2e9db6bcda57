//! The command line. Test runners pass additional arguments, which must not be an error.

use crate::NAME;
use crate::kind::Kind;
use crate::run::One;
use crate::seeds;

/// What the command line asks for.
pub(crate) enum Request {
    /// To list the names of the tests.
    List,
    /// Only tests with other names.
    Nothing,
    /// To run.
    Run {
        runs: Vec<One>,
        /// Whether to keep the data folders of successful runs.
        keep: bool,
    },
}

pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Request {
    let (mut seeds, mut only) = (None, None);
    let (mut filters, mut lists, mut keep) = (Vec::new(), false, false);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok());
        match argument.as_str() {
            "--seeds" => seeds = Some((1..=number().expect("--seeds takes a number")).collect()),
            "--seed" => seeds = Some(vec![number().expect("--seed takes a number")]),
            "--only" => only = Some(kind(arguments.next().as_deref())),
            "--keep" => keep = true,
            "--list" => lists = true,
            // The runner asks for ignored tests only, and there are none.
            "--ignored" => return Request::Nothing,
            option if option.starts_with('-') => {}
            filter => filters.push(filter.to_owned()),
        }
    }
    let is_meant = filters.is_empty() || filters.iter().any(|filter| NAME.contains(filter));
    match (is_meant, lists) {
        (false, _) => Request::Nothing,
        (true, true) => Request::List,
        (true, false) => Request::Run {
            runs: runs(seeds, only),
            keep,
        },
    }
}

fn kind(name: Option<&str>) -> Kind {
    let named = |kind: &&Kind| Some(kind.name()) == name;
    let names = Kind::ALL.map(Kind::name).join(", ");
    *(Kind::ALL.iter().find(named)).unwrap_or_else(|| panic!("--only takes one of {names}"))
}

/// The runs: every kind with every seed, or the fixed list if there are no seeds.
fn runs(seeds: Option<Vec<u64>>, only: Option<Kind>) -> Vec<One> {
    let is_meant = |one: &One| only.is_none_or(|only| one.kind == only);
    let Some(seeds) = seeds else {
        let fixed = seeds::fixed().into_iter();
        return fixed.filter(is_meant).collect();
    };
    let kinds = Kind::ALL.into_iter();
    // A full disk needs a file system of its own, so it runs only on demand.
    let kinds = kinds.filter(|kind| only.map_or(*kind != Kind::Disk, |only| *kind == only));
    let pairs = kinds.flat_map(|kind| seeds.iter().map(move |seed| One { kind, seed: *seed }));
    pairs.collect()
}
