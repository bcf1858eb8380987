//! What an import does, row by row.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use gradebook_domain::{ClassId, Score};

use super::ImportReport;
use super::error::{Errors, RowError};
pub(crate) use super::fingerprint::{FileDigest, Fingerprint};

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It cannot be imported.
    Rejected,
    /// It changes what is stored.
    Changed,
    /// It adds something and changes nothing.
    New,
    /// Everything is as it says already.
    Unchanged,
}

impl Outcome {
    /// Every outcome, in the order in which pages list them.
    pub const ALL: [Self; 4] = [Self::Rejected, Self::Changed, Self::New, Self::Unchanged];

    /// The name as programs read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Changed => "changed",
            Self::New => "new",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Something that a row does, or that whoever agrees to it has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// The school knows the student by another name: the row may be somebody else's.
    NameDiffers {
        /// The name that the school has.
        on_roll: String,
    },
    /// It enters or changes a score.
    Score {
        /// Title of the column.
        column: Arc<str>,
        /// What is stored; nothing where there never was a score.
        from: Option<Score>,
        /// What the file has.
        to: Score,
    },
    /// It enters or changes so many scores more than the plan lists.
    MoreScores {
        /// How many.
        count: usize,
    },
    /// It creates an account.
    Account {
        /// What its owner signs in with.
        username: String,
    },
    /// It gives somebody another name.
    Renamed {
        /// The name so far.
        from: String,
        /// The new one.
        to: String,
    },
    /// It ends a membership.
    Leaves {
        /// Grade level and name of the class.
        class: String,
        /// Its school year.
        school_year: String,
        /// The last day there, ISO 8601.
        last_day: String,
    },
    /// It puts somebody into another class than the one that was entered, from the first day on.
    Instead {
        /// Grade level and name of the class.
        class: String,
        /// The same of the one that was entered.
        instead_of: String,
        /// The school year.
        school_year: String,
        /// The first day, ISO 8601.
        first_day: String,
    },
    /// The student is in the class already, with a last day that stays as it is.
    StaysUntil {
        /// Grade level and name of the class.
        class: String,
        /// Its school year.
        school_year: String,
        /// The last day there, ISO 8601.
        last_day: String,
    },
    /// It makes somebody a member of a class.
    Joins {
        /// Grade level and name of the class.
        class: String,
        /// Its school year.
        school_year: String,
        /// The first day there, ISO 8601.
        first_day: String,
    },
}

impl RowChange {
    /// Whether the row may be somebody else's.
    #[must_use]
    pub const fn is_doubt(&self) -> bool {
        matches!(self, Self::NameDiffers { .. })
    }

    fn bytes(&self) -> usize {
        // The titles of columns are shared.
        let text = match self {
            Self::Score { .. } | Self::MoreScores { .. } => 0,
            Self::NameDiffers { on_roll } => on_roll.len(),
            Self::Account { username } => username.len(),
            Self::Renamed { from, to } => from.len() + to.len(),
            Self::Leaves {
                class,
                school_year,
                last_day: day,
            }
            | Self::StaysUntil {
                class,
                school_year,
                last_day: day,
            }
            | Self::Joins {
                class,
                school_year,
                first_day: day,
            } => class.len() + school_year.len() + day.len(),
            Self::Instead {
                class,
                instead_of,
                school_year,
                first_day,
            } => class.len() + instead_of.len() + school_year.len() + first_day.len(),
        };
        size_of::<Self>() + text
    }
}

/// A student of a class of a roster whom it does not name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotInFile {
    /// The class.
    pub class: ClassId,
    /// Its grade level and name.
    pub class_name: String,
    /// 学号.
    pub student_number: String,
    /// Name.
    pub name: String,
}

/// A row of the file and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOutcome {
    /// Line of the file on which it begins, from 1.
    pub line: u64,
    /// Student number or username, where the row could be read so far.
    pub number: String,
    /// Name as the file has it; empty where it has none.
    pub name: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What it does; nothing for a row that is rejected.
    pub changes: Vec<RowChange>,
    /// What is wrong with a rejected row.
    pub errors: Vec<RowError>,
}

/// How many rows have which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// They add something.
    pub new: usize,
    /// They change something.
    pub changed: usize,
    /// They change nothing.
    pub unchanged: usize,
    /// They cannot be imported.
    pub rejected: usize,
}

