//! Commands, flags and their help.

mod course;
mod export;
mod import;
pub(super) mod setup;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use gradebook_auth::Role;

use super::changes::ChangesArgs;
use super::keys::KeysCommand;
use super::the_school::SchoolCommand;
use crate::config::{Flags, SETTINGS};

pub(super) use course::CourseCommand;
pub(super) use export::{ExportCommand, FileArgs};
pub(super) use import::{ImportCommand, ImportOneRoster, ImportRoster, ImportScores, Planned};

/// Grades of a school: entry for teachers, reports for students.
#[derive(Parser)]
#[command(
    name = "gradebook",
    version,
    about = "Grades of a school: entry for teachers, reports for students",
    long_about = "Grades of a school: entry for teachers, reports for students.\n\n\
        To look around:\n  \
          gradebook serve --demo\n\n\
        To start a school of your own:\n  \
          gradebook serve          and open /setup with the set-up code that it prints",
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(super) struct Arguments {
    /// File of settings [env: GRADEBOOK_CONFIG] [default: ./gradebook.toml if it is there]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
    /// Database file, signing keys and pepper [env: GRADEBOOK_DATA_DIR] [default: ./data]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    data_dir: Option<String>,
    /// sqlite://FILE?mode=rwc or mysql://USER:PASSWORD@HOST/DATABASE [env: DATABASE_URL]
    /// [default: gradebook.db in the data directory]
    ///
    /// Other accounts of this machine can see flags: put a URL with a password into the
    /// environment, or into a file that DATABASE_URL_FILE names.
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    database_url: Option<String>,
    /// What to log, like info,sqlx=warn [env: GRADEBOOK_LOG]
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Settings")]
    log: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

impl Arguments {
    /// The settings among the arguments.
    pub(super) fn flags(&self) -> Flags {
        let listen = match &self.command {
            Command::Serve(serve) => serve.listen.clone(),
            _ => None,
        };
        Flags {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone(),
            listen,
            log: self.log.clone(),
        }
    }
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Run the server
    #[command(long_about = "Run the server.\n\n\
            It prints `listening on http://ADDRESS:PORT` once it answers, logs to standard error, and stops \
            on SIGTERM or Ctrl-C after requests under way have ended.\n\n\
            Examples:\n  \
              gradebook serve --demo                     a small school to try, on this machine only\n  \
              gradebook serve --listen 127.0.0.1:9000\n  \
              GRADEBOOK_PUBLIC_URL=https://grades.example.org gradebook serve")]
    Serve(Serve),
    /// Bring the database to this version's schema, or back
    #[command(
        long_about = "Bring the database to this version's schema, or back.\n\n\
            An SQLite file is migrated by `gradebook serve` itself; on MySQL an administrator does it, \
            after a backup. Two of these at once do no harm: one waits for the other.\n\n\
            Examples:\n  \
              gradebook migrate status\n  \
              gradebook migrate up\n  \
              gradebook migrate down 1"
    )]
    Migrate {
        #[command(subcommand)]
        command: MigrateCommand,
    },
    /// Accounts: add, list, disable, enable, reset a password
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// The school's name and language: show, set
    School {
        #[command(subcommand)]
        command: SchoolCommand,
    },
    /// Print the code with which an empty school is begun in a browser, at /setup
    SetupCode,
    /// Terms: list, add, close, reopen
    Term {
        #[command(subcommand)]
        command: setup::TermCommand,
    },
    /// Subjects: list, add
    Subject {
        #[command(subcommand)]
        command: setup::SubjectCommand,
    },
    /// Classes: list, add, and who is in them from when to when
    Class {
        #[command(subcommand)]
        command: setup::ClassCommand,
    },
    /// Exams over many courses: list, add
    Exam {
        #[command(subcommand)]
        command: setup::ExamCommand,
    },
    /// Courses: list them, add one, give one to its teachers
    #[command(
        long_about = "Courses: list them, add one, give one to its teachers.\n\n\
            An import creates courses that nobody teaches. From the file to a teacher who can enter scores:\n  \
              gradebook import scores exam.csv --school-year 2026-2027 --term Autumn --exam 月考 --create-missing\n  \
              gradebook user add w.chen --name \"W. Chen\" --role teacher\n  \
              gradebook course list\n  \
              gradebook course teachers 7 w.chen"
    )]
    Course {
        #[command(subcommand)]
        command: CourseCommand,
    },
    /// List the change log: who did what, when, from what to what and why
    #[command(
        long_about = "List the change log, the newest change first: who did what, when, from what to what \
            and why.\n\n\
            Examples:\n  \
              gradebook changes --limit 20\n  \
              gradebook changes --course 7 --kind score --since 2026-11-01\n  \
              gradebook changes --user w.chen --json"
    )]
    Changes(ChangesArgs),
    /// Keys that sign access tokens: list them, change them
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Import files
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// Export gradebooks, exam sheets and class lists
    Export {
        #[command(subcommand)]
        command: ExportCommand,
    },
    /// Look whether everything that the server needs is there and safe
    #[command(
        long_about = "Look whether everything that the server needs is there and safe: settings, data \
            directory, keys, database, TLS, clocks, disk, front end. It measures how long a password \
            takes on this machine and says which bcrypt cost is best here. Nothing is changed.\n\n\
            Each line is ok, warn or fail; -> says what to do. Run it as the account that runs the \
            server, with the same settings. Exit code 1 if a check fails.\n\n\
            Examples:\n  \
              gradebook doctor\n  \
              gradebook doctor --json"
    )]
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the OpenAPI document of the JSON interface
    #[command(long_about = "Print the OpenAPI document of the JSON interface.\n\n\
        The running server has the same at /api/v1/openapi.json, and shows it at /api/v1/docs/.\n\n\
        Example:\n  gradebook openapi > openapi.json")]
    Openapi,
    /// Print a completion script for a shell
    #[command(long_about = "Print a completion script for a shell.\n\n\
        Example:\n  \
          gradebook completions bash > ~/.local/share/bash-completion/completions/gradebook")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Args)]
