//! Tests of which connections are closed to make room, and of time limits.

use std::net::{IpAddr, Ipv4Addr};

use super::*;

fn peer(number: u8) -> AddressGroup {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, number)).into()
}

fn connections(most: usize, most_per_address: usize) -> Arc<Connections> {
    let limits = ConnectionLimits {
        most,
        most_per_address,
        ..ConnectionLimits::default()
    };
    Connections::new("test", limits)
}

fn taken(all: &Arc<Connections>, from: u8) -> Registered {
    match all.register(peer(from), false) {
        Room::Taken(registered) => registered,
        Room::Soon | Room::None => panic!("there is no room"),
    }
}

fn are_closing(registered: &[Registered]) -> Vec<bool> {
    registered
        .iter()
        .map(|one| one.connection.is_closing())
        .collect()
}

#[test]
fn the_peer_with_most_waiting_connections_gives_way_first() {
    let all = connections(12, 12);
    let few = [taken(&all, 1), taken(&all, 1)];
    let mut many: Vec<_> = (0..10).map(|_| taken(&all, 2)).collect();
    assert!(matches!(all.register(peer(3), false), Room::Soon));
    assert_eq!(are_closing(&few), [false; 2]);
    let closing = are_closing(&many);
    assert_eq!(closing[..8], [true; 8], "those that waited for longest");
    assert_eq!(closing[8..], [false; 2]);
    assert!(matches!(all.register(peer(3), false), Room::Soon));
    assert_eq!(are_closing(&many), closing, "nobody else has to");
    many.remove(0);
    taken(&all, 3);
}

#[test]
fn the_program_works_for_whom_it_began_to_work() {
    let all = connections(3, 3);
    let working = [taken(&all, 1), taken(&all, 1)];
    for one in &working {
        one.connection.enter(Phase::Work);
    }
    let waiting = taken(&all, 1);
    assert!(matches!(all.register(peer(1), false), Room::Soon));
    assert!(waiting.connection.is_closing());
    assert_eq!(are_closing(&working), [false; 2]);
    drop(waiting);
    let third = taken(&all, 2);
    third.connection.enter(Phase::Work);
    assert!(matches!(all.register(peer(1), false), Room::None));
}

#[test]
fn the_share_of_one_address_holds_for_all_but_proxies() {
    let all = connections(100, 2);
    let own = [taken(&all, 1), taken(&all, 1)];
    assert!(matches!(all.register(peer(1), false), Room::Soon));
    assert_eq!(are_closing(&own), [true; 2]);
    let _one = taken(&all, 2);
    all.is_proxy(peer(2));
    let _more: Vec<_> = (0..10).map(|_| taken(&all, 2)).collect();
    let named: Vec<_> = (0..10).map(|_| all.register(peer(3), true)).collect();
    assert!(named.iter().all(|room| matches!(room, Room::Taken(_))));
}

#[test]
fn what_a_connection_waits_for_decides_how_long_it_may() {
    let all = connections(100, 100);
    let began = Instant::now();
    let working = taken(&all, 1);
    working.connection.enter(Phase::Work);
    let phases = [
        (Phase::Idle, 75),
        (Phase::Head, 10),
        (Phase::Body, 15),
        (Phase::Answer, 60),
        (Phase::Sent, 60),
    ];
    for (phase, seconds) in phases {
        let registered = taken(&all, 1);
        registered.connection.enter(phase);
        all.sweep(began + Duration::from_secs(seconds));
        assert!(!registered.connection.is_closing(), "{phase:?}");
        all.sweep(began + Duration::from_secs(seconds + 5));
        assert!(registered.connection.is_closing(), "{phase:?}");
    }
    all.sweep(began + Duration::from_secs(1_000_000));
    assert!(!working.connection.is_closing());
}

#[test]
fn nothing_is_left_of_connections_that_ended() {
    let all = connections(100, 100);
    drop((0..50).map(|_| taken(&all, 1)).collect::<Vec<_>>());
    assert!(all.open().connections.is_empty() && all.open().peers.is_empty());
}

#[test]
fn a_body_that_has_arrived_is_worked_on() {
    let connection = Arc::new(Connection::new(peer(1)));
    connection.enter(Phase::Work);
    let waits = connection.awaits_body();
    assert!(connection.waits_since().is_some());
    drop(waits);
    assert!(connection.waits_since().is_none());
}
