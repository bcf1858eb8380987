//! Columns of a file that whoever imports it leaves out.

use std::collections::HashSet;

use super::error::{ImportError, LONGEST_TITLE, RowError};
use super::header::title_key;

/// Columns of one file that can be left out by name.
const MOST: usize = 100;

/// The titles of columns that are left out.
#[derive(Debug, Default)]
pub(super) struct IgnoredColumns(HashSet<String>);

/// A title as it is kept: without control characters, and no longer than errors name it.
fn kept(title: &str) -> String {
    let signs = title.chars().filter(|sign| !sign.is_control());
    signs.take(LONGEST_TITLE).collect()
}

/// The form by which they are compared.
fn key(title: &str) -> String {
    title_key(&kept(title))
}

impl IgnoredColumns {
    pub(super) fn of(titles: &[String]) -> Self {
        Self(titles.iter().map(|title| key(title)).collect())
    }

    pub(super) fn has(&self, title: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&key(title))
    }
}

/// The titles, each once, as an order keeps them.
///
/// # Errors
/// [`ImportError::Order`] for more than a table should have.
pub(super) fn checked(titles: &[String]) -> Result<Vec<String>, ImportError> {
    let mut seen = HashSet::new();
    let titles = titles.iter().map(|title| title.trim());
    let titles: Vec<String> = titles
        .filter(|title| !title.is_empty() && seen.insert(key(title)))
        .map(kept)
        .collect();
    if titles.len() > MOST {
        return Err(ImportError::Order {
            code: "too_many_ignored",
            detail: format!(
                "at most {MOST} columns can be left out by name; take the others out of the file"
            ),
        });
    }
    Ok(titles)
}

impl RowError {
    /// Whether it says that nothing is known for a whole column, which may then be left out.
    #[must_use]
    pub fn is_of_unknown_column(&self) -> bool {
        let unknown = [
            "unknown_subject",
            "unknown_assessment",
            "ambiguous_assessment",
        ];
        self.value.is_empty() && !self.column.is_empty() && unknown.contains(&self.code)
    }

    /// The titles of columns for which nothing is known, and which can be left out, of the errors for which
    /// a file is refused.
    #[must_use]
    pub fn unknown_columns(errors: &[Self]) -> Vec<&str> {
        // The header comes first.
        let line = errors.first().map(|error| error.line);
        let of_header = errors.iter().filter(|error| Some(error.line) == line);
        of_header
            .filter(|error| error.is_of_unknown_column())
            .map(|error| error.column.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_left_out_however_it_is_spelled() {
        let titles = [" 备 注 ", "", "备注", "Sign-off"].map(str::to_owned);
        let kept = checked(&titles).unwrap();
        assert_eq!(kept, ["备 注", "Sign-off"]);
        let ignored = IgnoredColumns::of(&kept);
        assert!(ignored.has("备注") && ignored.has("SIGN OFF") && !ignored.has("语文"));
        let long = "很".repeat(200);
        let ignored = IgnoredColumns::of(&checked(std::slice::from_ref(&long)).unwrap());
        assert!(
            ignored.has(&long),
            "an error shows only the beginning of such a title"
        );
        let title = |day: &str| format!("{} (2026-{day}-11)", "很".repeat(128));
        let ignored = IgnoredColumns::of(&checked(&[title("09")]).unwrap());
        assert!(ignored.has(&title("09")) && !ignored.has(&title("10")));
        let ignored = IgnoredColumns::of(&checked(&["备\u{7}注".to_owned()]).unwrap());
        assert!(ignored.has("备\u{7}注") && ignored.has("备注"));
        let many: Vec<String> = (0..=MOST).map(|nth| format!("c{nth}")).collect();
        assert!(matches!(
            checked(&many),
            Err(ImportError::Order {
                code: "too_many_ignored",
                ..
            })
        ));
    }
}
