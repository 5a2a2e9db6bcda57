//! Scalars of the wire: enums by their published names, numbers, identifiers. Each says its schema in the form
//! of the newest contract; [`crate::http::contract`] writes the others.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use sms_domain::compliance::rule::VerdictKind;
use sms_domain::content::Encoding;
use sms_domain::facts::Registration;
use sms_domain::message::{Direction, Status, TrafficType};
use sms_domain::numbers::{Readiness, ReputationEvent};
use sms_domain::values::billing::Money;
use sms_domain::values::reason::Reason;
use sms_domain::values::{Health, SelectionReason};

use crate::http::contract::EXACT_NUMBER;

/// A scalar with a schema of its own.
pub(crate) trait Scalar: Serialize + Send + Sync {
    /// The name in error texts of the framework.
    const NAME: &'static str;

    /// What the document says.
    fn schema() -> MetaSchema;
}

/// An enum of the domain by its wire names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Name<E>(pub(crate) E);

/// The wire names of an enum, in the order of the contract.
pub(crate) trait Names: Serialize + Copy + Send + Sync + 'static {
    /// The names.
    fn names() -> Vec<&'static str>;
}

macro_rules! names {
    ($($name:ty),+ $(,)?) => {$(
        impl Names for $name {
            fn names() -> Vec<&'static str> {
                Self::ALL.iter().map(|value| value.as_str()).collect()
            }
        }
    )+};
}
names!(
    Direction,
    Encoding,
    Health,
    Readiness,
    Registration,
    ReputationEvent,
    Reason,
    SelectionReason,
    Status,
    TrafficType,
    VerdictKind
);

impl<E: Names> Scalar for Name<E> {
    const NAME: &'static str = "enum";

    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: E::names().into_iter().map(Value::from).collect(),
            ..MetaSchema::new("string")
        }
    }
}

/// A whole number that is published with 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Integer(pub(crate) u32);

impl From<u32> for Integer {
    fn from(value: u32) -> Self {
        Self(value)
    }
}

impl Scalar for Integer {
    const NAME: &'static str = "int32";

    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("integer", "int32")
    }
}

/// An amount of US dollars with four decimals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Amount(String);

impl From<Money> for Amount {
    fn from(value: Money) -> Self {
        Self(value.to_string())
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits: &RawValue = serde_json::from_str(&self.0).map_err(S::Error::custom)?;
        serializer.serialize_newtype_struct(EXACT_NUMBER, digits)
    }
}

impl Scalar for Amount {
    const NAME: &'static str = "double";

    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("number", "double")
    }
}

/// A text, a number, or `true` or `false`: what a field of a list is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct ScalarValue(pub(crate) Value);

impl Scalar for ScalarValue {
    const NAME: &'static str = "scalar";

    fn schema() -> MetaSchema {
        MetaSchema::ANY
    }
}

/// Why a lead was archived, by its published number; none is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum ArchiveReason {}

impl Scalar for ArchiveReason {
    const NAME: &'static str = "archive_reason";

    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: (0..=9).map(Value::from).collect(),
            ..MetaSchema::new_with_format("integer", "int32")
        }
    }
}

/// An identifier of the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T: Serialize + Send + Sync> Scalar for Id<T> {
    const NAME: &'static str = "id";

    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "uuid")
    }
}

/// Gives a [`Scalar`] the framework's traits. Nothing is parsed by the framework: requests go
/// through [`crate::http::payload`].
macro_rules! framework_type {
    ($([$($generics:tt)*] $ty:ty;)+) => {$(
        impl<$($generics)*> Type for $ty {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                <Self as Scalar>::NAME.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(<Self as Scalar>::schema()))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl<$($generics)*> ParseFromJSON for $ty {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                Err(ParseError::expected_type(value.unwrap_or_default()))
            }
        }

        impl<$($generics)*> ToJSON for $ty {
            fn to_json(&self) -> Option<Value> {
                serde_json::to_value(self).ok()
            }
        }
    )+};
}

framework_type! {
    [E: Names] Name<E>;
    [T: Serialize + Send + Sync] Id<T>;
    [] Integer;
    [] Amount;
    [] ScalarValue;
    [] ArchiveReason;
    [] crate::http::problem::FieldErrors;
}

impl Scalar for crate::http::problem::FieldErrors {
    const NAME: &'static str = "field_errors";

    fn schema() -> MetaSchema {
        let messages = MetaSchema {
            items: Some(Box::new(String::schema_ref())),
            ..MetaSchema::new("array")
        };
        MetaSchema {
            additional_properties: Some(Box::new(MetaSchemaRef::Inline(Box::new(messages)))),
            ..MetaSchema::new("object")
        }
    }
}
