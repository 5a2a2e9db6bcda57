//! Lists of others: the national do-not-call list and answers of the database of reassigned numbers.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::Unavailable;
use crate::facts::ReassignedAnswer;
use crate::values::Actor;
use crate::values::ids::OrganizationId;
use crate::values::phone::PhoneNumber;

/// The listed numbers of one exchange: a bit for each of its 10,000 lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Area code and exchange, six digits.
    pub code: u32,
    /// Line `n` is bit `n % 8` of byte `n / 8`.
    pub listed: Vec<u8>,
}

/// The line is no number of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an area code and seven digits, as in 404,5550123")]
pub struct InvalidListLine;

impl Exchange {
    /// The bytes of an exchange.
    pub const BYTES: usize = 1_250;

    /// An exchange without a listed number.
    #[must_use]
    pub fn empty(code: u32) -> Self {
        Self {
            code,
            listed: vec![0; Self::BYTES],
        }
    }

    /// Lists a line, 0 to 9999.
    pub fn list(&mut self, line: u16) {
        if let Some(byte) = self.listed.get_mut(usize::from(line / 8)) {
            *byte |= 1 << (line % 8);
        }
    }
}

/// The exchange and the line of a line of the list: `404,5550123`.
///
/// # Errors
/// [`InvalidListLine`].
pub fn read_list_line(text: &str) -> Result<(u32, u16), InvalidListLine> {
    let (area, number) = text.trim().split_once(',').ok_or(InvalidListLine)?;
    let digits = |text: &str, many: usize| {
        text.len() == many && text.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !digits(area, 3) || !digits(number, 7) {
        return Err(InvalidListLine);
    }
    let (exchange, line) = number.split_at_checked(3).ok_or(InvalidListLine)?;
    let code = format!("{area}{exchange}")
        .parse()
        .map_err(|_| InvalidListLine)?;
    Ok((code, line.parse().map_err(|_| InvalidListLine)?))
}

/// A list that is imported completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedList {
    pub organization_id: OrganizationId,
    /// The import ([`ScrubRepository::begin_national_dnc`]).
    pub generation: i64,
    /// The date of the list.
    pub as_of: NaiveDate,
    /// The numbers on it.
    pub numbers: u64,
    /// The exchanges that were put.
    pub exchanges: u64,
    pub at: DateTime<Utc>,
    /// Who imports it.
    pub by: Actor,
}

/// An answer of the database of reassigned numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReassignedRow {
    pub phone: PhoneNumber,
    /// The date of the consent, in UTC.
    pub consent_on: NaiveDate,
    /// The date of the query.
    pub asked_on: NaiveDate,
    pub answer: ReassignedAnswer,
}

/// What an organization has imported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// The national do-not-call list: its date, its numbers, and when it was imported.
    pub national_dnc: Option<(NaiveDate, u64, DateTime<Utc>)>,
    /// The answers about reassigned numbers, and the date of the latest query.
    pub reassigned: (u64, Option<NaiveDate>),
}

/// Access to lists of others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ScrubRepository: Send + Sync {
    /// Begins an import of the national do-not-call list. The list in force MUST stay as it is until the
    /// import is finished; what an interrupted import left is removed.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn begin_national_dnc(&self, organization_id: OrganizationId)
    -> Result<i64, Unavailable>;

    /// Stores exchanges of an import; `false` if it has one of them already.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn put_exchanges(
        &self,
        organization_id: OrganizationId,
        generation: i64,
        exchanges: Vec<Exchange>,
    ) -> Result<bool, Unavailable>;

    /// Puts an import in force in one step, with its entry in the audit log, and removes the list before.
    /// `false`, and MUST write nothing, if another import has begun since.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn finish_national_dnc(&self, list: ImportedList) -> Result<bool, Unavailable>;

    /// Stores answers in one transaction, with an entry in the audit log. A later query about a number and
    /// a date replaces an earlier one, and MUST NOT be replaced by it.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn put_reassigned(
        &self,
        organization_id: OrganizationId,
        rows: Vec<ReassignedRow>,
        at: DateTime<Utc>,
        by: Actor,
    ) -> Result<(), Unavailable>;

    /// What an organization has imported.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn imported(&self, organization_id: OrganizationId) -> Result<Imported, Unavailable>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_area_code_and_seven_digits() {
        assert_eq!(read_list_line("404,5550123"), Ok((404_555, 123)));
        assert_eq!(read_list_line("201,2000000\r"), Ok((201_200, 0)));
        for bad in [
            "",
            "4045550123",
            "404,555012",
            "40,45550123",
            "404,555O123",
            "404,5550123,x",
        ] {
            assert_eq!(read_list_line(bad), Err(InvalidListLine), "{bad}");
        }
    }

    #[test]
    fn each_line_has_a_bit() {
        let mut exchange = Exchange::empty(404_555);
        for line in [0, 9, 9_999] {
            exchange.list(line);
        }
        assert_eq!(exchange.listed.len(), Exchange::BYTES);
        assert_eq!((exchange.listed[0], exchange.listed[1]), (1, 2));
        assert_eq!(exchange.listed[1_249], 128);
        let ones: u32 = exchange.listed.iter().map(|byte| byte.count_ones()).sum();
        assert_eq!(ones, 3);
    }
}