pub(super) struct Serve {
    /// Address and port; port 0 picks one [env: GRADEBOOK_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Settings")]
    pub(super) listen: Option<String>,
    /// Fill an empty database with a small school and print who can sign in. Their password is
    /// public, so the server then listens on this machine only
    #[arg(long)]
    pub(super) demo: bool,
    /// Apply pending migrations first. An SQLite file is migrated without it
    #[arg(long)]
    pub(super) migrate: bool,
}

#[derive(Subcommand)]
pub(super) enum MigrateCommand {
    /// Apply all pending migrations
    Up,
    /// Take back the newest migrations, with the data that is in their tables
    Down {
        /// How many
        #[arg(default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// List all migrations and whether they are applied
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Add an account
    #[command(long_about = "Add an account.\n\n\
            Prints a one-time password, to be changed at the first sign-in. With --password-stdin the \
            password is read from the first line of standard input, and stays. With \
            --password-hash-stdin it is the bcrypt hash ($2a$, $2b$ or $2y$) that an older system kept: \
            the person signs in with the password they have, and it is hashed anew then.\n\n\
            Examples:\n  \
              gradebook user add head --name \"Head of school\" --role admin\n  \
              gradebook user add li.ming --name 李明 --role student --student-number 2026001\n  \
              pass show gradebook | gradebook user add w.chen --name \"W. Chen\" --role teacher --password-stdin\n  \
              printf '%s\\n' '$2y$10$…' | gradebook user add li.na --name 李娜 --role teacher --password-hash-stdin")]
    Add(AddUser),
    /// List all accounts
    List {
        /// Only those that have all these words: parts of username, name or student number
        #[arg(long, value_name = "WORDS", default_value = "")]
        search: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep an account from signing in, and end its sessions
    Disable {
        /// Whom
        username: String,
    },
    /// Let a disabled account sign in again
    Enable {
        /// Whom
        username: String,
    },
    /// Give an account a new one-time password, and end its sessions
    ResetPassword {
        /// Whom
        username: String,
    },
    /// Change the username, the name or the student number of an account
    #[command(
        long_about = "Change the username, the name or the student number of an account.\n\n\
            Sessions under way go on; the next sign-in takes the new username, with the same password.\n\n\
            Examples:\n  \
              gradebook user rename li.ming --to li.ming2\n  \
              gradebook user rename 2026001 --to 2026010 --student-number 2026010"
    )]
    #[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["to", "name", "student_number"]))]
    Rename {
        /// Whom
        username: String,
        /// The name to sign in with from now on
        #[arg(long, value_name = "USERNAME")]
        to: Option<String>,
        /// The person's name
        #[arg(long)]
        name: Option<String>,
        /// The student number, of a student
        #[arg(long, value_name = "NUMBER")]
        student_number: Option<String>,
    },
    /// Make an admin a teacher or a teacher an admin, and end their sessions
    SetRole {
        /// Whom
        username: String,
        /// What the person is to the school from now on
        role: RoleName,
    },
    /// Make one-time passwords for a class, for printing slips
    #[command(
        long_about = "Make one-time passwords for a class, for printing slips.\n\n\
            Every student of the class who has no password of their own gets a new one-time password; slips \
            from before stop working, and sessions under way end. The others are left alone. Prints CSV with \
            class, name, student number, username and password. Without --class it lists the classes.\n\n\
            Examples:\n  \
              gradebook user slips\n  \
              gradebook user slips --class 7 > slips.csv"
    )]
    Slips {
        /// The id that `gradebook user slips` shows
        #[arg(long, value_name = "CLASS_ID", value_parser = clap::value_parser!(i64).range(1..))]
        class: Option<i64>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take the second factor from an account whose owner lost phone and recovery codes, and end its
    /// sessions
    ResetTotp {
        /// Whom
        username: String,
    },
}

#[derive(Args)]
pub(super) struct AddUser {
    /// The name to sign in with
    pub(super) username: String,
    /// The person's name
    #[arg(long)]
    pub(super) name: String,
    /// What the person is to the school
    #[arg(long)]
    pub(super) role: RoleName,
    /// 学号; a student has one, and nobody else
    #[arg(long, value_name = "NUMBER", required_if_eq("role", "student"))]
    pub(super) student_number: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(super) password_stdin: bool,
    /// Read the bcrypt hash that an older system kept from the first line of standard input
    #[arg(long, conflicts_with = "password_stdin")]
    pub(super) password_hash_stdin: bool,
    /// Language of the pages
    #[arg(long, value_parser = ["zh-CN", "en"], help = "Language of the pages [default: the school's]")]
    pub(super) locale: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleName {
    Admin,
    Teacher,
    Student,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Teacher => Self::Teacher,
            RoleName::Student => Self::Student,
        }
    }
}

/// The end of `gradebook --help`: every setting with its names.
pub(super) fn settings_help() -> String {
    let mut text = String::from(
        "Settings come from flags, then environment variables, then the file of settings, which \
         has lines like `listen = \"127.0.0.1:9000\"`:\n\n",
    );
    for setting in SETTINGS {
        let names = format!("{}, {}", setting.variable, setting.key);
        text.push_str(&format!("  {names}\n      {}\n", setting.about));
    }
    text.push_str(
        "  GRADEBOOK_CONFIG\n      the file of settings itself [default: ./gradebook.toml]\n\n",
    );
    text.push_str(
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 input refused and nothing written.",
    );
    text
}
