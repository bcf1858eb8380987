//! Grade sheets: a course's gradebook, and a class's sheet of an exam.

mod one_student;

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{EnterScores, SeeExamSheet, SeeGradebook};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{
    AssessmentId, AssessmentState, CategoryId, ClassId, ClassStatistics, CourseId, CourseTotal,
    ExamId, Marks, Percentage, Reading, Scheme, Score, SheetTotal, Statistics, UserId,
    sheet_totals_ranked, total,
};
use gradebook_persistence::query::access;
use gradebook_persistence::query::amendments::{self, OpenAmendment};
use gradebook_persistence::query::courses::Course;
use gradebook_persistence::query::gradebook::{self, Assessment, Category, Exam, Student};
use gradebook_persistence::repo::exam_rules;
use gradebook_persistence::repo::scores::StoredScore;

pub use one_student::{StudentTotalView, TotalSeen};

use crate::App;
use crate::error::ReadError;
use crate::share::{Stay, of_student, stays};

/// A column with what the actor may do in it and what its scores amount to.
#[derive(Debug, Clone)]
pub struct ColumnView {
    /// The assessment.
    pub assessment: Assessment,
    /// Whether the actor may enter scores now.
    pub editable: bool,
    /// Over the scored cells; `None` when there are none.
    pub statistics: Option<Statistics>,
    /// How many of them lie in each tenth of the full marks, the lowest first.
    pub tenths: [usize; 10],
}

/// A cell with the name of who wrote it.
#[derive(Debug, Clone)]
pub struct CellView {
    /// The cell.
    pub stored: StoredScore,
    /// The name of who wrote it last; `None` for the operator.
    pub author: Option<String>,
}

/// One student's course totals, exact.
#[derive(Debug, Clone)]
pub struct StudentTotals {
    /// Student.
    pub student: UserId,
    /// Blank cells ignored.
    pub current: Option<Percentage>,
    /// Blank and missing cells count zero.
    pub r#final: Option<Percentage>,
    /// The letter of the final reading, if the course gives letters.
    pub letter: Option<String>,
    /// Both readings of each category, in the order of the categories.
    pub categories: Vec<CategoryTotals>,
}

/// One student's percentages in one category, exact.
#[derive(Debug, Clone)]
pub struct CategoryTotals {
    /// The category.
    pub category: CategoryId,
    /// Blank and missing cells ignored.
    pub current: Option<Percentage>,
    /// Blank and missing cells count zero.
    pub r#final: Option<Percentage>,
}

/// A course's gradebook.
#[derive(Debug, Clone)]
pub struct GradebookView {
    /// The course.
    pub course: Course,
    /// Its categories.
    pub categories: Vec<Category>,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// Its rows.
    pub students: Vec<Student>,
    /// Those of its rows who are not in the class for all of the term.
    pub stays: Vec<Stay>,
    /// Its written cells.
    pub cells: Vec<CellView>,
    /// Totals by student, in the order of the rows.
    pub totals: Vec<StudentTotals>,
    /// Requests to change or review a score that nobody has settled.
    pub amendments: Vec<OpenAmendment>,
}

/// A class's sheet of an exam.
#[derive(Debug, Clone)]
pub struct ExamSheetView {
    /// The exam.
    pub exam: Exam,
    /// The class.
    pub class: ClassId,
    /// One column a subject, with its course.
    pub columns: Vec<(ColumnView, Course)>,
    /// The rows.
    pub students: Vec<Student>,
    /// Those of the rows who are not in the class for all of the term.
    pub stays: Vec<Stay>,
    /// The written cells.
    pub cells: Vec<CellView>,
    /// Sum, mean and rank by student, in the order of the rows.
    pub totals: Vec<SheetTotal>,
    /// Requests in the courses that the actor keeps that nobody has settled.
    pub amendments: Vec<OpenAmendment>,
}

impl App {
    /// A course's gradebook.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a course that the actor does not keep.
    pub async fn gradebook(
        &self,
        actor: &Actor,
        course: CourseId,
    ) -> Result<GradebookView, ReadError> {
        let facts = access::course(&self.db, actor, course)
            .await?
            .ok_or(ReadError::NotFound)?;
        let may_enter = facts.term_open && authorize::<EnterScores>(actor, facts).is_ok();
        let grant = authorize::<SeeGradebook>(actor, facts)?;
        let book = gradebook::gradebook(&self.db, &grant)
            .await?
            .ok_or(ReadError::NotFound)?;
        let open = amendments::open_of_course(&self.db, &grant).await?;
        let scores = of_rows(book.scores, &book.students);
        let scheme = scheme_of(&book.course, &book.categories, &book.assessments);
        let days = &book.days;
        let assessments = book.assessments.iter();
        let stays = stays(&book.course, &book.students, assessments, days);
        let mut marks = marks_by_student(&scores);
        let totals = book
            .students
            .iter()
            .map(|student| {
                let marks = marks.remove(&student.id).unwrap_or_default();
                let owes = |day: &str, score| days.owes(&book.course, student.id, day, score);
                let scheme = of_student(&scheme, &book.assessments, &marks, owes);
                let current = total(&scheme, &marks, Reading::Current);
                let last = total(&scheme, &marks, Reading::Final);
                student_totals(&book.course, student.id, current, last)
            })
            .collect();
        let columns = book
            .assessments
            .into_iter()
            .map(|assessment| column(assessment, may_enter, &scores))
            .collect();
        Ok(GradebookView {
            course: book.course,
            categories: book.categories,
            columns,
            students: book.students,
            stays,
            cells: cells(scores, &book.authors),
            totals,
            amendments: open,
        })
    }

