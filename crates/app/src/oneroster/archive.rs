//! The zip around the files of a bundle.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read, Write};

use csv::{Terminator, WriterBuilder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::export::Table;
use super::files::{FILES, IN_MANIFEST};
use super::rows;
use crate::imports::directory::{self, BadDirectory};

/// Entries of an archive, with those that are of no interest.
const MOST_ENTRIES: u16 = 200;
/// Bytes of all files together once they are unpacked.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of one file: it is held in memory while it is read.
const LARGEST_FILE: u64 = 32 * 1024 * 1024;

/// The mark that some programs put before a text in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Why an archive is not looked into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBundle {
    /// Not a zip, or a damaged one.
    #[error("this is not a zip file, or it is damaged; export it again from where it came from")]
    NotAZip,
    /// More entries than any bundle has.
    #[error("the zip has more than {MOST_ENTRIES} entries; a bundle has at most 22")]
    TooManyEntries,
    /// It would fill the memory.
    #[error(
        "a file is larger than {} MiB, or all of them than {} MiB, once they are unpacked; export one \
         school year at a time",
        LARGEST_FILE / 1024 / 1024,
        MOST_BYTES / 1024 / 1024
    )]
    TooLarge,
    /// A row has more fields, or is longer, than any file of a bundle needs.
    #[error("{0} has a row that no table of a school has; export it again")]
    TooWide(String),
    /// A file is there twice.
    #[error("{0} is in the zip twice")]
    Twice(String),
    /// A file is packed in a way that is not read.
    #[error(
        "{0} is encrypted or packed in an unusual way; pack it with the usual method (deflate)"
    )]
    Unreadable(String),
    /// A file is no text.
    #[error("{0} is not UTF-8")]
    NotUtf8(String),
}

/// The bundle of these tables, with its manifest. The same tables make the same bytes.
pub(super) fn write(tables: &[Table]) -> Result<Vec<u8>, std::io::Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The default time is fixed.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("manifest.csv", options)?;
    zip.write_all(&text(&["propertyName", "value"], &manifest())?)?;
    for table in tables {
        zip.start_file(format!("{}.csv", table.file.name), options)?;
        zip.write_all(&text(table.file.header, &table.rows)?)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn manifest() -> Vec<Vec<String>> {
    let line = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
    let mut lines = vec![
        line("manifest.version", "1.0"),
        line("oneroster.version", "1.2"),
    ];
    lines.extend(IN_MANIFEST.iter().map(|name| {
        let written = FILES.iter().any(|file| file.name == *name);
        let how = if written { "bulk" } else { "absent" };
        line(&format!("file.{name}"), how)
    }));
    lines.push(line("source.systemName", "Gradebook"));
    lines.push(line("source.systemCode", "gradebook"));
    lines
}

/// UTF-8 without a mark, lines that end with CR LF. Nothing is made inert here: programs read this.
fn text(header: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, std::io::Error> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// An archive that was looked at from outside.
pub(super) struct Bundle<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Where each file is, by its name in lower case without folders.
    places: HashMap<String, usize>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Bundle<'a> {
    /// Looks at the list of files. Nothing is unpacked yet.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, NoBundle> {
        directory::check(bytes, MOST_ENTRIES).map_err(|bad| match bad {
            BadDirectory::TooManyEntries => NoBundle::TooManyEntries,
            BadDirectory::CutShort | BadDirectory::DoesNotFit => NoBundle::NotAZip,
        })?;
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| NoBundle::NotAZip)?;
        if zip.len() > usize::from(MOST_ENTRIES) {
            return Err(NoBundle::TooManyEntries);
        }
        let mut places = HashMap::new();
        let names: Vec<String> = (0..zip.len())
            .map(|at| zip.name_for_index(at).and_then(Result::ok))
            .map(|name| name.map(Cow::into_owned).unwrap_or_default())
            .collect();
        for (at, path) in names.iter().enumerate() {
            // A Mac adds a shadow of each file.
            let shadow = path.starts_with("__MACOSX/");
            let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
            if shadow || !name.to_ascii_lowercase().ends_with(".csv") {
                continue;
            }
            if places.insert(name.to_ascii_lowercase(), at).is_some() {
                return Err(NoBundle::Twice(name.to_owned()));
            }
        }
        Ok(Self {
            zip,
            places,
            left: MOST_BYTES,
        })
    }

    /// The text of a file; `None` when it is not there.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, NoBundle> {
        let shown = || format!("{name}.csv");
        let Some(at) = self.places.get(&shown().to_ascii_lowercase()) else {
            return Ok(None);
        };
        let entry = self
            .zip
            .by_index(*at)
            .map_err(|_| NoBundle::Unreadable(shown()))?;
        // What the archive states about sizes is believed only as a bound.
        let stated = entry.size();
        if stated > self.left.min(LARGEST_FILE) {
            return Err(NoBundle::TooLarge);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(stated).unwrap_or(0));
        let read = entry.take(stated + 1).read_to_end(&mut bytes);
        let read = read.map_err(|_| NoBundle::Unreadable(shown()))?;
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        if read > stated {
            return Err(NoBundle::Unreadable(shown()));
        }
        self.left -= read;
        if bytes.starts_with(MARK) {
            bytes.drain(..MARK.len());
        }
        let text = String::from_utf8(bytes).map_err(|_| NoBundle::NotUtf8(shown()))?;
        if !rows::have_bounds(&text) {
            return Err(NoBundle::TooWide(shown()));
        }
        Ok(Some(text))
    }
}
