//! Importing a file into one course: a column, or a row, for each of its assessments.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::actions::{CourseAccess, EnterScores};
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{AssessmentId, CourseId, UserId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::access;
use gradebook_persistence::query::gradebook::{self, Assessment};
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::scores::{self, ScoreWrite};
use gradebook_persistence::{DbError, Read, Tx};

use super::cell::{self, Judged};
use super::course_people::People;
use super::doubt;
use super::error::{Errors, ImportError};
use super::exam_plan::Stored;
use super::header::Destination;
use super::ignored::IgnoredColumns;
use super::order::ImportIntoCourse;
use super::outcome::{FileDigest, Fingerprint, ImportOutcome, Outcome, Rows};
use super::sheet::{self, Row, Sheet};
use super::table::Table;
use super::titles::{Meant, Titles};
use super::{ImportReport, Phase, Report};

/// Scores between two reports of progress.
const STEP: usize = 1_000;

/// A file for one course, read.
pub(super) struct CourseImport {
    order: ImportIntoCourse,
    file: FileDigest,
    sheet: Sheet,
    errors: Errors,
}

/// What the course has of what the file names.
struct Facts {
    access: CourseAccess,
    titles: Titles,
    columns: HashMap<AssessmentId, Assessment>,
    people: People,
    stored: Stored,
    /// Whoever does not administer the school is told nothing about students of other classes, not
    /// even that there is none with a number.
    sees_school: bool,
}

struct Plan {
    writes: Vec<ScoreWrite>,
    /// The lines of scores that are stored already.
    unchanged: Vec<u64>,
    new: usize,
    errors: Errors,
    rows: Rows,
}

async fn titles_of(db: &impl Read, course: CourseId) -> Result<Titles, DbError> {
    let columns = gradebook::assessments_of_courses(db, &[course]).await?;
    Ok(Titles::of(&columns))
}

impl CourseImport {
    /// Reads a file for a course whose assessments are known.
    pub(super) async fn read(
        db: &impl Read,
        order: ImportIntoCourse,
        file: FileDigest,
        table: Table,
    ) -> Result<Self, ImportError> {
        let keys = titles_of(db, order.course).await?.keys();
        let (sheet, errors) = sheet::read(
            table,
            Destination::Course(&keys),
            &IgnoredColumns::of(&order.ignore_columns),
        )?;
        Ok(Self {
            order,
            file,
            sheet,
            errors,
        })
    }

    /// Rows of the file.
    pub(super) fn rows(&self) -> usize {
        self.sheet.rows.len()
    }

    pub(super) async fn preview(
        &self,
        db: &impl Read,
        actor: &Actor,
    ) -> Result<ImportOutcome, ImportError> {
        let all = gradebook::assessments_of_courses(db, &[self.order.course]).await?;
        let ids: Vec<AssessmentId> = all.iter().map(|column| column.id).collect();
        let stored = scores::of_assessments(db, &ids).await?.into_iter();
        let stored = stored
            .map(|stored| ((stored.assessment, stored.student), stored))
            .collect();
        let people = People::of(db, self.order.course, &self.sheet).await?;
        let facts = self.facts(db, actor, all, people, stored).await?;
        let plan = self.plan(&facts)?;
        Ok(self.outcome(&facts, plan).0)
    }

    /// The plan, made with everything locked that it looks at, and what it writes. Nothing else of the
    /// course is locked, whatever numbers and titles the file has.
    pub(super) async fn prepare(
        &self,
        tx: &Tx,
        actor: &Actor,
    ) -> Result<(ImportOutcome, Vec<ScoreWrite>), ImportError> {
        let all = gradebook::assessments_of_courses(tx, &[self.order.course]).await?;
        let titles = Titles::of(&all);
        let named = self.sheet.subjects.iter().map(|title| titles.meant(title));
        let named: HashSet<AssessmentId> = named.filter_map(Meant::one).collect();
        let locked = assessments::lock(tx, &named).await?;
        // As they are now: one may have been renamed, or deleted.
        let all: Vec<Assessment> = all
            .into_iter()
            .filter_map(|column| match named.contains(&column.id) {
                true => locked.get(&column.id).cloned(),
                false => Some(column),
            })
            .collect();
        let titles = Titles::of(&all);
        let people = People::of(tx, self.order.course, &self.sheet).await?;
        let mut cells = HashSet::new();
        for row in &self.sheet.rows {
            let Some(student) = people.member(self.order.course, &row.number) else {
                continue;
            };
            let meant = row.entries.iter().filter_map(|entry| {
                let title = self.sheet.subjects.get(entry.subject)?;
                titles.meant(title).one()
            });
            cells.extend(meant.map(|id| (id, student)));
        }
        let stored = scores::lock(tx, &cells).await?;
        let facts = self.facts(tx, actor, all, people, stored).await?;
        let plan = self.plan(&facts)?;
        Ok(self.outcome(&facts, plan))
    }

    pub(super) async fn write(
        &self,
        tx: &Tx,
        stamp: &Stamp<'_>,
        writes: Vec<ScoreWrite>,
        report: Report<'_>,
    ) -> Result<(), ImportError> {
        let access = access::course(tx, stamp.actor, self.order.course).await?;
        let grant = authorize::<EnterScores>(stamp.actor, access.ok_or(ImportError::NotFound)?)?;
        let grants = [grant];
        let (mut done, total) = (0, writes.len());
        for chunk in writes.chunks(STEP) {
            report.progress(Phase::Scores, done, total);
            scores::put(tx, &grants, stamp, chunk.to_vec()).await?;
            done += chunk.len();
        }
        report.progress(Phase::Scores, done, total);
        Ok(())
    }

    async fn facts(
        &self,
        db: &impl Read,
        actor: &Actor,
        columns: Vec<Assessment>,
        people: People,
        stored: Stored,
    ) -> Result<Facts, ImportError> {
        let access = access::course(db, actor, self.order.course).await?;
        Ok(Facts {
            access: access.ok_or(ImportError::NotFound)?,
            titles: Titles::of(&columns),
            columns: columns.into_iter().map(|one| (one.id, one)).collect(),
            people,
            stored,
            sees_school: actor.role == Role::Admin,
        })
    }

    fn plan(&self, facts: &Facts) -> Result<Plan, ImportError> {
        let mut plan = Plan {
            writes: Vec::new(),
            unchanged: Vec::new(),
            new: 0,
            errors: self.errors.clone(),
            rows: Rows::default(),
        };
        let meant = self.columns(facts, &mut plan.errors);
        let header = self.sheet.header.line;
        if plan.errors.of_header(header) {
            return Err(plan.errors.refusal());
        }
        for (line, (number, name)) in &self.sheet.named {
            plan.rows.known(*line, number, Some(name));
        }
        for row in &self.sheet.rows {
            self.row(row, facts, &meant, &mut plan);
        }
        // A row with an error is left out whole.
        let rejected = plan.errors.lines();
        for row in &self.sheet.rows {
            let Some(on_roll) = facts.people.names.get(&row.number) else {
                continue;
            };
            if let Some(line) = doubt::line_in_doubt(&self.sheet, row, &rejected, on_roll) {
                plan.rows.doubt(line, on_roll);
            }
        }
        let lines = self.lines_of_writes(facts, &meant);
        plan.writes.retain(|write| {
            let line = lines.get(&(write.assessment, write.student));
            line.is_none_or(|line| !rejected.contains(line))
        });
        plan.unchanged.retain(|line| !rejected.contains(line));
        plan.new = plan
            .writes
            .iter()
            .filter(|write| write.before.is_none())
            .count();
        if !facts.access.term_open && !plan.writes.is_empty() {
            return Err(ImportError::Order {
                code: "term_closed",
                detail: "the term of this course is closed".to_owned(),
            });
        }
        Ok(plan)
    }

    /// The assessment of each column. Where rows name them, it is their lines that are wrong.
    fn columns(&self, facts: &Facts, errors: &mut Errors) -> Vec<Option<AssessmentId>> {
        let long = matches!(self.sheet.header.scores, super::header::Scores::Long { .. });
        let mut seen: HashMap<AssessmentId, &str> = HashMap::new();
        let mut refused: HashMap<usize, (&'static str, String)> = HashMap::new();
        let mut meant = Vec::with_capacity(self.sheet.subjects.len());
        for (place, title) in self.sheet.subjects.iter().enumerate() {
            let refusal = match facts.titles.meant(title) {
                Meant::One(id) => match seen.insert(id, title) {
                    None => {
                        meant.push(Some(id));
                        continue;
                    }
                    Some(first) => (
                        "duplicate_column",
                        format!("{first} and {title} are the same assessment"),
                    ),
                },
                Meant::Several => (
                    "ambiguous_assessment",
                    format!(
                        "several assessments are called {title}; write the day behind it, like \
                         {title} (2026-11-21), or the number, like {title} (#12)"
                    ),
                ),
                Meant::Nothing => (
                    "unknown_assessment",
                    format!("the course has no assessment {title}"),
                ),
            };
            meant.push(None);
            if long {
                refused.insert(place, refusal);
            } else {
                let (code, detail) = refusal;
                errors.add_column((self.sheet.header.line, title), code, detail);
            }
        }
        if refused.is_empty() {
            return meant;
        }
        // Once over the rows, however many titles they have.
        for entry in self.sheet.rows.iter().flat_map(|row| &row.entries) {
            let title = self.sheet.subjects.get(entry.subject);
            if let (Some(title), Some((code, detail))) = (title, refused.get(&entry.subject)) {
                errors.add((entry.line, title), title, code, detail.clone());
            }
        }
        meant
    }

    fn row(&self, row: &Row, facts: &Facts, meant: &[Option<AssessmentId>], plan: &mut Plan) {
        let title = self.sheet.header.title(self.sheet.header.number);
        let mut refuse = |code, detail: &str| {
            for line in &row.lines {
                plan.errors.add((*line, title), &row.number, code, detail);
            }
        };
        let Some(student) = facts.people.member(self.order.course, &row.number) else {
            let known = facts.people.students.contains_key(&row.number);
            if known || !facts.sees_school {
                let detail = "no student with this number is in the class of this course";
                refuse("not_enrolled", detail);
            } else {
                refuse("unknown_student", "there is no student with this number");
            }
            return;
        };
        for entry in &row.entries {
            let id = meant.get(entry.subject).copied().flatten();
            let Some(column) = id.and_then(|id| facts.columns.get(&id)) else {
                continue;
            };
            let before = facts.stored.get(&(column.id, student));
            let reasoned = self.order.reason.is_some();
            match cell::judge(entry.score, before, column.limits, column.state, reasoned) {
                Judged::AsItIs => plan.unchanged.push(entry.line),
                Judged::Refused { code, detail } => {
                    let title = self.sheet.subjects.get(entry.subject);
                    let place = (entry.line, title.map_or("", String::as_str));
                    plan.errors.add(place, &entry.text(), code, detail);
                }
                Judged::Write { corrected } => {
                    let outcome = match before {
                        Some(_) => Outcome::Changed,
                        None => Outcome::New,
                    };
                    plan.rows.mark(entry.line, outcome);
                    let title = self.sheet.subjects.get(entry.subject);
                    let place = (entry.subject, title.map_or("", String::as_str));
                    let from = before.map(|stored| stored.score);
                    plan.rows.tell_score(entry.line, place, from, entry.score);
                    plan.writes.push(ScoreWrite {
                        course: self.order.course,
                        before: before.cloned(),
                        assessment: column.id,
                        student,
                        score: entry.score,
                        comment: before.and_then(|stored| stored.comment.clone()),
                        corrected,
                    });
                }
            }
        }
    }

    fn lines_of_writes(
        &self,
        facts: &Facts,
        meant: &[Option<AssessmentId>],
    ) -> HashMap<(AssessmentId, UserId), u64> {
        let rows = self.sheet.rows.iter();
        rows.filter_map(|row| Some((row, *facts.people.students.get(&row.number)?)))
            .flat_map(|(row, student)| {
                row.entries.iter().filter_map(move |entry| {
                    let id = meant.get(entry.subject).copied().flatten()?;
                    Some(((id, student), entry.line))
                })
            })
            .collect()
    }

    fn outcome(&self, facts: &Facts, plan: Plan) -> (ImportOutcome, Vec<ScoreWrite>) {
        let rejected: BTreeSet<u64> = plan.errors.lines();
        let mut print = Fingerprint::of("course", &self.file);
        print.number(facts.access.course.0);
        print.rejected(&rejected);
        print.texts(&self.sheet.ignored);
        let mut writes = plan.writes;
        // The order in which every writer of scores takes its locks.
        writes.sort_by_key(|write| (write.assessment, write.student));
        for write in &writes {
            print.number(write.assessment.0);
            print.number(write.student.0);
            print.optional(write.before.as_ref().map(|stored| stored.version));
            print.flag(write.corrected);
        }
        let corrects = |write: &&ScoreWrite| {
            let column = facts.columns.get(&write.assessment);
            column.is_some_and(|column| cell::corrects(column.state, write.before.as_ref()))
        };
        let report = ImportReport {
            corrected: writes.iter().filter(corrects).count(),
            ignored_columns: self.sheet.ignored.clone(),
            rows: self.sheet.rows.len(),
            scores_new: plan.new,
            scores_changed: writes.len() - plan.new,
            scores_unchanged: plan.unchanged.len(),
            ..ImportReport::default()
        };
        let outcome = plan.rows.outcome(report, print.done(), plan.errors);
        (outcome, writes)
    }
}
