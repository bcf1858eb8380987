//! How a roster is to be imported.

use jiff::civil::Date;

use super::super::error::ImportError;
use super::super::order;

/// How to import a file of pupils and their classes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportRoster {
    /// The file's name, for what its ending tells.
    pub file_name: String,
    /// School year of rows that name none, e.g. `2026-2027`.
    pub school_year: Option<String>,
    /// Grade level of rows that name none.
    pub grade_level: Option<String>,
    /// Class of rows that name none.
    pub class: Option<String>,
    /// From which day those whose rows name none belong to their class, ISO 8601; today, or the first
    /// day of the year's first term if that is still to come, if not stated.
    pub first_day: Option<String>,
    /// Create classes that the school does not have. Otherwise each of their rows is an error.
    pub create_missing: bool,
    /// Rows only add a class, as of an elective group: nobody leaves another one.
    pub keep_other_classes: bool,
}

impl ImportRoster {
    /// The order with clean texts.
    pub(in crate::imports) fn checked(&self) -> Result<Self, ImportError> {
        let text = |given: &Option<String>, longest, code, what: &str| {
            order::text(given.as_deref().unwrap_or_default(), longest, (code, what))
        };
        let first_day = text(&self.first_day, 32, "invalid_first_day", "the first day")?;
        let first_day = first_day.map(|typed| {
            day(&typed).ok_or_else(|| {
                let detail = "the first day is a date like 2026-09-01";
                order::refused("invalid_first_day", detail)
            })
        });
        Ok(Self {
            file_name: self.file_name.clone(),
            school_year: text(
                &self.school_year,
                32,
                "invalid_school_year",
                "a school year",
            )?,
            grade_level: text(&self.grade_level, 64, "invalid_class", "a grade level")?,
            class: text(&self.class, 64, "invalid_class", "the name of a class")?,
            first_day: first_day.transpose()?,
            create_missing: self.create_missing,
            keep_other_classes: self.keep_other_classes,
        })
    }
}

/// A day as it is stored, of what spreadsheet programs write for it.
pub(super) fn day(typed: &str) -> Option<String> {
    let digits: String = typed
        .trim()
        .trim_end_matches('日')
        .chars()
        .map(|sign| match sign {
            '/' | '.' | '年' | '月' => '-',
            other => other,
        })
        .collect();
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let part = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() <= 2);
    let date = Date::new(year.parse().ok()?, part(month)?, part(day)?).ok()?;
    Some(date.to_string())
}

/// The day before.
pub(super) fn day_before(day: &str) -> Option<String> {
    let date: Date = day.parse().ok()?;
    Some(date.yesterday().ok()?.to_string())
}
