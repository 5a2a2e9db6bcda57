//! The limit of open files, and the number of connections that it allows.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::refusal;

/// File descriptors reserved for other uses: the log, the runtime, the metrics, webhooks of `dev`.
const OTHERS: usize = 64;

/// Raises the limit of open files (`RLIMIT_NOFILE`, `ulimit -n`) as far as the system allows and returns it;
/// `None` = no limit.
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

/// The number of connections to allow: the wanted number, unless the limit of open files leaves fewer beside
/// the `used` descriptors of calls to the database and the carrier.
#[must_use]
pub fn connections(limit: Option<u64>, used: usize, wished: usize) -> usize {
    let limit = limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    let left = limit.saturating_sub(used + OTHERS + refusal::MOST);
    // At least 16, so that health checks are always answered.
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
