//! Arguments of `gradebook import`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Subcommand)]
pub(in crate::cli) enum ImportCommand {
    /// Import the scores of one exam or one course: all of them, or nothing
    #[command(
        long_about = "Import the scores of one exam or one course: all of them, or nothing.\n\n\
            The file is XLSX or CSV (UTF-8 or GBK) with a line for each student and a column for each \
            subject:\n  \
              年级,班级,考号,姓名,语文,数学,英语\n  \
              Grade 6,Class 1,2026001,李明,92,88.5,absent\n\
            or, with --course, for each assessment of the course by its title:\n  \
              学号,姓名,Quiz 1,Homework\n\
            or it has a line for each score: student_number,assessment,value.\n\n\
            Cells that are blank stay as they are; importing the same file again changes nothing. What \
            is wrong is listed as FILE:LINE: column: value: reason, and nothing is written (exit code 3).\n\n\
            Examples:\n  \
              gradebook import scores exam.csv --school-year 2026-2027 --term Autumn --exam 月考 --dry-run\n  \
              gradebook import scores exam.csv --school-year 2026-2027 --term Autumn --exam 月考 \\\n    \
                --create-missing --publish\n  \
              gradebook import scores book.xlsx --course 12"
    )]
    Scores(ImportScores),
    /// Import who belongs to which class: all of it, or nothing
    #[command(
        long_about = "Import who belongs to which class: all of it, or nothing.\n\n\
            The file is XLSX or CSV (UTF-8 or GBK) with a line for each person:\n  \
              学年,年级,班级,学号,姓名,入班日期,用户名,角色\n  \
              2026-2027,六年级,3班,2026001,李明,2026-09-01,,\n\
            Needed are 年级, 班级, 学号 and 姓名 (grade level, class, student number, name); school year, grade \
            level and class may be given here instead. Students who are not there get an account, whose username \
            is the student number unless the file says another; people whose name differs are renamed; whoever is \
            in another class moves. Who is in a class and not in the file stays there, and is listed. A row with 教师 (teacher) as 角色 (role) gets a teacher's account.\n\n\
            New accounts have no password: `gradebook user slips --class ID` makes one-time passwords to print. \
            What is wrong is listed as FILE:LINE: column: value: reason, and nothing is written (exit code 3).\n\n\
            Examples:\n  \
              gradebook import roster roster.xlsx --school-year 2026-2027 --create-missing --dry-run\n  \
              gradebook import roster class3.csv --school-year 2026-2027 --grade-level 六年级 --class 3班 \\\n    \
                --first-day 2026-09-01"
    )]
    Roster(ImportRoster),
    /// Import a school from a OneRoster bundle: all of it, or nothing
    #[command(
        long_about = "Import a school from a OneRoster bundle: all of it, or nothing.\n\n\
            The file is a zip of CSV files (OneRoster 1.2 or 1.1, bulk) from another system, or from \
            `gradebook export oneroster`. Terms, subjects, classes, people, enrolments, courses, assessments and \
            scores that the school does not have are created; what is there stays, and importing the same file \
            again changes nothing. People get accounts without a password. What is wrong is listed as \
            FILE:LINE: column: value: reason, and nothing is written (exit code 3).\n\n\
            Examples:\n  \
              gradebook import oneroster school.zip --dry-run\n  \
              gradebook import oneroster school.zip"
    )]
    Oneroster(ImportOneRoster),
}

/// What is done with the plan of an import.
#[derive(Args)]
pub(in crate::cli) struct Planned {
    /// Leave out the rows that cannot be imported, instead of importing nothing
    #[arg(long)]
    pub(in crate::cli) allow_partial: bool,
    /// Import only if this is still the plan (`plan_hash` of `--dry-run --json`)
    #[arg(long, value_name = "HASH")]
    pub(in crate::cli) plan_hash: Option<String>,
    /// Only say what would be done
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Args)]
pub(in crate::cli) struct ImportRoster {
    /// The file
    pub(in crate::cli) file: PathBuf,
    /// School year of rows that name none, like 2026-2027
    #[arg(long, value_name = "YEAR")]
    pub(in crate::cli) school_year: Option<String>,
    /// Grade level of rows that name none
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) grade_level: Option<String>,
    /// Class of rows that name none
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) class: Option<String>,
    /// First day in the class of rows that name none, like 2026-09-01 [default: today, or the first
    /// day of the year's first term if that is still to come]
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) first_day: Option<String>,
    /// Create classes that the school does not have
    #[arg(long)]
    pub(in crate::cli) create_missing: bool,
    /// Only add these classes, as of an elective group: nobody leaves another class
    #[arg(long)]
    pub(in crate::cli) keep_other_classes: bool,
    #[command(flatten)]
    pub(in crate::cli) planned: Planned,
}

#[derive(Args)]
pub(in crate::cli) struct ImportOneRoster {
    /// The zip
    pub(in crate::cli) file: PathBuf,
    /// Why scores change that students have seen
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: Option<String>,
    /// Only say what would be done
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Args)]
pub(in crate::cli) struct ImportScores {
    /// The file
    pub(in crate::cli) file: PathBuf,
    /// School year, like 2026-2027
    #[arg(long, value_name = "YEAR", required_unless_present = "course")]
    pub(in crate::cli) school_year: Option<String>,
    /// Name of the term in that year, like Autumn
    #[arg(long, required_unless_present = "course")]
    pub(in crate::cli) term: Option<String>,
    /// Name of the exam in that term
    #[arg(long, value_name = "NAME", required_unless_present = "course")]
    pub(in crate::cli) exam: Option<String>,
    /// Import into this course, by its id, instead of an exam
    #[arg(long, value_name = "ID",
        conflicts_with_all = ["school_year", "term", "exam", "held_on", "create_missing", "publish"])]
    pub(in crate::cli) course: Option<i64>,
    /// What kind of exam it becomes if it is created
    #[arg(long, default_value = "monthly")]
    pub(in crate::cli) kind: ExamKind,
    /// Day of the exam if it is created, like 2026-11-21 [default: today]
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) held_on: Option<String>,
    /// Create the term, exam, subjects, classes, students and courses that the school does not have.
    /// Students get an account that cannot sign in before `gradebook user reset-password`
    #[arg(long)]
    pub(in crate::cli) create_missing: bool,
    /// Let students see the scores afterwards
    #[arg(long)]
    pub(in crate::cli) publish: bool,
    /// Why scores change that students have seen
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: Option<String>,
    /// Leave out the column with this title; can be given several times
    #[arg(long, value_name = "TITLE")]
    pub(in crate::cli) ignore_column: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) planned: Planned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExamKind {
    /// 期中
    Midterm,
    /// 期末
    Final,
    /// 月考
    Monthly,
    /// 平时
    Quiz,
}

impl ExamKind {
    /// The name under which it is stored.
    pub(in crate::cli) fn as_str(self) -> &'static str {
        match self {
            Self::Midterm => "midterm",
            Self::Final => "final",
            Self::Monthly => "monthly",
            Self::Quiz => "quiz",
        }
    }
}
