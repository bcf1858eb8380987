//! `gradebook export`.

use std::fs::OpenOptions;
use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use gradebook_app::{App, ReadError};
use gradebook_auth::Actor;
use gradebook_domain::{ClassId, CourseId, ExamId};

use super::Failure;
use super::args::{ExportCommand, FileArgs};
use super::open::{Migrate, open_app};
use super::output::Output;
use crate::config::Config;
use crate::exports::{Book, Format, class_list, gradebook, sheet, write};
use crate::i18n::{Locale, T};

pub(super) async fn run(
    config: &Config,
    command: ExportCommand,
    output: &Output,
) -> Result<(), Failure> {
    let (app, db) = open_app(config, Migrate::FileOnly).await?;
    let done = export(&app, &command, output).await;
    db.close().await;
    done
}

async fn export(app: &App, command: &ExportCommand, output: &Output) -> Result<(), Failure> {
    let operator = &Actor::operator();
    let (book, file) = match command {
        ExportCommand::Gradebook { course, file } => {
            let view = app.gradebook(operator, CourseId(*course)).await;
            let view = view.map_err(|error| {
                missing(
                    error,
                    &format!("there is no course {course}; `gradebook course list` lists all"),
                )
            })?;
            (gradebook::book(words(file), &view), file)
        }
        ExportCommand::Sheet { exam, class, file } => {
            let view = app
                .exam_sheet(operator, ExamId(*exam), ClassId(*class))
                .await;
            let view = view.map_err(|error| {
                let what = format!(
                    "class {class} has no sheet of exam {exam}; the address of its page has both ids, \
                     /exams/EXAM_ID/classes/CLASS_ID"
                );
                missing(error, &what)
            })?;
            (sheet::book(words(file), &view), file)
        }
        ExportCommand::Class { class, file } => {
            let view = app.class_list(operator, ClassId(*class)).await;
            let view = view.map_err(|error| {
                missing(
                    error,
                    &format!("there is no class {class}; `gradebook user slips` lists all"),
                )
            })?;
            (class_list::book(words(file), &view), file)
        }
        ExportCommand::Oneroster { output: file } => {
            let bytes = app.export_oneroster(operator).await?;
            return put(&bytes, file.as_deref(), true, output);
        }
    };
    deliver(app, &book, file, output)
}

fn words(file: &FileArgs) -> T {
    T(Locale::from_tag(&file.lang).unwrap_or(Locale::ZhCn))
}

fn missing(error: ReadError, what: &str) -> Failure {
    match error {
        ReadError::NotFound => Failure::failed(what),
        other => other.into(),
    }
}

fn deliver(app: &App, book: &Book, file: &FileArgs, output: &Output) -> Result<(), Failure> {
    let format = if file.xlsx { Format::Xlsx } else { Format::Csv };
    let bytes =
        write(book, format, app.now_s()).map_err(|error| Failure::failed(error.to_string()))?;
    put(
        &bytes,
        file.output.as_deref(),
        format == Format::Xlsx,
        output,
    )
}

/// Writes to the file, which only its owner may read when it is new, or to standard output.
pub(super) fn put(
    bytes: &[u8],
    file: Option<&Path>,
    binary: bool,
    output: &Output,
) -> Result<(), Failure> {
    let Some(path) = file else {
        if binary && std::io::stdout().is_terminal() {
            return Err(Failure::Usage(
                "this file is not for a terminal; name one with -o FILE".to_owned(),
            ));
        }
        return output.raw(bytes);
    };
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        Failure::failed(format!(
            "cannot write {}: {error}; name a file in a folder that is there and can be written",
            path.display()
        ))
    })
}
