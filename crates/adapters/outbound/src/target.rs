//! Which URLs may be called, as far as the URL alone tells. Names are judged when they are resolved.

use std::net::IpAddr;

use reqwest::Url;
use sms_domain::ports::UrlFault;

use crate::address::is_public;

/// The longest URL in bytes.
const LONGEST: usize = 2_000;

/// How far calls may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, over HTTPS.
    Public,
    /// Any address, over HTTPS or HTTP: for development and tests, where the receiver is on this machine.
    PrivateToo,
}

impl Reach {
    /// Whether an address may be connected to.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::PrivateToo => true,
        }
    }

    fn allows_scheme(self, scheme: &str) -> bool {
        scheme == "https" || (self == Self::PrivateToo && scheme == "http")
    }

    /// The URL, if it may be called.
    ///
    /// Parsing turns every spelling of an IPv4 address (decimal, octal, hexadecimal, fewer than four parts,
    /// full-width digits) into the usual one.
    pub(crate) fn target(self, url: &str) -> Result<Url, UrlFault> {
        if url.len() > LONGEST {
            return Err(UrlFault::TooLong);
        }
        // The parser drops these; a URL that was read in another way by whoever wrote it is not called.
        if url
            .chars()
            .any(|one| one.is_control() || one.is_whitespace() || one == '\\')
        {
            return Err(UrlFault::Unreadable);
        }
        let url = Url::parse(url).map_err(|_| UrlFault::Unreadable)?;
        if !self.allows_scheme(url.scheme()) {
            return Err(UrlFault::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlFault::Credentials);
        }
        if url.fragment().is_some() {
            return Err(UrlFault::Fragment);
        }
        let host = url.host_str().ok_or(UrlFault::Unreadable)?;
        if url.port() == Some(0) || !self.allows_host(host) {
            return Err(UrlFault::NotPublic);
        }
        Ok(url)
    }

    fn allows_host(self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => self.allows(address),
            Err(_) => self == Self::PrivateToo || !is_local_name(host),
        }
    }
}

