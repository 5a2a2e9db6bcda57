//! Postal codes as their post offices write them.

use super::{Key, Stated, look_alike};

impl Stated {
    /// The code with what is stated beyond its key, from the groups that it was read from.
    pub(super) fn written(&self, groups: &[Vec<u8>]) -> Option<String> {
        let all = groups.concat();
        let last = |count: usize| all.get(all.len().checked_sub(count)?..);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let key = self.key.text();
        Some(match self.key {
            Key::Zip(_) if all.len() < 7 => key,
            Key::Zip(_) => format!("{key}-{}", text(last(4)?)?),
            Key::SortationArea(_) if all.len() == 6 => {
                let [digit, letter, unit] = *last(3)? else {
                    return None;
                };
                let unit = [look_alike(digit), letter, look_alike(unit)];
                format!("{key} {}", text(&unit)?)
            }
            Key::SortationArea(_) => key,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::law::RuleData;

    #[test]
    fn a_code_is_written_as_its_post_office_writes_it() {
        let rules = RuleData::bundled().unwrap();
        for (stated, written) in [
            ("33101", Some("33101")),
            ("2134", Some("02134")),
            ("2134.0", Some("02134")),
            ("33101-1234", Some("33101-1234")),
            ("331011234", Some("33101-1234")),
            ("21341234", Some("02134-1234")),
            ("3310l", Some("33101")),
            ("k1a0b1", Some("K1A 0B1")),
            ("K1A-0B1", Some("K1A 0B1")),
            ("k1a ob1", Some("K1A 0B1")),
            ("k1a", Some("K1A")),
            ("404", None),
            ("FL 33101", None),
            ("00000", None),
            ("", None),
        ] {
            assert_eq!(
                rules.written_postal_code(stated).as_deref(),
                written,
                "{stated}"
            );
        }
    }
}
