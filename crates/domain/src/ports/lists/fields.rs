//! What a resource may be filtered, ordered and searched by, as data.

use super::ListOrder;

/// A resource that is listed.
#[derive(Debug)]
pub struct Listing {
    /// Names the resource; tokens are bound to it.
    pub name: &'static str,
    /// Everything that may be filtered, ordered or searched by.
    pub fields: &'static [ListField],
    /// The order when none is asked for.
    pub order: ListOrder,
    /// The field of time that a filter without an index must be limited by. `None` = the resource is small, or
    /// what is listed is one person's.
    pub time: Option<&'static str>,
}

impl Listing {
    /// The field of a name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static ListField> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The names of the fields that may be used in a way.
    #[must_use]
    pub fn names(&self, is_usable: impl Fn(&ListField) -> bool) -> Vec<&'static str> {
        let usable = self.fields.iter().filter(|field| is_usable(field));
        usable.map(|field| field.name).collect()
    }
}

/// A field of a resource, by its name on the wire.
#[derive(Debug, Clone, Copy)]
pub struct ListField {
    /// The name of the property.
    pub name: &'static str,
    /// What it is compared with.
    pub kind: FieldKind,
    /// Whether it may have to equal a value, and what that costs.
    pub filter: Option<Reach>,
    /// Whether it may have to lie in a range.
    pub has_ranges: bool,
    /// Whether the list may be ordered by it.
    pub is_sortable: bool,
    /// Whether a text may be searched for in it.
    pub is_searchable: bool,
}

/// What a field is compared with.
#[derive(Debug, Clone, Copy)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// One of the names of an enum.
    OneOf(fn() -> Vec<&'static str>),
    /// An id: a UUID.
    Id,
    /// A phone number, compared in E.164.
    Phone,
    /// An instant.
    Instant,
    /// A whole number.
    Number,
    /// True or false.
    Flag,
}

/// How rows that a filter lets pass are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// By an index: no other row is read.
    Index,
    /// Among rows that are read in the list's order.
    Scan,
}

impl ListField {
    /// A field that nothing may be done with yet.
    #[must_use]
    pub const fn new(name: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            kind,
            filter: None,
            has_ranges: false,
            is_sortable: false,
            is_searchable: false,
        }
    }

    /// It may have to equal a value.
    #[must_use]
    pub const fn filtered(mut self, reach: Reach) -> Self {
        self.filter = Some(reach);
        self
    }

    /// It may have to lie in a range. An index MUST serve it.
    #[must_use]
    pub const fn ranged(mut self) -> Self {
        self.has_ranges = true;
        self
    }

    /// The list may be ordered by it. An index MUST serve it.
    #[must_use]
    pub const fn sorted(mut self) -> Self {
        self.is_sortable = true;
        self
    }

    /// A text may be searched for in it.
    #[must_use]
    pub const fn searched(mut self) -> Self {
        self.is_searchable = true;
        self
    }
}
