//! Reading JSON bodies: as strictly as the interface is described, and with answers that name the
//! field, not a type of this program.

mod strict;

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Json;
use actix_web::{Error, FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_path_to_error::{Path, Segment};

use crate::problem::{FieldError, Problem};
use strict::Strict;

/// The body of a request as a `T`. Every body that is JSON is taken with this extractor.
pub(crate) struct JsonBody<T>(T);

impl<T> JsonBody<T> {
    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for JsonBody<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for JsonBody<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // The framework checks media type, size and syntax.
        let text = Json::<Box<RawValue>>::from_request(request, payload);
        Box::pin(async move {
            let text = text.await?;
            Ok(Self(read(text.get())?))
        })
    }
}

/// A JSON body that may be left out, which is the same as `{}`.
pub(crate) struct OptionalJsonBody<T>(T);

impl<T> OptionalJsonBody<T> {
    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJsonBody<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let none = headers
            .get(header::CONTENT_LENGTH)
            .is_none_or(|length| length == "0")
            && !headers.contains_key(header::TRANSFER_ENCODING);
        if none {
            return Box::pin(async { Ok(Self(read("{}")?)) });
        }
        let body = JsonBody::<T>::from_request(request, payload);
        Box::pin(async move { Ok(Self(body.await?.into_inner())) })
    }
}

/// A detail quotes what was sent, but not all of it.
const LONGEST_DETAIL: usize = 300;

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(Strict(&mut reader)).map_err(|error| {
        let mut detail = error.inner().to_string();
        if let Some((end, _)) = detail.char_indices().nth(LONGEST_DETAIL) {
            detail.truncate(end);
            detail.push('…');
        }
        Problem::invalid(vec![FieldError {
            pointer: pointer(error.path()),
            code: "invalid_field",
            detail,
        }])
    })
}

/// The path as a JSON pointer (RFC 6901), as far as it is known.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                key.replace('~', "~0").replace('/', "~1")
            }
            Segment::Unknown => break,
        };
        pointer.push('/');
        pointer.push_str(&part);
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        #[serde(default)]
        inner: Vec<Inner>,
        #[serde(default)]
        maybe: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        id: i64,
        #[serde(default)]
        value: Option<Box<RawValue>>,
        #[serde(default)]
        sure: Option<bool>,
    }

    /// Pointer and detail of the refusal.
    fn refusal(json: &str) -> (String, String) {
        let problem = read::<Outer>(json).map(|_| ()).unwrap_err();
        let body = serde_json::to_value(problem.body(String::new())).unwrap();
        let text = |key: &str| body["errors"][0][key].as_str().unwrap().to_owned();
        (text("pointer"), text("detail"))
    }

    #[test]
    fn objects_are_read_with_every_number_as_it_was_written() {
        let json = r#" {"name":"a","inner":[{"id":7,"value":1e999},{"id":-1,"value":null,"sure":true}],
            "maybe":{"id":3}}"#;
        let read = read::<Outer>(json).unwrap();
        assert_eq!(read.name, "a");
        assert_eq!(read.inner[0].value.as_ref().unwrap().get(), "1e999");
        assert_eq!((read.inner[1].id, read.inner[1].sure), (-1, Some(true)));
        assert_eq!(read.maybe.unwrap().id, 3);
    }

    #[test]
    fn a_list_is_no_object_at_any_depth() {
        for (json, at) in [
            (r#"["a",[]]"#, ""),
            (r#"{"name":"a","inner":[[7]]}"#, "/inner/0"),
            (r#"{"name":"a","maybe":[7]}"#, "/maybe"),
        ] {
            let (pointer, detail) = refusal(json);
            assert_eq!(pointer, at, "{json}");
            assert!(detail.contains("expected an object"), "{json}: {detail}");
        }
    }

    #[test]
    fn a_detail_names_fields_and_no_types_of_the_program() {
        for (json, at, says) in [
            (r#"{"name":5}"#, "/name", "integer `5`, expected text"),
            (r#"{"name":"a","inner":{}}"#, "/inner", "expected a list"),
            (
                r#"{"name":"a","inner":[{"id":"7"}]}"#,
                "/inner/0/id",
                "expected a whole number",
            ),
            (
                r#"{"name":"a","inner":[{"id":1.5}]}"#,
                "/inner/0/id",
                "expected a whole number",
            ),
            (
                r#"{"name":"a","inner":[{"id":18446744073709551615}]}"#,
                "/inner/0/id",
                "expected a whole number",
            ),
            (
                r#"{"name":"a","inner":[{"id":1e400}]}"#,
                "/inner/0/id",
                "out of range",
            ),
            (
                r#"{"name":"a","inner":[{"id":7,"sure":"yes"}]}"#,
                "/inner/0/sure",
                "expected true or false",
            ),
            (
                r#"{"name":"a","inner":[{}]}"#,
                "/inner/0",
                "missing field `id`",
            ),
            (
                r#"{"name":"a","colour":1}"#,
                "/colour",
                "unknown field `colour`",
            ),
            (r#"{"name":"a","name":"b"}"#, "", "duplicate field `name`"),
            ("null", "", "expected an object"),
        ] {
            let (pointer, detail) = refusal(json);
            assert_eq!(pointer, at, "{json}: {detail}");
            assert!(detail.contains(says), "{json}: {detail}");
            for name in ["i64", "struct", "Inner", "Outer", "a string", "sequence,"] {
                assert!(
                    !detail.contains(&format!("expected {name}")),
                    "{json}: {detail}"
                );
            }
        }
    }

    #[test]
    fn a_detail_is_short_whatever_was_sent() {
        let (_, detail) = refusal(&format!(
            r#"{{"name":"a","inner":"{}"}}"#,
            "学".repeat(100_000)
        ));
        assert!(detail.chars().count() <= LONGEST_DETAIL + 1, "{detail}");
    }
}
