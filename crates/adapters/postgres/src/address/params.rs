//! Extracts libpq's TLS parameters from a connection string. Must not know what they mean.

use percent_encoding::percent_decode_str;

/// The parameters that are extracted.
const OURS: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];

/// A connection string in two parts.
#[derive(Debug)]
pub(crate) struct Params {
    /// The extracted parameters, in their order.
    ours: Vec<(String, String)>,
    /// The remaining string, for the driver.
    pub(crate) rest: String,
}

impl Params {
    pub(crate) fn take(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            of_url(text)
        } else {
            of_pairs(text)
        }
    }

    /// The last value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut ours = self.ours.iter().rev();
        ours.find(|(one, _)| one == name)
            .map(|(_, value)| value.as_str())
    }

    fn sort(&mut self, name: &str, value: &str) -> bool {
        let is_ours = OURS.contains(&name);
        if is_ours {
            self.ours.push((name.to_owned(), value.to_owned()));
        }
        is_ours
    }
}

/// A password may contain a question mark, so parameters begin after the host does.
fn of_url(url: &str) -> Params {
    let host = url.find('@').unwrap_or_default();
    let question = url.get(host..).and_then(|rest| rest.find('?'));
    let mut params = Params {
        ours: Vec::new(),
        rest: url.to_owned(),
    };
    let Some((front, query)) = question.and_then(|at| url.split_at_checked(host + at)) else {
        return params;
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let theirs: Vec<&str> = query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            !pair.is_empty() && !params.sort(&decoded(name), &decoded(value))
        })
        .collect();
    let question = if theirs.is_empty() { "" } else { "?" };
    params.rest = format!("{front}{question}{}", theirs.join("&"));
    params
}

/// `key = 'value'`, separated by blanks. The driver rejects what cannot be parsed.
fn of_pairs(text: &str) -> Params {
    let mut params = Params {
        ours: Vec::new(),
        rest: String::new(),
    };
    let mut left = text.trim_start();
    while let Some((name, value, after)) = pair(left) {
        if !params.sort(name, &value) {
            let pair = left.get(..left.len() - after.len()).unwrap_or_default();
            params.rest.push_str(pair);
            params.rest.push(' ');
        }
        left = after.trim_start();
    }
    params.rest.push_str(left);
    params
}

/// The first name and value, and the rest of the string.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim_start();
    let quoted = value.strip_prefix('\'');
    let (mut read, mut letters) = (String::new(), quoted.unwrap_or(value).char_indices());
    let body = quoted.unwrap_or(value);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => read.extend(letters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted.is_some() => {
                return Some((name.trim_end(), read, body.get(at + 1..)?));
            }
            blank if blank.is_whitespace() && quoted.is_none() => {
                return Some((name.trim_end(), read, body.get(at..)?));
            }
            letter => read.push(letter),
        }
    }
    quoted.is_none().then_some((name.trim_end(), read, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> (Vec<(String, String)>, String) {
        let params = Params::take(text);
        (params.ours, params.rest)
    }

    fn ours(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn a_url_keeps_everything_else_as_it_stands() {
        let (mine, rest) = taken(
            "postgresql://u:p%40?w@h/d?sslmode=verify-ca&application_name=a%26b&sslrootcert=%2Fmy%20ca.pem",
        );
        let expected = [("sslmode", "verify-ca"), ("sslrootcert", "/my ca.pem")];
        assert_eq!(mine, ours(&expected));
        assert_eq!(rest, "postgresql://u:p%40?w@h/d?application_name=a%26b");
        let (mine, rest) = taken("postgres://h/d?sslmode=require");
        assert_eq!(mine, ours(&[("sslmode", "require")]));
        assert_eq!(rest, "postgres://h/d");
        assert_eq!(taken("postgres://h/d").1, "postgres://h/d");
    }

    #[test]
    fn pairs_keep_everything_else_as_it_stands() {
        let (mine, rest) =
            taken(r"host=h  sslmode = require password='a b\' sslkey=c' sslcert='/my cert'");
        let expected = [("sslmode", "require"), ("sslcert", "/my cert")];
        assert_eq!(mine, ours(&expected));
        assert_eq!(rest.trim(), r"host=h password='a b\' sslkey=c'");
    }

    #[test]
    fn what_cannot_be_read_stays_for_the_driver() {
        assert_eq!(taken("host=h password='open").1, "host=h password='open");
        assert_eq!(taken("nonsense").1, "nonsense");
        assert_eq!(taken("").1, "");
    }

    #[test]
    fn the_last_of_a_name_holds() {
        let params = Params::take("postgres://h/d?sslmode=disable&sslmode=require");
        assert_eq!(params.get("sslmode"), Some("require"));
        assert_eq!(params.get("sslkey"), None);
    }
}
