//! One column of a gradebook, for whoever enters it without the grid.

use std::collections::HashSet;

use gradebook_auth::Actor;
use gradebook_domain::{AssessmentId, PointsError, Score, UserId};
use gradebook_persistence::query::courses::Course;
use gradebook_persistence::query::gradebook::Student;
use unicode_normalization::UnicodeNormalization;

use crate::App;
use crate::error::ReadError;
use crate::sheets::{CellView, ColumnView};

/// One assessment with the students of its class.
#[derive(Debug, Clone)]
pub struct EntryView {
    /// The course.
    pub course: Course,
    /// The assessment.
    pub column: ColumnView,
    /// Who is in the class, in the order of the gradebook.
    pub students: Vec<Student>,
    /// Those of them who were not in the class on its day: without a score it is none of theirs.
    pub elsewhere: HashSet<UserId>,
    /// The written cells.
    pub cells: Vec<CellView>,
}

/// Reads what somebody typed into a field without a script that makes it plain: full-width
/// digits and letters are those of ASCII, and the full stop of a Chinese keyboard is a decimal point.
///
/// # Errors
/// When it is neither a code nor a number of points.
pub fn typed_score(text: &str) -> Result<Score, PointsError> {
    let plain: String = text
        .nfkc()
        .map(|sign| match sign {
            '。' => '.',
            '\u{2212}' | '\u{2013}' => '-',
            other => other,
        })
        .collect();
    Score::parse_entry(&plain)
}

impl App {
    /// One column with the students of its class.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for an assessment of a course that the actor does not keep.
    pub async fn entry(&self, actor: &Actor, id: AssessmentId) -> Result<EntryView, ReadError> {
        let (assessment, _) = self
            .assessment_with_facts(&self.db, actor, id)
            .await?
            .ok_or(ReadError::NotFound)?;
        let book = self.gradebook(actor, assessment.course).await?;
        let mut columns = book.columns.into_iter();
        let column = columns
            .find(|column| column.assessment.id == id)
            .ok_or(ReadError::NotFound)?;
        let mut cells = book.cells;
        cells.retain(|cell| cell.stored.assessment == id);
        let away = book.stays.iter().filter(|one| one.elsewhere.contains(&id));
        Ok(EntryView {
            elsewhere: away.map(|one| one.student).collect(),
            course: book.course,
            column,
            students: book.students,
            cells,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_keyboard_types_scores_too() {
        for (typed, plain) in [
            ("９１。５", "91.5"),
            (" ８０ ", "80"),
            ("ＡＢＳ", "abs"),
            ("缺", "缺考"),
            ("免", "ex"),
            ("未", "mi"),
            ("", ""),
        ] {
            assert_eq!(typed_score(typed), Score::parse_entry(plain), "{typed}");
            assert!(typed_score(typed).is_ok(), "{typed}");
        }
        assert_eq!(typed_score("九十"), Err(PointsError::NotANumber));
        assert_eq!(typed_score("1.23456"), Err(PointsError::TooManyDecimals));
    }
}
