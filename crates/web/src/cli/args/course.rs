//! The arguments of `gradebook course`.

use clap::Subcommand;

use super::setup;

#[derive(Subcommand)]
pub(in crate::cli) enum CourseCommand {
    /// List all courses and who teaches them
    List {
        /// Only those that have all these words: parts of class, subject or teacher
        #[arg(long, value_name = "WORDS", default_value = "")]
        search: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a course: one subject of one class in one term
    #[command(long_about = "Add a course: one subject of one class in one term.\n\n\
            Example:\n  \
              gradebook course add --term 1 --class 7 --subject mathematics w.chen")]
    Add(setup::AddCourse),
    /// Give a course to these teachers, and take it from all others
    #[command(
        long_about = "Give a course to these teachers, and take it from all others.\n\n\
            Examples:\n  \
              gradebook course teachers 7 w.chen\n  \
              gradebook course teachers 7 w.chen li.na\n  \
              gradebook course teachers 7 --none"
    )]
    Teachers {
        /// The id that `gradebook course list` shows
        #[arg(value_name = "COURSE_ID", value_parser = clap::value_parser!(i64).range(1..))]
        course: i64,
        /// Usernames of teachers
        #[arg(value_name = "USERNAME", required_unless_present = "none")]
        usernames: Vec<String>,
        /// Leave the course without a teacher
        #[arg(long, conflicts_with = "usernames")]
        none: bool,
    },
}
