//! Answers of several columns, in the formats that people and programs read. Must not know what they
//! say.

use clap::ValueEnum;
use serde_json::{Map, Value};

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// Columns for a terminal.
    #[default]
    Table,
    /// An array of objects.
    Json,
    /// RFC 4180, with a header.
    Csv,
    /// A table for a document.
    Markdown,
}

/// Rows under named columns.
#[derive(Debug)]
pub(super) struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) const fn new(columns: &'static [&'static str]) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row with a text for each column.
    pub(super) fn push<const N: usize>(&mut self, row: [String; N]) {
        self.rows.push(row.into());
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text, line by line.
    pub(super) fn lines(&self, format: TableFormat) -> anyhow::Result<Vec<String>> {
        match format {
            TableFormat::Table => Ok(self.columns_of_text()),
            TableFormat::Json => self.json(),
            TableFormat::Csv => Ok(self.csv()),
            TableFormat::Markdown => Ok(self.markdown()),
        }
    }

    fn with_header(&self) -> impl Iterator<Item = Vec<&str>> {
        let rows = self
            .rows
            .iter()
            .map(|row| row.iter().map(String::as_str).collect());
        std::iter::once(self.columns.to_vec()).chain(rows)
    }

    fn columns_of_text(&self) -> Vec<String> {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|n| {
                let cells = self
                    .with_header()
                    .filter_map(|row| row.get(n).map(|cell| cell.chars().count()));
                cells.max().unwrap_or_default()
            })
            .collect();
        let line = |row: Vec<&str>| {
            let cells = row.into_iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        };
        self.with_header().map(line).collect()
    }

    fn json(&self) -> anyhow::Result<Vec<String>> {
        let object = |row: &Vec<String>| {
            let fields = self.columns.iter().zip(row);
            let fields =
                fields.map(|(name, text)| ((*name).to_owned(), Value::String(text.clone())));
            Value::Object(fields.collect::<Map<_, _>>())
        };
        let rows: Vec<Value> = self.rows.iter().map(object).collect();
        Ok(vec![serde_json::to_string_pretty(&rows)?])
    }

    fn csv(&self) -> Vec<String> {
        let cell = |text: &str| {
            if text.contains(['"', ',', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.to_owned()
            }
        };
        let line = |row: Vec<&str>| row.into_iter().map(cell).collect::<Vec<_>>().join(",");
        self.with_header().map(line).collect()
    }

    fn markdown(&self) -> Vec<String> {
        let cell = |text: &str| text.replace('|', "\\|").replace('\n', "<br>");
        let line = |row: Vec<&str>| {
            let cells: Vec<String> = row.into_iter().map(cell).collect();
            format!("| {} |", cells.join(" | "))
        };
        let mut lines: Vec<String> = self.with_header().map(line).collect();
        lines.insert(1, format!("|{}", "---|".repeat(self.columns.len())));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(format: TableFormat) -> Vec<String> {
        let mut table = Table::new(&["place", "source"]);
        table.push(["CT".to_owned(), "a \"law\", 42|1".to_owned()]);
        table.push(["DEFAULT_STRICT".to_owned(), "ü".to_owned()]);
        table.lines(format).unwrap()
    }

    #[test]
    fn a_table_has_columns_of_one_width() {
        assert_eq!(
            lines(TableFormat::Table),
            [
                "place           source",
                "CT              a \"law\", 42|1",
                "DEFAULT_STRICT  ü",
            ]
        );
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        assert_eq!(
            lines(TableFormat::Csv),
            [
                "place,source",
                "CT,\"a \"\"law\"\", 42|1\"",
                "DEFAULT_STRICT,ü"
            ]
        );
    }

    #[test]
    fn markdown_has_a_rule_below_its_header() {
        assert_eq!(
            lines(TableFormat::Markdown),
            [
                "| place | source |",
                "|---|---|",
                "| CT | a \"law\", 42\\|1 |",
                "| DEFAULT_STRICT | ü |",
            ]
        );
    }

    #[test]
    fn json_names_the_columns_in_each_row() {
        let text = lines(TableFormat::Json).concat();
        let rows: Vec<Map<String, Value>> = serde_json::from_str(&text).unwrap();
        assert_eq!(rows[0]["source"], "a \"law\", 42|1");
        assert_eq!(rows.len(), 2);
    }
}
