//! The log: to standard error, for people or as JSON.

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Config, LogFormat};

/// What the server logs unless told otherwise. The driver's and the framework's own notes repeat
/// what ours say; one of them calls each request that is no HTTP an error, and anybody can send many.
pub const SERVER_DEFAULT: &str =
    "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,actix_server=warn,actix_http=off";
/// What the other commands log unless told otherwise: their output says the rest.
pub const COMMAND_DEFAULT: &str = "warn";

/// What `doctor` logs unless told otherwise: what others only warn of is among its checks.
pub const DOCTOR_DEFAULT: &str = "error";

/// Starts the log of this process. A later call changes nothing.
pub fn start(config: &Config, default: &str) {
    // Checked when the settings were read.
    let text = config.log.as_deref().unwrap_or(default);
    let filter = EnvFilter::try_new(text).unwrap_or_else(|_| EnvFilter::new(default));
    let builder = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Colours in a file or a pipe are noise.
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // An error means that the log stands already, as in a test.
    let _ = match config.log_format {
        LogFormat::Pretty => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
