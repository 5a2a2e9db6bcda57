//! Whose address a request comes from: the peer's, or what a proxy that the operator trusts says.
//! Limits per address go by it; nothing else does.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use poem::http::HeaderMap;

/// Headers that only a proxy adds.
const FORWARDING: [&str; 6] = [
    "forwarded",
    "x-forwarded-for",
    "x-real-ip",
    "x-forwarded-proto",
    "x-forwarded-host",
    "via",
];

/// The most hops that are looked at, from the nearest.
const MOST_HOPS: usize = 32;

/// What counts as one address: an IPv4 address, or an IPv6 network of 64 bits, which is the least that
/// a customer of a provider gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AddressGroup(IpAddr);

impl From<IpAddr> for AddressGroup {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl fmt::Display for AddressGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whom a request comes from, for limits per address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// One address.
    Address(AddressGroup),
    /// A proxy that is not named: many may be behind it, so limits per address do not hold.
    UnnamedProxy,
}

/// The proxies whose word about their clients is believed; `TRUSTED_PROXIES`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// Why a list of proxies cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotANetwork(String);

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        write!(
            f,
            "{text:?} is no address and no network such as 10.0.0.0/8"
        )
    }
}

impl std::error::Error for NotANetwork {}

impl FromStr for TrustedProxies {
    type Err = NotANetwork;

