//! Area codes that serve the same area, as data. This module must not know how nearness is ranked.
//!
//! Source: the relief decisions of the North American Numbering Plan Administrator and of the
//! Canadian Numbering Administrator, as of 2026. If a group is missing, nearness falls back to the
//! next rung, the state.

use crate::values::phone::AreaCode;

#[rustfmt::skip]
const OVERLAYS: &[&[u16]] = &[
    // Alabama, Arkansas, Arizona
    &[205, 659], &[256, 938], &[334, 483], &[870, 327], &[480, 602, 623],
    // California
    &[209, 350], &[213, 323, 738], &[310, 424], &[408, 669], &[415, 628], &[510, 341], &[530, 837],
    &[559, 357], &[619, 858], &[714, 657], &[707, 369], &[818, 747], &[760, 442], &[805, 820],
    &[909, 840], &[916, 279],
    // Colorado, Connecticut, District of Columbia
    &[303, 720, 983], &[970, 748], &[203, 475], &[860, 959], &[202, 771],
    // Florida
    &[305, 786, 645], &[407, 689], &[561, 728], &[813, 656], &[850, 448], &[904, 324], &[954, 754],
    // Georgia, Idaho
    &[404, 770, 678, 470, 943], &[706, 762], &[912, 565], &[208, 986],
    // Illinois, Indiana
    &[217, 447], &[309, 861], &[312, 872], &[773, 872], &[618, 730], &[630, 331], &[708, 464],
    &[847, 224], &[815, 779], &[317, 463], &[812, 930],
    // Kentucky, Louisiana, Massachusetts, Maryland
    &[270, 364], &[318, 457], &[617, 857], &[781, 339], &[978, 351], &[508, 774], &[301, 240, 227],
    &[410, 443, 667],
    // Michigan, Minnesota, Mississippi, Missouri
    &[248, 947], &[313, 679], &[507, 924], &[601, 769], &[662, 471], &[314, 557], &[816, 975],
    &[573, 235],
    // North Carolina, Nebraska, New Jersey, Nevada
    &[336, 743], &[704, 980], &[919, 984], &[910, 472], &[402, 531], &[201, 551], &[609, 640],
    &[732, 848], &[862, 973], &[702, 725],
    // New York
    &[212, 646, 332, 917], &[718, 347, 929, 917, 465], &[315, 680], &[516, 363], &[518, 838],
    &[631, 934], &[716, 624], &[845, 329],
    // Ohio, Oklahoma, Oregon
    &[330, 234], &[419, 567], &[440, 436], &[513, 283], &[614, 380], &[740, 220], &[937, 326],
    &[918, 539], &[405, 572], &[503, 971], &[541, 458],
    // Pennsylvania, Puerto Rico, South Carolina, Tennessee
    &[215, 267, 445], &[412, 878], &[724, 878], &[570, 272], &[610, 484, 835], &[717, 223],
    &[814, 582], &[787, 939], &[803, 839], &[843, 854], &[864, 821], &[423, 729], &[615, 629],
    // Texas
    &[210, 726], &[214, 469, 972, 945], &[713, 281, 832, 346, 621], &[512, 737], &[817, 682],
    &[903, 430],
    // Utah, Virginia, Washington, West Virginia, Wisconsin
    &[801, 385], &[540, 826], &[703, 571], &[757, 948], &[804, 686], &[360, 564], &[304, 681],
    &[715, 534], &[920, 274], &[608, 353],
    // Western Canada
    &[403, 587, 825, 368], &[780, 587, 825, 368], &[604, 778, 236, 672, 257],
    &[250, 778, 236, 672, 257], &[306, 639, 474], &[204, 431, 584],
    // Ontario
    &[416, 647, 437, 942, 387], &[905, 289, 365, 742], &[519, 226, 548, 382], &[613, 343, 753],
    &[705, 249, 683],
    // Quebec and the Atlantic provinces
    &[514, 438, 263], &[450, 579, 354], &[418, 581, 367], &[819, 873, 468], &[902, 782],
    &[506, 428], &[709, 879],
];

/// The area codes that serve the area of `code`, including `code`; a code may be in two groups.
pub(super) fn overlays_of(code: AreaCode) -> impl Iterator<Item = AreaCode> {
    let groups = OVERLAYS
        .iter()
        .filter(move |group| group.contains(&code.get()));
    groups
        .flat_map(|group| group.iter())
        .filter_map(|code| AreaCode::new(*code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::RuleData;

    fn code(code: u16) -> AreaCode {
        AreaCode::new(code).unwrap()
    }

    #[test]
    fn all_codes_of_a_group_exist_and_share_a_state() {
        let rules = RuleData::bundled().unwrap();
        for group in OVERLAYS {
            let states = |of: u16| {
                let entry = rules
                    .area_code(code(of))
                    .unwrap_or_else(|| panic!("{of} is unknown"));
                entry.jurisdictions.clone()
            };
            let first = states(group[0]);
            for member in *group {
                let shared = states(*member).iter().any(|state| first.contains(state));
                assert!(shared, "{member} is not in the state of {}", group[0]);
            }
        }
    }

    #[test]
    fn codes_of_one_city_are_overlays_and_codes_of_one_state_are_not() {
        assert!(overlays_of(code(305)).any(|other| other == code(786)));
        assert!(overlays_of(code(305)).all(|other| other != code(407)));
    }
}
