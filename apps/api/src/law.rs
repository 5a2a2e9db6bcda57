//! The tables of the law that a process works with: those of the program, of a folder, or of the
//! store. They are loaded once and stay for the life of the process. Must not know what they say.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use sms_domain::law::{RuleData, RuleFiles};
use sms_domain::ports::RuleSet;

/// Files beside the tables of which some are generated.
const SOURCES: [&str; 2] = ["area_code_fixes.csv", "area_code_supplement.csv"];

/// The tables of the law, checked.
#[derive(Debug, Clone, Copy)]
pub struct LoadedLaw {
    /// What they say.
    pub rules: &'static RuleData,
    pub files: RuleFiles<'static>,
}

impl LoadedLaw {
    /// The tables of the program.
    ///
    /// # Errors
    /// The file, the line and the reason, if they cannot be used.
    pub fn bundled() -> anyhow::Result<Self> {
        Ok(Self {
            rules: RuleData::bundled()?,
            files: RuleFiles::BUNDLED,
        })
    }

    /// The tables of a folder; the program's where it has no file of that name.
    ///
    /// # Errors
    /// The file, the line and the reason, if they cannot be used; or when the folder has no table, or
    /// a table of another name.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let found = texts_in(folder)?;
        Self::of_texts(found).with_context(|| format!("the law in {}", folder.display()))
    }

    /// The tables of a folder, or without one those of the program.
    ///
    /// # Errors
    /// As [`LoadedLaw::read`].
    pub fn chosen(folder: Option<&Path>) -> anyhow::Result<Self> {
        folder.map_or_else(Self::bundled, Self::read)
    }

    /// The tables of a stored rule set.
    ///
    /// # Errors
    /// The file, the line and the reason, if this program cannot use them.
    pub fn stored(set: RuleSet) -> anyhow::Result<Self> {
        let hash = set.hash;
        let law = Self::of_texts(set.files.into_iter().collect())
            .with_context(|| format!("the stored law {hash}"))?;
        ensure!(
            law.rules.version() == hash,
            "the stored law {hash} lacks a file of this program"
        );
        Ok(law)
    }

    /// The tables with what is announced or pending in force, for what-if questions.
    ///
    /// # Errors
    /// The file, the line and the reason, if it does not fit the rest.
    pub fn expected(&self) -> anyhow::Result<Self> {
        let texts = self.files.expected().into_iter();
        let texts = texts.map(|(name, text)| (name.to_owned(), text)).collect();
        Self::of_texts(texts).context("the law with its proposed rows in force")
    }

    /// Rejects a row that was reviewed after `today`.
    ///
    /// # Errors
    /// The file, the line and the reason.
    pub fn checked(self, today: NaiveDate) -> anyhow::Result<Self> {
        self.rules.check_reviews(today)?;
        Ok(self)
    }

    /// What is stored of them.
    #[must_use]
    pub fn rule_set(&self) -> RuleSet {
        let texts = self.files.texts().into_iter();
        RuleSet {
            hash: self.rules.version().to_owned(),
            files: texts
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .collect(),
        }
    }

    fn of_texts(mut texts: BTreeMap<String, String>) -> anyhow::Result<Self> {
        let files = RuleFiles::BUNDLED.map(|name, bundled| match texts.remove(name) {
            Some(text) => text.leak(),
            None => bundled,
        });
        let rules = Box::leak(Box::new(RuleData::load(&files)?));
        Ok(Self { rules, files })
    }
}

/// The texts of the tables in a folder, by their names.
fn texts_in(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let cannot = || format!("cannot read the law in {}", folder.display());
    let names: Vec<&str> = RuleFiles::BUNDLED
        .texts()
        .iter()
        .map(|(name, _)| *name)
        .collect();
    let mut texts = BTreeMap::new();
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if names.contains(&name.as_str()) {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            texts.insert(name, text);
        } else if path.extension().is_some_and(|ending| ending == "csv")
            && !SOURCES.contains(&name.as_str())
        {
            bail!(
                "{} is no table of the law: expected {}",
                path.display(),
                names.join(", ")
            );
        }
    }
    if texts.is_empty() {
        bail!(
            "{} has no table of the law: expected {}",
            folder.display(),
            names.join(", ")
        );
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn error(files: &[(&str, &str)]) -> String {
        let folder = folder(files);
        format!("{:#}", LoadedLaw::read(folder.path()).unwrap_err())
    }

    #[test]
    fn a_folder_replaces_the_tables_that_it_has() {
        let bundled = LoadedLaw::bundled().unwrap();
        let changed = RuleFiles::BUNDLED
            .holidays
            .replace("Mardi Gras", "Shrove Tuesday");
        let folder = folder(&[("state_holidays.csv", &changed), ("README.md", "words")]);
        let law = LoadedLaw::read(folder.path()).unwrap();
        assert_ne!(law.rules.version(), bundled.rules.version());
        assert_eq!(law.files.holidays, changed);
        assert_eq!(law.files.quiet_hours, bundled.files.quiet_hours);
    }

    #[test]
    fn the_folder_of_the_sources_is_the_law_of_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/domain/data");
        let law = LoadedLaw::read(&folder).unwrap();
        assert_eq!(
            law.rules.version(),
            LoadedLaw::bundled().unwrap().rules.version()
        );
    }

    #[test]
    fn a_bad_row_is_named_with_its_folder_file_and_line() {
        let changed = RuleFiles::BUNDLED
            .holidays
            .replace("easter:-47", "easter:-470");
        let error = error(&[("state_holidays.csv", &changed)]);
        assert!(
            error.contains("state_holidays.csv, line 2: `easter:-470`"),
            "{error}"
        );
        assert!(error.starts_with("the law in "), "{error}");
    }

    #[test]
    fn a_folder_without_tables_or_with_others_is_refused() {
        assert!(error(&[("README.md", "words")]).contains("has no table of the law"));
        let misnamed = error(&[("state_holiday.csv", "")]);
        assert!(
            misnamed.contains("state_holiday.csv is no table of the law"),
            "{misnamed}"
        );
        let none = LoadedLaw::read(Path::new("/nonexistent")).unwrap_err();
        assert!(format!("{none:#}").starts_with("cannot read the law in /nonexistent"));
    }

    #[test]
    fn a_stored_law_is_read_again_and_one_of_other_files_is_refused() {
        let bundled = LoadedLaw::bundled().unwrap();
        let law = LoadedLaw::stored(bundled.rule_set()).unwrap();
        assert_eq!(law.rules.version(), bundled.rules.version());
        let mut other = bundled.rule_set();
        other.hash = "0000000000000000".to_owned();
        let error = LoadedLaw::stored(other).unwrap_err().to_string();
        assert!(error.contains("lacks a file"), "{error}");
    }

    #[test]
    fn proposed_rows_are_in_force_where_they_are_expected() {
        let bundled = LoadedLaw::bundled().unwrap();
        let expected = bundled.expected().unwrap();
        assert!(bundled.rules.announced().count() > 0);
        assert_eq!(expected.rules.announced().count(), 0);
        assert_ne!(expected.rules.version(), bundled.rules.version());
    }

    #[test]
    fn a_review_after_today_is_refused() {
        let law = LoadedLaw::bundled().unwrap();
        assert!(law.checked("2021-01-01".parse().unwrap()).is_err());
        assert!(law.checked("2099-01-01".parse().unwrap()).is_ok());
    }
}
