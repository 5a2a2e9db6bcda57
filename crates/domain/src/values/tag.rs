//! Tags, by which an organization sorts its leads. A tag is its name: nothing else is stored about it.

use serde::{Deserialize, Serialize};

/// A tag. Two spellings that differ in case and spaces alone are the same tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeadTag(String);

impl LeadTag {
    /// The most characters of a tag.
    pub const LONGEST: usize = 64;

    /// The most tags of one thing.
    pub const MOST: usize = 50;

    /// A tag from its name, without spaces around it; `None` where it is empty, too long, or has
    /// control characters.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        let is_fine = (1..=Self::LONGEST).contains(&name.chars().count());
        (is_fine && !name.chars().any(char::is_control)).then(|| Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in lower case, with single spaces: equal for equal tags.
    #[must_use]
    pub fn normalized(&self) -> String {
        let words: Vec<_> = self.0.split_whitespace().map(str::to_lowercase).collect();
        words.join(" ")
    }

    /// Adds the tags that are not among these yet, up to [`LeadTag::MOST`] in all.
    pub fn add(tags: &mut Vec<Self>, more: &[Self]) {
        for tag in more {
            let is_new =
                |tags: &[Self]| tags.iter().all(|one| one.normalized() != tag.normalized());
            if tags.len() < Self::MOST && is_new(tags) {
                tags.push(tag.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(name: &str) -> LeadTag {
        LeadTag::parse(name).unwrap()
    }

    #[test]
    fn a_tag_has_a_name_that_people_can_read() {
        assert_eq!(LeadTag::parse("  New Lead ").unwrap().as_str(), "New Lead");
        for bad in ["", "  ", "a\u{0}b", &"x".repeat(65)] {
            assert_eq!(LeadTag::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn spellings_of_one_tag_are_kept_once() {
        let mut tags = vec![tag("New Lead")];
        LeadTag::add(
            &mut tags,
            &[tag("new  lead"), tag("Website"), tag("website")],
        );
        assert_eq!(tags, [tag("New Lead"), tag("Website")]);
        let many: Vec<_> = (0..60).map(|n| tag(&format!("t{n}"))).collect();
        LeadTag::add(&mut tags, &many);
        assert_eq!(tags.len(), LeadTag::MOST);
    }
}
