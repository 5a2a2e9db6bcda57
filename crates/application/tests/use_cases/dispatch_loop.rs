//! The dispatch loop: how much is under way at once, and what ends what.

use chrono::TimeDelta;
use sms_application::DispatchLoopSettings;
use sms_testkit::fixtures::noon;

use crate::dispatch_loop_world::{Line, Running, Step};

/// A line with so many rows that are due.
fn line(rows: u64) -> Line {
    let line = Line::default();
    line.put(0..rows);
    line
}

/// The same, whose calls hang.
fn hanging(rows: u64) -> Line {
    let line = line(rows);
    line.hold(0..rows);
    line
}

#[tokio::test]
async fn everything_that_is_due_leaves_and_is_recorded() {
    let running = Running::start(4, line(100));
    let seen = running.settled().await;
    assert_eq!((seen.called, seen.recorded), (100, 100));
}

#[tokio::test]
async fn no_more_attempts_are_committed_than_there_are_free_slots() {
    let running = Running::start(4, hanging(100));
    let seen = running.settled().await;
    assert_eq!((seen.begun, seen.called), (4, 4));

    running.line.release(2);
    let seen = running.settled().await;
    assert_eq!((seen.begun, seen.recorded), (5, 1));

    running.line.release_all();
    let seen = running.settled().await;
    assert_eq!((seen.recorded, seen.most_open), (100, 4));
}

#[tokio::test]
async fn a_few_rows_are_taken_ahead_of_the_slots_and_not_all() {
    let running = Running::start(4, hanging(100));
    let seen = running.settled().await;
    assert_eq!(seen.begun, 4);
    assert!((5..=20).contains(&seen.taken), "{seen:?}");
}

#[tokio::test]
async fn what_was_decided_while_the_slots_were_taken_is_not_decided_again_soon_after() {
    let running = Running::start(1, hanging(3));
    assert_eq!(running.settled().await.decided, 3);
    running.clock.advance(TimeDelta::seconds(1));
    running.line.release_all();
    let seen = running.settled().await;
    assert_eq!((seen.decided, seen.recorded), (3, 3));
}

#[tokio::test]
async fn what_was_decided_more_than_a_second_before_its_slot_is_decided_again() {
    let running = Running::start(1, hanging(3));
    running.settled().await;
    running.clock.advance(TimeDelta::milliseconds(1_001));
    running.line.release_all();
    let seen = running.settled().await;
    assert_eq!((seen.decided, seen.recorded), (5, 3));
}

#[tokio::test]
async fn one_slow_call_does_not_hold_up_the_others() {
    let slow = line(100);
    slow.hold(0..1);
    let running = Running::start(2, slow);
    assert_eq!(running.settled().await.recorded, 99);
    running.line.release(0);
    assert_eq!(running.settled().await.recorded, 100);
}

#[tokio::test]
async fn no_calls_are_made_while_answers_pile_up_that_nobody_records() {
    let slow = line(100);
    slow.let_records_hang(true);
    let running = Running::start(4, slow);
    let seen = running.settled().await;
    // Those that are being recorded, as many that wait for it, and those whose slots are not free yet.
    assert!((4..=12).contains(&seen.begun), "{seen:?}");
    running.line.let_records_hang(false);
    assert_eq!(running.settled().await.recorded, 100);
}

#[tokio::test]
async fn a_loop_that_is_stopped_finishes_what_it_took_and_takes_nothing_more() {
    let running = Running::start(4, hanging(100));
    let taken = running.settled().await.taken;
    running.stop();
    running.settled().await;
    assert!(!running.has_ended(), "calls are in flight");

    running.line.release_all();
    let seen = running.settled().await;
    assert!(running.has_ended());
    assert_eq!((seen.taken, seen.recorded), (taken, taken));
}

#[tokio::test]
async fn a_loop_that_rests_ends_at_once() {
    let running = Running::start(4, line(0));
    running.settled().await;
    running.stop();
    running.settled().await;
    assert!(running.has_ended());
}

#[tokio::test]
async fn a_queue_that_is_unavailable_is_asked_again_after_a_pause() {
    let running = Running::start(4, line(3).failing(Step::Claim, 2));
    for claims in [1, 2] {
        let seen = running.settled().await;
        assert_eq!((seen.claims, seen.taken), (claims, 0));
        running.clock.advance(DispatchLoopSettings::default().poll);
    }
    assert_eq!(running.settled().await.recorded, 3);
}

