//! Report cards: what each subject came to in each term of a school year, and in the year.

use std::collections::HashMap;

use gradebook_auth::actions::{ClassAccess, SeeClassReport, SeeOwnGrades, StudentRecord};
use gradebook_auth::{Actor, Denied, Role, authorize};
use gradebook_domain::{
    ClassId, CourseId, LetterScale, Marks, Percentage, Reading, SubjectId, TermId, UserId, Weight,
    YearTotal, total, year_total,
};
use gradebook_persistence::query::access;
use gradebook_persistence::query::courses::{Class, Course, Subject, Term};
use gradebook_persistence::query::gradebook::{Assessment, Category, Student};
use gradebook_persistence::query::report::{self, ReportData};

use crate::App;
use crate::error::ReadError;
use crate::share::of_student;
use crate::sheets::{letter_of, scheme_of};

/// A course's result in a report card.
#[derive(Debug, Clone)]
pub struct TermResult {
    /// The course.
    pub course: Course,
    /// Blank and missing cells ignored.
    pub current: Option<Percentage>,
    /// Blank and missing cells count zero.
    pub r#final: Option<Percentage>,
    /// The letter of the final percentage.
    pub letter: Option<String>,
}

/// A subject in a report card.
#[derive(Debug, Clone)]
pub struct SubjectReport {
    /// The subject.
    pub subject: Subject,
    /// What it came to in each of the report's terms; `None` in one in which it was not taught.
    pub terms: Vec<Option<TermResult>>,
    /// Σ term percentage × term weight, of the current readings, and why.
    pub current: YearTotal,
    /// The same of the final readings.
    pub r#final: YearTotal,
    /// The year's letter, if the courses of all terms give the same letters.
    pub letter: Option<String>,
}

/// One student's report card.
#[derive(Debug, Clone)]
pub struct StudentReport {
    /// Who.
    pub student: Student,
    /// In the order of subjects.
    pub subjects: Vec<SubjectReport>,
}

/// Report cards of one school year.
#[derive(Debug, Clone)]
pub struct ReportView {
    /// The class whose students they are of; `None` for one's own.
    pub class: Option<Class>,
    /// The terms, in order; the last one is the one that was asked for.
    pub terms: Vec<Term>,
    /// The terms of which the actor may see a report, in order.
    pub choices: Vec<Term>,
    /// By student number.
    pub students: Vec<StudentReport>,
}

impl App {
    /// The report cards of a class in a term, or in the newest one that the actor may see. Published
    /// and locked assessments count, as the students themselves read them.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a class that the actor does not teach in this term, or a term that
    /// it has no courses in.
    pub async fn class_report(
        &self,
        actor: &Actor,
        class: ClassId,
        term: Option<TermId>,
    ) -> Result<ReportView, ReadError> {
        let terms = access::class_terms(&self.db, actor, class)
            .await?
            .ok_or(ReadError::NotFound)?;
        let shown = terms.iter().find(|one| match term {
            Some(id) => one.id == id,
            None => one.teaches || actor.role == Role::Admin,
        });
        let facts = ClassAccess {
            class,
            teaches: shown.is_some_and(|one| one.teaches),
        };
        let grant = authorize::<SeeClassReport>(actor, facts)?;
        let term = term.or(shown.map(|one| one.id));
        let (class, data) = report::of_class(&self.db, &grant, term)
            .await?
            .ok_or(ReadError::NotFound)?;
        let mut view = arrange(Some(class), data);
        let seen = |id| {
            let of = terms.iter().find(|one| one.id == id);
            of.is_some_and(|one| one.teaches || actor.role == Role::Admin)
        };
        view.choices.retain(|one| seen(one.id));
        Ok(view)
    }

    /// The actor's own report card of a term, or of the newest one.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but a student, [`ReadError::NotFound`] for a term that
    /// they have no courses in.
    pub async fn my_report(
        &self,
        actor: &Actor,
        term: Option<TermId>,
    ) -> Result<ReportView, ReadError> {
        let student = actor.user_id().ok_or(Denied::Visible)?;
        let grant = authorize::<SeeOwnGrades>(actor, StudentRecord { student })?;
        let data = report::of_student(&self.db, &grant, term)
            .await?
            .ok_or(ReadError::NotFound)?;
        Ok(arrange(None, data))
    }
}