impl RowCounts {
    /// The count of one outcome.
    #[must_use]
    pub const fn of(&self, outcome: Outcome) -> usize {
        match outcome {
            Outcome::Rejected => self.rejected,
            Outcome::Changed => self.changed,
            Outcome::New => self.new,
            Outcome::Unchanged => self.unchanged,
        }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Recognises the plan: the file, what was asked for and everything that is to be written where.
    pub plan_hash: String,
    /// Counts of what is created and saved. Rejected rows are not in it.
    pub report: ImportReport,
    /// Counts of rows.
    pub counts: RowCounts,
    /// The rows in the order of the file.
    pub rows: Vec<RowOutcome>,
    /// How many rows that are imported have another name than the school.
    pub names_differ: usize,
    /// The errors in the order of lines, at most [`super::MOST_ERRORS`].
    pub errors: Vec<RowError>,
    /// How many errors there are.
    pub errors_total: usize,
}

impl ImportOutcome {
    /// Whether the row that begins on a line is left out.
    pub(super) fn is_rejected(&self, line: u64) -> bool {
        let found = self.rows.binary_search_by_key(&line, |row| row.line);
        found
            .ok()
            .and_then(|at| self.rows.get(at))
            .is_some_and(|row| row.outcome == Outcome::Rejected)
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let of_error = |error: &RowError| {
            size_of::<RowError>()
                + error.column.len()
                + error.value.len()
                + error.detail.len()
                + size_of_val(error.other_lines.as_slice())
        };
        let of_row = |row: &RowOutcome| {
            let told = row.changes.iter().map(RowChange::bytes).sum::<usize>();
            let wrong = row.errors.iter().map(of_error).sum::<usize>();
            size_of::<RowOutcome>() + row.number.len() + row.name.len() + told + wrong
        };
        let of_person = |one: &NotInFile| {
            size_of::<NotInFile>()
                + one.class_name.len()
                + one.student_number.len()
                + one.name.len()
        };
        self.rows.iter().map(of_row).sum::<usize>()
            + self.errors.iter().map(of_error).sum::<usize>()
            + self.report.not_in_file.iter().map(of_person).sum::<usize>()
    }
}

/// Gathers the outcomes of rows while a plan is made.
#[derive(Default)]
pub(super) struct Rows {
    /// Number, name and outcome by line.
    by_line: BTreeMap<u64, (String, String, Outcome)>,
    changes: BTreeMap<u64, Vec<RowChange>>,
    /// Titles of columns by their places: thousands of scores share one.
    titles: HashMap<usize, Arc<str>>,
    /// Scores that are told one by one.
    scores_told: usize,
}

/// Scores that a plan lists one by one; of the others it says how many a row has.
const MOST_SCORES_TOLD: usize = 20_000;

impl Rows {
    /// A row that is there and, so far, changes nothing.
    pub(super) fn known(&mut self, line: u64, number: &str, name: Option<&str>) {
        let name = name.unwrap_or_default().to_owned();
        self.by_line
            .insert(line, (number.to_owned(), name, Outcome::Unchanged));
    }

    pub(super) fn mark(&mut self, line: u64, outcome: Outcome) {
        if let Some((_, _, known)) = self.by_line.get_mut(&line) {
            *known = (*known).min(outcome);
        }
    }

    /// A row that may be somebody else's: told before everything that it does.
    pub(super) fn doubt(&mut self, line: u64, on_roll: &str) {
        let on_roll = on_roll.to_owned();
        let of_row = self.changes.entry(line).or_default();
        of_row.insert(0, RowChange::NameDiffers { on_roll });
    }

    /// The score that a row writes into the column at a place of the sheet.
    pub(super) fn tell_score(
        &mut self,
        line: u64,
        (place, title): (usize, &str),
        from: Option<Score>,
        to: Score,
    ) {
        if self.scores_told == MOST_SCORES_TOLD {
            let of_row = self.changes.entry(line).or_default();
            match of_row.last_mut() {
                Some(RowChange::MoreScores { count }) => *count += 1,
                _ => of_row.push(RowChange::MoreScores { count: 1 }),
            }
            return;
        }
        self.scores_told += 1;
        let column = self.titles.entry(place).or_insert_with(|| Arc::from(title));
        let column = Arc::clone(column);
        self.tell(line, RowChange::Score { column, from, to });
    }

    /// What a row does.
    pub(super) fn tell(&mut self, line: u64, change: RowChange) {
        self.changes.entry(line).or_default().push(change);
    }

    pub(super) fn outcome(
        mut self,
        report: ImportReport,
        plan_hash: String,
        errors: Errors,
    ) -> ImportOutcome {
        let rejected = errors.lines();
        for line in &rejected {
            let unread = || (String::new(), String::new(), Outcome::Rejected);
            self.by_line.entry(*line).or_insert_with(unread).2 = Outcome::Rejected;
        }
        let (mut counts, mut names_differ) = (RowCounts::default(), 0);
        let mut rows = Vec::with_capacity(self.by_line.len());
        for (line, (number, name, outcome)) in self.by_line {
            match outcome {
                Outcome::Rejected => counts.rejected += 1,
                Outcome::Changed => counts.changed += 1,
                Outcome::New => counts.new += 1,
                Outcome::Unchanged => counts.unchanged += 1,
            }
            let told = self.changes.remove(&line);
            let changes = told
                .filter(|_| outcome != Outcome::Rejected)
                .unwrap_or_default();
            names_differ += usize::from(changes.iter().any(RowChange::is_doubt));
            rows.push(RowOutcome {
                line,
                number,
                name,
                outcome,
                changes,
                errors: errors.of_line(line),
            });
        }
        let (errors, errors_total) = errors.listed();
        ImportOutcome {
            plan_hash,
            report,
            counts,
            rows,
            names_differ,
            errors,
            errors_total,
        }
    }
}

#[cfg(test)]
mod tests;
