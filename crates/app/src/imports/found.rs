//! What the school already has of what a file names.

use std::collections::{HashMap, HashSet};

use gradebook_domain::{AssessmentId, ClassId, CourseId, Points, SubjectId, UserId};
use gradebook_persistence::query::courses::{Subject, Term};
use gradebook_persistence::query::gradebook::{self, Assessment, Exam};
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::people::Numbered;
use gradebook_persistence::repo::{assessments, people, school};
use gradebook_persistence::{DbError, Read, Tx};

use super::header::title_key;
use super::order::ImportScores;
use super::sheet::{ClassKey, Row, Sheet};
use crate::username::username_key;

/// What exists, looked up by the places in the sheet. Creating what is missing fills the gaps.
pub(super) struct Found {
    pub(super) term: Option<Term>,
    pub(super) exam: Option<Exam>,
    /// By place among the sheet's subjects, with their full marks.
    pub(super) subjects: Vec<Option<(SubjectId, Points)>>,
    /// The highest place of a subject.
    pub(super) last_position: i64,
    /// By place among the sheet's classes.
    pub(super) classes: Vec<Option<ClassId>>,
    /// By place among the sheet's rows.
    pub(super) students: Vec<Option<UserId>>,
    /// The names that the school has for the numbers of rows.
    pub(super) names: HashMap<String, String>,
    /// Students whose number is that of a row but for zeros at the front, by the number of the row.
    pub(super) near: HashMap<String, Numbered>,
    /// Normalised usernames that a new student cannot have.
    pub(super) taken_usernames: HashSet<String>,
    /// Who belongs to which class in the term.
    pub(super) members: HashSet<(ClassId, UserId)>,
    /// The courses of the term.
    pub(super) courses: HashMap<(ClassId, SubjectId), CourseId>,
    /// The exam's assessment in each course.
    pub(super) assessments: HashMap<CourseId, AssessmentId>,
    /// What is known of these assessments.
    pub(super) columns: HashMap<AssessmentId, Assessment>,
    /// Students whose class cannot be told by their enrolments.
    pub(super) in_several: HashSet<UserId>,
}

impl Found {
    /// Locks the term of the order, if there is one, until the transaction ends.
    pub(super) async fn lock_term(tx: &Tx, order: &ImportScores) -> Result<(), DbError> {
        if let Some(term) = structure::term(tx, &order.school_year, &order.term).await? {
            school::lock_term(tx, term.id).await?;
        }
        Ok(())
    }

    /// Looks everything up, in a number of statements that does not depend on the file.
    pub(super) async fn look_up(
        db: &impl Read,
        sheet: &Sheet,
        order: &ImportScores,
    ) -> Result<Self, DbError> {
        let term = structure::term(db, &order.school_year, &order.term).await?;
        let all_subjects = structure::subjects(db).await?;
        let classes = classes(db, sheet, order).await?;
        let (students, names) = students(db, sheet).await?;
        let strangers: Vec<String> = sheet
            .rows
            .iter()
            .zip(&students)
            .filter(|(_, student)| student.is_none())
            .map(|(row, _)| row.number.clone())
            .collect();
        let near = people::nearly_numbered(db, &strangers).await?;
        let strangers = strangers
            .iter()
            .filter_map(|number| username_key(number).ok());
        let taken = people::taken_usernames(db, &strangers.collect::<Vec<_>>()).await?;
        let mut found = Self {
            names,
            near,
            exam: None,
            subjects: matching(&sheet.subjects, &all_subjects),
            last_position: all_subjects
                .iter()
                .map(|(subject, _)| subject.position)
                .max()
                .unwrap_or(0),
            classes,
            students,
            taken_usernames: taken.into_iter().collect(),
            members: HashSet::new(),
            courses: HashMap::new(),
            assessments: HashMap::new(),
            columns: HashMap::new(),
            in_several: HashSet::new(),
            term,
        };
        found.look_into_term(db, order).await?;
        Ok(found)
    }

