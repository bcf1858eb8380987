//! Importing a file into one course: a column, or a row, for each of its assessments.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::actions::{CourseAccess, EnterScores};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{AssessmentId, CourseId, UserId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::access;
use gradebook_persistence::query::gradebook::{self, Assessment};
use gradebook_persistence::repo::scores::{self, ScoreWrite};
use gradebook_persistence::repo::{assessments, people};
use gradebook_persistence::{DbError, Read, Tx};

use super::cell::{self, Judged};
use super::error::{Errors, ImportError};
use super::exam_plan::Stored;
use super::header::Destination;
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
    students: HashMap<String, UserId>,
    members: HashSet<(CourseId, UserId)>,
    stored: Stored,
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
        let (sheet, errors) = sheet::read(table, Destination::Course(&keys))?;
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
        let columns = all.into_iter().map(|column| (column.id, column)).collect();
        let facts = self.facts(db, actor, columns, stored).await?;
        let plan = self.plan(&facts)?;
        Ok(self.outcome(&facts, plan).0)
    }

    /// The plan, made with everything locked that it looks at, and what it writes.
    pub(super) async fn prepare(
        &self,
        tx: &Tx,
        actor: &Actor,
    ) -> Result<(ImportOutcome, Vec<ScoreWrite>), ImportError> {
        let all = gradebook::assessments_of_courses(tx, &[self.order.course]).await?;
        let ids: HashSet<AssessmentId> = all.iter().map(|column| column.id).collect();
        let columns = assessments::lock(tx, &ids).await?;
        let students = self.students(tx).await?;
        let cells = ids
            .iter()
            .flat_map(|id| students.values().map(move |student| (*id, *student)))
            .collect();
        let stored = scores::lock(tx, &cells).await?;
        let facts = self.facts(tx, actor, columns, stored).await?;
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

    async fn students(&self, db: &impl Read) -> Result<HashMap<String, UserId>, DbError> {
        let numbers: Vec<String> = self
            .sheet
            .rows
            .iter()
            .map(|row| row.number.clone())
            .collect();
        Ok(people::students_by_number(db, &numbers)
            .await?
            .into_iter()
            .collect())
    }

    async fn facts(
        &self,
        db: &impl Read,
        actor: &Actor,
        columns: HashMap<AssessmentId, Assessment>,
        stored: Stored,
    ) -> Result<Facts, ImportError> {
        let course = self.order.course;
        let access = access::course(db, actor, course).await?;
        let access = access.ok_or(ImportError::NotFound)?;
        let students = self.students(db).await?;
        let ids: HashSet<UserId> = students.values().copied().collect();
        let members = access::members(db, &HashSet::from([course]), &ids).await?;
        let mut all: Vec<Assessment> = columns.values().cloned().collect();
        all.sort_by_key(|column| column.id);
        Ok(Facts {
            access,
            titles: Titles::of(&all),
            columns,
            students,
            members,
            stored,
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
        for row in &self.sheet.rows {
            for line in &row.lines {
                plan.rows.known(*line, &row.number, row.name.as_deref());
            }
            self.row(row, facts, &meant, &mut plan);
        }
        // A row with an error is left out whole.
        let rejected = plan.errors.lines();
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
            let (code, detail) = refusal;
            if !long {
                errors.add((self.sheet.header.line, title), "", code, detail);
                continue;
            }
            for row in &self.sheet.rows {
                for entry in row.entries.iter().filter(|entry| entry.subject == place) {
                    errors.add((entry.line, title), title, code, detail.clone());
                }
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
        let Some(student) = facts.students.get(&row.number).copied() else {
            refuse("unknown_student", "there is no student with this number");
            return;
        };
        if !facts.members.contains(&(self.order.course, student)) {
            refuse(
                "not_enrolled",
                "the student is not in the class of this course",
            );
            return;
        }
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
                    plan.errors.add(place, &entry.text, code, detail);
                }
                Judged::Write { corrected } => {
                    let outcome = match before {
                        Some(_) => Outcome::Changed,
                        None => Outcome::New,
                    };
                    plan.rows.mark(entry.line, outcome);
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
        rows.filter_map(|row| Some((row, *facts.students.get(&row.number)?)))
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
        let mut writes = plan.writes;
        // The order in which every writer of scores takes its locks.
        writes.sort_by_key(|write| (write.assessment, write.student));
        for write in &writes {
            print.number(write.assessment.0);
            print.number(write.student.0);
            print.optional(write.before.as_ref().map(|stored| stored.version));
            print.flag(write.corrected);
        }
        let report = ImportReport {
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
