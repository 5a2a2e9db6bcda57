//! How many requests a process serves at once: as many as it answers in good time. A fixed number would be a
//! queue of seconds on a slow day and an idle processor on a fast one.
//!
//! Additive increase, multiplicative decrease, once in each window: the limit falls while requests take too
//! long because there are many, and rises while it is reached and they do not. Pure: the caller says what time it is.

use std::time::Duration;

use tokio::time::Instant;

/// A request that takes longer is slow. A process at full speed answers several times as fast, so that more
/// requests at once would only wait for each other; and those that are being served when the limit falls are
/// slower still.
const SLOW: Duration = Duration::from_millis(100);

/// The limit changes once in this time: as long as it takes to see what the last change did.
const WINDOW: Duration = Duration::from_millis(200);

/// The limit falls when more than one request in this many is slow.
const TOLERATED: usize = 20;

/// The least limit, at which a store that works in groups still works at full speed.
const LEAST: usize = 64;

/// The limit of requests that are served at once.
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    most: usize,
    limit: usize,
    serving: usize,
    window: Window,
}

/// What happened since the limit was last set.
#[derive(Debug, Clone, Copy)]
struct Window {
    began: Instant,
    served: usize,
    slow: usize,
    /// The most requests that were served at once.
    peak: usize,
    /// Whether a request was refused.
    was_full: bool,
}

impl Window {
    const fn new(began: Instant) -> Self {
        Self {
            began,
            served: 0,
            slow: 0,
            peak: 0,
            was_full: false,
        }
    }
}

impl ConcurrencyLimit {
    /// A limit of at most `most`, which starts at half of it.
    pub(super) fn new(most: usize, now: Instant) -> Self {
        Self {
            most,
            limit: most.div_ceil(2).max(LEAST.min(most)),
            serving: 0,
            window: Window::new(now),
        }
    }

    /// Takes a request in, if it may be served now.
    pub(super) fn enter(&mut self, now: Instant) -> bool {
        self.adapt(now);
        let is_free = self.serving < self.limit;
        if is_free {
            self.serving += 1;
            self.window.peak = self.window.peak.max(self.serving);
        } else {
            self.window.was_full = true;
        }
        is_free
    }

    /// A request that was taken in has been served. `took` leaves out what was waited for the client.
    pub(super) fn leave(&mut self, took: Duration, now: Instant) {
        self.serving = self.serving.saturating_sub(1);
        self.window.served += 1;
        self.window.slow += usize::from(took > SLOW);
        self.adapt(now);
    }

    /// The number of requests that may be served at once.
    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    fn adapt(&mut self, now: Instant) {
        let window = self.window;
        if now.duration_since(window.began) < WINDOW {
            return;
        }
        // Few requests that are slow wait for something else than each other.
        let is_slow = window.slow * TOLERATED > window.served;
        if is_slow && window.peak * 2 >= self.limit {
            self.limit = (self.limit * 3 / 4).max(LEAST.min(self.most));
        } else if window.was_full && window.served > 0 {
            self.limit = (self.limit + self.limit.div_ceil(16)).min(self.most);
        }
        self.window = Window::new(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1024;
    const QUICK: Duration = Duration::from_millis(20);

    /// A process that serves requests at a constant rate, one after the other, and is asked for more.
    struct Process {
        limit: ConcurrencyLimit,
        /// When each request that is being served was taken in.
        queue: std::collections::VecDeque<Instant>,
        now: Instant,
        took: Vec<Duration>,
        refused: usize,
    }

    impl Process {
        fn new() -> Self {
            let now = Instant::now();
            Self {
                limit: ConcurrencyLimit::new(MOST, now),
                queue: std::collections::VecDeque::new(),
                now,
                took: Vec::new(),
                refused: 0,
            }
        }

        /// For so many milliseconds, `offered` requests arrive and `served` are finished in each.
        fn run(&mut self, milliseconds: usize, offered: usize, served: usize) {
            for _ in 0..milliseconds {
                self.now += Duration::from_millis(1);
                for _ in 0..offered {
                    if self.limit.enter(self.now) {
                        self.queue.push_back(self.now);
                    } else {
                        self.refused += 1;
                    }
                }
                for _ in 0..served {
                    if let Some(since) = self.queue.pop_front() {
                        let took = self.now - since;
                        self.took.push(took);
                        self.limit.leave(took, self.now);
                    }
                }
            }
        }

        fn percentile(&mut self, percent: usize) -> Duration {
            self.took.sort_unstable();
            self.took[self.took.len() * percent / 100]
        }
    }

    #[test]
    fn four_times_what_can_be_served_leaves_the_accepted_quick() {
        for served in [1, 4, 12] {
            let mut process = Process::new();
            process.run(5_000, 4 * served, served);
            process.took.clear();
            process.run(10_000, 4 * served, served);
            let p99 = process.percentile(99);
            assert!(p99 < 2 * SLOW, "{served}: {p99:?}");
            assert_eq!(process.took.len(), 10_000 * served, "it is never idle");
        }
    }

    #[test]
    fn what_can_be_served_is_never_refused() {
        let mut process = Process::new();
        process.run(10_000, 4, 4);
        assert_eq!(process.refused, 0);
    }

    #[test]
    fn a_store_that_stood_still_for_a_while_is_forgotten() {
        let mut process = Process::new();
        process.run(2_000, 8, 8);
        process.run(3_000, 8, 0);
        process.run(2_000, 8, 16);
        process.refused = 0;
        process.run(2_000, 8, 8);
        assert_eq!(process.refused, 0);
    }

    #[test]
    fn the_limit_stays_within_its_bounds() {
        let now = Instant::now();
        let mut limit = ConcurrencyLimit::new(MOST, now);
        for step in 1..=200 {
            let at = now + WINDOW * step;
            let entered = (0..MOST).filter(|_| limit.enter(at)).count();
            (0..entered).for_each(|_| limit.leave(SLOW * 2, at));
        }
        assert_eq!(limit.limit(), LEAST);
        let mut few = ConcurrencyLimit::new(3, now);
        assert_eq!(
            (1..=4).map(|_| few.enter(now)).collect::<Vec<_>>(),
            [true, true, true, false]
        );
        few.leave(SLOW * 2, now + WINDOW);
        assert_eq!(few.limit(), 3);
    }

    #[test]
    fn the_limit_rises_only_while_it_is_reached() {
        let mut process = Process::new();
        let before = process.limit.limit();
        process.run(5_000, 1, 1);
        assert_eq!(process.limit.limit(), before);
        // A queue that is as long as the limit and is served in time.
        process.run(5_000, 20, 12);
        assert!(process.limit.limit() > before);
    }

    #[test]
    fn a_slow_request_among_twenty_changes_nothing() {
        for (every, falls) in [(20, false), (10, true)] {
            let now = Instant::now();
            let mut limit = ConcurrencyLimit::new(MOST, now);
            let before = limit.limit();
            assert!((0..before / 2).all(|_| limit.enter(now)));
            for step in 0..200 {
                let at = now + WINDOW / 20 * step;
                if limit.enter(at) {
                    limit.leave(if step % every == 5 { SLOW * 2 } else { QUICK }, at);
                }
            }
            assert_eq!(limit.limit() < before, falls);
        }
    }

    #[test]
    fn slow_requests_without_many_others_change_nothing() {
        let now = Instant::now();
        let mut limit = ConcurrencyLimit::new(MOST, now);
        let before = limit.limit();
        for step in 1..=200 {
            let at = now + WINDOW * step;
            assert!(limit.enter(at));
            limit.leave(SLOW * 2, at);
        }
        assert_eq!(limit.limit(), before);
    }
}
