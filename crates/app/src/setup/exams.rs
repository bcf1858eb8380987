//! Exams over many courses.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{
    AssessmentId, AssessmentState, ClassId, CourseId, ExamId, Points, SubjectId, TermId,
};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::courses::{self, Term, Which};
use gradebook_persistence::query::exams::{self, ExamCourse};
use gradebook_persistence::query::gradebook::{Assessment, Exam};
use gradebook_persistence::query::{structure, terms};
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::school::{self, NewExam};
use gradebook_persistence::{Read, Tx};

use super::courses::by_id;
use super::error::{Fault, SetupError, Wrong};
use super::fields::Fields;
use super::terms::locked_open;
use crate::App;
use crate::error::ReadError;
use crate::scheme::detail::{detail as detail_of, name_and_day};

/// What sorts of exams there are.
const KINDS: [&str; 4] = ["midterm", "final", "monthly", "quiz"];
/// Courses of one exam.
const MOST_COURSES: usize = 2_000;

/// What was typed of an exam. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExamFields {
    /// Name, e.g. `Mid-term`.
    pub name: Option<String>,
    /// `midterm`, `final`, `monthly` or `quiz`.
    pub kind: Option<String>,
    /// Day, ISO 8601.
    pub held_on: Option<String>,
}

/// A course that is to sit an exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamPart {
    /// The course.
    pub course: CourseId,
    /// Full marks; the subject's unless stated.
    pub max_score: Option<String>,
}

/// An exam with the courses that sit it.
#[derive(Debug, Clone)]
pub struct ExamDetail {
    /// The exam.
    pub exam: Exam,
    /// Its term.
    pub term: Term,
    /// The courses, by class and subject.
    pub courses: Vec<ExamCourse>,
}

impl ExamFields {
    fn read(&self, present: Option<&Exam>) -> Result<(String, &'static str, String), SetupError> {
        let mut fields = Fields::default();
        let of = |part: fn(&Exam) -> &String| present.map(|exam| part(exam).as_str());
        let name = fields.line_or("name", self.name.as_deref(), of(|exam| &exam.name), 128);
        let typed = self.kind.as_deref().or(of(|exam| &exam.kind));
        let kind = KINDS.into_iter().find(|kind| Some(*kind) == typed);
        if kind.is_none() {
            fields.refuse("kind", Fault::NotOneOf("midterm, final, monthly, quiz"));
        }
        let held_on = fields.day_or("held_on", self.held_on.as_deref(), of(|exam| &exam.held_on));
        fields.checked()?;
        Ok((name, kind.unwrap_or_default(), held_on))
    }
}

impl App {
    /// An exam with the courses that sit it, as far as the actor may see them: all for an admin, those
    /// of the classes that they teach for a teacher.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for an exam that the actor may not know of.
    pub async fn exam(&self, actor: &Actor, id: ExamId) -> Result<ExamDetail, ReadError> {
        if actor.role == Role::Student {
            return Err(ReadError::NotFound);
        }
        let mut found = detail(&self.db, id).await?.ok_or(ReadError::NotFound)?;
        if actor.role != Role::Admin {
            let own = Which::VisibleTo(actor.clone(), None);
            let own = courses::list(&self.db, &own, CourseId(0), u64::from(u16::MAX)).await?;
            let taught: HashSet<ClassId> = own
                .into_iter()
                .filter(|course| course.term.id == found.term.id)
                .map(|course| course.class.id)
                .collect();
            let visible = |one: &ExamCourse| taught.contains(&one.course.class.id);
            found.courses.retain(visible);
            if found.courses.is_empty() {
                return Err(ReadError::NotFound);
            }
        }
        Ok(found)
    }

