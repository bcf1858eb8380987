//! An exam's figures 成绩分析 (product.md, "An exam's analysis").
//!
//! Reading order: [`lines`] say which values pass and which are excellent, [`figures`] are what a
//! column of values amounts to, [`exam`] puts a whole exam together: figures by subject, class and
//! grade level, the ranks of classes, and the totals and ranks of students.

pub mod composite;
pub mod exam;
pub mod figures;
pub mod lines;
mod students;

pub use composite::{CompositeWeights, CompositeWeightsError};
pub use exam::{
    AllSubjects, ClassFigures, ExamAnalysis, ExamScores, GradeFigures, Mark, SubjectAnalysis,
    analyse,
};
pub use figures::{BandCount, Bin, Figures, rate, share};
pub use lines::{Band, Lines, LinesError, UsualExcellent};
pub use students::{StudentPlace, rank_change};
