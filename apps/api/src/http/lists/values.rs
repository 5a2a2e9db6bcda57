//! Values that a field is compared with: JSON in, a value of the field's kind out.

use std::borrow::Cow;

use serde_json::Value;
use sms_domain::ports::{FieldKind, ListValue};

use crate::http::payload::parse;

/// Characters of a text that a field is compared with.
const LONGEST: usize = 500;

type Read = Result<ListValue, Cow<'static, str>>;

/// Reads a value; what is wrong is said in words that follow the field's name.
pub(super) fn read(kind: FieldKind, value: &Value) -> Read {
    let raw = value.to_string();
    match kind {
        FieldKind::Text => text(&raw),
        FieldKind::OneOf(names) => one_of(&names(), &raw),
        FieldKind::Id => parse::id(&raw).map(ListValue::Id),
        FieldKind::Phone => {
            parse::phone(&raw).map(|phone| ListValue::Text(phone.as_str().to_owned()))
        }
        FieldKind::Instant => parse::instant(&raw).map(ListValue::Instant),
        FieldKind::Number => parse::whole(&raw).map(ListValue::Number),
        FieldKind::Flag => parse::boolean(&raw).map(ListValue::Flag),
    }
}

/// A text that the store can hold.
pub(super) fn text(raw: &str) -> Read {
    let text = parse::string(raw)?;
    if text.chars().count() > LONGEST {
        return Err(format!("must have at most {LONGEST} characters").into());
    }
    if text.contains('\0') {
        return Err("must not hold the character NUL".into());
    }
    Ok(ListValue::Text(text))
}

fn one_of(names: &[&'static str], raw: &str) -> Read {
    let text = parse::string(raw)?;
    let known = names.iter().find(|name| **name == text);
    let known = known.ok_or_else(|| format!("must be one of {}", names.join(", ")))?;
    Ok(ListValue::Text((*known).to_owned()))
}
