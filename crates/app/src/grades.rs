//! A student's own grades.

use std::collections::{BTreeMap, HashMap};

use gradebook_auth::actions::{SeeOwnGrades, StudentRecord};
use gradebook_auth::{Actor, Denied, authorize};
use gradebook_domain::{
    AssessmentId, Band, ChangeId, ClassId, ClassStatistics, CourseId, CourseTotal, ExamId, Marks,
    Outlook, Points, RankShown, Reading, Scheme, Score, TermId, UserId, band_in_class, total,
};
use gradebook_persistence::query::changes::Sight;
use gradebook_persistence::query::courses::{Course, Subject};
use gradebook_persistence::query::gradebook::{Assessment, Category, Exam};
use gradebook_persistence::query::student_grades::{self, StudentGrades};
use gradebook_persistence::repo::scores::StoredScore;

use crate::App;
use crate::error::ReadError;
use crate::sheets::{letter_of, scheme_of};

/// One published assessment and what the student got.
#[derive(Debug, Clone)]
pub struct AssessmentGrade {
    /// The assessment.
    pub assessment: Assessment,
    /// The name of its category.
    pub category: String,
    /// The cell; `None` when nothing was ever entered.
    pub stored: Option<StoredScore>,
    /// The student was shown another score before this one, or it was changed while they could see it.
    pub corrected: bool,
    /// How the present score came into the student's sight; `None` when the log does not say.
    pub sight: Option<Sight>,
    /// How the class did, if the course shows it and enough have a score.
    pub class_statistics: Option<ClassStatistics>,
}

impl AssessmentGrade {
    /// Status and value.
    #[must_use]
    pub fn score(&self) -> Score {
        self.stored
            .as_ref()
            .map_or(Score::Blank, |stored| stored.score)
    }

    /// What the correction replaced, if the present score is one.
    #[must_use]
    pub fn correction(&self) -> Option<Correction> {
        let sight = self.sight.filter(|_| self.corrected)?;
        let before = sight.before?;
        Some(Correction {
            before,
            at: sight.since,
        })
    }

    /// Since when the student has been able to see this score, unix milliseconds; nothing where the
    /// change log does not say. When it was typed is no answer: that may have been while it was hidden.
    #[must_use]
    pub fn shown_at(&self) -> Option<i64> {
        self.sight.map(|sight| sight.since)
    }
}

/// What a correction replaced, as the student saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    /// What was shown before.
    pub before: Score,
    /// When what is shown now took its place, unix milliseconds.
    pub at: i64,
}

/// One course of a student.
#[derive(Debug, Clone)]
pub struct CourseGrades {
    /// The course.
    pub course: Course,
    /// Its categories.
    pub categories: Vec<Category>,
    /// Its published assessments, newest first.
    pub assessments: Vec<AssessmentGrade>,
    /// The total so far and why.
    pub current: CourseTotal,
    /// The total if nothing more came, and why.
    pub r#final: CourseTotal,
    /// The letter of the final total, if the course gives letters.
    pub letter: Option<String>,
}

impl CourseGrades {
    /// What can still be reached in it, over what the student sees.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        let assessments = self.assessments.iter().rev();
        let scheme = Scheme {
            absent: self.course.absent,
            categories: self.categories.iter().map(|one| one.scheme).collect(),
            assessments: assessments.map(|grade| grade.assessment.scheme()).collect(),
        };
        let marks = self.assessments.iter();
        let marks = marks.map(|grade| (grade.assessment.id, grade.score()));
        let limit = |id| {
            let mut grades = self.assessments.iter();
            let found = grades.find(|grade| grade.assessment.id == id);
            found.map_or(Points::ZERO, |grade| {
                grade.assessment.limits.extra_credit_limit
            })
        };
        Outlook::new(scheme, marks.collect()).with_extra_credit(limit)
    }
}

/// One exam of a student over the subjects that are published.
#[derive(Debug, Clone)]
pub struct ExamResult {
    /// The exam.
    pub exam: Exam,
    /// Subject, full marks and score, in the order of subjects.
    pub subjects: Vec<(Subject, Points, Score)>,
    /// How many subjects of the exam are the student's, published or not.
    pub sat: usize,
    /// Sum of the scored values; `None` when nothing is scored.
    pub total: Option<Points>,
    /// Sum of the full marks of the subjects that count: not excused, not blank.
    pub full: Option<Points>,
    /// The quarter of the class in which the total is, if the term shows it.
    pub band: Option<Band>,
}

/// Everything a student sees of their grades.
#[derive(Debug, Clone)]
pub struct MyGrades {
    /// By course, in the order of subjects.
    pub courses: Vec<CourseGrades>,
    /// By exam, newest first.
    pub exams: Vec<ExamResult>,
    /// The newest change that is certainly in here: whoever follows events from it misses nothing.
    pub as_of: ChangeId,
}

impl App {
    /// The actor's own published grades, of one term or of all.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but a student.
    pub async fn my_grades(
        &self,
        actor: &Actor,
        term: Option<TermId>,
    ) -> Result<MyGrades, ReadError> {
        let student = actor.user_id().ok_or(Denied::Visible)?;
        let grant = authorize::<SeeOwnGrades>(actor, StudentRecord { student })?;
        let as_of = self.last_event();
        let found = student_grades::of_student(&self.db, &grant, term).await?;
        Ok(arrange(student, found, as_of))
    }
}

