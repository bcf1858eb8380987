//! What importing a file would do: pure rules over what the file says and what exists.

use std::collections::{BTreeMap, HashMap, HashSet};

use gradebook_domain::{AssessmentId, AssessmentState, Points, ScoreLimits, ScoreRefusal, UserId};
use gradebook_persistence::repo::scores::StoredScore;

use super::error::{Errors, ImportError};
use super::found::Found;
use super::header::title_key;
use super::order::ImportScores;
use super::sheet::{Entry, Row, Sheet};
use crate::username::new_username_key;

/// Full marks of a subject that an import creates.
pub(super) const USUAL_FULL_MARKS: Points = Points::from_ten_thousandths(100 * Points::SCALE);

/// The stored cells by assessment and student.
pub(super) type Stored = HashMap<(AssessmentId, UserId), StoredScore>;

/// A score to write, by the places of its row and its entry in the sheet.
pub(super) struct PlannedScore {
    pub(super) row: usize,
    pub(super) entry: usize,
    pub(super) before: Option<StoredScore>,
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
}

impl Plan {
    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        let structure = self.subjects.len() + self.classes.len() + self.courses.len();
        let rest = self.students.len() + self.enrolments.len() + self.assessments.len();
        let scores = self.scores.len() + self.publish.len();
        !self.term && !self.exam && structure + rest + scores == 0
    }
}

/// Plans the import of a sheet, or says everything that is wrong with it.
pub(super) fn plan(
    sheet: &Sheet,
    found: &Found,
    stored: &Stored,
    order: &ImportScores,
    errors: Errors,
) -> Result<Plan, ImportError> {
    let mut planning = Planning {
        sheet,
        found,
        stored,
        order,
        errors,
        plan: Plan::default(),
    };
    planning.term_and_exam()?;
    planning.subjects();
    planning.classes();
    planning.people();
    planning.courses();
    for (place, row) in sheet.rows.iter().enumerate() {
        planning.scores(place, row);
    }
    if !planning.errors.is_empty() {
        return Err(planning.errors.refusal());
    }
    let closed = found.term.as_ref().is_some_and(|term| !term.open);
    if closed && !planning.plan.is_empty() {
        return Err(ImportError::Order {
            code: "term_closed",
            detail: format!("the term {} is closed", order.term),
        });
    }
    Ok(planning.plan)
}

struct Planning<'a> {
    sheet: &'a Sheet,
    found: &'a Found,
    stored: &'a Stored,
    order: &'a ImportScores,
    errors: Errors,
    plan: Plan,
}

