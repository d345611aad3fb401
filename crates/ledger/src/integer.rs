//! Integers as the canonical form has them: numbers up to 2^53, decimal strings above, because a reader that keeps
//! numbers as doubles would round the rest.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const LARGEST_NUMBER: u64 = 1 << 53;

pub(crate) fn serialize<S: Serializer>(value: &u64, to: S) -> Result<S::Ok, S::Error> {
    Integer(*value).serialize(to)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    Integer::deserialize(from).map(|Integer(value)| value)
}

pub(crate) mod optional {
    use super::{Deserialize, Deserializer, Integer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Option<u64>, to: S) -> Result<S::Ok, S::Error> {
        value.map(Integer).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
        let value = Option::<Integer>::deserialize(from)?;
        Ok(value.map(|Integer(value)| value))
    }
}

struct Integer(u64);

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            small @ ..=LARGEST_NUMBER => to.serialize_u64(small),
            large => to.collect_str(&large),
        }
    }
}

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl de::Visitor<'_> for Reader {
    type Value = Integer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer: a number up to 2^53, a decimal string above")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Integer, E> {
        match value {
            ..=LARGEST_NUMBER => Ok(Integer(value)),
            _ => Err(E::invalid_value(de::Unexpected::Unsigned(value), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Integer, E> {
        // Comparing the text excludes signs and leading zeros: one value, one spelling.
        match text.parse::<u64>() {
            Ok(value) if value > LARGEST_NUMBER && value.to_string() == text => Ok(Integer(value)),
            Ok(_) | Err(_) => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }
}
