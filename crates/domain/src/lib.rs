//! The rules of the gradebook: scores, totals, ranks and figures.
//!
//! Synchronous, without I/O and without a clock, and exact: between the keyboard and the
//! screen no number is a binary float.

#![deny(clippy::float_arithmetic)]

pub mod amendment;
pub mod analysis;
pub mod assessment_state;
pub mod class_order;
pub mod class_statistics;
pub mod exact;
pub mod exam_sheet;
pub mod ids;
pub mod letter;
pub mod names;
pub mod outlook;
pub mod percentage;
pub mod points;
pub mod rank;
pub mod rank_shown;
pub mod scheme;
pub mod score;
pub mod seen;
pub mod statistics;
pub mod total;
pub mod unusual;
pub mod weight;
pub mod year;

pub use amendment::{AmendmentKind, AmendmentState, AmendmentStep, InvalidStep};
pub use analysis::{
    AllSubjects, Band, BandCount, Bin, ClassFigures, CompositeWeights, CompositeWeightsError,
    ExamAnalysis, ExamScores, Figures, GradeFigures, Lines, LinesError, Mark, StudentPlace,
    SubjectAnalysis, UsualExcellent, analyse, rank_change, rate, share,
};
pub use assessment_state::{AssessmentState, InvalidTransition, Transition};
pub use class_order::ClassPlace;
pub use class_statistics::ClassStatistics;
pub use exact::{Exact, Rounded};
pub use exam_sheet::{SheetTotal, sheet_totals, sheet_totals_ranked};
pub use ids::{
    AmendmentId, AssessmentId, BatchId, CategoryId, ChangeId, ClassId, CourseId, EnrolmentId,
    ExamId, ImportId, SessionId, SubjectId, TermId, UserId,
};
pub use letter::{LetterScale, LetterScaleError};
pub use names::UnknownName;
pub use outlook::{Need, Open, Outlook};
pub use percentage::Percentage;
pub use points::{Points, PointsError};
pub use rank::{RankStyle, ranks};
pub use rank_shown::{RankShown, band_in_class};
pub use scheme::{
    AbsentPolicy, Aggregation, AssessmentScheme, CategoryScheme, Scheme, SchemeError,
};
pub use score::{Score, ScoreError, ScoreLimits, ScoreRefusal, ScoreStatus};
pub use seen::{CellEvent, Seen, SeenChange, seen, seen_changes};
pub use statistics::{Statistics, mean};
pub use total::{
    AssessmentLine, CategoryLine, CourseTotal, DropEnd, Explanation, Marks, NoValue, Reading,
    Treatment, total,
};
pub use unusual::{FEWEST_TO_COMPARE, far_from_mean};
pub use weight::{Weight, WeightError, without_percent_sign};
pub use year::{YearLine, YearTotal, YearTreatment, year_total};
