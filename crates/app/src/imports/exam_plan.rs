//! What importing a file of an exam's scores would do: pure rules over what the file says and what
//! exists.

mod people;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use gradebook_domain::{AssessmentId, AssessmentState, Points, ScoreLimits, UserId};
use gradebook_persistence::repo::scores::StoredScore;

use super::cell::{self, Judged};
use super::error::{Errors, ImportError};
use super::found::Found;
use super::header::{Scores, title_key};
use super::order::ImportScores;
use super::outcome::{Fingerprint, Outcome, Rows};
use super::sheet::{Row, Sheet};

/// Full marks of a subject that an import creates.
pub(super) const USUAL_FULL_MARKS: Points = Points::from_ten_thousandths(100 * Points::SCALE);

/// The stored cells by assessment and student.
pub(super) type Stored = HashMap<(AssessmentId, UserId), StoredScore>;

/// A score to write, by the places of its row and its entry in the sheet.
pub(super) struct PlannedScore {
    pub(super) row: usize,
    pub(super) entry: usize,
    /// Boxed, for most of the scores of a large file are new.
    pub(super) before: Option<Box<StoredScore>>,
    pub(super) corrected: bool,
}

/// What to create and to write, by places in the sheet.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) term: bool,
    pub(super) exam: bool,
    pub(super) subjects: Vec<usize>,
    pub(super) classes: Vec<usize>,
    /// Rows whose students get an account.
    pub(super) students: Vec<usize>,
    /// Rows whose students join their class.
    pub(super) enrolments: Vec<usize>,
    /// Classes and subjects that become courses.
    pub(super) courses: Vec<(usize, usize)>,
    /// Classes and subjects whose courses get an assessment of the exam.
    pub(super) assessments: Vec<(usize, usize)>,
    pub(super) scores: Vec<PlannedScore>,
    /// Classes and subjects whose assessments are published afterwards.
    pub(super) publish: Vec<(usize, usize)>,
    /// Cells that are as the file says already.
    pub(super) unchanged: usize,
    /// Rows that are imported.
    pub(super) rows: usize,
}

impl Plan {
    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        let structure = self.subjects.len() + self.classes.len() + self.courses.len();
        let rest = self.students.len() + self.enrolments.len() + self.assessments.len();
        let scores = self.scores.len() + self.publish.len();
        !self.term && !self.exam && structure + rest + scores == 0
    }

    /// How many scores change that students have seen.
    pub(super) fn corrections(&self, sheet: &Sheet, found: &Found) -> usize {
        let corrects = |score: &&PlannedScore| {
            let column = sheet.rows.get(score.row).and_then(|row| {
                let entry = row.entries.get(score.entry)?;
                let id = found.assessment(row.class?, entry.subject)?;
                found.columns.get(&id)
            });
            column.is_some_and(|column| cell::corrects(column.state, score.before.as_deref()))
        };
        self.scores.iter().filter(corrects).count()
    }

    /// Adds everything that is to be done.
    pub(super) fn sign(&self, print: &mut Fingerprint, sheet: &Sheet, found: &Found) {
        print.flag(self.term);
        print.flag(self.exam);
        print.optional(found.term.as_ref().map(|term| term.id.0));
        print.optional(found.exam.as_ref().map(|exam| exam.id.0));
        for places in [
            &self.subjects,
            &self.classes,
            &self.students,
            &self.enrolments,
        ] {
            print.places(places.iter().copied());
        }
        for pairs in [&self.courses, &self.assessments, &self.publish] {
            print.places(pairs.iter().flat_map(|(class, subject)| [*class, *subject]));
        }
        for score in &self.scores {
            print.places([score.row, score.entry]);
            let cell = sheet.rows.get(score.row).and_then(|row| {
                let entry = row.entries.get(score.entry)?;
                found.assessment(row.class?, entry.subject)
            });
            let student = found.students.get(score.row).copied().flatten();
            print.optional(cell.map(|id| id.0));
            print.optional(student.map(|id| id.0));
            print.optional(score.before.as_ref().map(|stored| stored.version));
            print.flag(score.corrected);
        }
        print.text("end");
    }
}

/// A plan for the rows that can be imported, and what is wrong with the others.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) errors: Errors,
    pub(super) rows: Rows,
}

