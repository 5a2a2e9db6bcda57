//! The commands of `sms-api rules`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::commands::rules::TableFormat;

/// What to show or try of the rules and the law. Ends with 0 if there is nothing to report, with 1 if
/// there is, and with 2 after an error.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Lists what is in force today, since when, on which source, and what comes next.
    List {
        /// A folder with tables of the law that replace those of the program.
        #[arg(long, value_name = "DIR")]
        law: Option<PathBuf>,
        /// How the answer is written.
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
    /// Explains one rule, or the law of one place over time.
    Explain {
        /// The code of a rule such as `quiet_hours`, or of a state or province such as CT.
        code: String,
        /// A folder with tables of the law that replace those of the program.
        #[arg(long, value_name = "DIR")]
        law: Option<PathBuf>,
        /// How the answer is written.
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
    /// Checks tables of the law, and names rows that somebody should look at again.
    Check {
        /// The folder; without it the tables of the program.
        #[arg(long, value_name = "DIR")]
        law: Option<PathBuf>,
        /// How the answer is written.
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
    /// Judges stored decisions again, by this build and law: all must come out the same, trace included.
    Verify(VerifyArguments),
    /// Compares two laws: which minutes open or close where, and which caps and rows change.
    Diff(DiffArguments),
    /// Runs scenarios: files *.yaml with facts, an instant, and the decision that must come out.
    Test {
        /// The folder, or one file.
        folder: PathBuf,
        /// A folder with tables of the law that replace those of the program.
        #[arg(long, value_name = "DIR")]
        law: Option<PathBuf>,
        /// How the answer is written.
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
}

/// Which stored decisions to judge again.
#[derive(Debug, clap::Args)]
pub struct VerifyArguments {
    /// Only messages that were created since: days as 30d, hours as 12h, or an instant.
    #[arg(long, value_name = "PERIOD")]
    pub since: Option<String>,
    /// A folder with tables of the law; by default those that the processes on the database use.
    #[arg(long, value_name = "DIR")]
    pub law: Option<PathBuf>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

/// The two laws to compare. Each is a folder, the hash of a stored law, `bundled`, or a date: the law in
/// force on it.
#[derive(Debug, clap::Args)]
pub struct DiffArguments {
    /// The old law.
    pub old: String,
    /// The new law.
    pub new: String,
    /// Of dates: a folder with tables of the law that replace those of the program.
    #[arg(long, value_name = "DIR")]
    pub law: Option<PathBuf>,
    /// The first day that is compared; by default the first of 2021, of dates the later one.
    #[arg(long, value_name = "DATE")]
    pub from: Option<chrono::NaiveDate>,
    /// The last day that is compared; by default two years after today and after every date in the laws.
    #[arg(long, value_name = "DATE")]
    pub to: Option<chrono::NaiveDate>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}