/// Names that never belong to the public internet (RFC 6761, RFC 6762, RFC 8375, and `internal`, which
/// ICANN reserved). Any other name is judged by its addresses.
fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let last = host.rsplit('.').next().unwrap_or_default();
    host.ends_with("home.arpa")
        || !host.contains('.')
        || [
            "localhost",
            "local",
            "internal",
            "test",
            "invalid",
            "example",
            "onion",
        ]
        .contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: &[(&str, UrlFault)] = &[
        ("", UrlFault::Unreadable),
        ("hooks.acme.com", UrlFault::Unreadable),
        ("https://", UrlFault::Unreadable),
        ("https://acme.com/a b", UrlFault::Unreadable),
        ("https://acme.com\\@127.0.0.1/", UrlFault::Unreadable),
        ("https://ac\tme.com/", UrlFault::Unreadable),
        ("https://256.256.256.256/", UrlFault::Unreadable),
        ("https://1.2.3.4.5/", UrlFault::Unreadable),
        ("https://[::1", UrlFault::Unreadable),
        ("https://[fe80::1%25eth0]/", UrlFault::Unreadable),
        ("http://acme.com/", UrlFault::Scheme),
        ("ftp://acme.com/", UrlFault::Scheme),
        ("file:///etc/passwd", UrlFault::Scheme),
        ("gopher://acme.com/", UrlFault::Scheme),
        ("https://user@acme.com/", UrlFault::Credentials),
        ("https://acme.com:secret@127.0.0.1/", UrlFault::Credentials),
        ("https://acme.com/#part", UrlFault::Fragment),
        ("https://acme.com:0/", UrlFault::NotPublic),
        ("https://127.0.0.1/", UrlFault::NotPublic),
        ("https://127.0.0.1./", UrlFault::NotPublic),
        ("https://127.1/", UrlFault::NotPublic),
        ("https://127.0.1/", UrlFault::NotPublic),
        ("https://2130706433/", UrlFault::NotPublic),
        ("https://017700000001/", UrlFault::NotPublic),
        ("https://0x7f000001/", UrlFault::NotPublic),
        ("https://0x7f.0.0.1/", UrlFault::NotPublic),
        ("https://0177.0.0.01/", UrlFault::NotPublic),
        ("https://0/", UrlFault::NotPublic),
        ("https://%31%32%37.0.0.1/", UrlFault::NotPublic),
        ("https://１２７.０.０.１/", UrlFault::NotPublic),
        ("https://127。0。0。1/", UrlFault::NotPublic),
        ("https://0.0.0.0/", UrlFault::NotPublic),
        ("https://10.1.2.3/", UrlFault::NotPublic),
        ("https://100.64.0.1/", UrlFault::NotPublic),
        (
            "https://169.254.169.254/latest/meta-data",
            UrlFault::NotPublic,
        ),
        ("https://0xa9fea9fe/", UrlFault::NotPublic),
        ("https://172.31.0.1/", UrlFault::NotPublic),
        ("https://192.168.1.1/", UrlFault::NotPublic),
        ("https://192.0.2.1/", UrlFault::NotPublic),
        ("https://198.18.0.1/", UrlFault::NotPublic),
        ("https://224.0.0.1/", UrlFault::NotPublic),
        ("https://255.255.255.255/", UrlFault::NotPublic),
        ("https://[::]/", UrlFault::NotPublic),
        ("https://[::1]/", UrlFault::NotPublic),
        ("https://[0:0:0:0:0:0:0:1]/", UrlFault::NotPublic),
        ("https://[::ffff:127.0.0.1]/", UrlFault::NotPublic),
        ("https://[::ffff:7f00:1]/", UrlFault::NotPublic),
        ("https://[::127.0.0.1]/", UrlFault::NotPublic),
        ("https://[64:ff9b::127.0.0.1]/", UrlFault::NotPublic),
        ("https://[2002:7f00:1::]/", UrlFault::NotPublic),
        ("https://[2001:0:7f00:1::]/", UrlFault::NotPublic),
        ("https://[2001:db8::1]/", UrlFault::NotPublic),
        ("https://[fc00::1]/", UrlFault::NotPublic),
        ("https://[fd00:ec2::254]/", UrlFault::NotPublic),
        ("https://[fe80::1]/", UrlFault::NotPublic),
        ("https://[ff02::1]/", UrlFault::NotPublic),
        ("https://localhost/", UrlFault::NotPublic),
        ("https://LOCALHOST./", UrlFault::NotPublic),
        ("https://hooks.localhost/", UrlFault::NotPublic),
        ("https://printer.local/", UrlFault::NotPublic),
        ("https://metadata.google.internal/", UrlFault::NotPublic),
        ("https://metadata/", UrlFault::NotPublic),
    ];

    #[test]
    fn urls_that_do_not_lead_to_the_public_internet_are_refused() {
        for (url, fault) in REFUSED {
            assert_eq!(Reach::Public.target(url), Err(*fault), "{url}");
        }
    }

    #[test]
    fn a_long_url_is_refused() {
        let url = format!("https://acme.com/{}", "a".repeat(LONGEST));
        assert_eq!(Reach::Public.target(&url), Err(UrlFault::TooLong));
    }

    #[test]
    fn usual_urls_may_be_called() {
        for url in [
            "https://hooks.acme.com/sms",
            "https://hooks.acme.com:8443/sms?key=1",
            "https://8.8.8.8/",
            "https://[2606:4700:4700::1111]/",
            "https://bücher.de/haken",
        ] {
            assert!(Reach::Public.target(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn in_development_a_receiver_may_be_on_this_machine() {
        for url in [
            "http://127.0.0.1:9000/",
            "http://localhost:9000/",
            "https://[::1]/",
        ] {
            assert!(Reach::PrivateToo.target(url).is_ok(), "{url}");
        }
        let credentials = Reach::PrivateToo.target("http://user@127.0.0.1/");
        assert_eq!(credentials, Err(UrlFault::Credentials));
    }
}
