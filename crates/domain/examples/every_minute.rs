//! Compares the hours of every place with the oracle in every minute of two years:
//! `cargo run --release -p sms-domain --example every_minute [SEED]`.
//!
//! Without a seed by the bundled tables, with one by tables whose laws change at random in these years.
//! Each number with its places is asked in every minute whether it is open, which cap holds, and when it
//! opens next; the oracle tests each minute by the calendar. Exits with 1 at the first difference.

#[path = "../tests/support/law_cases.rs"]
mod law_cases;
#[path = "../tests/support/law_changes.rs"]
mod law_changes;
#[path = "../tests/support/law_changing.rs"]
mod law_changing;
#[path = "../tests/support/law_oracle/mod.rs"]
mod law_oracle;
#[path = "../tests/support/law_tables.rs"]
mod law_tables;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use chrono::{DateTime, Utc};
use law_cases::{Case, HORIZON, cases, second_of};
use law_changes::{Dice, load};
use law_changing::changing_tables;
use law_oracle::{Oracle, Spot};
use law_tables::Tables;
use sms_domain::law::{Places, RecipientLocation, RuleData, StatedAddress, StatedPlaces};
use sms_domain::values::phone::PhoneNumber;

const FIRST: &str = "2025-07-01";
const LAST: &str = "2027-07-01";
const MINUTE: i64 = 60;

/// What the oracle says of each minute of one spot.
struct Minutes {
    spot: Spot,
    is_open: Vec<bool>,
    cap: Vec<Option<u32>>,
}

fn main() -> ExitCode {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok());
    let begun = Instant::now();
    let tables = seed.map_or_else(Tables::bundled, |seed| {
        let days = (FIRST.parse().unwrap(), LAST.parse().unwrap());
        changing_tables(&mut Dice::new(seed), days.0, days.1)
    });
    let (rules, oracle) = (load(&tables).unwrap(), Oracle::read(&tables));
    let (mut known, mut asked, mut count) = (Vec::new(), 0, 0);
    for case in cases(&tables, &oracle) {
        match compare(&rules, &case, &mut known) {
            Ok(minutes) => asked += minutes,
            Err(difference) => {
                say(&difference);
                return ExitCode::FAILURE;
            }
        }
        count += 1;
    }
    let seconds = begun.elapsed().as_secs();
    say(&format!(
        "{count} numbers and stated places, {asked} minutes from {FIRST} to {LAST}: no difference, {seconds} s"
    ));
    ExitCode::SUCCESS
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn compare(rules: &RuleData, case: &Case<'_>, known: &mut Vec<Minutes>) -> Result<usize, String> {
    let (is_open, caps) = expected(case, known);
    let places = places(rules, case);
    let mut opening = None;
    for (n, is_open) in is_open.iter().enumerate().rev() {
        let second = second_of(FIRST) + i64::try_from(n).unwrap() * MINUTE;
        opening = if *is_open { Some(second) } else { opening };
        let at = instant(second);
        let found = (places.open_at(at).is_ok(), places.max_per_24h(at, None));
        let mut is_same = found == (*is_open, caps[n]);
        // Near the end the oracle does not see as far as the horizon.
        if n + usize::try_from(HORIZON / MINUTE).unwrap() < caps.len() {
            let next = places.next_open(at, instant(second + HORIZON));
            let expected = opening.filter(|opening| *opening <= second + HORIZON);
            is_same &= next == expected.map(instant);
        }
        if !is_same {
            return Err(format!("{} {:?} at {at}", case.area_code, case.stated));
        }
    }
    Ok(is_open.len())
}

/// Whether all spots of a case are open in each minute, and the lowest cap.
fn expected(case: &Case<'_>, known: &mut Vec<Minutes>) -> (Vec<bool>, Vec<Option<u32>>) {
    let seconds: Vec<i64> = (second_of(FIRST)..second_of(LAST)).step_by(60).collect();
    let (mut is_open, mut caps) = (vec![true; seconds.len()], vec![None; seconds.len()]);
    for spot in &case.spots {
        if !known.iter().any(|one| one.spot == *spot) {
            known.push(Minutes {
                spot: spot.clone(),
                is_open: seconds.iter().map(|second| spot.is_open(*second)).collect(),
                cap: seconds.iter().map(|second| spot.cap(*second)).collect(),
            });
        }
        let minutes = known.iter().find(|one| one.spot == *spot).unwrap();
        for n in 0..seconds.len() {
            is_open[n] &= minutes.is_open[n];
            caps[n] = [caps[n], minutes.cap[n]].into_iter().flatten().min();
        }
    }
    (is_open, caps)
}

fn places<'r>(rules: &'r RuleData, case: &Case<'_>) -> Places<'r> {
    let phone = PhoneNumber::parse(&format!("+1{}5550100", case.area_code)).unwrap();
    let stated = StatedAddress {
        state: case.stated,
        postal_code: None,
    };
    let stated = StatedPlaces::read(rules, stated, &[]);
    match RecipientLocation::locate(rules, &phone, &stated) {
        RecipientLocation::Known(places) => places,
        RecipientLocation::Unknown(why) => panic!("{}: {why:?}", case.area_code),
    }
}

fn instant(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}
