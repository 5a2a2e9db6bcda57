//! Warnings about valid parts of a seed that decisions will refuse later, with the reason that the
//! decision will give. Must not know what is stored.

use super::{Seed, SeedFault, SeedNumber};
use crate::facts::{Lead, Registration};
use crate::law::RuleData;
use crate::values::Health;
use crate::values::reason::Reason;

impl Seed {
    /// The warnings about what would be refused later.
    #[must_use]
    pub fn warnings(&self, rules: &RuleData) -> Vec<SeedFault> {
        let numbers = self.numbers.iter().enumerate();
        let numbers = numbers.filter_map(|(index, number)| {
            let (field, problem) = number_warning(number)?;
            Some(warning(format!("numbers[{index}].{field}"), &problem))
        });
        let leads = self.leads.iter().enumerate();
        let leads = leads.filter_map(|(index, lead)| {
            let problem = lead_warning(lead, rules)?;
            Some(warning(format!("leads[{index}].phone"), &problem))
        });
        numbers.chain(leads).collect()
    }
}

/// The obstacle, and the reason of the refusal.
struct Obstacle {
    what: String,
    reason: Reason,
}

fn warning(place: String, obstacle: &Obstacle) -> SeedFault {
    let Obstacle { what, reason } = obstacle;
    SeedFault {
        place,
        problem: format!("{what} ({reason})"),
    }
}

fn number_warning(number: &SeedNumber) -> Option<(&'static str, Obstacle)> {
    let obstacle = |field, what: String, reason| Some((field, Obstacle { what, reason }));
    if !number.is_enabled {
        return None;
    }
    match number.registration {
        Registration::Approved | Registration::NotRequired => {}
        Registration::Pending
        | Registration::Rejected
        | Registration::Missing
        | Registration::Stale => {
            let what = format!(
                "is {}: nothing is sent from the number until it is approved",
                number.registration
            );
            return obstacle("registration", what, Reason::TenDlcNotApproved);
        }
    }
    if !number.is_sms_capable {
        let what = "is false: nothing is sent from the number".to_owned();
        return obstacle("isSmsCapable", what, Reason::NoEligiblePhoneNumber);
    }
    match number.health {
        Health::Suspended | Health::Disabled => {
            let what = format!("is {}: nothing is sent from the number", number.health);
            obstacle("health", what, Reason::NumberHealthBlocked)
        }
        Health::Unknown
        | Health::New
        | Health::Healthy
        | Health::Warmup
        | Health::Limited
        | Health::CoolingDown => None,
    }
}

/// Only area codes of the US and Canada determine a location.
fn lead_warning(lead: &Lead, rules: &RuleData) -> Option<Obstacle> {
    let is_located = (lead.phone.area_code()).is_some_and(|code| rules.area_code(code).is_some());
    (!is_located).then(|| Obstacle {
        what: "is in no area code of the US or Canada that tells a place: nothing is sent there"
            .to_owned(),
        reason: Reason::JurisdictionUnknown,
    })
}
