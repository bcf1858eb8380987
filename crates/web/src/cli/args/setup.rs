//! `gradebook term`, `subject`, `class` and `exam`, and adding a course.

use clap::{Args, Subcommand};

const ID: fn() -> clap::builder::RangedI64ValueParser<i64> = || clap::value_parser!(i64).range(1..);

#[derive(Subcommand)]
pub(in crate::cli) enum TermCommand {
    /// List all terms
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a term
    #[command(long_about = "Add a term.\n\n\
            Example:\n  \
              gradebook term add 2026-2027 Spring --from 2027-02-10 --to 2027-07-10 --weight 50")]
    Add(AddTerm),
    /// Close a term: what is published in it is locked, and no score is taken any more
    #[command(
        long_about = "Close a term: what is published in it is locked, and no score is taken any more.\n\n\
            Example:\n  \
              gradebook term close 3"
    )]
    Close {
        /// The id that `gradebook term list` shows
        #[arg(value_name = "TERM_ID", value_parser = ID())]
        term: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Open a closed term again, and unlock what its closing locked
    #[command(
        long_about = "Open a closed term again, and unlock what its closing locked.\n\n\
            Example:\n  \
              gradebook term reopen 3 --reason \"a paper was found\""
    )]
    Reopen {
        /// The id that `gradebook term list` shows
        #[arg(value_name = "TERM_ID", value_parser = ID())]
        term: i64,
        /// Why; it is kept in the change log
        #[arg(long)]
        reason: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(in crate::cli) struct AddTerm {
    /// Like 2026-2027
    pub(in crate::cli) school_year: String,
    /// Like Autumn
    pub(in crate::cli) name: String,
    /// First day, like 2026-09-01
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) from: String,
    /// Last day
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) to: String,
    /// Percent of the year
    #[arg(long, value_name = "PERCENT", default_value = "50")]
    pub(in crate::cli) weight: String,
    /// Show students bands instead of no rank at all
    #[arg(long)]
    pub(in crate::cli) rank_bands: bool,
    /// Print JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Subcommand)]
pub(in crate::cli) enum SubjectCommand {
    /// List all subjects
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a subject
    #[command(long_about = "Add a subject.\n\n\
            Example:\n  \
              gradebook subject add physics --zh 物理 --en Physics --full-marks 100")]
    Add {
        /// Short and unique, without spaces
        code: String,
        /// Chinese name
        #[arg(long)]
        zh: String,
        /// English name; the Chinese one stands in for it
        #[arg(long)]
        en: Option<String>,
        /// Full marks of assessments that state none
        #[arg(long, value_name = "POINTS", default_value = "100")]
        full_marks: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(in crate::cli) enum ClassCommand {
    /// List all classes
    List {
        /// Only those that have all these words: parts of year, grade level or name
        #[arg(long, value_name = "WORDS", default_value = "")]
        search: String,
        /// Only those of this school year
        #[arg(long, value_name = "YEAR")]
        school_year: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a class
    #[command(long_about = "Add a class.\n\n\
            Example:\n  \
              gradebook class add 2026-2027 \"Grade 6\" \"Class 3\"")]
    Add {
        /// Like 2026-2027
        school_year: String,
        /// Like "Grade 6"
        grade_level: String,
        /// Like "Class 3"
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List who is in a class, and who left it
    Students {
        /// The id that `gradebook class list` shows
        #[arg(value_name = "CLASS_ID", value_parser = ID())]
        class: i64,
        /// Only those who are in it on this day
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a student into a class
    #[command(long_about = "Take a student into a class.\n\n\
            Example:\n  \
              gradebook class enrol 7 2026001 --from 2026-09-01")]
    Enrol {
        /// The id that `gradebook class list` shows
        #[arg(value_name = "CLASS_ID", value_parser = ID())]
        class: i64,
        /// 学号
        #[arg(value_name = "STUDENT_NUMBER")]
        number: String,
        /// First day; today (UTC) unless stated
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// End a student's membership of a class; scores and history stay
    #[command(
        long_about = "End a student's membership of a class; scores and history stay.\n\n\
            Example:\n  \
              gradebook class leave 7 2026001 --on 2026-12-18"
    )]
    Leave {
        /// The id that `gradebook class list` shows
        #[arg(value_name = "CLASS_ID", value_parser = ID())]
        class: i64,
        /// 学号
        #[arg(value_name = "STUDENT_NUMBER")]
        number: String,
        /// Last day; today (UTC) unless stated
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Move a student from one class to another
    #[command(long_about = "Move a student from one class to another.\n\n\
            Example:\n  \
              gradebook class move 7 2026001 --to 8 --from 2026-11-16")]
    Move {
        /// The class that the student leaves
        #[arg(value_name = "CLASS_ID", value_parser = ID())]
        class: i64,
        /// 学号
        #[arg(value_name = "STUDENT_NUMBER")]
        number: String,
        /// The class that the student joins
        #[arg(long, value_name = "CLASS_ID", value_parser = ID())]
        to: i64,
        /// First day there; today (UTC) unless stated
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(in crate::cli) struct AddCourse {
    /// The id that `gradebook term list` shows
    #[arg(long, value_name = "TERM_ID", value_parser = ID())]
    pub(in crate::cli) term: i64,
    /// The id that `gradebook class list` shows
    #[arg(long, value_name = "CLASS_ID", value_parser = ID())]
    pub(in crate::cli) class: i64,
    /// The code that `gradebook subject list` shows
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) subject: String,
    /// Usernames of its teachers
    #[arg(value_name = "USERNAME")]
    pub(in crate::cli) teachers: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Subcommand)]
pub(in crate::cli) enum ExamCommand {
    /// List all exams
    List {
        /// Only those that have all these words: parts of exam, term or school year
        #[arg(long, value_name = "WORDS", default_value = "")]
        search: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add an exam: one draft assessment in every course of the term, or of some classes and subjects
    #[command(
        long_about = "Add an exam: one draft assessment in every course of the term, or of some classes and \
            subjects.\n\n\
            Examples:\n  \
              gradebook exam add 1 期中考试 --kind midterm --on 2026-11-10\n  \
              gradebook exam add 1 \"Unit test\" --kind quiz --on 2026-10-12 --subject mathematics --class 7 --class 8"
    )]
    Add(AddExam),
}

#[derive(Args)]
pub(in crate::cli) struct AddExam {
    /// The id that `gradebook term list` shows
    #[arg(value_name = "TERM_ID", value_parser = ID())]
    pub(in crate::cli) term: i64,
    /// The name of the exam and of its columns
    pub(in crate::cli) name: String,
    /// What sort of exam it is
    #[arg(long, value_parser = ["midterm", "final", "monthly", "quiz"])]
    pub(in crate::cli) kind: String,
    /// The day
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) on: String,
    /// Only this class; may be repeated
    #[arg(long, value_name = "CLASS_ID", value_parser = ID())]
    pub(in crate::cli) class: Vec<i64>,
    /// Only this subject, by its code; may be repeated
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) subject: Vec<String>,
    /// Full marks in every course; the subject's unless stated
    #[arg(long, value_name = "POINTS")]
    pub(in crate::cli) full_marks: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}
