//! The rule data: area codes, hours, holidays, caps, postal codes, place names and URL shorteners,
//! loaded once and validated as a whole. This module must not know any message or decision.
//!
//! The files are `data/*.csv` of this crate. Each row carries its source; `gen_area_codes.py` and
//! `gen_postal_codes.py` next to them regenerate the tables that have a machine-readable source.

mod announced;
mod area_codes;
mod dating;
mod expected;
mod files;
mod holidays;
mod listing;
mod place_names;
mod postal_codes;
mod quiet_hours;
mod reviews;
mod shorteners;
mod table;

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

pub use announced::{Announced, Announcement};
pub use area_codes::AreaCodeEntry;
pub use files::RuleFiles;
pub use holidays::StateHoliday;
pub use table::DataError;

use crate::law::jurisdiction::{Jurisdiction, JurisdictionRules};
use crate::law::recipient_location::UnknownLocation;
use crate::values::phone::AreaCode;

use area_codes::Territory;
use dating::Review;
use place_names::PlaceNames;
use postal_codes::PostalCodes;
pub(super) use postal_codes::PostalPlace;
use shorteners::Shorteners;

/// The validated rule data: every state, zone and window to which a row refers exists.
#[derive(Debug, Clone)]
pub struct RuleData {
    version: String,
    area_codes: HashMap<AreaCode, AreaCodeEntry>,
    refused: HashMap<AreaCode, UnknownLocation>,
    jurisdictions: BTreeMap<Jurisdiction, JurisdictionRules>,
    strict: JurisdictionRules,
    holidays: Vec<StateHoliday>,
    announced: Vec<Announced>,
    reviews: Vec<Review>,
    postal_codes: PostalCodes,
    place_names: PlaceNames,
    shorteners: Shorteners,
}

impl RuleData {
    /// The rules compiled into the program, loaded at the first call.
    ///
    /// # Errors
    /// The [`DataError`] of an invalid row. The program must then not start.
    pub fn bundled() -> Result<&'static Self, &'static DataError> {
        static BUNDLED: OnceLock<Result<RuleData, DataError>> = OnceLock::new();
        BUNDLED
            .get_or_init(|| Self::load(&RuleFiles::BUNDLED))
            .as_ref()
    }

    /// Loads and validates the files.
    ///
    /// # Errors
    /// The first [`DataError`]: the file, the line and what is wrong with it.
    pub fn load(files: &RuleFiles<'_>) -> Result<Self, DataError> {
        let area_codes = area_codes::read_served(files.area_codes)?;
        let refused = area_codes::read_refused(files.refused_area_codes, &area_codes)?;
        let territories = area_codes::territories(&area_codes)?;
        let holidays = holidays::read(files.holidays)?;
        let hours = quiet_hours::read(files.quiet_hours, &territories, &holidays)?;
        let jurisdictions = hours.jurisdictions;
        area_codes::check_rules_exist(&area_codes, &jurisdictions)?;
        Ok(Self {
            version: files.version(),
            postal_codes: PostalCodes::read(files.postal_codes, &jurisdictions)?,
            place_names: PlaceNames::read(files.place_names, &jurisdictions)?,
            shorteners: Shorteners::read(files.url_shorteners)?,
            area_codes: area_codes
                .into_iter()
                .map(|(code, located)| (code, located.row))
                .collect(),
            refused,
            jurisdictions,
            strict: hours.strict,
            holidays: holidays
                .all
                .into_iter()
                .map(|located| located.row)
                .collect(),
            announced: [hours.announced, holidays.announced].concat(),
            reviews: [hours.reviews, holidays.reviews].concat(),
        })
    }

    /// A fingerprint of the files, 16 hexadecimal digits, which changes with their content.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The location of the numbers with an area code.
    #[must_use]
    pub fn area_code(&self, code: AreaCode) -> Option<&AreaCodeEntry> {
        self.area_codes.get(&code)
    }

    /// Why messages are not sent to an area code for which [`RuleData::area_code`] has no entry.
    #[must_use]
    pub fn refusal(&self, code: AreaCode) -> UnknownLocation {
        self.refused
            .get(&code)
            .copied()
            .unwrap_or(UnknownLocation::UnknownAreaCode)
    }

    /// The rules of a state, province or territory; the strictest rules for an unknown code.
    #[must_use]
    pub fn rules_of(&self, jurisdiction: Jurisdiction) -> &JurisdictionRules {
        self.jurisdictions
            .get(&jurisdiction)
            .unwrap_or(&self.strict)
    }

    /// All states, provinces and territories with their rules, in the order of their codes.
    pub fn jurisdictions(&self) -> impl Iterator<Item = &JurisdictionRules> {
        self.jurisdictions.values()
    }

    /// The holidays of all states, in the order of the file.
    pub fn holidays(&self) -> impl Iterator<Item = &StateHoliday> {
        self.holidays.iter()
    }

    /// What is announced or pending: first the hours, then the holidays.
    pub fn announced(&self) -> impl Iterator<Item = &Announced> {
        self.announced.iter()
    }

    /// The state or province of a postal code in any usual spelling; `None` where it is malformed or
    /// unassigned.
    pub(super) fn postal_code(&self, text: &str) -> Option<PostalPlace> {
        self.postal_codes.find(text)
    }

    /// A postal code as its post office writes it: `01234`, `33101-1234`, `K1A 0B1`. `None` where the
    /// text is not surely one code that is in use.
    #[must_use]
    pub fn written_postal_code(&self, text: &str) -> Option<String> {
        self.postal_codes.written(text)
    }

    /// Whether both find the same in every text: what was found by one holds for the other.
    #[must_use]
    pub fn reads_texts_as(&self, other: &Self) -> bool {
        self.shorteners == other.shorteners
    }

    /// The number of known public URL shorteners.
    pub(crate) fn shorteners(&self) -> usize {
        self.shorteners.len()
    }

    /// The public URL shortener that a host is, or is a subdomain of.
    pub(crate) fn shortener(&self, host: &str) -> Option<&str> {
        self.shorteners.find(host)
    }

    /// The places that a name of a state, province or territory may mean; only its letters and
    /// digits are compared.
    pub(super) fn places_named(&self, letters: &str) -> Option<&[Jurisdiction]> {
        self.place_names.find(letters)
    }
}

/// The places of the area codes, each with its country and all zones of its codes.
type Territories = BTreeMap<Jurisdiction, Territory>;

#[cfg(test)]
mod tests;
