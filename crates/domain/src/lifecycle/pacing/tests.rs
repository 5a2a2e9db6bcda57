//! Pacing in single passes, and over minutes of random claims.

use chrono::TimeZone;
use proptest::prelude::*;

use super::*;

fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 3, 17, 0, 0).unwrap()
}

fn after(milliseconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::milliseconds(milliseconds)
}

fn lane(pace: Pace) -> Lane {
    let tail_at = matches!(pace, Pace::PerMinute(_)).then_some(DateTime::UNIX_EPOCH);
    Lane {
        pace,
        next_at: DateTime::UNIX_EPOCH,
        tail_at,
    }
}

fn waiting(is_bulk: bool, lanes: &[&'static str]) -> Waiting<&'static str> {
    Waiting {
        is_bulk,
        lanes: lanes.to_vec(),
    }
}

/// Messages of one organization in a store: when each is due, and the lanes for which it waits.
struct Queue {
    lanes: BTreeMap<&'static str, Lane>,
    rows: Vec<(DateTime<Utc>, Waiting<&'static str>)>,
}

impl Queue {
    /// Claims up to `most` rows that are due; returns those that passed.
    fn claim(&mut self, now: DateTime<Utc>, most: usize) -> Vec<Waiting<&'static str>> {
        let due = |row: &(DateTime<Utc>, Waiting<_>)| row.0 <= now;
        let (mut due, later): (Vec<_>, Vec<_>) = self.rows.drain(..).partition(due);
        due.sort_by_key(|(at, row)| (row.is_bulk, *at));
        let rest = due.split_off(most.min(due.len()));
        self.rows = later.into_iter().chain(rest).collect();
        let rows: Vec<_> = due.into_iter().map(|(_, row)| row).collect();
        let turns = pass(&mut self.lanes, &rows, now);
        let mut passed = Vec::new();
        for (row, turn) in rows.into_iter().zip(turns) {
            match turn {
                Turn::Now => passed.push(row),
                Turn::At(at) => self.rows.push((at, row)),
            }
        }
        passed
    }
}

/// The most events in any window.
fn most_within(events: &[DateTime<Utc>], window: TimeDelta) -> usize {
    let seen_from = |from: usize| {
        let end = events[from] + window;
        events[from..].iter().take_while(|at| **at < end).count()
    };
    (0..events.len()).map(seen_from).max().unwrap_or(0)
}

#[test]
fn a_lane_that_rested_admits_a_moments_worth_and_then_one_each_step() {
    let mut lanes = BTreeMap::from([("number", lane(Pace::PerMinute(62)))]);
    let rows = vec![waiting(true, &["number"]); 4];
    let turns = pass(&mut lanes, &rows, start());
    // The second before now and now itself, then a step of one second each.
    let expected = [
        Turn::Now,
        Turn::Now,
        Turn::At(after(1_000)),
        Turn::At(after(2_000)),
    ];
    assert_eq!(turns, expected);
}

#[test]
fn an_answer_is_next_and_bulk_goes_to_the_tail() {
    let mut lanes = BTreeMap::from([("number", lane(Pace::PerMinute(62)))]);
    pass(&mut lanes, &vec![waiting(true, &["number"]); 10], start());
    let turns = pass(
        &mut lanes,
        &[waiting(true, &["number"]), waiting(false, &["number"])],
        after(500),
    );
    assert_eq!(turns, [Turn::At(after(9_000)), Turn::At(after(1_000))]);
}

#[test]
fn what_a_number_refuses_takes_no_room_of_its_account() {
    let mut lanes = BTreeMap::from([
        ("number", lane(Pace::PerMinute(1))),
        ("account", lane(Pace::PerSecond(1))),
    ]);
    let both = waiting(true, &["number", "account"]);
    let one = std::slice::from_ref(&both);
    assert_eq!(pass(&mut lanes, one, start()), [Turn::Now]);
    let before = lanes["account"];
    let turns = pass(&mut lanes, one, after(30_000));
    assert_eq!(turns, [Turn::At(after(61_000))]);
    assert_eq!(lanes["account"], before);
}

#[test]
fn no_organization_queues_up_at_the_tail_of_a_shared_account() {
    let mut lanes = BTreeMap::from([("account", lane(Pace::PerSecond(11)))]);
    pass(&mut lanes, &vec![waiting(true, &["account"]); 100], start());
    let late = pass(&mut lanes, &[waiting(true, &["account"])], after(10));
    assert_eq!(late, [Turn::At(after(50))]);
}

#[test]
fn a_message_without_a_paced_lane_passes() {
    let mut lanes = BTreeMap::new();
    let rows = [waiting(true, &[]), waiting(false, &["another"])];
    assert_eq!(pass(&mut lanes, &rows, start()), [Turn::Now, Turn::Now]);
}

#[test]
fn room_is_what_may_pass_now() {
    for pace in [
        Pace::PerMinute(30),
        Pace::PerMinute(600),
        Pace::PerSecond(50),
    ] {
        let mut lanes = BTreeMap::from([("one", lane(pace))]);
        for at in [start(), after(10), after(4_000), after(4_010)] {
            let room = lanes["one"].room(at);
            let rows = vec![waiting(false, &["one"]); 200];
            let passed = pass(&mut lanes, &rows, at);
            let passed = passed.iter().filter(|turn| **turn == Turn::Now).count();
            assert_eq!(room, passed, "{pace:?} {at}");
        }
    }
}

#[test]
fn paces_of_zero_and_instants_at_the_end_of_time_do_no_harm() {
    let mut ended = lane(Pace::PerMinute(0));
    ended.next_at = DateTime::<Utc>::MAX_UTC;
    let mut lanes = BTreeMap::from([("one", ended)]);
    let rows = vec![waiting(true, &["one"]), waiting(false, &["one"])];
    let turns = pass(&mut lanes, &rows, start());
    assert!(turns.iter().all(|turn| *turn != Turn::Now));
    assert_eq!(lane(Pace::PerSecond(0)).room(start()), 1);
}

/// Rounds of claims by workers at any distance, with messages that arrive at any time.
fn rounds() -> impl Strategy<Value = Vec<(i64, usize, usize, bool)>> {
    let round = (
        prop_oneof![8 => 0_i64..400, 1 => 0_i64..20_000],
        1_usize..40,
        prop_oneof![3 => Just(0_usize), 1 => 1_usize..80],
        any::<bool>(),
    );
    prop::collection::vec(round, 1..200)
}

/// Each case simulates minutes of claims.
fn few() -> ProptestConfig {
    ProptestConfig::with_cases(24)
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn no_window_sees_more_than_a_pace_whatever_the_order_of_claims(
        rounds in rounds(),
        number in 1_u32..200,
        campaign in 1_u32..200,
        account in 1_u32..60,
    ) {
        let lanes = BTreeMap::from([
            ("number", lane(Pace::PerMinute(number))),
            ("campaign", lane(Pace::PerMinute(campaign))),
            ("account", lane(Pace::PerSecond(account))),
        ]);
        let mut queue = Queue { lanes, rows: Vec::new() };
        let mut left: BTreeMap<&str, Vec<DateTime<Utc>>> = BTreeMap::new();
        let mut now = start();
        for (pause, most, arriving, is_bulk) in rounds {
            now += TimeDelta::milliseconds(pause);
            let kinds: [&[&'static str]; 3] =
                [&["number", "campaign", "account"], &["campaign", "account"], &["account"]];
            for n in 0..arriving {
                queue.rows.push((now, waiting(is_bulk, kinds[n % 3])));
            }
            for row in queue.claim(now, most) {
                for key in row.lanes {
                    left.entry(key).or_default().push(now);
                }
            }
        }
        let within = |key: &str, window| left.get(key).map_or(0, |at| most_within(at, window));
        prop_assert!(within("number", TimeDelta::minutes(1)) <= number as usize);
        prop_assert!(within("campaign", TimeDelta::minutes(1)) <= campaign as usize);
        prop_assert!(within("account", TimeDelta::seconds(1)) <= account as usize);
    }

    #[test]
    fn a_pace_is_used_when_there_is_work(
        per_minute in 20_u32..200,
        tick in 60_i64..250,
        most in 5_usize..40,
        is_bulk in any::<bool>(),
    ) {
        let lanes = BTreeMap::from([("number", lane(Pace::PerMinute(per_minute)))]);
        let row = (start(), waiting(is_bulk, &["number"]));
        let mut queue = Queue { lanes, rows: vec![row; 450] };
        let minutes = 2;
        let ticks = minutes * 60_000 / tick;
        let left: usize = (0..ticks)
            .map(|n| queue.claim(after(n * tick), most).len())
            .sum();
        let full = i64::from(per_minute) * minutes;
        prop_assert!(
            i64::try_from(left).unwrap() * 100 >= full * 95,
            "{left} of {full} in {minutes} minutes"
        );
    }

    #[test]
    fn a_rate_is_used_when_there_is_work(
        per_second in 1_u32..100,
        tick in 10_i64..50,
        most in 5_usize..40,
    ) {
        let lanes = BTreeMap::from([("account", lane(Pace::PerSecond(per_second)))]);
        let row = (start(), waiting(true, &["account"]));
        let mut queue = Queue { lanes, rows: vec![row; 450] };
        let seconds = 4;
        let left: usize = (0..seconds * 1_000 / tick)
            .map(|n| queue.claim(after(n * tick), most).len())
            .sum();
        let full = i64::from(per_second) * seconds;
        prop_assert!(
            i64::try_from(left).unwrap() * 100 >= full * 90,
            "{left} of {full} in {seconds} seconds"
        );
    }
}
