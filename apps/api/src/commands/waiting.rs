//! Start of a process before its database: it waits, logs it, and gives up after a time limit.
//!
//! This module must not know which database it is.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How a command waits for a database that is not up yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patience {
    limit: Duration,
    /// Between two attempts.
    pause: Duration,
}

impl Patience {
    /// The command ends with the first error.
    pub(super) const NONE: Self = Self {
        limit: Duration::ZERO,
        pause: Duration::ZERO,
    };

    /// The command waits a minute.
    pub(super) const SOME: Self = Self {
        limit: Duration::from_secs(60),
        pause: Duration::from_secs(2),
    };
}

/// Retries while `may_pass` considers the error temporary.
///
/// # Errors
/// The last error.
pub(super) async fn until_there<T>(
    patience: Patience,
    connect: impl AsyncFn() -> anyhow::Result<T>,
    may_pass: impl Fn(&anyhow::Error) -> bool,
) -> anyhow::Result<T> {
    let by = Instant::now() + patience.limit;
    loop {
        let error = match connect().await {
            Ok(connected) => return Ok(connected),
            Err(error) if patience == Patience::NONE || !may_pass(&error) => return Err(error),
            Err(error) => error,
        };
        let next = Instant::now() + patience.pause;
        if next > by {
            let limit = patience.limit.as_secs();
            return Err(error.context(format!("the database was not there within {limit} s")));
        }
        tracing::warn!("waiting for the database: {error:#}");
        sleep_until(next).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use anyhow::bail;

    use super::*;

    /// Time enough, and no time lost.
    const EAGER: Patience = Patience {
        limit: Duration::from_secs(60),
        pause: Duration::ZERO,
    };

    /// Fails this many times; returns the result and the number of tries.
    async fn tried(patience: Patience, failures: u32, passes: bool) -> (Result<u32, String>, u32) {
        let tries = Cell::new(0);
        let connect = async || {
            tries.set(tries.get() + 1);
            if tries.get() <= failures {
                bail!("db.example:5432: connection refused");
            }
            Ok(tries.get())
        };
        let result = until_there(patience, connect, |_| passes).await;
        (result.map_err(|error| format!("{error:#}")), tries.get())
    }

    #[tokio::test]
    async fn a_database_that_comes_late_is_waited_for() {
        assert_eq!(tried(EAGER, 5, true).await, (Ok(6), 6));
    }

    #[tokio::test]
    async fn the_wait_ends_in_time_with_the_last_cause() {
        let short = Patience {
            limit: Duration::from_secs(1),
            pause: Duration::from_secs(2),
        };
        let (result, tries) = tried(short, u32::MAX, true).await;
        let error = result.unwrap_err();
        assert!(error.starts_with("the database was not there within 1 s"));
        assert!(error.contains("db.example:5432: connection refused"));
        assert_eq!(tries, 1);
    }

    #[tokio::test]
    async fn nobody_waits_who_should_not_or_for_what_waiting_cannot_mend() {
        for (patience, passes) in [(Patience::NONE, true), (EAGER, false)] {
            let (result, tries) = tried(patience, 1, passes).await;
            assert!(!result.unwrap_err().contains("within"));
            assert_eq!(tries, 1);
        }
    }
}
