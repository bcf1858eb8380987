//! The rows of a file that were left out: kept with the import, so that they can be corrected and imported
//! again.

use std::collections::HashMap;

use gradebook_auth::Actor;
use gradebook_domain::ImportId;
use gradebook_persistence::repo::imports;
use serde::{Deserialize, Serialize};

use super::error::{ImportError, RowError};
use super::file;
use super::header;
use super::order::ImportOrder;
use super::outcome::{ImportOutcome, Outcome};
use super::room::Waits;
use super::table::Table;
use crate::App;

/// Rows that are kept; of the others it is only said how many they are.
const MOST_ROWS: usize = 1_000;
/// Bytes of text that are kept of them.
const MOST_BYTES: usize = 1 << 20;

/// The rows of an import that were left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOut {
    /// The titles of the file's columns.
    pub titles: Vec<String>,
    /// The rows in the order of the file, the first thousand.
    pub rows: Vec<LeftOutRow>,
    /// How many rows were left out altogether.
    pub total: usize,
    /// Whether the file was for one course, which makes no accounts.
    #[serde(skip)]
    pub of_course: bool,
}

/// A row that was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOutRow {
    /// Line of the file on which it begins, from 1.
    pub line: u64,
    /// Student number or username, where the row could be read so far.
    pub number: String,
    /// Name as the file has it.
    pub name: String,
    /// What stands in its cells.
    pub fields: Vec<String>,
    /// What is wrong with it.
    pub errors: Vec<LeftOutError>,
}

/// What is wrong with a row that was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOutError {
    /// The column as its header names it.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Why, as a stable name.
    pub code: String,
    /// Why, in words.
    pub detail: String,
    /// Other lines about the same.
    pub other_lines: Vec<u64>,
}

impl From<&RowError> for LeftOutError {
    fn from(error: &RowError) -> Self {
        Self {
            column: error.column.clone(),
            value: error.value.clone(),
            code: error.code.to_owned(),
            detail: error.detail.clone(),
            other_lines: error.other_lines.clone(),
        }
    }
}

impl LeftOutRow {
    fn bytes(&self) -> usize {
        let fields = self.fields.iter().map(String::len).sum::<usize>();
        let of_error = |error: &LeftOutError| {
            error.column.len() + error.value.len() + error.code.len() + error.detail.len()
        };
        let errors = self.errors.iter().map(of_error).sum::<usize>();
        self.number.len() + self.name.len() + fields + errors
    }
}

/// The rows that a plan leaves out, with what stands in them; nothing where it leaves out none.
fn of_plan(table: &Table, outcome: &ImportOutcome) -> Option<LeftOut> {
    if outcome.counts.rejected == 0 {
        return None;
    }
    let mut records = table.records.iter();
    let titles = records.next().map(header::titles).unwrap_or_default();
    let by_line: HashMap<u64, _> = records.map(|record| (record.line, record)).collect();
    let rejected = outcome.rows.iter();
    let rejected = rejected.filter(|row| row.outcome == Outcome::Rejected);
    let mut bytes = titles.iter().map(String::len).sum::<usize>();
    let rows = rejected.take(MOST_ROWS).map(|row| LeftOutRow {
        line: row.line,
        number: row.number.clone(),
        name: row.name.clone(),
        fields: by_line
            .get(&row.line)
            .map(|record| record.fields.iter().map(str::to_owned).collect())
            .unwrap_or_default(),
        errors: row.errors.iter().map(LeftOutError::from).collect(),
    });
    let rows = rows.take_while(|row| {
        bytes += row.bytes();
        bytes <= MOST_BYTES
    });
    Some(LeftOut {
        rows: rows.collect(),
        titles,
        total: outcome.counts.rejected,
        of_course: false,
    })
}

impl LeftOut {
    /// As it is stored with the import that left these rows out.
    pub(super) fn json(&self, outcome: &ImportOutcome) -> Option<String> {
        let kept = Self {
            total: outcome.counts.rejected,
            of_course: self.of_course,
            titles: self.titles.clone(),
            rows: self
                .rows
                .iter()
                .filter(|row| outcome.is_rejected(row.line))
                .cloned()
                .collect(),
        };
        serde_json::to_string(&kept).ok()
    }
}

impl App {
    /// The rows that a plan leaves out. What stands in them is read once more.
    pub(super) async fn left_out_by(
        &self,
        actor: &Actor,
        (file, order, who): (&[u8], &ImportOrder, Waits),
        plan: &ImportOutcome,
    ) -> Result<Option<LeftOut>, ImportError> {
        if plan.counts.rejected == 0 {
            return Ok(None);
        }
        let place = self.room.to_parse(actor, who).await?;
        let table = file::read(file, order.file_name(), place).await?;
        Ok(of_plan(&table, plan))
    }

    /// The rows that an import left out; `None` where there were none, or they are forgotten.
    ///
    /// # Errors
    /// [`ImportError::NotFound`] for one that the actor may not know of.
    pub async fn left_out_of_import(
        &self,
        actor: &Actor,
        id: ImportId,
    ) -> Result<Option<LeftOut>, ImportError> {
        let (import, grant) = self.found_import(actor, id).await?;
        let stored = imports::left_out(&self.db, &grant, id).await?;
        let left_out: Option<LeftOut> = stored.and_then(|json| serde_json::from_str(&json).ok());
        Ok(left_out.map(|rows| LeftOut {
            of_course: import.stored.course.is_some(),
            ..rows
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::ImportReport;
    use super::super::error::Errors;
    use super::super::outcome::Rows;
    use super::super::table;
    use super::*;

    fn kept(rows: u64, cell: &str) -> LeftOut {
        let text = (2..2 + rows).fold("学号,语文\n".to_owned(), |text, line| {
            text + &format!("{line},{cell}\n")
        });
        let table = table::delimited(&text).unwrap();
        let mut errors = Errors::default();
        for line in 2..2 + rows {
            errors.add((line, "语文"), "x", "not_a_number", "not a number");
        }
        let outcome = Rows::default().outcome(ImportReport::default(), String::new(), errors);
        of_plan(&table, &outcome).unwrap()
    }

    #[test]
    fn rows_are_kept_as_they_were_and_only_so_many() {
        let few = kept(3, "x");
        assert_eq!(few.titles, ["学号", "语文"]);
        assert_eq!(few.rows[2].fields, ["4", "x"]);
        assert_eq!((few.rows[2].line, few.total), (4, 3));
        let many = kept(1_500, "x");
        assert_eq!((many.rows.len(), many.total), (MOST_ROWS, 1_500));
        let long = kept(40, &"x".repeat(MOST_BYTES / 16));
        assert_eq!((long.rows.len(), long.total), (15, 40));
    }
}
