//! What commands print: results to standard output, complaints to standard error.

use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::Failure;

/// Standard output.
pub(super) struct Output(());

fn unwritable(error: &io::Error) -> Failure {
    Failure::failed(format!("cannot write to standard output: {error}"))
}

impl Output {
    pub(super) fn standard() -> Self {
        Self(())
    }

    /// Writes the bytes and sees them through: a reader at the other end of a pipe waits for them.
    pub(super) fn raw(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(bytes)
            .and_then(|()| stdout.flush())
            .map_err(|error| unwritable(&error))
    }

    pub(super) fn line(&self, text: &str) -> Result<(), Failure> {
        self.raw(format!("{text}\n").as_bytes())
    }

    pub(super) fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_vec_pretty(value)
            .map_err(|error| Failure::failed(format!("cannot write JSON: {error}")))?;
        text.push(b'\n');
        self.raw(&text)
    }

    /// Columns under their titles, as wide as their widest cell.
    pub(super) fn table<const N: usize>(
        &self,
        titles: [&str; N],
        rows: &[[String; N]],
    ) -> Result<(), Failure> {
        self.raw(table(titles, rows).as_bytes())
    }
}

fn table<const N: usize>(titles: [&str; N], rows: &[[String; N]]) -> String {
    let titles = titles.map(str::to_owned);
    let all = || std::iter::once(&titles).chain(rows);
    // Counted in columns of a terminal: a Chinese character takes two.
    let widths: [usize; N] =
        std::array::from_fn(|column| all().map(|row| row[column].width()).max().unwrap_or(0));
    let mut text = String::new();
    for row in all() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Says on standard error why the command failed. If even that cannot be written, the exit code is
/// all that is left.
pub(super) fn complain(failure: &Failure) {
    let _ = writeln!(io::stderr().lock(), "gradebook: {failure}");
}

/// Writes lines to standard error, for lists that come before the complaint.
pub(super) fn list_errors(lines: impl Iterator<Item = String>) {
    let mut stderr = io::stderr().lock();
    for line in lines {
        let _ = writeln!(stderr, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_for_chinese_too() {
        let rows = [
            ["li.ming".to_owned(), "李明".to_owned(), "yes".to_owned()],
            ["w".to_owned(), "W. Chen".to_owned(), String::new()],
        ];
        assert_eq!(
            table(["username", "name", "enabled"], &rows),
            "username  name     enabled\nli.ming   李明     yes\nw         W. Chen\n"
        );
    }
}