/// Plans the import of a sheet. Rows with errors are left out of the plan.
///
/// # Errors
/// What no row can be imported for.
pub(super) fn plan(
    sheet: &Sheet,
    found: &Found,
    stored: &Stored,
    order: &ImportScores,
    read_errors: Errors,
) -> Result<Planned, ImportError> {
    let look = |without: BTreeSet<u64>, errors: Errors| {
        let mut planning = Planning {
            sheet,
            found,
            stored,
            order,
            without,
            errors,
            plan: Plan::default(),
            rows: Rows::default(),
        };
        planning.run()?;
        Ok::<_, ImportError>(planning)
    };
    let mut done = look(BTreeSet::new(), read_errors)?;
    if done.errors.of_header(sheet.header.line) {
        return Err(done.errors.refusal());
    }
    // What a bad row would have created is nobody else's any more, so the others are planned anew.
    let mut errors = done.errors.clone();
    while !done.errors.is_empty() {
        done = look(errors.lines(), Errors::default())?;
        errors.merge(done.errors.clone());
    }
    let closed = found.term.as_ref().is_some_and(|term| !term.open);
    if closed && !done.plan.is_empty() {
        return Err(ImportError::Order {
            code: "term_closed",
            detail: format!("the term {} is closed", order.term),
        });
    }
    Ok(Planned {
        plan: done.plan,
        errors,
        rows: done.rows,
    })
}

struct Planning<'a> {
    sheet: &'a Sheet,
    found: &'a Found,
    stored: &'a Stored,
    order: &'a ImportScores,
    /// Lines that are left out.
    without: BTreeSet<u64>,
    errors: Errors,
    plan: Plan,
    rows: Rows,
}

impl<'a> Planning<'a> {
    fn run(&mut self) -> Result<(), ImportError> {
        self.term_and_exam()?;
        self.subjects();
        let kept: Vec<(usize, &'a Row)> = self
            .sheet
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.kept_lines(&self.without).next().is_some())
            .collect();
        for (line, (number, name)) in &self.sheet.named {
            self.rows.known(*line, number, Some(name));
        }
        self.plan.rows = kept.len();
        self.classes(&kept);
        self.people(&kept);
        self.courses(&kept);
        for (place, row) in &kept {
            self.scores(*place, row);
        }
        Ok(())
    }

    fn term_and_exam(&mut self) -> Result<(), ImportError> {
        let order = self.order;
        self.plan.term = self.found.term.is_none();
        self.plan.exam = self.found.exam.is_none();
        let missing = |code, what: &str, name: &str| {
            let detail = format!("there is no {what} {name}; create it, or allow it to be created");
            Err(ImportError::Order { code, detail })
        };
        if order.create_missing {
            Ok(())
        } else if self.plan.term {
            let name = format!("{} {}", order.school_year, order.term);
            missing("unknown_term", "term", &name)
        } else if self.plan.exam {
            missing("unknown_exam", "exam", &order.exam)
        } else {
            Ok(())
        }
    }

    fn subjects(&mut self) {
        // What only rows name that are left out is not created.
        let of_rows = match self.sheet.header.scores {
            Scores::Wide(_) => None,
            Scores::Long { .. } => {
                let entries = self.sheet.rows.iter().flat_map(|row| &row.entries);
                let kept = entries.filter(|entry| !self.without.contains(&entry.line));
                Some(kept.map(|entry| entry.subject).collect::<HashSet<_>>())
            }
        };
        let mut seen = HashMap::new();
        for (place, title) in self.sheet.subjects.iter().enumerate() {
            let column = (self.sheet.header.line, title.as_str());
            match self.found.subjects.get(place).copied().flatten() {
                Some((id, _)) => {
                    // Twice the same title was told already when the header was read.
                    let first = seen.insert(id, title);
                    if let Some(first) = first.filter(|it| title_key(it) != title_key(title)) {
                        let detail = format!("{first} and {title} are the same subject");
                        self.errors.add(column, "", "duplicate_column", detail);
                    }
                }
                None if of_rows
                    .as_ref()
                    .is_some_and(|named| !named.contains(&place)) => {}
                None if !self.order.create_missing => {
                    let detail = format!("there is no subject {title}");
                    self.errors.add_column(column, "unknown_subject", detail);
                }
                None if title.chars().count() > 64 || title.chars().any(char::is_control) => {
                    let detail = "the name of a subject has at most 64 characters on one line";
                    self.errors.add(column, title, "too_long", detail);
                }
                None => self.plan.subjects.push(place),
            }
        }
    }