fn arrange(student: UserId, found: StudentGrades, as_of: ChangeId) -> MyGrades {
    let exams = found
        .exams
        .iter()
        .map(|exam| ExamResult {
            band: band(student, exam.id, &found),
            ..exam_result(exam, &found)
        })
        .collect();
    let mut categories: HashMap<CourseId, Vec<Category>> = HashMap::new();
    for (course, category) in found.categories {
        categories.entry(course).or_default().push(category);
    }
    let mut assessments: HashMap<CourseId, Vec<Assessment>> = HashMap::new();
    for assessment in found.assessments {
        assessments
            .entry(assessment.course)
            .or_default()
            .push(assessment);
    }
    let courses = found
        .courses
        .into_iter()
        .map(|course| {
            let categories = categories.remove(&course.id).unwrap_or_default();
            let assessments = assessments.remove(&course.id).unwrap_or_default();
            let cells = Cells {
                scores: &found.scores,
                sights: &found.sights,
                class_values: &found.class_values,
            };
            course_grades(course, categories, assessments, cells)
        })
        .collect();
    MyGrades {
        courses,
        exams,
        as_of,
    }
}

/// The student's own cells, how they came into sight, and the values of the class where the course
/// shows its figures.
#[derive(Clone, Copy)]
struct Cells<'a> {
    scores: &'a HashMap<AssessmentId, StoredScore>,
    sights: &'a HashMap<AssessmentId, Sight>,
    class_values: &'a HashMap<AssessmentId, BTreeMap<UserId, Points>>,
}

/// A score that the student has seen differently, were it only while it was published before, is
/// corrected. One that was only shown as not entered yet is new, with a remark or without.
fn is_corrected(stored: Option<&StoredScore>, sight: Option<&Sight>) -> bool {
    let replaced = sight.and_then(|sight| sight.before);
    stored.is_some_and(|stored| stored.corrected) || replaced.is_some()
}

fn course_grades(
    course: Course,
    categories: Vec<Category>,
    assessments: Vec<Assessment>,
    cells: Cells<'_>,
) -> CourseGrades {
    let scheme = scheme_of(&course, &categories, &assessments);
    let marks: Marks = assessments
        .iter()
        .filter_map(|one| Some((one.id, cells.scores.get(&one.id)?.score)))
        .collect();
    let named = |assessment: Assessment| AssessmentGrade {
        category: categories
            .iter()
            .find(|one| one.scheme.id == assessment.category)
            .map(|one| one.name.clone())
            .unwrap_or_default(),
        corrected: is_corrected(
            cells.scores.get(&assessment.id),
            cells.sights.get(&assessment.id),
        ),
        stored: cells.scores.get(&assessment.id).cloned(),
        sight: cells.sights.get(&assessment.id).copied(),
        class_statistics: cells
            .class_values
            .get(&assessment.id)
            .filter(|_| course.show_class_statistics)
            .and_then(|values| {
                let values: Vec<Points> = values.values().copied().collect();
                ClassStatistics::of(&values, assessment.limits.max_score)
            }),
        assessment,
    };
    let last = total(&scheme, &marks, Reading::Final);
    CourseGrades {
        current: total(&scheme, &marks, Reading::Current),
        letter: letter_of(&course, &last),
        r#final: last,
        assessments: assessments.into_iter().rev().map(named).collect(),
        categories,
        course,
    }
}

fn exam_result(exam: &Exam, found: &StudentGrades) -> ExamResult {
    let of_exam = |id: ExamId| move |one: &&Assessment| one.exam == Some(id);
    let subject_of = |course: CourseId| {
        found
            .courses
            .iter()
            .find(|one| one.id == course)
            .map(|one| one.subject.clone())
    };
    let mut subjects: Vec<(Subject, Points, Score)> = found
        .assessments
        .iter()
        .filter(of_exam(exam.id))
        .filter_map(|one| {
            let score = found
                .scores
                .get(&one.id)
                .map_or(Score::Blank, |stored| stored.score);
            Some((subject_of(one.course)?, one.limits.max_score, score))
        })
        .collect();
    subjects.sort_by_key(|(subject, _, _)| (subject.position, subject.id));
    let values: Vec<Points> = subjects
        .iter()
        .filter_map(|(_, _, score)| score.value())
        .collect();
    // Whoever was excused or has no score yet is not measured against that subject's marks.
    let full: Vec<Points> = subjects
        .iter()
        .filter(|(_, _, score)| !matches!(score, Score::Excused | Score::Blank))
        .map(|(_, full, _)| *full)
        .collect();
    ExamResult {
        exam: exam.clone(),
        sat: found.sat.get(&exam.id).copied().unwrap_or(subjects.len()),
        total: if values.is_empty() {
            None
        } else {
            Points::checked_sum(&values)
        },
        full: Points::checked_sum(&full),
        subjects,
        band: None,
    }
}

/// The student's band in an exam, over the subjects that are published; in the class in which most of
/// their scores of it are, of several the one with the lowest id. Terms that hide ranks have no
/// values here of an exam unless a course shows its figures, which tells of no rank.
fn band(student: UserId, exam: ExamId, found: &StudentGrades) -> Option<Band> {
    let mut by_class: BTreeMap<ClassId, Vec<BTreeMap<UserId, Points>>> = BTreeMap::new();
    for column in found
        .assessments
        .iter()
        .filter(|one| one.exam == Some(exam))
    {
        let course = found.courses.iter().find(|one| one.id == column.course)?;
        if course.term.rank_shown == RankShown::Bands {
            let values = found.class_values.get(&column.id);
            let of_class = by_class.entry(course.class.id).or_default();
            of_class.push(values.cloned().unwrap_or_default());
        }
    }
    let own = |columns: &[BTreeMap<UserId, Points>]| {
        let scored = columns.iter().filter(|one| one.contains_key(&student));
        scored.count()
    };
    let columns = by_class
        .into_values()
        .rev()
        .max_by_key(|columns| own(columns))?;
    band_in_class(&columns, student)
}
