//! Reading JSON by hand, so that each complaint names the place in the file, what was found and what was expected.

use super::known_names::{complain, nearest};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Why a text is no JSON document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    Syntax(serde_json::Error),
    /// An object has the same key twice.
    #[error("{0}")]
    Repeated(serde_json::Error),
}

/// Reads a document, with or without byte order mark. No object may have the same key twice: one of the values would be lost.
///
/// # Errors
/// A text that is no JSON; a key that stands twice.
pub fn read_document(text: &[u8]) -> Result<Value, DocumentError> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let document = Unique.deserialize(&mut reader).and_then(|document| reader.end().map(|()| document));
    document
        .map_err(|error| if error.is_data() { DocumentError::Repeated(error) } else { DocumentError::Syntax(error) })
}

/// Reads a value of which no object has the same key twice.
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(Self)? {
            array.push(element);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice in one object")));
            }
            let value = entries.next_value_seed(Self)?;
            object.insert(key, value);
        }
        Ok(object.into())
    }
}

/// A value of a JSON document and where it stands (`loci[2].frequencies[0]`).
#[derive(Clone, Debug)]
pub struct JsonNode<'v> {
    value: &'v Value,
    path: String,
}

/// A value that is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at `{path}`: {message}")]
pub struct JsonError {
    /// Where in the document.
    pub path: String,
    /// What was found and expected.
    pub message: String,
}

impl<'v> JsonNode<'v> {
    /// The document itself.
    pub fn root(value: &'v Value) -> Self {
        Self { value, path: String::new() }
    }

    /// A complaint about this value.
    pub fn error(&self, message: impl ToString) -> JsonError {
        let path = if self.path.is_empty() { "the top level".to_owned() } else { self.path.clone() };
        JsonError { path, message: message.to_string() }
    }

    fn expected(&self, expected: &str) -> JsonError {
        self.error(format!("found {}, expected {expected}", describe(self.value)))
    }

    /// The value, whatever it is.
    pub fn value(&self) -> &'v Value {
        self.value
    }

    /// Where it stands in the document.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of a key that may be absent or null.
    ///
    /// # Errors
    /// This is no object.
    pub fn optional(&self, key: &str) -> Result<Option<Self>, JsonError> {
        let object = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        let value = object.get(key).filter(|value| !value.is_null());
        Ok(value.map(|value| Self { value, path: self.path_of(key) }))
    }

    /// The value of a key that must be there.
    ///
    /// # Errors
    /// This is no object, or has no such key.
    pub fn required(&self, key: &str) -> Result<Self, JsonError> {
        let Some(node) = self.optional(key)? else {
            let keys: Vec<&str> = self.value.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
            return Err(self.error(match nearest(key, &keys).filter(|found| *found != key) {
                Some(found) => format!("the key `{key}` is missing (found `{found}`)"),
                None => format!("the key `{key}` is missing"),
            }));
        };
        Ok(node)
    }

    /// Refuses keys that are neither among the known ones nor let be (see [`super::known_names`]).
    ///
    /// # Errors
    /// This is no object, or has a key that nobody knows.
    pub fn check_keys(&self, known: &[&str]) -> Result<(), JsonError> {
        let object = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        match object.keys().find_map(|key| complain("key", key, known)) {
            Some(complaint) => Err(self.error(complaint)),
            None => Ok(()),
        }
    }

    /// The entries of an object, in the order of the file.
    ///
    /// # Errors
    /// This is no object.
    pub fn entries(&self) -> Result<Vec<(&'v str, Self)>, JsonError> {
        let object = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        Ok(object.iter().map(|(key, value)| (key.as_str(), Self { value, path: self.path_of(key) })).collect())
    }

    /// The elements of an array.
    ///
    /// # Errors
    /// This is no array.
    pub fn elements(&self) -> Result<Vec<Self>, JsonError> {
        let array = self.value.as_array().ok_or_else(|| self.expected("an array"))?;
        let element = |(at, value)| Self { value, path: format!("{}[{at}]", self.path) };
        Ok(array.iter().enumerate().map(element).collect())
    }

    /// A text.
    ///
    /// # Errors
    /// This is no text.
    pub fn text(&self) -> Result<&'v str, JsonError> {
        self.value.as_str().ok_or_else(|| self.expected("a text"))
    }

    /// A text, or a number as it is written: an allele label.
    ///
    /// # Errors
    /// This is neither.
    pub fn label(&self) -> Result<String, JsonError> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(self.expected("an allele label")),
        }
    }

    /// A number.
    ///
    /// # Errors
    /// This is no number.
    pub fn number(&self) -> Result<f64, JsonError> {
        self.value.as_f64().ok_or_else(|| self.expected("a number"))
    }

    /// An array of numbers.
    ///
    /// # Errors
    /// This is no array of numbers.
    pub fn numbers(&self) -> Result<Vec<f64>, JsonError> {
        self.elements()?.iter().map(Self::number).collect()
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// What kind of value it is, and its text where that is short.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if text.chars().count() <= 40 => format!("the text \"{text}\""),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
