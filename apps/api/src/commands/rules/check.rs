//! `rules check`: whether tables of the law can be used, and what somebody should look at again.

use std::path::Path;

use chrono::NaiveDate;

use super::table::{Table, TableFormat};
use super::{chosen, heard, say};
use crate::commands::output;
use crate::law::LoadedLaw;

/// Checks a folder or the tables of the program; whether nothing is to be looked at.
pub(super) fn run(
    folder: Option<&Path>,
    today: NaiveDate,
    format: TableFormat,
) -> anyhow::Result<bool> {
    let law = chosen(folder, today)?;
    let remarks = remarks(&law, today);
    heard(report(&law, &remarks, format), !remarks.is_empty())?;
    Ok(remarks.is_empty())
}

fn report(law: &LoadedLaw, remarks: &Table, format: TableFormat) -> anyhow::Result<()> {
    if !remarks.is_empty() || format != TableFormat::Table {
        say(remarks, format)?;
    }
    if format == TableFormat::Table {
        output::say(&format!("the law {} can be used", law.rules.version()))?;
    }
    Ok(())
}

fn remarks(law: &LoadedLaw, today: NaiveDate) -> Table {
    let mut table = Table::new(&["file", "line", "remark"]);
    for due in law.rules.reviews_due(today) {
        table.push([due.file.to_owned(), due.line.to_string(), due.reason]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(today: &str) -> Vec<String> {
        let law = LoadedLaw::bundled().unwrap();
        let table = remarks(&law, today.parse().unwrap());
        table.lines(TableFormat::Csv).unwrap()
    }

    #[test]
    fn rows_that_nobody_looked_at_for_long_are_named_with_file_and_line() {
        assert_eq!(lines("2026-12-01"), ["file,line,remark"]);
        let late = lines("2030-01-01");
        assert!(late.len() > 100);
        assert!(
            late[1].starts_with("state_quiet_hours.csv,2,"),
            "{}",
            late[1]
        );
    }
}