#[tokio::test]
async fn attempts_that_could_not_be_committed_free_their_slots() {
    let running = Running::start(1, line(3).failing(Step::Begin, 1));
    let seen = running.settled().await;
    assert_eq!((seen.called, seen.recorded), (2, 2));
}

#[tokio::test]
async fn a_record_that_failed_is_repeated_once() {
    let running = Running::start(1, line(1).failing(Step::Record, 1));
    let seen = running.settled().await;
    assert_eq!((seen.records_tried, seen.recorded), (2, 1));
}

#[tokio::test]
async fn a_record_that_failed_twice_is_kept_until_the_store_is_back_and_the_others_go_on() {
    let running = Running::start(1, line(1).failing(Step::Record, 3));
    let seen = running.settled().await;
    assert_eq!((seen.records_tried, seen.recorded), (2, 0));

    running.clock.advance(DispatchLoopSettings::default().poll);
    let seen = running.settled().await;
    assert_eq!((seen.records_tried, seen.recorded), (3, 0));
    running.line.put(1..3);
    running.wake();
    let seen = running.settled().await;
    assert_eq!((seen.called, seen.recorded), (3, 2));

    running.clock.advance(DispatchLoopSettings::default().poll);
    let seen = running.settled().await;
    assert_eq!((seen.called, seen.recorded), (3, 3));
}

#[tokio::test]
async fn a_loop_that_is_stopped_while_the_store_is_away_records_what_it_kept_and_then_ends() {
    let running = Running::start(1, line(1).failing(Step::Record, 3));
    running.settled().await;
    running.stop();
    for tried in [3, 4] {
        running.settled().await;
        assert!(!running.has_ended());
        running.clock.advance(DispatchLoopSettings::default().poll);
        assert_eq!(running.settled().await.records_tried, tried);
    }
    assert_eq!(running.settled().await.recorded, 1);
    assert!(running.has_ended());
}

#[tokio::test]
async fn a_loop_that_is_stopped_while_the_store_stays_away_ends_after_some_tries() {
    let running = Running::start(1, line(1).failing(Step::Record, usize::MAX));
    running.settled().await;
    running.stop();
    for _ in 0..10 {
        running.settled().await;
        assert!(!running.has_ended());
        running.clock.advance(DispatchLoopSettings::default().poll);
    }
    assert_eq!(running.settled().await.recorded, 0);
    assert!(running.has_ended());
}

#[tokio::test]
async fn a_loop_that_is_stopped_while_the_store_hangs_ends_all_the_same() {
    let running = Running::start(2, line(4));
    running.line.let_records_hang(true);
    running.settled().await;
    running.stop();
    for _ in 0..25 {
        running.settled().await;
        running.clock.advance(TimeDelta::seconds(1));
    }
    assert_eq!(running.settled().await.recorded, 0);
    assert!(running.has_ended());
}

#[tokio::test]
async fn a_loop_that_is_stopped_while_a_call_hangs_ends_all_the_same() {
    let running = Running::start(2, hanging(4));
    running.settled().await;
    running.stop();
    for second in 0..25 {
        running.settled().await;
        assert!(second > 20 || !running.has_ended());
        running.clock.advance(TimeDelta::seconds(1));
    }
    running.settled().await;
    assert!(running.has_ended());
}

#[tokio::test]
async fn a_wake_up_ends_a_rest() {
    let running = Running::start(4, line(0));
    running.settled().await;
    running.line.put(0..1);
    assert_eq!(running.settled().await.taken, 0);
    running.wake();
    assert_eq!(running.settled().await.recorded, 1);
}

#[tokio::test]
async fn a_rest_ends_when_the_next_row_is_due() {
    let resting = line(0);
    let soon = TimeDelta::milliseconds(300);
    *resting.next_due.lock().unwrap() = Some(noon() + soon);
    let running = Running::start(4, resting);
    running.settled().await;
    running.line.put(0..1);
    running.clock.advance(soon - TimeDelta::milliseconds(1));
    assert_eq!(running.settled().await.taken, 0);
    running.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(running.settled().await.recorded, 1);
}

#[tokio::test]
async fn a_lost_wake_up_is_made_up_for_by_the_poll() {
    let running = Running::start(4, line(0));
    running.settled().await;
    running.line.put(0..1);
    running.clock.advance(DispatchLoopSettings::default().poll);
    assert_eq!(running.settled().await.recorded, 1);
}

#[tokio::test]
async fn rows_that_are_due_and_not_given_out_are_not_asked_for_without_a_rest() {
    let paused = line(0);
    *paused.next_due.lock().unwrap() = Some(noon());
    let running = Running::start(4, paused);
    assert_eq!(running.settled().await.claims, 1);
}
