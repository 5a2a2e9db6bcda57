//! The scenarios of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Scenario, ScenarioError};

/// A file with its scenarios.
#[derive(Debug)]
pub struct ScenarioFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its scenarios, at least one.
    pub scenarios: Vec<Scenario>,
}

/// Reads the files `*.yaml` of a folder and of the folders in it, in the order of their paths; or the
/// one file that `path` is.
///
/// # Errors
/// [`ScenarioError`] with the path, if one cannot be read or understood, or there is none.
pub fn read_folder(path: &Path) -> Result<Vec<ScenarioFile>, ScenarioError> {
    let mut paths = Vec::new();
    if path.is_file() {
        paths.push(path.to_owned());
    } else {
        collect(path, &mut paths)?;
    }
    paths.sort();
    if paths.is_empty() {
        let reason = format!("no file *.yaml is in {}", path.display());
        return Err(ScenarioError::new(reason));
    }
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), ScenarioError> {
    let unreadable = |error| ScenarioError::about(folder.display())(ScenarioError::new(error));
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            paths.push(path);
        }
    }
    Ok(())
}

fn read(path: PathBuf) -> Result<ScenarioFile, ScenarioError> {
    let text = fs::read_to_string(&path).map_err(ScenarioError::new);
    let scenarios = text.and_then(|text| Scenario::read(&text));
    let scenarios = scenarios.map_err(ScenarioError::about(path.display()))?;
    Ok(ScenarioFile { path, scenarios })
}