/// What belongs to a course.
#[derive(Default)]
struct Parts {
    categories: Vec<Category>,
    assessments: Vec<Assessment>,
}

fn arrange(class: Option<Class>, data: ReportData) -> ReportView {
    let mut parts: HashMap<CourseId, Parts> = HashMap::new();
    for (course, category) in &data.categories {
        let of = parts.entry(*course).or_default();
        of.categories.push(category.clone());
    }
    for assessment in &data.assessments {
        let of = parts.entry(assessment.course).or_default();
        of.assessments.push(assessment.clone());
    }
    let students = data.students.iter().map(|student| StudentReport {
        student: student.clone(),
        subjects: subjects(student.id, &data, &parts),
    });
    ReportView {
        class,
        students: students.collect(),
        choices: data.choices,
        terms: data.terms,
    }
}

/// The student's subjects. Of several courses of one subject in one term (the student moved to
/// another class), the one of the newest class that has a result counts.
fn subjects(
    student: UserId,
    data: &ReportData,
    parts: &HashMap<CourseId, Parts>,
) -> Vec<SubjectReport> {
    let memberships = data.enrolments.get(&student).map_or(&[][..], Vec::as_slice);
    let mut found: Vec<SubjectReport> = Vec::new();
    let mut places: HashMap<SubjectId, usize> = HashMap::new();
    for membership in memberships {
        let in_class = data.courses.iter();
        for course in in_class.filter(|course| course.class.id == membership.class) {
            let in_term = |term: &Term| {
                term.id == course.term.id
                    && term.overlaps(&membership.starts_on, membership.ends_on.as_deref())
            };
            let Some(term) = data.terms.iter().position(in_term) else {
                continue;
            };
            let place = *places.entry(course.subject.id).or_insert_with(|| {
                found.push(SubjectReport {
                    subject: course.subject.clone(),
                    terms: vec![None; data.terms.len()],
                    current: YearTotal::default(),
                    r#final: YearTotal::default(),
                    letter: None,
                });
                found.len() - 1
            });
            let result = result(student, course, data, parts.get(&course.id));
            let cell = found.get_mut(place).and_then(|one| one.terms.get_mut(term));
            if let Some(cell) = cell
                && (cell.is_none() || result.current.is_some() || result.r#final.is_some())
            {
                *cell = Some(result);
            }
        }
    }
    for subject in &mut found {
        let year = |of: fn(&TermResult) -> Option<Percentage>| {
            let terms = subject.terms.iter().zip(&data.terms);
            let weighed: Vec<(Weight, Option<Percentage>)> = terms
                .map(|(result, term)| (term.weight, result.as_ref().and_then(of)))
                .collect();
            year_total(&weighed)
        };
        let (current, last) = (
            year(|one| one.current.clone()),
            year(|one| one.r#final.clone()),
        );
        subject.letter = common_scale(subject)
            .zip(last.percentage.as_ref())
            .and_then(|(scale, last)| scale.letter(last).map(str::to_owned));
        (subject.current, subject.r#final) = (current, last);
    }
    found.sort_by_key(|one| (one.subject.position, one.subject.id));
    found
}

/// The letters of the year: those of all its courses, if they agree.
fn common_scale(subject: &SubjectReport) -> Option<&LetterScale> {
    let mut scales = subject
        .terms
        .iter()
        .flatten()
        .map(|one| one.course.letters.as_ref());
    let first = scales.next()??;
    scales.all(|one| one == Some(first)).then_some(first)
}

fn result(
    student: UserId,
    course: &Course,
    data: &ReportData,
    parts: Option<&Parts>,
) -> TermResult {
    let (categories, assessments) = parts.map_or((&[][..], &[][..]), |parts| {
        (parts.categories.as_slice(), parts.assessments.as_slice())
    });
    let marks: Marks = assessments
        .iter()
        .filter_map(|one| Some((one.id, data.scores.get(&(one.id, student))?.score)))
        .collect();
    let scheme = scheme_of(course, categories, assessments);
    let owes = |day: &str, score| data.days.owes(course, student, day, score);
    let scheme = of_student(&scheme, assessments, &marks, owes);
    let last = total(&scheme, &marks, Reading::Final);
    TermResult {
        current: total(&scheme, &marks, Reading::Current).percentage,
        letter: letter_of(course, &last),
        r#final: last.percentage,
        course: course.clone(),
    }
}