    /// Adds an exam, with one draft assessment in each course.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_exam(
        &self,
        actor: &Actor,
        term: TermId,
        typed: &ExamFields,
        parts: &[ExamPart],
    ) -> Result<ExamDetail, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let (name, kind, held_on) = typed.read(None)?;
        let marks = full_marks(parts)?;
        let stamp = self.batch_stamp(actor);
        self.db
            .write(async |tx| {
                let term = locked_open(tx, term).await?;
                let new = NewExam {
                    term: term.id,
                    name: name.clone(),
                    kind,
                    held_on: held_on.clone(),
                };
                let sitting = sitting(tx, term.id, parts, &marks).await?;
                let id = school::create_exam(tx, &grant, &stamp, &new).await?;
                school::add_exam_assessments(tx, &grant, &stamp, (id, &new), &sitting).await?;
                detail(tx, id).await?.ok_or(SetupError::NotFound)
            })
            .await
    }

    /// Changes the name, kind and day of an exam, and of its assessments, if they have the same.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is changed then.
    pub async fn change_exam(
        &self,
        actor: &Actor,
        id: ExamId,
        typed: &ExamFields,
    ) -> Result<ExamDetail, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let before = exams::one(tx, id).await?.ok_or(SetupError::NotFound)?;
                locked_open(tx, before.term).await?;
                let (name, kind, held_on) = typed.read(Some(&before))?;
                let after = Exam {
                    name,
                    kind: kind.to_owned(),
                    held_on,
                    ..before.clone()
                };
                let found = structure::assessments_of_exam(tx, id).await?;
                let columns = assessments::lock(tx, &found.into_values().collect()).await?;
                let columns = followers(columns.into_values(), &before, &after);
                school::change_exam(tx, &grant, &stamp, (&before, &after), &columns).await?;
                detail(tx, id).await?.ok_or(SetupError::NotFound)
            })
            .await
    }

    /// Adds courses to an exam. Those that sit it already keep their assessment as it is.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_to_exam(
        &self,
        actor: &Actor,
        id: ExamId,
        parts: &[ExamPart],
    ) -> Result<ExamDetail, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let marks = full_marks(parts)?;
        let stamp = self.batch_stamp(actor);
        self.db
            .write(async |tx| {
                let exam = exams::one(tx, id).await?.ok_or(SetupError::NotFound)?;
                let term = locked_open(tx, exam.term).await?;
                let present = structure::assessments_of_exam(tx, id).await?;
                let mut sitting = sitting(tx, term.id, parts, &marks).await?;
                sitting.retain(|(course, _)| !present.contains_key(course));
                let as_new = NewExam {
                    term: term.id,
                    name: exam.name.clone(),
                    kind: KINDS
                        .into_iter()
                        .find(|kind| *kind == exam.kind)
                        .unwrap_or_default(),
                    held_on: exam.held_on.clone(),
                };
                school::add_exam_assessments(tx, &grant, &stamp, (id, &as_new), &sitting).await?;
                detail(tx, id).await?.ok_or(SetupError::NotFound)
            })
            .await
    }

    /// Takes a course out of an exam while its assessment there is an empty draft.
    ///
    /// # Errors
    /// [`SetupError::NotEmpty`], …; nothing is changed then.
    pub async fn remove_from_exam(
        &self,
        actor: &Actor,
        id: ExamId,
        course: CourseId,
    ) -> Result<(), SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let exam = exams::one(tx, id).await?.ok_or(SetupError::NotFound)?;
                locked_open(tx, exam.term).await?;
                let found = structure::assessments_of_exam(tx, id).await?;
                let assessment = *found.get(&course).ok_or(SetupError::NotFound)?;
                // Before its scores are counted: one that is being entered is seen, or comes to find
                // the assessment gone.
                assessments::lock(tx, &HashSet::from([assessment])).await?;
                let parts = exams::courses_of(tx, id).await?;
                let part = parts.iter().find(|one| one.course.id == course);
                let part = part.ok_or(SetupError::NotFound)?;
                if part.written > 0 || part.assessment.state != AssessmentState::Draft {
                    return Err(SetupError::NotEmpty);
                }
                let at = (course, part.assessment.id);
                if school::remove_from_exam(tx, &grant, &stamp, &exam, at).await? {
                    Ok(())
                } else {
                    Err(SetupError::NotEmpty)
                }
            })
            .await
    }

    fn batch_stamp<'a>(&self, actor: &'a Actor) -> Stamp<'a> {
        Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        }
    }
}

