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
    Test(TestArguments),
    /// Judges stored decisions again by this build, and by another law or policy, and shows what differs. Ends with 3
    /// if something does that --never forbids.
    Replay(ReplayArguments),
    /// Writes stored decisions under pseudonyms to a file, which `replay` judges without a database.
    Export(ExportArguments),
    /// Judges decisions as they are made by another law or policy, until Ctrl-C, and keeps what differs in a file.
    Shadow(ShadowArguments),
}

/// Which scenarios to run.
#[derive(Debug, clap::Args)]
pub struct TestArguments {
    /// The folder, or one file.
    pub folder: PathBuf,
    /// A folder with tables of the law that replace those of the program.
    #[arg(long, value_name = "DIR")]
    pub law: Option<PathBuf>,
    /// Takes what is announced or pending as law.
    #[arg(long)]
    pub expect: bool,
    /// Runs them again whenever a scenario or a table changes, until Ctrl-C.
    #[arg(long)]
    pub watch: bool,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

/// Which stored decisions to write to a file.
#[derive(Debug, clap::Args)]
pub struct ExportArguments {
    /// Only messages that were created since: days as 30d, hours as 12h, or an instant.
    #[arg(long, value_name = "PERIOD")]
    pub since: String,
    /// Only messages of this organization.
    #[arg(long, value_name = "ID")]
    pub organization: Option<String>,
    /// The new file. It is personal data.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// What to judge decisions by as they are made.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ShadowArguments {
    /// What to show instead.
    #[command(subcommand)]
    pub command: Option<ShadowCommand>,
    /// What might replace the law and policy in use.
    #[command(flatten)]
    pub candidate: CandidateArguments,
    /// The file of what differs; the same one continues where it stopped.
    #[arg(long, value_name = "FILE", default_value = "sms-shadow.journal")]
    pub journal: PathBuf,
}

/// What to show of a shadow.
#[derive(Debug, Subcommand)]
pub enum ShadowCommand {
    /// Shows what differed so far. Ends as `replay` does.
    Report {
        /// The file of what differs.
        #[arg(long, value_name = "FILE", default_value = "sms-shadow.journal")]
        journal: PathBuf,
        /// A transition that must not occur, such as 'opted_out,blocked_compliance -> allowed'; can be given again.
        #[arg(long, value_name = "TRANSITION", allow_hyphen_values = true)]
        never: Vec<String>,
        /// Ends with 2 if a decision could not be judged.
        #[arg(long)]
        strict: bool,
        /// How the answer is written.
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
}

/// Another law or policy.
#[derive(Debug, Default, clap::Args)]
pub struct CandidateArguments {
    /// A folder with tables of the law that replace those of the program.
    #[arg(long, value_name = "DIR")]
    pub law: Option<PathBuf>,
    /// A YAML or JSON file with fields of the policy that change for every organization, as in a seed.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Takes the law of this date as if it had held all along.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<chrono::NaiveDate>,
    /// Takes what is announced or pending as law.
    #[arg(long)]
    pub expect: bool,
}

/// Which stored decisions to judge again, and by what.
#[derive(Debug, Default, clap::Args)]
pub struct ReplayArguments {
    /// A file of decisions, as `rules export` writes it; without it those of the database.
    #[arg(required_unless_present = "since", conflicts_with_all = ["since", "organization"])]
    pub file: Option<PathBuf>,
    /// Only messages that were created since: days as 30d, hours as 12h, or an instant.
    #[arg(long, value_name = "PERIOD")]
    pub since: Option<String>,
    /// Only messages of this organization.
    #[arg(long, value_name = "ID")]
    pub organization: Option<String>,
    /// What might replace the recorded law and policy. Without it only this build is compared with the records.
    #[command(flatten)]
    pub candidate: CandidateArguments,
    /// A transition that must not occur, such as 'opted_out,blocked_compliance -> allowed'; can be given again.
    #[arg(long, value_name = "TRANSITION", allow_hyphen_values = true)]
    pub never: Vec<String>,
    /// Ends with 2 if a decision could not be judged.
    #[arg(long)]
    pub strict: bool,
    /// Writes every changed decision to this file too, as CSV.
    #[arg(long, value_name = "FILE")]
    pub changes: Option<PathBuf>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
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
    /// Takes what is announced or pending as part of the new law.
    #[arg(long)]
    pub expect: bool,
    /// The last day that is compared; by default two years after today and after every date in the laws.
    #[arg(long, value_name = "DATE")]
    pub to: Option<chrono::NaiveDate>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}
