//! `gradebook migrate`.

use gradebook_app::{Db, MigrationState, MigrationStep};
use serde::Serialize;

use super::Failure;
use super::args::MigrateCommand;
use super::open::open_db;
use super::output::Output;
use crate::config::Config;

/// A migration, as `status --json` prints it.
#[derive(Serialize)]
struct Step<'a> {
    name: &'a str,
    state: &'static str,
}

fn state(step: &MigrationStep) -> &'static str {
    match step.state {
        MigrationState::Applied => "applied",
        MigrationState::Pending => "pending",
    }
}

pub(super) async fn run(
    config: &Config,
    command: MigrateCommand,
    output: &Output,
) -> Result<(), Failure> {
    let db = open_db(config).await?;
    let done = match command {
        MigrateCommand::Up => change(&db, output, "applied", async || db.migrate_up().await).await,
        MigrateCommand::Down { steps } => {
            change(&db, output, "taken back", async || {
                db.migrate_down(steps).await
            })
            .await
        }
        MigrateCommand::Status { json } => status(&db, json, output).await,
    };
    db.close().await;
    done
}

/// Changes the schema, and names each migration whose state is another than before.
async fn change(
    db: &Db,
    output: &Output,
    verb: &str,
    work: impl AsyncFn() -> Result<(), gradebook_app::DbError>,
) -> Result<(), Failure> {
    let before = db.migrations().await?;
    let worked = work().await;
    // After a failure too: on MySQL those before the failing one stay.
    let after = db.migrations().await?;
    let mut changed = 0;
    for step in &after {
        let was = before.iter().find(|other| other.name == step.name);
        if was.is_some_and(|was| was.state != step.state) {
            output.line(&format!("{verb} {}", step.name))?;
            changed += 1;
        }
    }
    worked?;
    if changed == 0 {
        output.line("nothing to do")?;
    }
    Ok(())
}

async fn status(db: &Db, json: bool, output: &Output) -> Result<(), Failure> {
    let steps = db.migrations().await?;
    if json {
        let steps: Vec<Step<'_>> = steps
            .iter()
            .map(|step| Step {
                name: &step.name,
                state: state(step),
            })
            .collect();
        return output.json(&steps);
    }
    let rows: Vec<[String; 2]> = steps
        .iter()
        .map(|step| [step.name.clone(), state(step).to_owned()])
        .collect();
    output.table(["migration", "state"], &rows)
}
