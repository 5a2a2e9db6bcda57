//! The law as it would be if what is announced or pending were enacted: for what-if questions, never in
//! production. This module must not know what the rows say.

use std::collections::HashMap;

use chrono::NaiveDate;
use csv::StringRecord;

use crate::law::data::{RuleFiles, holidays, quiet_hours};

/// The first date that a row may have.
const FIRST: Option<NaiveDate> = NaiveDate::from_ymd_opt(2021, 1, 2);

impl RuleFiles<'_> {
    /// The texts of the files, by their names, with the proposed rows enacted. A row without a date holds from the
    /// day after its place's last date on, and always where its place has no other row. A text that is no table
    /// stays as it is: loading it names the fault.
    #[must_use]
    pub fn expected(&self) -> Vec<(&'static str, String)> {
        let texts = self.texts().into_iter();
        let enacted = texts.map(|(name, text)| {
            let keys: &[&str] = match name {
                quiet_hours::FILE => &["state"],
                holidays::FILE => &["state", "rule"],
                _ => &[],
            };
            let expected = (!keys.is_empty()).then(|| enacted(text, keys)).flatten();
            (name, expected.unwrap_or_else(|| text.to_owned()))
        });
        enacted.collect()
    }
}

/// The places of the columns that matter.
struct Columns {
    keys: Vec<usize>,
    from: usize,
    status: usize,
}

/// The table with its proposed rows enacted, in the order of dates.
fn enacted(text: &str, keys: &[&str]) -> Option<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().ok()?.clone();
    let place = |name: &&str| headers.iter().position(|header| header == *name);
    let columns = Columns {
        keys: keys.iter().map(place).collect::<Option<_>>()?,
        from: place(&"effective_from")?,
        status: place(&"status")?,
    };
    let rows: Vec<StringRecord> = reader.records().collect::<Result<_, _>>().ok()?;
    let rows = in_order(&columns, rows);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&headers).ok()?;
    for row in &rows {
        writer.write_record(row).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

/// The rows of a key after each other, in the order of their dates; the keys in the order of the table.
fn in_order(columns: &Columns, rows: Vec<StringRecord>) -> Vec<StringRecord> {
    let mut order: Vec<Vec<String>> = Vec::new();
    let mut by_key: HashMap<Vec<String>, Vec<StringRecord>> = HashMap::new();
    for row in rows {
        let key = columns.key(&row);
        let own = by_key.entry(key.clone()).or_default();
        if own.is_empty() {
            order.push(key);
        }
        own.push(row);
    }
    let groups = order.iter().filter_map(|key| by_key.remove(key));
    groups.flat_map(|rows| columns.of_key(rows)).collect()
}

impl Columns {
    fn key(&self, row: &StringRecord) -> Vec<String> {
        let cells = self.keys.iter().map(|at| row.get(*at).unwrap_or_default());
        cells.map(str::to_owned).collect()
    }

    fn is_proposed(&self, row: &StringRecord) -> bool {
        row.get(self.status) == Some("proposed")
    }

    fn date(&self, row: &StringRecord) -> Option<NaiveDate> {
        row.get(self.from)?.parse().ok()
    }

    fn of_key(&self, rows: Vec<StringRecord>) -> Vec<StringRecord> {
        let is_alone = rows.iter().all(|row| self.is_proposed(row));
        let last = rows.iter().filter_map(|row| self.date(row)).max();
        let next = last.and_then(|last| last.succ_opt()).max(FIRST);
        let is_single = rows.iter().any(|row| {
            let key = self.key(row);
            key.last().is_some_and(|rule| rule.starts_with("date:"))
        });
        let undated = next.filter(|_| !is_alone && !is_single);
        let mut rows: Vec<StringRecord> = rows
            .into_iter()
            .map(|row| self.enacted(row, undated))
            .collect();
        rows.sort_by_key(|row| self.date(row));
        rows
    }

    fn enacted(&self, row: StringRecord, undated: Option<NaiveDate>) -> StringRecord {
        if !self.is_proposed(&row) {
            return row;
        }
        let date = self.date(&row).or(undated);
        let cells = row.iter().enumerate().map(|(at, cell)| match date {
            _ if at == self.status => "enacted".to_owned(),
            Some(date) if at == self.from => date.to_string(),
            Some(_) | None => cell.to_owned(),
        });
        cells.collect()
    }
}
