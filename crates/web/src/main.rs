//! The `gradebook` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    gradebook_web::cli::run()
}