    async fn look_into_term(
        &mut self,
        db: &impl Read,
        order: &ImportScores,
    ) -> Result<(), DbError> {
        let Some(term) = &self.term else {
            return Ok(());
        };
        let classes: HashSet<ClassId> = self.classes.iter().flatten().copied().collect();
        self.members = structure::members(db, &classes, term).await?;
        self.courses = structure::courses_of_term(db, term.id).await?;
        self.exam = structure::exam_named(db, term.id, &order.exam).await?;
        if let Some(exam) = &self.exam {
            self.assessments = structure::assessments_of_exam(db, exam.id).await?;
            let ids = self.assessments.values().copied().collect();
            self.columns = gradebook::assessments(db, &ids).await?;
        }
        Ok(())
    }

    /// Reads the exam's assessments anew, locked, so that none changes its state before the scores
    /// are written. Those that were deleted a moment ago are gone.
    pub(super) async fn lock_columns(&mut self, tx: &Tx) -> Result<(), DbError> {
        let ids = self.assessments.values().copied().collect();
        self.columns = assessments::lock(tx, &ids).await?;
        self.assessments
            .retain(|_, id| self.columns.contains_key(id));
        Ok(())
    }

    /// The course of a class in a subject.
    pub(super) fn course(&self, class: usize, subject: usize) -> Option<CourseId> {
        let class = (*self.classes.get(class)?)?;
        let (subject, _) = (*self.subjects.get(subject)?)?;
        self.courses.get(&(class, subject)).copied()
    }

    /// The assessment in which the exam's scores of a class in a subject stand.
    pub(super) fn assessment(&self, class: usize, subject: usize) -> Option<AssessmentId> {
        let course = self.course(class, subject)?;
        self.assessments.get(&course).copied()
    }

    /// The cells of the file that have a place in the database.
    pub(super) fn cells(&self, sheet: &Sheet) -> HashSet<(AssessmentId, UserId)> {
        let rows = sheet.rows.iter().zip(&self.students);
        rows.filter_map(|(row, student)| Some((row, (*student)?)))
            .flat_map(|(row, student)| {
                row.entries.iter().filter_map(move |entry| {
                    Some((self.assessment(row.class?, entry.subject)?, student))
                })
            })
            .collect()
    }
}

async fn classes(
    db: &impl Read,
    sheet: &Sheet,
    order: &ImportScores,
) -> Result<Vec<Option<ClassId>>, DbError> {
    let by_key: HashMap<ClassKey, ClassId> = structure::classes(db, &order.school_year)
        .await?
        .into_iter()
        .map(|class| {
            let key = ClassKey {
                grade_level: class.grade_level,
                name: class.name,
            };
            (key, class.id)
        })
        .collect();
    let named = sheet.classes.iter();
    Ok(named.map(|(key, _)| by_key.get(key).copied()).collect())
}

/// The students of the rows, and their names by number.
async fn students(
    db: &impl Read,
    sheet: &Sheet,
) -> Result<(Vec<Option<UserId>>, HashMap<String, String>), DbError> {
    let number = |row: &Row| row.number.clone();
    let numbers: Vec<String> = sheet.rows.iter().map(number).collect();
    let (mut ids, mut names) = (HashMap::new(), HashMap::new());
    for one in people::numbered(db, &numbers).await? {
        ids.insert(one.number.clone(), one.id);
        names.insert(one.number, one.name);
    }
    let students = numbers.iter().map(|number| ids.get(number).copied());
    Ok((students.collect(), names))
}

/// The subject that each title names by its Chinese name, its English name or its code.
fn matching(titles: &[String], subjects: &[(Subject, Points)]) -> Vec<Option<(SubjectId, Points)>> {
    let mut by_key = HashMap::new();
    for (subject, full_marks) in subjects {
        for name in [&subject.code, &subject.name_zh, &subject.name_en] {
            by_key
                .entry(title_key(name))
                .or_insert((subject.id, *full_marks));
        }
    }
    titles
        .iter()
        .map(|title| by_key.get(&title_key(title)).copied())
        .collect()
}