    /// Addresses and networks, separated by commas.
    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let network = |part: &str| {
            let single = part.parse::<IpAddr>().map(IpNet::from);
            let network = single.or_else(|_| part.parse::<IpNet>());
            network.map_err(|_| NotANetwork(part.to_owned()))
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    /// Whether an address is one of these proxies.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whom a request of a peer comes from: behind trusted proxies the nearest address that is none of
    /// them. Where `Forwarded` and `X-Forwarded-For` disagree one of them was made up by the client,
    /// and which one is not known: then it is the peer.
    pub(crate) fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> Origin {
        if !self.contains(peer) {
            let is_forwarded = FORWARDING.iter().any(|name| headers.contains_key(*name));
            return if is_forwarded {
                Origin::UnnamedProxy
            } else {
                Origin::Address(peer.into())
            };
        }
        let listed = self.nearest(peer, hops(headers, "x-forwarded-for", in_list));
        let standard = self.nearest(peer, hops(headers, "forwarded", in_forwarded));
        let address = match (listed, standard) {
            (Some(one), Some(other)) if one == other => one,
            (Some(_), Some(_)) | (None, None) => peer,
            (Some(one), None) | (None, Some(one)) => one,
        };
        Origin::Address(address.into())
    }

    /// The nearest address that is no proxy of ours. What cannot be read hides whatever is before it:
    /// then it is the last proxy that could be.
    fn nearest(&self, peer: IpAddr, hops: Option<Vec<Option<IpAddr>>>) -> Option<IpAddr> {
        let mut nearest = peer;
        for hop in hops? {
            let Some(hop) = hop else { break };
            nearest = hop;
            if !self.contains(hop) {
                break;
            }
        }
        Some(nearest)
    }
}

/// The addresses of a header, the nearest first; `None` without the header.
fn hops(
    headers: &HeaderMap,
    name: &str,
    address: fn(&str) -> Option<IpAddr>,
) -> Option<Vec<Option<IpAddr>>> {
    let mut hops = Vec::new();
    for value in headers.get_all(name) {
        match value.to_str() {
            Ok(text) => hops.extend(text.split(',').map(address)),
            Err(_) => hops.push(None),
        }
    }
    headers.contains_key(name).then(|| {
        let nearest = hops.into_iter().rev();
        nearest.take(MOST_HOPS).collect()
    })
}

/// An element of `X-Forwarded-For`.
fn in_list(element: &str) -> Option<IpAddr> {
    node(element.trim())
}

/// An element of `Forwarded` (RFC 7239, 4), such as `for="[2001:db8::1]:4711";proto=https`.
fn in_forwarded(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = named.next()?;
    node(value.trim().trim_matches('"'))
}

/// An address, with or without a port.
fn node(text: &str) -> Option<IpAddr> {
    let unbracketed = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = unbracketed.unwrap_or(text).parse::<IpAddr>();
    let address = address.or_else(|_| text.parse::<SocketAddr>().map(|one| one.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const PROXY: &str = "10.1.2.3";

    fn origin(peer: &str, headers: &[(&'static str, &str)]) -> Origin {
        let trusted: TrustedProxies = "10.0.0.0/8, 2001:db8:ffff::/48, 192.0.2.1".parse().unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        trusted.origin(peer.parse().unwrap(), &map)
    }

    fn address(text: &str) -> Origin {
        Origin::Address(text.parse::<IpAddr>().unwrap().into())
    }

    #[rstest]
    #[case::nobody_behind(&[], PROXY)]
    #[case::one(&[("x-forwarded-for", "203.0.113.9")], "203.0.113.9")]
    #[case::made_up_before(&[("x-forwarded-for", "8.8.8.8, 203.0.113.9")], "203.0.113.9")]
    #[case::two_proxies(&[("x-forwarded-for", "203.0.113.9, 10.9.9.9, 192.0.2.1")], "203.0.113.9")]
    #[case::only_proxies(&[("x-forwarded-for", "10.7.7.7, 10.9.9.9")], "10.7.7.7")]
    #[case::two_lines(&[("x-forwarded-for", "8.8.8.8"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9")]
    #[case::port(&[("x-forwarded-for", "203.0.113.9:4711")], "203.0.113.9")]
    #[case::v6(&[("x-forwarded-for", "2001:db8::7")], "2001:db8::")]
    #[case::v6_port(&[("x-forwarded-for", "[2001:db8::7]:443")], "2001:db8::")]
    #[case::mapped(&[("x-forwarded-for", "::ffff:203.0.113.9")], "203.0.113.9")]
    #[case::standard(&[("forwarded", "For=\"[2001:db8::7]:1\";proto=https")], "2001:db8::")]
    #[case::standard_list(&[("forwarded", "for=8.8.8.8, for=203.0.113.9;by=10.1.2.3")], "203.0.113.9")]
    #[case::both_agree(&[("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9")]
    #[case::both_differ(&[("forwarded", "for=8.8.8.8"), ("x-forwarded-for", "203.0.113.9")], PROXY)]
    #[case::hidden(&[("forwarded", "for=8.8.8.8, for=_hidden")], PROXY)]
    #[case::garbage(&[("x-forwarded-for", "8.8.8.8, ;;\"=, 10.9.9.9")], "10.9.9.9")]
    #[case::empty(&[("x-forwarded-for", "")], PROXY)]
    fn a_trusted_proxy_is_believed_up_to_the_first_that_is_none(
        #[case] headers: &[(&'static str, &str)],
        #[case] expected: &str,
    ) {
        assert_eq!(origin(PROXY, headers), address(expected));
    }

    #[test]
    fn nobody_else_is_believed() {
        assert_eq!(origin("203.0.113.7", &[]), address("203.0.113.7"));
        for name in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
            let forwarded = origin("203.0.113.7", &[(name, "for=8.8.8.8")]);
            assert_eq!(forwarded, Origin::UnnamedProxy, "{name}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_and_endless_lists_do_no_harm() {
        let trusted: TrustedProxies = "10.0.0.0/8".parse().unwrap();
        let peer: IpAddr = PROXY.parse().unwrap();
        let of = |bytes: &[u8]| {
            let mut map = HeaderMap::new();
            let value = poem::http::HeaderValue::from_bytes(bytes).unwrap();
            map.append("x-forwarded-for", value.clone());
            map.append("forwarded", value);
            trusted.origin(peer, &map)
        };
        assert_eq!(of(b"\xff\xfe, 8.8.8.8"), address(PROXY));
        assert_eq!(of("10.0.0.1,".repeat(5000).as_bytes()), address(PROXY));
        assert_eq!(of(&vec![b'"'; 9000]), address(PROXY));
    }

    #[test]
    fn a_network_of_64_bits_is_one_address_and_a_mapped_address_is_its_own() {
        let group = |text: &str| AddressGroup::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(group("2001:db8:1:2::3"), group("2001:db8:1:2:ffff::4"));
        assert_ne!(group("2001:db8:1:2::3"), group("2001:db8:1:3::3"));
        assert_eq!(group("::ffff:192.0.2.9"), group("192.0.2.9"));
        assert_ne!(group("192.0.2.9"), group("192.0.2.8"));
    }

    #[test]
    fn the_list_names_what_it_cannot_read() {
        let error = "10.0.0.0/8,proxy.local".parse::<TrustedProxies>();
        assert!(error.unwrap_err().to_string().contains("proxy.local"));
        assert!("10.0.0.0/33".parse::<TrustedProxies>().is_err());
        assert_eq!(
            "".parse::<TrustedProxies>().unwrap(),
            TrustedProxies::default()
        );
    }
}
