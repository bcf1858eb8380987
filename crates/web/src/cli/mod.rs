//! The command line: reads settings and arguments, calls use cases, and says what happened.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 3 input refused and nothing written.

mod args;
mod changes;
mod course;
mod doctor;
mod export;
mod failure;
mod import;
mod import_oneroster;
mod import_roster;
mod keys;
mod migrate;
mod open;
mod output;
mod serve;
mod setup;
mod slips;
mod the_school;
mod user;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

pub use failure::Failure;
pub use open::{Migrate, open_app};

use args::{Arguments, Command};
use output::Output;

use crate::config::{Config, stated, unknown_variables};
use crate::{openapi, telemetry};

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = command()
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no mistakes: clap prints them to standard output, with code 0.
            // If that cannot be written, the code still tells.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match execute(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            failure.exit_code()
        }
    }
}

/// The commands with their help, which lists every setting.
fn command() -> clap::Command {
    Arguments::command().after_long_help(args::settings_help())
}

fn execute(arguments: Arguments) -> Result<(), Failure> {
    let output = Output::standard();
    // These two need no settings, so that they work wherever the program does.
    match &arguments.command {
        Command::Openapi => {
            return output.json(&openapi::document());
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut command(), "gradebook", &mut script);
            return output.raw(&script);
        }
        _ => {}
    }
    let environment = |name: &str| std::env::var_os(name);
    let names = std::env::vars_os().map(|(name, _): (OsString, _)| name);
    let unknown = unknown_variables(names);
    let config = match (
        Config::load(&arguments.flags(), &environment),
        &arguments.command,
    ) {
        (Ok(config), _) => config,
        (Err(error), Command::Doctor { json }) => {
            return doctor::unusable_settings(&error, *json, &output);
        }
        (Err(error), _) => return Err(error.into()),
    };
    let default = match arguments.command {
        Command::Serve(_) => telemetry::SERVER_DEFAULT,
        // It says itself what is to be looked at.
        Command::Doctor { .. } => telemetry::DOCTOR_DEFAULT,
        _ => telemetry::COMMAND_DEFAULT,
    };
    telemetry::start(&config, default);
    if let Command::Doctor { json } = arguments.command {
        let stated = stated(&arguments.flags(), &environment)?;
        return runtime()?.block_on(doctor::run(&config, &stated, &unknown, json, &output));
    }
    for variable in unknown {
        tracing::warn!(
            variable,
            "there is no such setting; `gradebook --help` lists them all"
        );
    }
    runtime()?.block_on(async {
        match arguments.command {
            Command::Serve(serve) => serve::run(&config, &serve, &output).await,
            Command::Migrate { command } => migrate::run(&config, command, &output).await,
            Command::User { command } => user::run(&config, command, &output).await,
            Command::School { command } => the_school::school(&config, command, &output).await,
            Command::SetupCode => the_school::setup_code(&config, &output).await,
            Command::Term { command } => setup::term(&config, command, &output).await,
            Command::Subject { command } => setup::subject(&config, command, &output).await,
            Command::Class { command } => setup::class(&config, command, &output).await,
            Command::Exam { command } => setup::exam(&config, command, &output).await,
            Command::Course { command } => course::run(&config, command, &output).await,
            Command::Changes(wanted) => changes::run(&config, wanted, &output).await,
            Command::Keys { command } => keys::run(&config, command, &output).await,
            Command::Import { command } => import::run(&config, command, &output).await,
            Command::Export { command } => export::run(&config, command, &output).await,
            Command::Doctor { .. } | Command::Openapi | Command::Completions { .. } => Ok(()),
        }
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start threads: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_fit_together() {
        command().debug_assert();
    }

    #[test]
    fn the_help_names_every_setting() {
        let help = command().render_long_help().to_string();
        for setting in crate::config::SETTINGS {
            assert!(help.contains(setting.variable), "{}", setting.variable);
            assert!(help.contains(setting.key), "{}", setting.key);
        }
        assert!(help.contains("GRADEBOOK_CONFIG"));
    }
}
