//! What an import creates and saves, in numbers and names.

use gradebook_domain::{BatchId, ClassId, ExamId};

use super::NotInFile;

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// The batch that undo names; `None` when nothing was written.
    pub batch: Option<BatchId>,
    /// Whether the term was created.
    pub term_created: bool,
    /// Whether the exam was created.
    pub exam_created: bool,
    /// Accounts created, without a password yet.
    pub students_created: usize,
    /// Classes created.
    pub classes_created: usize,
    /// Subjects created.
    pub subjects_created: usize,
    /// Courses created.
    pub courses_created: usize,
    /// Accounts of teachers created, without a password yet.
    pub teachers_created: usize,
    /// Students who joined a class.
    pub enrolled: usize,
    /// Those of them who left another class for it.
    pub moved: usize,
    /// Accounts that got another name.
    pub renamed: usize,
    /// Students in the file.
    pub rows: usize,
    /// Cells that had no score before.
    pub scores_new: usize,
    /// Cells that had another score before.
    pub scores_changed: usize,
    /// Cells that were as the file says already.
    pub scores_unchanged: usize,
    /// Assessments published.
    pub published: usize,
    /// The exam; `None` when a dry run would create it.
    pub exam: Option<ExamId>,
    /// The classes of the file, in its order; a dry run knows only those that exist.
    pub classes: Vec<ClassId>,
    /// Students of the classes of a roster whom it does not name, the first thousand. They stay.
    pub not_in_file: Vec<NotInFile>,
    /// How many they are.
    pub not_in_file_total: usize,
    /// The classes that are created: grade level, name and school year.
    pub new_classes: Vec<String>,
    /// Scores that students have seen and that change: for these there has to be a reason.
    pub corrected: usize,
    /// The titles of columns that become subjects.
    pub new_subjects: Vec<String>,
    /// The titles of columns that are not read: those that were left out, and those of a roster that
    /// mean nothing.
    pub ignored_columns: Vec<String>,
}
