//! The tables of the law as rows of texts.

use std::collections::BTreeMap;

/// A row by the names of its columns.
pub(crate) type Row = BTreeMap<String, String>;

/// One table.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// The tables that say when a place is open.
#[derive(Clone)]
pub(crate) struct Tables {
    pub(crate) hours: Table,
    pub(crate) holidays: Table,
    pub(crate) area_codes: Table,
}

impl Tables {
    /// The tables of the program.
    pub(crate) fn bundled() -> Self {
        Self {
            hours: Table::read(include_str!("../../data/state_quiet_hours.csv")),
            holidays: Table::read(include_str!("../../data/state_holidays.csv")),
            area_codes: Table::read(include_str!("../../data/nanp_area_codes.csv")),
        }
    }
}

impl Table {
    fn read(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let rows = reader.deserialize().collect::<Result<_, _>>().unwrap();
        Self { columns, rows }
    }

    pub(crate) fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns).unwrap();
        for row in &self.rows {
            let cells = self.columns.iter().map(|column| &row[column]);
            writer.write_record(cells).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }
}
