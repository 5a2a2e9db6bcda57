//! How many files the process may have open, and how many connections that leaves room for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::refusal;

/// Files for everything that is not counted: the log, the runtime, the metrics, webhooks of `dev`.
const OTHERS: usize = 64;

/// Raises the limit of open files (`RLIMIT_NOFILE`, `ulimit -n`) as far as the system lets us, and
/// answers what it is then; `None` = there is none.
pub fn raise() -> Option<u64> {
    let before = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: before.maximum,
        maximum: before.maximum,
    };
    if before.current == before.maximum || setrlimit(Resource::Nofile, raised).is_ok() {
        before.maximum
    } else {
        before.current
    }
}

/// How many connections there is room for: as many as wished, unless the limit of open files leaves
/// fewer beside the `used` that calls to the database and to the carrier take.
#[must_use]
pub fn connections(limit: Option<u64>, used: usize, wished: usize) -> usize {
    let limit = limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    let left = limit.saturating_sub(used + OTHERS + refusal::MOST);
    // Even with no room left by this reckoning somebody must be able to ask how it is.
    let room = wished.min(left.max(16));
    if room < wished {
        tracing::warn!(
            limit,
            connections = room,
            "the limit of open files (RLIMIT_NOFILE, ulimit -n) is low: at most {room} connections \
             of the {wished} of MAX_CONNECTIONS are taken; raise it to {}",
            wished + used + OTHERS + refusal::MOST
        );
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_to_what_the_system_lets_us() {
        assert_eq!(raise(), getrlimit(Resource::Nofile).maximum);
        assert_eq!(
            getrlimit(Resource::Nofile).current,
            getrlimit(Resource::Nofile).maximum
        );
    }

    #[test]
    fn connections_are_what_the_files_leave_beside_the_other_uses() {
        assert_eq!(connections(Some(1024), 80, 4096), 1024 - 80 - 64 - 32);
        assert_eq!(connections(Some(1_048_576), 80, 4096), 4096);
        assert_eq!(connections(None, 80, 4096), 4096);
        assert_eq!(connections(Some(64), 80, 4096), 16);
    }
}
