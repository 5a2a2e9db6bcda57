//! The syntax of connection URLs.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A URL for `user` on the server whose Unix socket is in `socket_dir`, at the default port.
pub(crate) fn for_socket(socket_dir: &Path, user: &str, database: &str) -> String {
    format!(
        "postgres://{}@{}/{}",
        percent_encoded(user.as_bytes()),
        percent_encoded(socket_dir.as_os_str().as_bytes()),
        percent_encoded(database.as_bytes()),
    )
}

/// `url` with another database, and the same server, user and parameters.
///
/// `url` has the form `postgres://user@host/database?parameters`; database and parameters are optional.
#[must_use]
pub fn with_database(url: &str, database: &str) -> String {
    let (address, parameters) = match url.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (url, String::new()),
    };
    let authority_start = address.find("://").map_or(0, |scheme_end| scheme_end + 3);
    let (scheme, rest) = address.split_at(authority_start);
    let authority = rest.split('/').next().unwrap_or_default();
    let database = percent_encoded(database.as_bytes());
    format!("{scheme}{authority}/{database}{parameters}")
}

fn percent_encoded(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_is_percent_encoded_into_the_host() {
        let url = for_socket(Path::new("/home/zoë/my data/run"), "app", "sms");
        assert_eq!(
            url,
            "postgres://app@%2Fhome%2Fzo%C3%AB%2Fmy%20data%2Frun/sms"
        );
    }

    #[test]
    fn another_database_keeps_server_and_parameters() {
        assert_eq!(
            with_database(
                "postgres://me:secret@db:6543/first?application_name=a/b",
                "second"
            ),
            "postgres://me:secret@db:6543/second?application_name=a/b"
        );
    }

    #[test]
    fn a_url_without_a_database_gets_one() {
        assert_eq!(
            with_database("postgres://me@%2Frun", "sms"),
            "postgres://me@%2Frun/sms"
        );
    }
}
