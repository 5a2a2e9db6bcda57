//! Rate limit per organization: a number of requests per window, which begins with the first request. Each
//! process counts for itself: several processes allow several times as many.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::values::ids::OrganizationId;

/// Number of windows from which ended ones are dropped.
const SWEEP_AT: usize = 10_000;

/// Counts requests.
pub(crate) struct RateLimiter {
    limit: u32,
    window: TimeDelta,
    windows: Mutex<HashMap<OrganizationId, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    ends_at: DateTime<Utc>,
    used: u32,
}

/// An organization's remaining requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// Requests in a window.
    pub(crate) limit: u32,
    /// The length of a window in seconds.
    pub(crate) window_seconds: i64,
    /// Requests left in this window.
    pub(crate) remaining: u32,
    /// Seconds until the next window, rounded up; at least 1.
    pub(crate) reset_seconds: i64,
    /// Whether this request exceeds the limit.
    pub(crate) is_exceeded: bool,
}

impl RateLimiter {
    /// `limit` requests in each `window` of at least a second; 0 = no limit.
    pub(crate) fn new(limit: u32, window: TimeDelta) -> Self {
        Self {
            limit,
            window: window.max(TimeDelta::seconds(1)),
            windows: Mutex::default(),
        }
    }

    /// Counts one request; `None` when there is no limit.
    pub(crate) fn take(&self, who: OrganizationId, now: DateTime<Utc>) -> Option<Allowance> {
        if self.limit == 0 {
            return None;
        }
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= SWEEP_AT {
            windows.retain(|_, window| now < window.ends_at);
        }
        let window = windows.entry(who).or_insert_with(|| self.beginning(now));
        // A clock that was set back must not lock an organization out for longer than a window.
        let is_over = now >= window.ends_at || window.ends_at - now > self.window;
        if is_over {
            *window = self.beginning(now);
        }
        let is_exceeded = window.used >= self.limit;
        window.used = window.used.saturating_add(1).min(self.limit);
        Some(self.allowance(*window, is_exceeded, now))
    }

    fn beginning(&self, now: DateTime<Utc>) -> Window {
        Window {
            ends_at: now + self.window,
            used: 0,
        }
    }

    fn allowance(&self, window: Window, is_exceeded: bool, now: DateTime<Utc>) -> Allowance {
        let milliseconds = (window.ends_at - now).num_milliseconds();
        Allowance {
            limit: self.limit,
            window_seconds: self.window.num_seconds(),
            remaining: self.limit - window.used,
            reset_seconds: (milliseconds + 999).div_euclid(1000).max(1),
            is_exceeded,
        }
    }
}

#[cfg(test)]
mod tests {
    use sms_testkit::fixtures::{noon, organization_id};
    use uuid::Uuid;

    use super::*;

    fn limiter() -> RateLimiter {
        RateLimiter::new(2, TimeDelta::seconds(60))
    }

    fn is_exceeded(limiter: &RateLimiter, now: DateTime<Utc>) -> bool {
        limiter.take(organization_id(), now).unwrap().is_exceeded
    }

    #[test]
    fn requests_beyond_the_limit_are_refused_until_the_window_ends() {
        let limiter = limiter();
        assert!(!is_exceeded(&limiter, noon()));
        assert!(!is_exceeded(&limiter, noon() + TimeDelta::seconds(59)));
        assert!(is_exceeded(
            &limiter,
            noon() + TimeDelta::milliseconds(59_999)
        ));
        assert!(!is_exceeded(&limiter, noon() + TimeDelta::seconds(60)));
    }

    #[test]
    fn what_is_left_is_told_in_whole_seconds_rounded_up() {
        let limiter = limiter();
        limiter.take(organization_id(), noon());
        let allowance = limiter.take(organization_id(), noon() + TimeDelta::milliseconds(58_100));
        let expected = Allowance {
            limit: 2,
            window_seconds: 60,
            remaining: 0,
            reset_seconds: 2,
            is_exceeded: false,
        };
        assert_eq!(allowance, Some(expected));
    }

    #[test]
    fn organizations_do_not_use_up_each_others_requests() {
        let limiter = limiter();
        for _ in 0..3 {
            limiter.take(organization_id(), noon());
        }
        let other = OrganizationId::new(Uuid::from_u128(7));
        assert!(!limiter.take(other, noon()).unwrap().is_exceeded);
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        let limiter = RateLimiter::new(0, TimeDelta::seconds(60));
        assert_eq!(limiter.take(organization_id(), noon()), None);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limiter = limiter();
        for _ in 0..3 {
            limiter.take(organization_id(), noon());
        }
        assert!(!is_exceeded(&limiter, noon() - TimeDelta::hours(1)));
    }
}
