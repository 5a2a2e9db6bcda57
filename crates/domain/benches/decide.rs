//! How long a decision takes: `cargo bench -p sms-domain --bench decide`. It has to stay under 100 µs
//! with 50 candidate numbers; the aim is 20 µs.

#[path = "../tests/support/facts.rs"]
mod facts;

use chrono::{DateTime, TimeDelta, Utc};
use divan::Bencher;
use sms_domain::content::Text;
use sms_domain::decision::decide;
use sms_domain::facts::{
    CapacityWindows, Context, DEFAULT_CAPACITY_ZONE, NumberFacts, Usage, WindowUsage,
};
use sms_domain::values::{CounterKind, Health};

fn main() {
    divan::main();
}

fn noon() -> DateTime<Utc> {
    "2026-12-15T17:00:00Z".parse().expect("an instant")
}

/// Numbers all over the country, with limits, used to a different degree; every fifth has no room.
fn numbers(count: u32) -> Vec<NumberFacts> {
    let windows = CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, noon());
    let areas = [
        "+12125550199",
        "+13125550199",
        "+14155550199",
        "+13055550199",
        "+12145550199",
    ];
    (0..count)
        .zip(areas.into_iter().cycle())
        .map(|(n, phone)| NumberFacts {
            health: if n % 3 == 0 {
                Health::New
            } else {
                Health::Healthy
            },
            hourly_limit: Some(60),
            daily_limit: Some(200),
            last_used_at: Some(noon() - TimeDelta::minutes(i64::from(n))),
            usage: Usage(vec![
                window(CounterKind::Hour, &windows, n % 60),
                window(
                    CounterKind::Day,
                    &windows,
                    if n % 5 == 4 { 200 } else { n * 2 },
                ),
            ]),
            ..facts::number(n, phone)
        })
        .collect()
}

fn window(kind: CounterKind, windows: &CapacityWindows, used: u32) -> WindowUsage {
    WindowUsage {
        kind,
        window_start: windows.start(kind),
        used,
    }
}

fn context(count: u32) -> Context {
    facts::context(numbers(count), noon())
}

/// A message that leaves, by the strategy that looks at every number.
#[divan::bench(args = [1, 10, 50])]
fn a_message_that_leaves(bencher: Bencher<'_, '_>, count: u32) {
    let (submission, context) = (facts::submission(noon()), context(count));
    bencher.bench(|| decide(&submission, &context, noon()));
}

/// Ten segments to read for links and words.
#[divan::bench]
fn a_long_message_with_fifty_numbers(bencher: Bencher<'_, '_>) {
    let mut submission = facts::submission(noon());
    submission.text = Text::new("Your roof is done, see example.com. ".repeat(42));
    let context = context(50);
    bencher.bench(|| decide(&submission, &context, noon()));
}

/// A message that has to wait for the morning.
#[divan::bench]
fn a_message_at_night(bencher: Bencher<'_, '_>) {
    let night = noon() + TimeDelta::hours(10);
    let (submission, context) = (facts::submission(night), context(50));
    bencher.bench(|| decide(&submission, &context, night));
}
