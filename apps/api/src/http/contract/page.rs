//! The form of the page of `POST /sms/send`: numbers are JSON strings, and properties that came later are left
//! out. A serializer around another one, so that nothing is built in between.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Serializer as JsonSerializer;

use super::EXACT_NUMBER;

/// Properties of answers that came after the page: the schema, and its properties.
const NEWER: &[(&str, &[&str])] = &[("SmsResponse", &["media", "consoleEntries"])];

/// Whether a property of a schema came after the page.
pub(crate) fn is_newer(schema: &str, property: &str) -> bool {
    let mut newer = NEWER.iter();
    newer.any(|(name, properties)| *name == schema && properties.contains(&property))
}

/// A value as JSON.
pub(super) fn to_vec<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(2048);
    value.serialize(Page(&mut JsonSerializer::new(&mut text)))?;
    Ok(text)
}

/// A serializer that writes the form of the page.
struct Page<S>(S);

/// A value that is written in the form of the page.
struct Written<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Page(serializer))
    }
}

/// The inside of a list, map or object; `name` is that of an object.
struct Inside<S> {
    inner: S,
    name: &'static str,
}

impl<S> Inside<S> {
    const fn of(inner: S) -> Self {
        Self { inner, name: "" }
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty),+ $(,)?) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.0.collect_str(&value)
        }
    )+};
}

macro_rules! others {
    ($($method:ident: $type:ty),+ $(,)?) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.0.$method(value)
        }
    )+};
}

impl<S: Serializer> Serializer for Page<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Inside<S::SerializeSeq>;
    type SerializeTuple = Inside<S::SerializeTuple>;
    type SerializeTupleStruct = Inside<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Inside<S::SerializeTupleVariant>;
    type SerializeMap = Inside<S::SerializeMap>;
    type SerializeStruct = Inside<S::SerializeStruct>;
    type SerializeStructVariant = Inside<S::SerializeStructVariant>;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64,
    }
    others! {
        serialize_bool: bool, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Written(value))
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        if name == EXACT_NUMBER {
            let digits = serde_json::to_string(value).map_err(serde::ser::Error::custom)?;
            return self.0.serialize_str(&digits);
        }
        self.0.serialize_newtype_struct(name, &Written(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        (self.0).serialize_newtype_variant(name, index, variant, &Written(value))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(length).map(Inside::of)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.0.serialize_tuple(length).map(Inside::of)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        (self.0.serialize_tuple_struct(name, length)).map(Inside::of)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        (self.0.serialize_tuple_variant(name, index, variant, length)).map(Inside::of)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(length).map(Inside::of)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        let inner = self.0.serialize_struct(name, length)?;
        Ok(Inside { inner, name })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        (self
            .0
            .serialize_struct_variant(name, index, variant, length))
        .map(Inside::of)
    }
}

macro_rules! sequences {
    ($($of:ident.$method:ident),+ $(,)?) => {$(
        impl<S: $of> $of for Inside<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                self.inner.$method(&Written(value))
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        }
    )+};
}
sequences! {
    SerializeSeq.serialize_element,
    SerializeTuple.serialize_element,
    SerializeTupleStruct.serialize_field,
    SerializeTupleVariant.serialize_field,
}

impl<S: SerializeMap> SerializeMap for Inside<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    /// Keys are texts in JSON whatever they are.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner.serialize_value(&Written(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

impl<S: SerializeStruct> SerializeStruct for Inside<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        if is_newer(self.name, key) {
            return self.inner.skip_field(key);
        }
        self.inner.serialize_field(key, &Written(value))
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        self.inner.skip_field(key)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

impl<S: SerializeStructVariant> SerializeStructVariant for Inside<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.inner.serialize_field(key, &Written(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;
    use serde_json::json;
    use sms_domain::ports::Contract;

    use crate::http::contract::written;

    /// Stands for the answer of the page, with a property that it has and one that came later.
    #[derive(Serialize)]
    struct SmsResponse {
        text: &'static str,
        media: Vec<u8>,
    }

    #[derive(Serialize)]
    enum Kind {
        Unit,
        Newtype(u8),
        Tuple(i8, f64),
        Struct { n: i64 },
    }

    #[derive(Serialize)]
    struct Everything {
        whole: (u64, i32),
        part: Option<f32>,
        nothing: Option<u8>,
        flag: bool,
        texts: BTreeMap<u8, Vec<u16>>,
        kinds: Vec<Kind>,
        answers: Vec<SmsResponse>,
        media: u32,
    }

    fn everything() -> Everything {
        Everything {
            whole: (u64::MAX, -7),
            part: Some(0.5),
            nothing: None,
            flag: true,
            texts: BTreeMap::from([(1, vec![2, 3])]),
            kinds: vec![
                Kind::Unit,
                Kind::Newtype(1),
                Kind::Tuple(-1, 1.5),
                Kind::Struct { n: 4 },
            ],
            answers: vec![SmsResponse {
                text: "Hi",
                media: vec![1],
            }],
            media: 9,
        }
    }

    fn text(contract: Contract) -> String {
        String::from_utf8(written(&everything(), contract).unwrap()).unwrap()
    }

    #[test]
    fn the_page_has_texts_for_numbers_wherever_they_stand_and_nothing_that_came_later() {
        assert_eq!(
            text(Contract::Page),
            r#"{"whole":["18446744073709551615","-7"],"part":"0.5","nothing":null,"flag":true,"#
                .to_owned()
                + r#""texts":{"1":["2","3"]},"kinds":["Unit",{"Newtype":"1"},{"Tuple":["-1","1.5"]},"#
                + r#"{"Struct":{"n":"4"}}],"answers":[{"text":"Hi"}],"media":"9"}"#
        );
    }

    #[test]
    fn the_newest_contract_is_what_is_there() {
        let found: serde_json::Value = serde_json::from_str(&text(Contract::August2026)).unwrap();
        assert_eq!(found, serde_json::to_value(everything()).unwrap());
        assert_eq!(found["answers"][0]["media"], json!([1]));
    }
}
