//! Files that are sent to the server, with the fields beside them (`multipart/form-data`).

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::StatusCode;
use futures_util::TryStreamExt;
use gradebook_app::App;
use gradebook_app::imports::{FileRoom, LARGEST_FILE, NoRoom};
use gradebook_auth::Actor;

use crate::error_answers::of_payload;
use crate::problem::{FieldError, Problem};

/// The longest value of a field that is no file.
const LONGEST_VALUE: usize = 4 * 1024;
/// Fields of one form.
const MOST_FIELDS: usize = 20;

/// What was sent.
pub(crate) struct Upload {
    /// The file's name as its owner's machine has it; empty when none was sent.
    pub(crate) file_name: String,
    /// The file.
    pub(crate) file: Vec<u8>,
    fields: Vec<(String, String)>,
    /// Its place among the files that are in memory.
    _room: FileRoom,
}

impl Upload {
    /// Reads the body to its end, or until it is too large; nothing of it where there is no room.
    pub(crate) async fn receive(
        app: &App,
        actor: &Actor,
        mut body: Multipart,
    ) -> Result<Self, Problem> {
        let mut upload = Self {
            _room: app.room_for_file(actor).map_err(|error| no_room(&error))?,
            file_name: String::new(),
            file: Vec::new(),
            fields: Vec::new(),
        };
        let mut has_file = false;
        while let Some(field) = body.try_next().await.map_err(problem)? {
            let about = field.content_disposition();
            let name = about.and_then(|about| about.get_name());
            let name = name.ok_or_else(malformed)?.to_owned();
            let file_name = about.and_then(|about| about.get_filename());
            if name == "file" {
                if has_file {
                    return Err(invalid("file", "send one file"));
                }
                has_file = true;
                upload.file_name = file_name.unwrap_or_default().chars().take(255).collect();
                upload.file = bytes(field, LARGEST_FILE).await?;
                continue;
            }
            if upload.fields.len() >= MOST_FIELDS || upload.fields.iter().any(|one| one.0 == name) {
                return Err(invalid(&name, "a field is sent once"));
            }
            let value = bytes(field, LONGEST_VALUE).await?;
            let value = String::from_utf8(value).map_err(|_| invalid(&name, "not UTF-8"))?;
            upload.fields.push((name, value));
        }
        Ok(upload)
    }

    /// Refuses fields that nobody asked for, and a missing file.
    pub(crate) fn expect(&self, fields: &[&str]) -> Result<(), Problem> {
        let stray = self.fields.iter().map(|(name, _)| name.as_str());
        for name in stray {
            if !fields.contains(&name) {
                return Err(invalid(name, "there is no such field"));
            }
        }
        if self.file.is_empty() {
            return Err(invalid("file", "choose a file that is not empty"));
        }
        Ok(())
    }

    /// A field without the spaces around it; nothing where it is absent or empty.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        let value = found.map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// A field that is a number.
    pub(crate) fn id(&self, name: &str) -> Result<Option<i64>, Problem> {
        let number = self.field(name).map(str::parse).transpose();
        number.map_err(|_| invalid(name, "this is an id, a whole number"))
    }

    /// A field that says yes or no; a ticked box says `on`.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.field(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "on" | "1") => Ok(true),
            Some(_) => Err(invalid(name, "this is true or false")),
        }
    }
}

/// Too many files at once.
pub(crate) fn no_room(error: &NoRoom) -> Problem {
    Problem::unavailable("busy", &error.to_string(), NoRoom::RETRY_AFTER_S)
}

/// A field that cannot be used.
pub(crate) fn invalid(pointer: &str, detail: &str) -> Problem {
    Problem::invalid(vec![FieldError {
        pointer: pointer.chars().take(60).collect(),
        code: "invalid_field",
        detail: detail.to_owned(),
    }])
}

async fn bytes(mut field: Field, most: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.try_next().await.map_err(problem)? {
        if bytes.len() + chunk.len() > most {
            let detail = format!("A file has at most {} MiB.", LARGEST_FILE >> 20);
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                detail,
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn malformed() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed_form",
        "The body is not the form that this address takes.",
    )
}

fn problem(error: MultipartError) -> Problem {
    match error {
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible
        | MultipartError::BoundaryMissing => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "This address takes a form with a file (multipart/form-data).",
        ),
        MultipartError::Payload(cause) => of_payload(&cause),
        _ => malformed(),
    }
}
