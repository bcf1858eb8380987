//! Arguments of `gradebook export`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(in crate::cli) enum ExportCommand {
    /// A course's gradebook: students, assessments, totals
    #[command(
        long_about = "A course's gradebook: students, assessments, totals. Drafts are among them.\n\n\
            Examples:\n  \
              gradebook export gradebook --course 7 > mathematics.csv\n  \
              gradebook export gradebook --course 7 --xlsx -o mathematics.xlsx"
    )]
    Gradebook {
        /// The id that `gradebook course list` shows
        #[arg(long, value_name = "COURSE_ID", value_parser = clap::value_parser!(i64).range(1..))]
        course: i64,
        #[command(flatten)]
        file: FileArgs,
    },
    /// A class's sheet of an exam, in the form that `gradebook import scores` reads
    #[command(
        long_about = "A class's sheet of an exam, in the form that `gradebook import scores` reads.\n\n\
            Example:\n  \
              gradebook export sheet --exam 3 --class 5 --lang en -o sheet.csv"
    )]
    Sheet {
        /// The id of the exam, as in the address of its page
        #[arg(long, value_name = "EXAM_ID", value_parser = clap::value_parser!(i64).range(1..))]
        exam: i64,
        /// The id of the class, as `gradebook user slips` shows it
        #[arg(long, value_name = "CLASS_ID", value_parser = clap::value_parser!(i64).range(1..))]
        class: i64,
        #[command(flatten)]
        file: FileArgs,
    },
    /// Who is in a class
    #[command(
        long_about = "Who is in a class: numbers, names, usernames, dates.\n\n\
            Example:\n  \
              gradebook export class --class 5 --xlsx -o class.xlsx"
    )]
    Class {
        /// The id that `gradebook user slips` shows
        #[arg(long, value_name = "CLASS_ID", value_parser = clap::value_parser!(i64).range(1..))]
        class: i64,
        #[command(flatten)]
        file: FileArgs,
    },
    /// The whole school as a OneRoster 1.2 bundle
    #[command(
        long_about = "The whole school as a OneRoster 1.2 bundle: a zip of CSV files with terms, classes, people, \
            enrolments, courses, assessments and scores, for another system or another server. No password is \
            in it; names and scores are.\n\n\
            Example:\n  \
              gradebook export oneroster -o school.zip"
    )]
    Oneroster {
        /// Where to [default: standard output]. A file that is there is replaced
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Where a file goes and what it is.
#[derive(Args)]
pub(in crate::cli) struct FileArgs {
    /// Write an Excel workbook instead of CSV
    #[arg(long)]
    pub(in crate::cli) xlsx: bool,
    /// Where to [default: standard output]. A file that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Language of titles and codes
    #[arg(long, default_value = "zh-CN", value_parser = ["zh-CN", "en"])]
    pub(in crate::cli) lang: String,
}