/// The columns that take the exam's new name or day, with what becomes of them. One that a teacher
/// renamed or moved to another day keeps what the teacher chose.
fn followers(
    columns: impl Iterator<Item = Assessment>,
    before: &Exam,
    after: &Exam,
) -> Vec<(CourseId, AssessmentId, String)> {
    let follow =
        |column: &str, old: &str, new: &str| if column == old { new } else { column }.to_owned();
    let mut changed: Vec<_> = columns
        .filter_map(|column| {
            let title = follow(&column.title, &before.name, &after.name);
            let day = follow(&column.held_on, &before.held_on, &after.held_on);
            let was = name_and_day(&column.title, &column.held_on);
            let is = name_and_day(&title, &day);
            let detail = (was != is).then(|| detail_of(&title, Some(was), Some(is)))?;
            Some((column.course, column.id, detail))
        })
        .collect();
    changed.sort();
    changed
}

async fn detail(
    db: &impl Read,
    id: ExamId,
) -> Result<Option<ExamDetail>, gradebook_persistence::DbError> {
    let Some(exam) = exams::one(db, id).await? else {
        return Ok(None);
    };
    let Some(term) = terms::one(db, exam.term).await? else {
        return Ok(None);
    };
    let courses = exams::courses_of(db, id).await?;
    Ok(Some(ExamDetail {
        exam,
        term,
        courses,
    }))
}

/// The full marks that were stated, each at its place.
fn full_marks(parts: &[ExamPart]) -> Result<Vec<Option<Points>>, SetupError> {
    if parts.len() > MOST_COURSES {
        return Err(SetupError::field("courses", Fault::TooMany(MOST_COURSES)));
    }
    let mut fields = Fields::default();
    let marks = parts.iter().enumerate().map(|(place, part)| {
        let field = format!("courses/{place}/max_score");
        let typed = part.max_score.as_deref();
        typed.map(|typed| fields.full_marks(&field, typed))
    });
    let marks = marks.collect();
    fields.checked()?;
    Ok(marks)
}

/// Each course, which must be of the term, with its full marks.
async fn sitting(
    tx: &Tx,
    term: TermId,
    parts: &[ExamPart],
    marks: &[Option<Points>],
) -> Result<Vec<(CourseId, Points)>, SetupError> {
    let ids: BTreeSet<CourseId> = parts.iter().map(|part| part.course).collect();
    let found = by_id(tx, &ids).await?;
    let usual: HashMap<SubjectId, Points> = structure::subjects(tx)
        .await?
        .into_iter()
        .map(|(subject, full)| (subject.id, full))
        .collect();
    let (mut wrong, mut seen, mut sitting) = (Vec::new(), HashSet::new(), Vec::new());
    for (place, (part, stated)) in parts.iter().zip(marks).enumerate() {
        let course = found.get(&part.course);
        let fault = match course {
            None => Some(Fault::Unknown("course")),
            Some(course) if course.term.id != term => Some(Fault::OtherTerm),
            Some(_) if !seen.insert(part.course) => Some(Fault::Twice),
            Some(_) => None,
        };
        if let Some(fault) = fault {
            wrong.push(Wrong {
                field: format!("courses/{place}/course_id"),
                fault,
            });
        } else if let Some(course) = course {
            let usual = usual.get(&course.subject.id).copied();
            let full = stated.or(usual).unwrap_or(Points::ZERO);
            sitting.push((part.course, full));
        }
    }
    if wrong.is_empty() {
        Ok(sitting)
    } else {
        Err(SetupError::Invalid(wrong))
    }
}
