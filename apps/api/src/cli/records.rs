//! The commands about what is on record: lists of others, emergencies, consents, the audit log.

use std::path::PathBuf;

use clap::Subcommand;

/// What to do with lists of others.
#[derive(Debug, Subcommand)]
pub enum ScrubsCommand {
    /// Imports a list.
    Import {
        /// Which one.
        #[command(subcommand)]
        list: ScrubsImport,
    },
    /// Shows what an organization has imported.
    List {
        /// The organization.
        organization: String,
    },
}

/// A list to import.
#[derive(Debug, Subcommand)]
pub enum ScrubsImport {
    /// The national do-not-call list; it replaces the one before in one step.
    NationalDnc {
        /// Lines of an area code and seven digits (404,5550123), with the numbers of an exchange together.
        file: PathBuf,
        /// The organization.
        #[arg(long)]
        organization: String,
        /// The date of the list (2026-12-31).
        #[arg(long, value_name = "DATE")]
        as_of: String,
    },
    /// Answers of the database of reassigned numbers; they are added to those before.
    Reassigned {
        /// Lines of a number, the date of the consent, the date of the query, and yes, no or no data.
        file: PathBuf,
        /// The organization.
        #[arg(long)]
        organization: String,
    },
}

/// What to do with emergencies.
#[derive(Debug, Subcommand)]
pub enum EmergenciesCommand {
    /// Declares one: once it is declared, no message that it covers is handed over.
    Declare {
        /// The state or province, by its postal code (NY).
        state: String,
        /// Only where postal codes begin so; can be given again.
        #[arg(long = "postal-prefix", value_name = "PREFIX")]
        postal_prefixes: Vec<String>,
        /// Where it was announced.
        #[arg(long)]
        source: String,
        /// When it ends (2026-12-31T18:00:00Z, or a date); not known when not given.
        #[arg(long, value_name = "INSTANT")]
        until: Option<String>,
    },
    /// Lists them, the latest first, the lifted ones too.
    List,
    /// Lifts one.
    Lift {
        /// Its id, as listed.
        emergency: String,
    },
}

/// What to do with consents on record.
#[derive(Debug, Subcommand)]
pub enum ConsentsCommand {
    /// Lists the records of a lead with their proof, oldest first, the revoked ones too.
    List {
        /// The organization.
        organization: String,
        /// The lead.
        lead: String,
        /// How they are printed; `json` is an object a line.
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Records that the person revoked a consent.
    Revoke {
        /// The organization.
        organization: String,
        /// The record, as listed.
        consent: String,
        /// How the person did: text, call, email, web, letter, in_person or other.
        #[arg(long)]
        channel: String,
        /// When (2026-12-31T18:00:00Z, or a date); now when not given.
        #[arg(long, value_name = "INSTANT")]
        at: Option<String>,
    },
}

/// What is paused or resumed: everything that an organization sends, or one number or campaign.
#[derive(Debug, clap::Args)]
pub struct PauseArguments {
    /// The organization.
    pub organization: String,
    /// Only this number.
    #[arg(long, value_name = "ID", conflicts_with = "campaign")]
    pub number: Option<String>,
    /// Only this campaign.
    #[arg(long, value_name = "ID")]
    pub campaign: Option<String>,
}

/// What to do with wallets.
#[derive(Debug, Subcommand)]
pub enum WalletsCommand {
    /// Puts money into a wallet, once for each reference.
    TopUp {
        /// The organization.
        organization: String,
        /// US dollars, with up to six decimals (25, 99.50).
        amount: String,
        /// What the payment is called elsewhere, such as the id of a transfer.
        #[arg(long)]
        reference: String,
    },
}

/// What to show of the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Lists its entries, oldest first.
    List {
        /// Entries of this instant (2026-12-31T18:00:00Z) or date and later only.
        #[arg(long)]
        since: Option<String>,
        /// Entries that concern this organization alone.
        #[arg(long)]
        organization: Option<String>,
        /// How they are printed; `json` is an object a line.
        #[arg(long, default_value = "table")]
        format: Format,
    },
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people.
    Table,
    /// A JSON object a line.
    Json,
}