    /// A class's sheet of an exam; a teacher edits the columns of the own subjects only.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a class that the actor does not teach or that did not sit the
    /// exam.
    pub async fn exam_sheet(
        &self,
        actor: &Actor,
        exam: ExamId,
        class: ClassId,
    ) -> Result<ExamSheetView, ReadError> {
        let facts = access::class_exam(&self.db, actor, exam, class)
            .await?
            .ok_or(ReadError::NotFound)?;
        let grant = authorize::<SeeExamSheet>(actor, facts)?;
        let sheet = gradebook::exam_sheet(&self.db, &grant)
            .await?
            .ok_or(ReadError::NotFound)?;
        let settings = exam_rules::settings(&self.db, exam).await?;
        let style = settings.unwrap_or_default().rank_style;
        let open = amendments::open_of_courses(&self.db, &grant.on().editable_courses).await?;
        let scores = of_rows(sheet.scores, &sheet.students);
        let by_cell: HashMap<(AssessmentId, UserId), Score> = scores
            .iter()
            .map(|stored| ((stored.assessment, stored.student), stored.score))
            .collect();
        let rows: Vec<(UserId, Vec<Score>)> = sheet
            .students
            .iter()
            .map(|student| {
                let row = sheet
                    .columns
                    .iter()
                    .map(|(column, _)| {
                        by_cell
                            .get(&(column.id, student.id))
                            .copied()
                            .unwrap_or_default()
                    })
                    .collect();
                (student.id, row)
            })
            .collect();
        let assessments = sheet.columns.iter().map(|(assessment, _)| assessment);
        let stays = sheet
            .columns
            .first()
            .map(|(_, course)| stays(course, &sheet.students, assessments, &sheet.days));
        let columns = sheet
            .columns
            .into_iter()
            .map(|(assessment, course)| {
                let own = grant.on().editable_courses.contains(&assessment.course);
                let view = column(assessment, own && course.term.open, &scores);
                (view, course)
            })
            .collect();
        Ok(ExamSheetView {
            exam: sheet.exam,
            class,
            columns,
            students: sheet.students,
            stays: stays.unwrap_or_default(),
            cells: cells(scores, &sheet.authors),
            totals: sheet_totals_ranked(&rows, style),
            amendments: open,
        })
    }
}

/// What the calculator of totals needs to know of a course.
pub(crate) fn scheme_of(
    course: &Course,
    categories: &[Category],
    assessments: &[Assessment],
) -> Scheme {
    Scheme {
        absent: course.absent,
        categories: categories.iter().map(|one| one.scheme).collect(),
        assessments: assessments.iter().map(Assessment::scheme).collect(),
    }
}

/// The letter that the course gives for its final reading.
pub(crate) fn letter_of(course: &Course, last: &CourseTotal) -> Option<String> {
    let scale = course.letters.as_ref()?;
    let letter = scale.letter(last.percentage.as_ref()?)?;
    Some(letter.to_owned())
}

fn student_totals(
    course: &Course,
    student: UserId,
    current: CourseTotal,
    last: CourseTotal,
) -> StudentTotals {
    // Both explanations have every category, in the order of the scheme.
    let categories = current.why.categories.into_iter().zip(&last.why.categories);
    StudentTotals {
        student,
        letter: letter_of(course, &last),
        categories: categories
            .map(|(current, last)| CategoryTotals {
                category: current.id,
                current: current.percentage,
                r#final: last.percentage.clone(),
            })
            .collect(),
        current: current.percentage,
        r#final: last.percentage,
    }
}

/// The cells of the students in the rows. Those of a student who left before the term stay on record
/// but count nowhere.
fn of_rows(scores: Vec<StoredScore>, students: &[Student]) -> Vec<StoredScore> {
    let rows: HashSet<UserId> = students.iter().map(|student| student.id).collect();
    scores
        .into_iter()
        .filter(|stored| rows.contains(&stored.student))
        .collect()
}

fn marks_by_student(scores: &[StoredScore]) -> HashMap<UserId, Marks> {
    let mut rows: HashMap<UserId, Vec<(AssessmentId, Score)>> = HashMap::new();
    for stored in scores {
        rows.entry(stored.student)
            .or_default()
            .push((stored.assessment, stored.score));
    }
    rows.into_iter()
        .map(|(student, row)| (student, row.into_iter().collect()))
        .collect()
}

fn column(assessment: Assessment, may_enter: bool, scores: &[StoredScore]) -> ColumnView {
    let values: Vec<_> = scores
        .iter()
        .filter(|stored| stored.assessment == assessment.id)
        .filter_map(|stored| stored.score.value())
        .collect();
    ColumnView {
        editable: may_enter && assessment.state != AssessmentState::Locked,
        statistics: Statistics::of(&values),
        tenths: ClassStatistics::distribution(&values, assessment.limits.max_score),
        assessment,
    }
}

fn cells(scores: Vec<StoredScore>, authors: &HashMap<UserId, String>) -> Vec<CellView> {
    scores
        .into_iter()
        .map(|stored| CellView {
            author: stored
                .updated_by
                .and_then(|author| authors.get(&author).cloned()),
            stored,
        })
        .collect()
}
