//! `rules export`: stored decisions under pseudonyms, in a file. The key of the pseudonyms is thrown away.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use ring::rand::SecureRandom as _;
use sms_application::{CaseReader, ReplayDecisions};
use sms_domain::decision::Pseudonyms;
use sms_domain::ports::{Clock as _, DecisionExport, LawRepository, RuleSet};
use sms_lab::{CaseWriter, Header, Names, Renaming};

use super::period::since_when;
use super::replay::scope;
use super::{OWNER_ONLY, store_config};
use crate::cli::ExportArguments;
use crate::commands::connect::stores;
use crate::commands::output;
use crate::commands::waiting::Patience;
use crate::config::Config;
use crate::law::LoadedLaw;
use crate::system::SystemClock;

/// Writes the file. The audit log knows of it before anything is in it.
pub(super) async fn run(
    config: Option<&Config>,
    arguments: &ExportArguments,
) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let since = since_when(&arguments.since, now)?;
    let config = store_config(config)?;
    let stores = stores(&config, Patience::NONE).await?;
    let scope = scope(&stores, since, arguments.organization.as_deref()).await?;
    let mut out = create(&arguments.out)?;
    let export = DecisionExport {
        since: scope.since,
        organization: scope.organization,
        by: config.operator.clone(),
        at: now,
    };
    stores.decisions.note_export(&export).await?;
    let header = Header {
        made_at: now,
        since: scope.since,
        names: Names::own(),
    };
    let replays = ReplayDecisions::new(stores.decisions.clone(), stores.laws.clone());
    let writer = CaseWriter::begin(&mut out, header)?;
    let written = write(writer, replays.cases(scope), stores.laws.as_ref()).await;
    let cases = written.with_context(|| format!("write {}", arguments.out.display()))?;
    let path = arguments.out.display();
    output::say(&format!(
        "{cases} decisions are in {path}, under pseudonyms. It is personal data: delete it when it has served its \
         purpose"
    ))
}

fn create(path: &Path) -> anyhow::Result<impl Write> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create_new(true)
        .mode(OWNER_ONLY)
        .open(path);
    let file = file.with_context(|| format!("--out {}", path.display()))?;
    Ok(BufWriter::new(file))
}

/// Pseudonyms that nobody can undo once the program has ended.
fn pseudonyms() -> anyhow::Result<Pseudonyms> {
    let mut key = [0; 32];
    let filled = ring::rand::SystemRandom::new().fill(&mut key);
    if filled.is_err() {
        bail!("the system has no random numbers");
    }
    Ok(Pseudonyms::of(key))
}

async fn write<W: Write>(
    mut writer: CaseWriter<W>,
    mut cases: CaseReader,
    laws: &dyn LawRepository,
) -> anyhow::Result<u64> {
    let mut renaming = Renaming::by(pseudonyms()?);
    while let Some(page) = cases.next().await? {
        for case in page {
            if let Some(hash) = writer.lacks(&case) {
                writer.add_law(law(hash, laws).await?)?;
            }
            writer.add(&renaming.pseudonymous(case))?;
        }
    }
    Ok(writer.finish()?)
}

/// The files of a law: those of the program, or stored ones.
async fn law(hash: &str, laws: &dyn LawRepository) -> anyhow::Result<RuleSet> {
    let bundled = LoadedLaw::bundled()?.rule_set();
    if bundled.hash == hash {
        return Ok(bundled);
    }
    let set = laws.find_law(hash).await?;
    set.with_context(|| format!("the law {hash} is stored no longer"))
}
