//! The table: every row with the measurements of all rounds, its ratio, and its goals.

use std::fmt::Write as _;

use crate::numbers::Series;

/// The unit and direction of a row's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// More is better, without a unit.
    Share,
    /// Less is better, without a unit.
    Multiple,
    /// Less is better.
    Milliseconds,
    /// Less is better.
    Microseconds,
    /// Less is better.
    Kilobytes,
    /// Less is better.
    Mebibytes,
}

/// A row's name, kind and goals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// `None` for a row that is printed for information only.
    pub(crate) goals: Option<Goals>,
}

/// The required and the target value of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goals {
    pub(crate) must: f64,
    pub(crate) aim: f64,
}

struct Row {
    asked: Asked,
    value: Series,
    /// The measured values, before division by the limit.
    measured: Series,
    /// The limit, in the same unit.
    limit: Series,
}

/// All rows, in the order in which they were first measured.
#[derive(Default)]
pub(crate) struct Report(Vec<Row>);

impl Report {
    /// Adds an absolute value.
    pub(crate) fn add(&mut self, asked: Asked, value: f64) {
        self.row(asked).value.push(value);
    }

    /// Adds a value that is a ratio of a measurement to a limit.
    pub(crate) fn add_against(&mut self, asked: Asked, value: f64, measured: f64, limit: f64) {
        let row = self.row(asked);
        row.value.push(value);
        row.measured.push(measured);
        row.limit.push(limit);
    }

    fn row(&mut self, asked: Asked) -> &mut Row {
        let found = self.0.iter().position(|row| row.asked.name == asked.name);
        let index = found.unwrap_or(self.0.len());
        if found.is_none() {
            let (value, measured, limit) = Default::default();
            self.0.push(Row {
                asked,
                value,
                measured,
                limit,
            });
        }
        // Just found or just added.
        #[expect(clippy::indexing_slicing, reason = "the index was just found or added")]
        &mut self.0[index]
    }

    /// The table in Markdown.
    pub(crate) fn table(&self) -> String {
        let mut text = String::from(
            "| What | Median | Least to most | Measured | Limit | Must | Aim | |\n\
             |---|---|---|---|---|---|---|---|\n",
        );
        for row in &self.0 {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{}", row.line());
        }
        text
    }
}

impl Row {
    fn line(&self) -> String {
        let Asked { name, kind, goals } = self.asked;
        let show = |value: Option<f64>| value.map_or_else(String::new, |value| kind.shown(value));
        let plain = |series: &Series| {
            series
                .median()
                .map_or_else(String::new, |value| format!("{value:.1}"))
        };
        format!(
            "| {name} | **{}** | {} to {} | {} | {} | {} | {} | {} |",
            show(self.value.median()),
            show(self.value.least()),
            show(self.value.most()),
            plain(&self.measured),
            plain(&self.limit),
            show(goals.map(|goals| goals.must)),
            show(goals.map(|goals| goals.aim)),
            self.verdict(),
        )
    }

    fn verdict(&self) -> &'static str {
        let Some(value) = self.value.median() else {
            return "not measured";
        };
        let Some(Goals { must, aim }) = self.asked.goals else {
            return "";
        };
        let reaches = |goal: f64| match self.asked.kind {
            Kind::Share => value >= goal,
            Kind::Multiple
            | Kind::Milliseconds
            | Kind::Microseconds
            | Kind::Kilobytes
            | Kind::Mebibytes => value <= goal,
        };
        if reaches(aim) {
            "aim"
        } else if reaches(must) {
            "must"
        } else {
            "MISSED"
        }
    }
}

impl Kind {
    fn shown(self, value: f64) -> String {
        match self {
            Self::Share => format!("{value:.2}"),
            Self::Multiple => format!("{value:.1}"),
            Self::Milliseconds => format!("{value:.1} ms"),
            Self::Microseconds => format!("{value:.0} \u{b5}s"),
            Self::Kilobytes => format!("{value:.1} kB"),
            Self::Mebibytes => format!("{value:.0} MiB"),
        }
    }
}
