//! The texts of the data files, under their names.

use sha2::{Digest, Sha256};

use crate::law::data::{area_codes, holidays, place_names, postal_codes, quiet_hours, shorteners};

/// The texts of the data files.
#[derive(Debug, Clone, Copy)]
pub struct RuleFiles<'t> {
    /// Area codes of the US and Canada, with their states and zones.
    pub area_codes: &'t str,
    /// Area codes of the numbering plan to which messages are not sent.
    pub refused_area_codes: &'t str,
    /// Hours, caps and exemptions by state.
    pub quiet_hours: &'t str,
    /// Holidays by state.
    pub holidays: &'t str,
    /// Ranges of postal codes by state.
    pub postal_codes: &'t str,
    /// Names of states, provinces and territories.
    pub place_names: &'t str,
    /// Domains of public URL shorteners. Carriers filter them because any sender's links can be
    /// behind them (CTIA Messaging Principles 5.3.2, which asks for the sender's own domain).
    pub url_shorteners: &'t str,
}

impl RuleFiles<'static> {
    /// The files compiled into the program.
    pub const BUNDLED: Self = Self {
        area_codes: include_str!("../../../data/nanp_area_codes.csv"),
        refused_area_codes: include_str!("../../../data/nanp_refused_area_codes.csv"),
        quiet_hours: include_str!("../../../data/state_quiet_hours.csv"),
        holidays: include_str!("../../../data/state_holidays.csv"),
        postal_codes: include_str!("../../../data/postal_codes.csv"),
        place_names: include_str!("../../../data/place_names.csv"),
        url_shorteners: include_str!("../../../data/url_shorteners.csv"),
    };
}

impl<'t> RuleFiles<'t> {
    /// The files with other texts: `text_of` gets the name and the present text of each.
    #[must_use]
    pub fn map<'u>(
        &self,
        mut text_of: impl FnMut(&'static str, &'t str) -> &'u str,
    ) -> RuleFiles<'u> {
        RuleFiles {
            area_codes: text_of(area_codes::SERVED, self.area_codes),
            refused_area_codes: text_of(area_codes::REFUSED, self.refused_area_codes),
            quiet_hours: text_of(quiet_hours::FILE, self.quiet_hours),
            holidays: text_of(holidays::FILE, self.holidays),
            postal_codes: text_of(postal_codes::FILE, self.postal_codes),
            place_names: text_of(place_names::FILE, self.place_names),
            url_shorteners: text_of(shorteners::FILE, self.url_shorteners),
        }
    }

    /// The name and the text of each file.
    #[must_use]
    pub fn texts(&self) -> Vec<(&'static str, &'t str)> {
        let mut texts = Vec::new();
        let _ = self.map(|name, text| {
            texts.push((name, text));
            text
        });
        texts
    }

    /// A fingerprint of the texts, 16 hexadecimal digits: the first of a SHA-256.
    pub(super) fn version(&self) -> String {
        let mut hash = Sha256::new();
        for (_, text) in self.texts() {
            hash.update(text.as_bytes());
            // The byte occurs in no text, so text that moves between files changes the fingerprint.
            hash.update([0xff]);
        }
        let digits = hash.finalize();
        digits
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