    /// A class gets a course in the subjects in which the file has entries for it.
    fn courses(&mut self, kept: &[(usize, &Row)]) {
        let mut lines: BTreeMap<(usize, usize), Vec<u64>> = BTreeMap::new();
        for (_, row) in kept {
            let Some(class) = row.class else { continue };
            for entry in &row.entries {
                if self.without.contains(&entry.line) {
                    continue;
                }
                lines
                    .entry((class, entry.subject))
                    .or_default()
                    .push(entry.line);
            }
        }
        for ((class, subject), lines) in lines {
            let pair = (class, subject);
            let course = self.found.course(class, subject);
            let assessment = self.found.assessment(class, subject);
            let draft = assessment
                .and_then(|id| self.found.columns.get(&id))
                .is_none_or(|column| column.state == AssessmentState::Draft);
            if self.order.publish && draft {
                self.plan.publish.push(pair);
            }
            if assessment.is_some() {
                continue;
            }
            if self.order.create_missing {
                self.plan.assessments.push(pair);
                if course.is_none() {
                    self.plan.courses.push(pair);
                }
                continue;
            }
            let class_exists = self.found.classes.get(class).is_some_and(Option::is_some);
            let subject_exists = self
                .found
                .subjects
                .get(subject)
                .is_some_and(Option::is_some);
            // A missing class or subject was named before.
            if class_exists && subject_exists {
                let title = self.sheet.subjects.get(subject);
                let title = title.map_or("", String::as_str);
                let (code, detail) = match course {
                    None => ("unknown_course", "the class has no course in this subject"),
                    Some(_) => ("not_in_exam", "this course has no assessment of the exam"),
                };
                for (nth, line) in lines.into_iter().enumerate() {
                    if nth == 0 {
                        self.errors.add((line, title), "", code, detail);
                    } else {
                        self.errors.repeat((line, title), "", code, detail);
                    }
                }
            }
        }
    }

    fn scores(&mut self, place: usize, row: &Row) {
        let student = self.found.students.get(place).copied().flatten();
        for (nth, entry) in row.entries.iter().enumerate() {
            if self.without.contains(&entry.line) {
                continue;
            }
            let id = row
                .class
                .and_then(|class| self.found.assessment(class, entry.subject));
            let column = id.and_then(|id| self.found.columns.get(&id));
            let full = self.found.subjects.get(entry.subject).copied().flatten();
            let limits = column.map_or(
                ScoreLimits {
                    max_score: full.map_or(USUAL_FULL_MARKS, |(_, full_marks)| full_marks),
                    extra_credit_limit: Points::ZERO,
                },
                |column| column.limits,
            );
            let state = column.map_or(AssessmentState::Draft, |column| column.state);
            let before = id.zip(student).and_then(|cell| self.stored.get(&cell));
            let reasoned = self.order.reason.is_some();
            match cell::judge(entry.score, before, limits, state, reasoned) {
                Judged::AsItIs => self.plan.unchanged += 1,
                Judged::Refused { code, detail } => {
                    let title = self.sheet.subjects.get(entry.subject);
                    let column = (entry.line, title.map_or("", String::as_str));
                    self.errors.add(column, &entry.text(), code, detail);
                }
                Judged::Write { corrected } => {
                    let outcome = match before {
                        Some(_) => Outcome::Changed,
                        None => Outcome::New,
                    };
                    self.rows.mark(entry.line, outcome);
                    let title = self.sheet.subjects.get(entry.subject);
                    let column = (entry.subject, title.map_or("", String::as_str));
                    let from = before.map(|stored| stored.score);
                    self.rows.tell_score(entry.line, column, from, entry.score);
                    self.plan.scores.push(PlannedScore {
                        row: place,
                        entry: nth,
                        before: before.cloned().map(Box::new),
                        corrected,
                    });
                }
            }
        }
    }
}
