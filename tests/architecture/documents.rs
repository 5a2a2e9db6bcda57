//! Checks of the documents: links and paths exist, every package is on the map, and every setting and
//! every command is in the README.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::CommandFactory as _;

use crate::source_tree::{SourceFile, collect};
use crate::{assert_none, packages, root, tokens};

/// Top folders with which a path in a document may start.
const TOPS: [&str; 6] = ["apps/", "crates/", "docs/", "tests/", ".ci/", ".config/"];

fn documents(root: &Path) -> Vec<String> {
    let mut paths = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    collect(&root.join("docs"), "docs", "md", &mut paths);
    collect(&root.join("crates"), "crates", "md", &mut paths);
    paths
}

/// The targets of `[text](target)` that are files of the repository.
fn links(text: &str) -> Vec<&str> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with(['#', '/']))
        .map(|target| target.split('#').next().unwrap_or(target))
        .collect()
}

/// Texts in backticks that look like a path from the top folder.
fn paths(text: &str) -> Vec<&str> {
    let quoted = text
        .lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    quoted
        .filter(|path| TOPS.iter().any(|top| path.starts_with(top)))
        .filter(|path| !path.contains(['<', '*', '{', ' ', '…']))
        .collect()
}

/// Links and paths in the document at `path` whose target does not exist.
fn dead(root: &Path, path: &str, text: &str) -> Vec<String> {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let links = links(text)
        .into_iter()
        .filter(|link| !root.join(folder).join(link).exists());
    let paths = paths(text)
        .into_iter()
        .filter(|path| !root.join(path).exists());
    links
        .chain(paths)
        .map(|target| format!("{path} speaks of {target}, which is not there"))
        .collect()
}

/// Names of environment variables in a source file: its string literals in capitals.
fn settings(file: &SourceFile) -> BTreeSet<String> {
    let texts = tokens::of(file)
        .into_iter()
        .filter(|token| !token.in_test)
        .map(|token| token.text);
    texts
        .filter_map(|text| Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned()))
        .filter(|text| text.len() > 2 && text.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect()
}

#[test]
fn links_and_paths_in_documents_lead_somewhere() {
    let root = root();
    let read = |path: &String| fs::read_to_string(root.join(path)).unwrap();
    let dead = documents(&root)
        .iter()
        .flat_map(|path| dead(&root, path, &read(path)))
        .collect::<Vec<_>>();
    assert_none(&dead);
}

#[test]
fn every_package_is_on_the_map() {
    let map = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let explains_itself = |name: &str| {
        let carriers = carriers().into_iter();
        carriers
            .map(|carrier| format!("sms-{carrier}"))
            .any(|one| one == name)
    };
    let missing = packages::of_workspace(&root())
        .into_iter()
        .map(|one| one.name);
    let missing = missing.filter(|name| !map.contains(&format!("`{name}`")));
    // A carrier's crate has a README, which another test reads.
    let missing = missing.filter(|name| !explains_itself(name));
    assert_none(
        &missing
            .map(|name| format!("{name} is not in docs/architecture.md"))
            .collect::<Vec<_>>(),
    );
}

/// The settings that a source file of the repository reads.
fn settings_in(path: &str) -> BTreeSet<String> {
    settings(&SourceFile {
        path: path.to_owned(),
        text: fs::read_to_string(root().join(path)).unwrap(),
    })
}

#[test]
fn every_setting_is_in_the_readme() {
    let path = "apps/api/src/config.rs";
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let settings = settings_in(path);
    assert!(
        settings.contains("DATABASE_URL"),
        "no settings found in {path}"
    );
    let missing = settings
        .iter()
        .filter(|name| !readme.contains(&format!("`{name}`")));
    assert_none(
        &missing
            .map(|name| format!("README.md does not mention {name}"))
            .collect::<Vec<_>>(),
    );
}

/// The file that reads the settings of a carrier's accounts.
fn wiring_of(carrier: &str) -> String {
    format!("apps/api/src/wiring/{carrier}.rs")
}

/// The carriers by the folders of their crates: the adapters with a wiring file of their own.
fn carriers() -> Vec<String> {
    let folders = fs::read_dir(root().join("crates/adapters")).unwrap();
    let names = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_carrier = |name: &String| root().join(wiring_of(name)).exists();
    names.filter(is_carrier).collect()
}

#[test]
fn every_setting_of_a_carriers_accounts_is_in_the_readme_of_its_crate() {
    let carriers = carriers();
    assert!(carriers.contains(&"telnyx".to_owned()), "{carriers:?}");
    let missing = carriers.iter().flat_map(|carrier| {
        let readme = format!("crates/adapters/{carrier}/README.md");
        let text = fs::read_to_string(root().join(&readme)).unwrap_or_default();
        let settings = settings_in(&wiring_of(carrier));
        assert!(!settings.is_empty(), "no settings of {carrier} found");
        // The source names an account's setting without the prefix of the account.
        let missing = settings.into_iter().filter(move |name| {
            !(text.contains(&format!("`{name}`")) || text.contains(&format!("_{name}`")))
        });
        missing.map(move |name| format!("{readme} does not mention {name}"))
    });
    assert_none(&missing.collect::<Vec<_>>());
}

/// The program's commands as people type them: `keys create`.
fn commands(parent: &clap::Command, before: &str) -> Vec<String> {
    let of = |command: &clap::Command| {
        let name = format!("{before}{}", command.get_name());
        if command.has_subcommands() {
            commands(command, &format!("{name} "))
        } else {
            vec![name]
        }
    };
    let shown = parent.get_subcommands().filter(|one| !one.is_hide_set());
    shown.flat_map(of).collect()
}

#[test]
fn every_command_is_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let commands = commands(&sms_api::cli::Cli::command(), "");
    let missing = commands
        .iter()
        .filter(|name| !readme.contains(&format!("`{name}")));
    let missing = missing.map(|name| format!("README.md does not mention the command {name}"));
    assert_none(&missing.collect::<Vec<_>>());
}

#[test]
fn commands_of_commands_are_found() {
    let keys = clap::Command::new("keys").subcommand(clap::Command::new("create"));
    let program = clap::Command::new("a")
        .subcommand(keys)
        .subcommand(clap::Command::new("dev"));
    assert_eq!(commands(&program, ""), ["keys create", "dev"]);
}

#[test]
fn a_dead_link_and_a_dead_path_are_found() {
    let text = "[a](../README.md#b) [c](gone.md) [d](https://e) [f](#g)\n`docs/architecture.md` `docs/gone.md` `docs/<x>.md`";
    let found = dead(&root(), "docs/x.md", text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|one| one.contains("gone.md")));
}

#[test]
fn settings_are_texts_in_capitals_outside_tests() {
    let text = "fn a() { get(\"BIND\"); get(\"bind\"); }\n#[cfg(test)]\nmod tests { const A: &str = \"OTHER\"; }";
    let found = settings(&SourceFile::new("apps/a.rs", text));
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["BIND"]);
}
