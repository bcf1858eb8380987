//! One row of a gradebook: a student's total and why.

use gradebook_auth::actions::SeeGradebook;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{CourseId, CourseTotal, Marks, Percentage, Reading, UserId, total};
use gradebook_persistence::query::access;
use gradebook_persistence::query::courses::Course;
use gradebook_persistence::query::gradebook::{self, Assessment, Category, Student};

use super::{letter_of, scheme_of};
use crate::App;
use crate::error::ReadError;
use crate::share::of_student;

/// One student's total in a course as those who keep it see it: drafts count, too.
#[derive(Debug, Clone)]
pub struct StudentTotalView {
    /// The course.
    pub course: Course,
    /// Its categories.
    pub categories: Vec<Category>,
    /// Its assessments.
    pub assessments: Vec<Assessment>,
    /// Who.
    pub student: Student,
    /// Blank and missing cells ignored, and why.
    pub current: CourseTotal,
    /// Blank and missing cells count zero, and why.
    pub r#final: CourseTotal,
    /// The letter of the final reading, if the course gives letters.
    pub letter: Option<String>,
    /// The same without drafts.
    pub seen: TotalSeen,
}

/// What a student sees of the own total: that of the assessments which are not drafts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalSeen {
    /// Blank and missing cells ignored.
    pub current: Option<Percentage>,
    /// Blank and missing cells count zero.
    pub r#final: Option<Percentage>,
    /// The letter of the final reading, if the course gives letters.
    pub letter: Option<String>,
}

impl App {
    /// One student's total in a course, with the whole explanation of both readings.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a course that the actor does not keep, or a student who is not
    /// in it.
    pub async fn student_total(
        &self,
        actor: &Actor,
        course: CourseId,
        student: UserId,
    ) -> Result<StudentTotalView, ReadError> {
        let facts = access::course(&self.db, actor, course)
            .await?
            .ok_or(ReadError::NotFound)?;
        let grant = authorize::<SeeGradebook>(actor, facts)?;
        let book = gradebook::gradebook(&self.db, &grant)
            .await?
            .ok_or(ReadError::NotFound)?;
        let mut rows = book.students.into_iter();
        let student = rows
            .find(|one| one.id == student)
            .ok_or(ReadError::NotFound)?;
        let marks: Marks = book
            .scores
            .iter()
            .filter(|stored| stored.student == student.id)
            .map(|stored| (stored.assessment, stored.score))
            .collect();
        let owes = |day: &str, score| book.days.owes(&book.course, student.id, day, score);
        let scheme = scheme_of(&book.course, &book.categories, &book.assessments);
        let scheme = of_student(&scheme, &book.assessments, &marks, owes);
        let last = total(&scheme, &marks, Reading::Final);
        let mut published = book.assessments.clone();
        published.retain(|one| one.state.visible_to_students());
        let of_published = scheme_of(&book.course, &book.categories, &published);
        let of_published = of_student(&of_published, &published, &marks, owes);
        let seen = total(&of_published, &marks, Reading::Final);
        Ok(StudentTotalView {
            seen: TotalSeen {
                current: total(&of_published, &marks, Reading::Current).percentage,
                letter: letter_of(&book.course, &seen),
                r#final: seen.percentage,
            },
            current: total(&scheme, &marks, Reading::Current),
            letter: letter_of(&book.course, &last),
            r#final: last,
            course: book.course,
            categories: book.categories,
            assessments: book.assessments,
            student,
        })
    }
}
