//! A number near the lead: people are more likely to reply to a local number.

use super::overlays::overlays_of;
use super::score::best;
use crate::case::Case;
use crate::facts::NumberFacts;
use crate::law::data::AreaCodeEntry;
use crate::law::schedule::Zone;
use crate::law::{Jurisdiction, RuleData};
use crate::numbers::selection::{Field, Pick};
use crate::values::phone::AreaCode;

/// How near a number is, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rung {
    StatedState,
    StatedTimeZone,
    AreaCode,
    Overlay,
    State,
    TimeZone,
}

impl Rung {
    const fn name(self) -> &'static str {
        match self {
            Self::StatedState => "same state as stated",
            Self::StatedTimeZone => "same time zone as stated",
            Self::AreaCode => "same area code",
            Self::Overlay => "overlay of the area code",
            Self::State => "same state",
            Self::TimeZone => "same time zone",
        }
    }
}

/// The location of the lead, for comparison with numbers.
struct Home<'a> {
    rules: &'a RuleData,
    /// The state that the lead stated, unless the area code lies in it: the area code is then more
    /// precise.
    stated: Option<(Jurisdiction, &'a [Zone])>,
    phone: Option<(AreaCode, &'a AreaCodeEntry)>,
    /// The area codes that serve the area of the lead's number.
    overlays: Vec<AreaCode>,
}

/// The best eligible number on the nearest rung that has one.
pub(crate) fn local_area<'a>(field: &Field<'_, 'a>) -> Pick<'a> {
    let home = Home::of(field.case);
    let on_ladder: Vec<(Rung, &NumberFacts)> = field
        .survivors()
        .filter_map(|number| home.rung(number).map(|rung| (rung, number)))
        .collect();
    let Some(nearest) = on_ladder.iter().map(|(rung, _)| *rung).min() else {
        return Pick::Pass;
    };
    let nearest_numbers = on_ladder.iter().filter(|(rung, _)| *rung == nearest);
    best(field.case, nearest_numbers.map(|(_, number)| *number))
        .map_or(Pick::Pass, |(number, _)| {
            Pick::Number(number, Some(nearest.name()))
        })
}

impl<'a> Home<'a> {
    fn of(case: &Case<'a>) -> Self {
        let rules = case.context.rules;
        let code = case.submission.to.area_code();
        let phone = code.and_then(|code| Some((code, rules.area_code(code)?)));
        let stated = (case.stated.only_place())
            .map(|state| (state, &*rules.rules_of(state).zones))
            .filter(|(state, _)| {
                phone.is_none_or(|(_, entry)| !entry.jurisdictions.contains(state))
            });
        Self {
            rules,
            stated,
            phone,
            overlays: code.into_iter().flat_map(overlays_of).collect(),
        }
    }

    fn rung(&self, number: &NumberFacts) -> Option<Rung> {
        let code = number.phone.area_code()?;
        let entry = self.rules.area_code(code)?;
        let stated = self.stated.and_then(|(state, zones)| {
            if entry.jurisdictions.contains(&state) {
                return Some(Rung::StatedState);
            }
            share_any(&entry.zones, zones).then_some(Rung::StatedTimeZone)
        });
        let of_phone = self.phone.and_then(|(home_code, home)| {
            if code == home_code {
                Some(Rung::AreaCode)
            } else if self.overlays.contains(&code) {
                Some(Rung::Overlay)
            } else if share_any(&entry.jurisdictions, &home.jurisdictions) {
                Some(Rung::State)
            } else {
                share_any(&entry.zones, &home.zones).then_some(Rung::TimeZone)
            }
        });
        stated.into_iter().chain(of_phone).min()
    }
}

fn share_any<T: PartialEq>(these: &[T], those: &[T]) -> bool {
    these.iter().any(|one| those.contains(one))
}
