//! The command line: what an operator can say. Must not know how it is done.

mod records;
mod rules;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use sms_domain::ports::Contract;

pub use self::records::{
    AuditCommand, ConsentsCommand, EmergenciesCommand, Format, PauseArguments, ScrubsCommand,
    ScrubsImport, WalletsCommand,
};
pub use self::rules::{
    CandidateArguments, DiffArguments, ExportArguments, ReplayArguments, RulesCommand,
    ShadowArguments, ShadowCommand, TestArguments, VerifyArguments,
};

/// Sends SMS for businesses that text their leads.
#[derive(Debug, Parser)]
#[command(name = "sms-api", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs everything on this machine: a private Postgres, a carrier simulator, the API, a worker
    /// and a demo organization.
    Dev {
        /// Where its data is kept; the same folder continues where it stopped.
        #[arg(long, default_value = ".sms-data")]
        data_dir: PathBuf,
        /// Posts webhooks to private addresses too, over HTTP as well.
        #[arg(long)]
        allow_private: bool,
        /// The law.
        #[command(flatten)]
        law: LawArguments,
    },
    /// Serves the API, with a worker in the same process.
    Serve {
        /// Leaves dispatch to separate workers.
        #[arg(long)]
        without_worker: bool,
        /// Ends at once when the database is not there yet, instead of waiting a minute for it.
        #[arg(long)]
        no_wait: bool,
        /// Posts webhooks to private addresses too, over HTTP as well; for development.
        #[arg(long)]
        allow_private: bool,
        /// The law.
        #[command(flatten)]
        law: LawArguments,
    },
    /// Dispatches messages.
    Worker {
        /// Posts webhooks to private addresses too, over HTTP as well; for development.
        #[arg(long)]
        allow_private: bool,
        /// Ends at once when the database is not there yet, instead of waiting a minute for it.
        #[arg(long)]
        no_wait: bool,
        /// The law.
        #[command(flatten)]
        law: LawArguments,
    },
    /// Brings the database up to date.
    Migrate,
    /// Prints the OpenAPI document.
    Openapi {
        /// Compares with this file instead, and fails when it differs.
        #[arg(long, value_name = "FILE")]
        check: Option<PathBuf>,
        /// The contract: page or 2026-08.
        #[arg(long, value_name = "CONTRACT", default_value_t)]
        contract: Contract,
    },
    /// Manages API keys.
    Keys {
        /// What to do with them.
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Puts organizations, numbers, leads and money in place from a YAML or JSON file.
    Seed {
        /// The file; docs/seeding.md describes it.
        file: PathBuf,
    },
    /// Shows and settles received texts that may be opt-outs.
    Reviews {
        /// What to do with them.
        #[command(subcommand)]
        command: ReviewsCommand,
    },
    /// Stored events of the carrier.
    Events {
        /// What to do with them.
        #[command(subcommand)]
        command: EventsCommand,
    },
    /// The former name of `events match`.
    #[command(hide = true)]
    Replay,
    /// Sends a message again, as its owner could through the API.
    Retry {
        /// The organization.
        organization: String,
        /// The message.
        message: String,
        /// Retries even if it is unknown whether the last attempt left.
        #[arg(long)]
        force: bool,
    },
    /// Shows the rules and the law, and tries changes of them. Writes nothing.
    Rules {
        /// What to show or try.
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Shows how received texts are read.
    Keywords {
        /// What to show.
        #[command(subcommand)]
        command: KeywordsCommand,
    },
    /// Imports lists of others: the national do-not-call list, and answers about reassigned numbers.
    Scrubs {
        /// What to do with them.
        #[command(subcommand)]
        command: ScrubsCommand,
    },
    /// Declares emergencies, during which unsolicited messages wait or are refused.
    Emergencies {
        /// What to do with them.
        #[command(subcommand)]
        command: EmergenciesCommand,
    },
    /// Shows and revokes consents on record.
    Consents {
        /// What to do with them.
        #[command(subcommand)]
        command: ConsentsCommand,
    },
    /// Pauses what an organization sends, or a number or campaign of it: what waits stays until it is resumed.
    Pause {
        /// What.
        #[command(flatten)]
        what: PauseArguments,
    },
    /// Resumes what was paused: what waits is decided again.
    Resume {
        /// What.
        #[command(flatten)]
        what: PauseArguments,
    },
    /// Keeps wallets.
    Wallets {
        /// What to do with them.
        #[command(subcommand)]
        command: WalletsCommand,
    },
    /// Shows who changed law, lists, keys, suppressions or money.
    Audit {
        /// What to show.
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Keeps the opt-out list.
    #[command(alias = "opt-outs")]
    Suppressions {
        /// What to do with it.
        #[command(subcommand)]
        command: SuppressionsCommand,
    },
}

/// The law that a process judges by.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct LawArguments {
    /// A folder with tables of the law, which replace those of the program; as in crates/domain/data.
    #[arg(long = "law", value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Works beside processes with another law, for as long as they are replaced.
    #[arg(long = "law-transition")]
    pub is_transition: bool,
}

/// What to show of how received texts are read.
#[derive(Debug, Subcommand)]
pub enum KeywordsCommand {
    /// Reads a text and prints what each step found. Needs no database.
    Explain {
        /// The text, as the person sent it.
        #[arg(allow_hyphen_values = true)]
        text: String,
        /// A text that was sent to the person before, which they may quote; can be given again.
        #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
        sent: Vec<String>,
    },
}

/// What to do with stored events of the carrier.
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// Reads those again that belong to no message, and matches those whose message is known by now.
    Match,
}

