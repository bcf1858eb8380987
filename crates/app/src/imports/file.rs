//! From the bytes of a file to the rows of a table.

use tokio::sync::OwnedSemaphorePermit;

use super::error::Unreadable;
use super::table::{self, Table};
use super::{text, workbook};

/// The largest file, in bytes.
pub const LARGEST_FILE: usize = 10 << 20;

/// How a zip archive begins, and so every `.xlsx`. No header of a table does.
const ZIP: &[u8] = b"PK";
/// How an old workbook (`.xls`) begins, and one with a password.
const OLE: &[u8] = b"\xD0\xCF\x11\xE0";

/// Reads a file, on a thread where its size holds nobody up.
///
/// # Errors
/// [`Unreadable`].
pub(super) async fn read(
    file: &[u8],
    name: &str,
    place: OwnedSemaphorePermit,
) -> Result<Table, Unreadable> {
    let (file, name) = (file.to_vec(), name.to_owned());
    let work = move || {
        // Whoever hangs up does not stop the work, so the place ends with it.
        let _place = place;
        table(&file, &name)
    };
    tokio::task::spawn_blocking(work)
        .await
        // A reader that gave up on a forged file has told nothing to anybody else.
        .unwrap_or_else(|_| Err(super::archive::broken("it makes no sense")))
}

pub(super) fn table(file: &[u8], name: &str) -> Result<Table, Unreadable> {
    if file.len() > LARGEST_FILE {
        return Err(Unreadable::TooLarge);
    }
    let name = name.to_ascii_lowercase();
    if file.starts_with(OLE) {
        return Err(Unreadable::OldWorkbook);
    }
    if file.starts_with(ZIP) {
        return workbook::read(file);
    }
    if [".xlsx", ".xlsm", ".xls"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        return Err(Unreadable::NotAWorkbook);
    }
    table::delimited(&text::text_of(file)?)
}