impl Planning<'_> {
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
                None if !self.order.create_missing => {
                    let detail = format!("there is no subject {title}");
                    self.errors.add(column, "", "unknown_subject", detail);
                }
                None if title.chars().count() > 64 || title.chars().any(char::is_control) => {
                    let detail = "the name of a subject has at most 64 characters on one line";
                    self.errors.add(column, title, "too_long", detail);
                }
                None => self.plan.subjects.push(place),
            }
        }
    }

    /// An unknown class is named once, on the line of its first student.
    fn classes(&mut self) {
        for (place, (key, line)) in self.sheet.classes.iter().enumerate() {
            if self.found.classes.get(place).copied().flatten().is_some() {
                continue;
            }
            if self.order.create_missing {
                self.plan.classes.push(place);
                continue;
            }
            let (year, level, name) = (&self.order.school_year, &key.grade_level, &key.name);
            let detail = format!("there is no class {level} {name} in {year}");
            let column = (*line, self.sheet.header.title(self.sheet.header.class));
            self.errors.add(column, name, "unknown_class", detail);
        }
    }

    fn people(&mut self) {
        let mut new_usernames: HashSet<String> = HashSet::new();
        let title = self.sheet.header.title(self.sheet.header.number);
        for (place, row) in self.sheet.rows.iter().enumerate() {
            let mut refuse = |code, detail: &str| {
                self.errors
                    .add((row.line, title), &row.number, code, detail);
            };
            let student = self.found.students.get(place).copied().flatten();
            let class = self.found.classes.get(row.class).copied().flatten();
            let Some(student) = student else {
                if !self.order.create_missing {
                    refuse("unknown_student", "there is no student with this number");
                    continue;
                }
                match new_username_key(&row.number) {
                    Err(error) => refuse("invalid_student_number", &error.to_string()),
                    Ok(key) if self.found.taken_usernames.contains(&key) => {
                        refuse(
                            "username_taken",
                            "somebody else has this number as username",
                        );
                    }
                    Ok(key) => {
                        if new_usernames.insert(key) {
                            self.plan.students.push(place);
                            self.plan.enrolments.push(place);
                        } else {
                            refuse("username_taken", "another row has nearly the same number");
                        }
                    }
                }
                continue;
            };
            let member = class.is_some_and(|class| self.found.members.contains(&(class, student)));
            if member {
                continue;
            }
            if self.order.create_missing {
                self.plan.enrolments.push(place);
            } else if class.is_some() {
                refuse("not_enrolled", "the student is not in this class");
            }
        }
    }

    /// A class gets a course in the subjects in which the file has entries for it.
    fn courses(&mut self) {
        let mut first_lines: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for row in &self.sheet.rows {
            for entry in &row.entries {
                first_lines
                    .entry((row.class, entry.subject))
                    .or_insert(row.line);
            }
        }
        for ((class, subject), line) in first_lines {
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
            let parts_exist = self.found.classes.get(class).copied().flatten().is_some()
                && self
                    .found
                    .subjects
                    .get(subject)
                    .copied()
                    .flatten()
                    .is_some();
            // A missing class or subject was named before.
            if parts_exist {
                let column = (
                    line,
                    self.sheet.subjects.get(subject).map_or("", String::as_str),
                );
                let (code, detail) = match course {
                    None => ("unknown_course", "the class has no course in this subject"),
                    Some(_) => ("not_in_exam", "this course has no assessment of the exam"),
                };
                self.errors.add(column, "", code, detail);
            }
        }
    }

    fn scores(&mut self, place: usize, row: &Row) {
        let student = self.found.students.get(place).copied().flatten();
        for (nth, entry) in row.entries.iter().enumerate() {
            let id = self.found.assessment(row.class, entry.subject);
            let column = id.and_then(|id| self.found.columns.get(&id));
            let full = self.found.subjects.get(entry.subject).copied().flatten();
            let limits = column.map_or(
                ScoreLimits {
                    max_score: full.map_or(USUAL_FULL_MARKS, |(_, full_marks)| full_marks),
                    extra_credit_limit: Points::ZERO,
                },
                |column| column.limits,
            );
            if let Err(refusal) = limits.check(entry.score) {
                let (code, detail) = match refusal {
                    ScoreRefusal::Negative => ("negative", "below zero".to_owned()),
                    ScoreRefusal::AboveMaximum { limit } => {
                        ("above_maximum", format!("above the maximum, {limit}"))
                    }
                };
                self.refuse_entry(row, entry, code, &detail);
                continue;
            }
            let before = id
                .zip(student)
                .and_then(|cell| self.stored.get(&cell).cloned());
            if before.as_ref().map(|stored| stored.score) == Some(entry.score) {
                self.plan.unchanged += 1;
                continue;
            }
            let state = column.map_or(AssessmentState::Draft, |column| column.state);
            // Filling a cell that never had a score corrects nothing, as in the grid.
            let correction = state == AssessmentState::Published && before.is_some();
            if state == AssessmentState::Locked {
                self.refuse_entry(row, entry, "locked", "the assessment is locked");
            } else if correction && self.order.reason.is_none() {
                let detail = "this score is published: changing it needs a reason";
                self.refuse_entry(row, entry, "reason_required", detail);
            } else {
                let was_corrected = before.as_ref().is_some_and(|stored| stored.corrected);
                self.plan.scores.push(PlannedScore {
                    row: place,
                    entry: nth,
                    before,
                    corrected: correction || was_corrected,
                });
            }
        }
    }

    fn refuse_entry(&mut self, row: &Row, entry: &Entry, code: &'static str, detail: &str) {
        let title = self.sheet.subjects.get(entry.subject);
        let column = (row.line, title.map_or("", String::as_str));
        self.errors.add(column, &entry.text, code, detail);
    }
}