/// What to do with the opt-out list.
#[derive(Debug, Subcommand)]
pub enum SuppressionsCommand {
    /// Lists a person's entries.
    List {
        /// The organization.
        organization: String,
        /// The person, E.164.
        phone: String,
    },
    /// Opts a person out: of everything, of one of our numbers, or of one campaign.
    Add {
        /// The organization.
        organization: String,
        /// The person, E.164.
        phone: String,
        /// Only this number's messages.
        #[arg(long, conflicts_with = "campaign")]
        number: Option<String>,
        /// Only this campaign's messages.
        #[arg(long)]
        campaign: Option<String>,
        /// Why, for the record.
        #[arg(long, default_value = "operator")]
        reason: String,
    },
    /// Opens again what is closed. Only on the person's own wish.
    Release {
        /// The organization.
        organization: String,
        /// The person, E.164.
        phone: String,
        /// One entry, as listed; all when not given.
        #[arg(long)]
        entry: Option<String>,
    },
}

/// What to do with texts that may be opt-outs.
#[derive(Debug, Subcommand)]
pub enum ReviewsCommand {
    /// Lists the threads that wait, with what the person wrote.
    List {
        /// Of this organization only.
        organization: Option<String>,
    },
    /// Settles a review: the person wants no more texts, or asked for something else.
    Resolve {
        /// The organization.
        organization: String,
        /// The thread.
        conversation: String,
        /// What the text means.
        meaning: Meaning,
    },
}

/// A reviewer's reading of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Meaning {
    /// No more texts.
    OptOut,
    /// Something else.
    SomethingElse,
}

/// What to do with API keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Makes a key and prints its secret, once.
    Create {
        /// The organization.
        organization: String,
        /// What it may do; all when not given.
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// Creates a test key, whose messages are simulated and never delivered.
        #[arg(long)]
        test: bool,
        /// Days until it expires; never when not given.
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u32>,
        /// The contract by which its requests are answered: page (numbers are JSON strings) or 2026-08.
        #[arg(long, value_name = "CONTRACT", default_value_t)]
        contract: Contract,
    },
    /// Lists the keys of an organization.
    List {
        /// The organization.
        organization: String,
    },
    /// Withdraws a key.
    Revoke {
        /// The organization.
        organization: String,
        /// The key's id, as listed.
        key: String,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn command(words: &str) -> String {
        let words = std::iter::once("sms-api").chain(words.split(' '));
        format!("{:?}", Cli::try_parse_from(words).unwrap().command)
    }

    #[test]
    fn former_names_of_commands_are_understood_and_not_shown() {
        let person = "list 01900000-0000-7000-8000-000000000001 +14045550100";
        assert_eq!(
            command(&format!("opt-outs {person}")),
            command(&format!("suppressions {person}"))
        );
        assert_eq!(command("events match"), "Events { command: Match }");
        assert_eq!(command("replay"), "Replay");
        let help = Cli::command().render_help().to_string();
        let shown = |name: &str| {
            let mut words = help
                .lines()
                .filter_map(|line| line.split_whitespace().next());
            words.any(|word| word == name)
        };
        assert!(shown("suppressions") && shown("events"), "{help}");
        assert!(!shown("opt-outs") && !shown("replay"), "{help}");
    }
}
