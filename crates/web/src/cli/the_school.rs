//! `gradebook school` and `gradebook setup-code`.

use clap::Subcommand;
use gradebook_app::{App, SchoolFields};
use gradebook_auth::Actor;

use super::Failure;
use super::open::{Migrate, open_app};
use super::output::Output;
use super::setup::explain;
use crate::api::school::SchoolDto;
use crate::config::Config;

#[derive(Subcommand)]
pub(in crate::cli) enum SchoolCommand {
    /// Show the school's name and language
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change the school's name or language
    #[command(long_about = "Change the school's name or language.\n\n\
            Example:\n  \
              gradebook school set --name \"实验小学 Hill Primary School\" --language zh-CN")]
    Set {
        /// What it is called on pages, report cards and slips
        #[arg(long, required_unless_present = "language")]
        name: Option<String>,
        /// Of new accounts, and of pages for visitors whose browser asks for another language
        #[arg(long, value_parser = ["zh-CN", "en"])]
        language: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn school(
    config: &Config,
    command: SchoolCommand,
    output: &Output,
) -> Result<(), Failure> {
    let (app, db) = open_app(config, Migrate::FileOnly).await?;
    let done = run(&app, command, output).await;
    db.close().await;
    done
}

async fn run(app: &App, command: SchoolCommand, output: &Output) -> Result<(), Failure> {
    let (school, json) = match command {
        SchoolCommand::Show { json } => (app.read_school().await?, json),
        SchoolCommand::Set {
            name,
            language,
            json,
        } => {
            let typed = SchoolFields {
                name,
                locale: language,
            };
            let changed = app.change_school(&Actor::operator(), &typed).await;
            (changed.map_err(|error| explain(&error, "school"))?, json)
        }
    };
    if json {
        return output.json(&SchoolDto::from(school));
    }
    let or_none = |text: &str| {
        if text.is_empty() {
            "not said yet"
        } else {
            text
        }
        .to_owned()
    };
    output.line(&format!("name: {}", or_none(&school.name)))?;
    output.line(&format!("language: {}", or_none(&school.locale)))
}

/// Prints the code with which a school is begun in a browser, as `serve` does.
pub(super) async fn setup_code(config: &Config, output: &Output) -> Result<(), Failure> {
    let (app, db) = open_app(config, Migrate::FileOnly).await?;
    let code = app.setup_code().await;
    db.close().await;
    match code? {
        Some(code) => output.line(&code),
        None => Err(Failure::failed(
            "somebody has an account already, so there is no set-up code any more; sign in, or add an \
             administrator with `gradebook user add`",
        )),
    }
}
