//! A reader that takes an object, and nothing else, where an object is meant.
//!
//! Derived readers also take a list with the fields in their order, which no client can know of and
//! which would change its meaning with every new field. What they expect they call by the names of
//! Rust's types; this one uses the words of JSON.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected,
    Visitor,
};

/// Reads from `D`, strictly.
pub(super) struct Strict<D>(pub(super) D);

/// What kind of value a method asks for.
const TRUTH: &str = "true or false";
const WHOLE: &str = "a whole number";
const NUMBER: &str = "a number";
const TEXT: &str = "text";
const LIST: &str = "a list";
const OBJECT: &str = "an object";

macro_rules! ask {
    ($($method:ident($($argument:ident: $type:ty),*) as $inner:ident => $what:expr;)+) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$inner($($argument,)* Asked { visitor, what: $what })
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    ask! {
        deserialize_any() as deserialize_any => None;
        deserialize_bool() as deserialize_bool => Some(TRUTH);
        deserialize_i8() as deserialize_i8 => Some(WHOLE);
        deserialize_i16() as deserialize_i16 => Some(WHOLE);
        deserialize_i32() as deserialize_i32 => Some(WHOLE);
        deserialize_i64() as deserialize_i64 => Some(WHOLE);
        deserialize_i128() as deserialize_i128 => Some(WHOLE);
        deserialize_u8() as deserialize_u8 => Some(WHOLE);
        deserialize_u16() as deserialize_u16 => Some(WHOLE);
        deserialize_u32() as deserialize_u32 => Some(WHOLE);
        deserialize_u64() as deserialize_u64 => Some(WHOLE);
        deserialize_u128() as deserialize_u128 => Some(WHOLE);
        deserialize_f32() as deserialize_f32 => Some(NUMBER);
        deserialize_f64() as deserialize_f64 => Some(NUMBER);
        deserialize_char() as deserialize_char => Some(TEXT);
        deserialize_str() as deserialize_str => Some(TEXT);
        deserialize_string() as deserialize_string => Some(TEXT);
        deserialize_bytes() as deserialize_bytes => Some(TEXT);
        deserialize_byte_buf() as deserialize_byte_buf => Some(TEXT);
        deserialize_option() as deserialize_option => None;
        deserialize_unit() as deserialize_unit => None;
        deserialize_unit_struct(name: &'static str) as deserialize_unit_struct => None;
        deserialize_newtype_struct(name: &'static str) as deserialize_newtype_struct => None;
        deserialize_seq() as deserialize_seq => Some(LIST);
        deserialize_tuple(len: usize) as deserialize_tuple => Some(LIST);
        deserialize_map() as deserialize_map => Some(OBJECT);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) as deserialize_enum => None;
        deserialize_identifier() as deserialize_identifier => None;
        deserialize_ignored_any() as deserialize_ignored_any => None;
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let what = Some(LIST);
        self.0
            .deserialize_tuple_struct(name, len, Asked { visitor, what })
    }

    /// As a map: with that, the format offers no list.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let what = Some(OBJECT);
        self.0.deserialize_map(Asked { visitor, what })
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// A visitor that hands out strict readers, and says in JSON's words what is expected.
struct Asked<V> {
    visitor: V,
    what: Option<&'static str>,
}

/// A number that does not fit the visitor is told in the same words.
fn misfit<E: Error>(error: E, what: Option<&'static str>, number: Unexpected<'_>) -> E {
    match what {
        Some(what) => E::invalid_value(number, &what as &dyn Expected),
        None => error,
    }
}

macro_rules! forward {
    ($($method:ident($type:ty))+) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )+};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Asked<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            Some(what) => formatter.write_str(what),
            None => self.visitor.expecting(formatter),
        }
    }

    forward! {
        visit_bool(bool) visit_i128(i128) visit_u128(u128)
        visit_str(&str) visit_borrowed_str(&'de str) visit_string(String)
        visit_bytes(&[u8]) visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        let what = self.what;
        self.visitor
            .visit_i64(value)
            .map_err(|error: E| misfit(error, what, Unexpected::Signed(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        let what = self.what;
        self.visitor
            .visit_u64(value)
            .map_err(|error: E| misfit(error, what, Unexpected::Unsigned(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        let what = self.what;
        self.visitor
            .visit_f64(value)
            .map_err(|error: E| misfit(error, what, Unexpected::Float(value)))
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Strict(reader))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, reader: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Strict(reader))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Strict(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Strict(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(variant)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(Strict(reader))
    }
}
