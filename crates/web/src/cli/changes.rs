//! `gradebook changes`.

use clap::Args;
use gradebook_app::read::{ChangeFilter, ChangeKind, LoggedChange};
use gradebook_app::{App, ReadError, name_in};
use gradebook_auth::Actor;
use gradebook_domain::{ChangeId, CourseId, Score, UserId};

use super::Failure;
use super::open::{Migrate, open_app};
use super::output::Output;
use crate::api::changes::{ChangeDto, day_or_time};
use crate::api::dto::time;
use crate::config::Config;

/// Changes that are read at once.
const PAGE: u16 = 500;

/// Which changes to list.
#[derive(Args)]
pub(super) struct ChangesArgs {
    /// In this course
    #[arg(long, value_name = "ID")]
    course: Option<i64>,
    /// By the person with this username
    #[arg(long, visible_alias = "by", value_name = "USERNAME")]
    user: Option<String>,
    /// About the person with this username, as a pupil or as an account
    #[arg(long, value_name = "USERNAME")]
    about: Option<String>,
    /// Of this kind, like score, `assessment_published` or `password_reset`
    #[arg(long, value_parser = kind)]
    kind: Option<ChangeKind>,
    /// At this time or later: 2026-11-21T08:00:00Z, or a day, which begins at midnight UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    since: Option<i64>,
    /// Before this time
    #[arg(long, value_name = "TIME", value_parser = instant)]
    until: Option<i64>,
    /// So many, the newest ones
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn instant(text: &str) -> Result<i64, String> {
    let wanted = "a time such as 2026-11-21T08:00:00Z, or a day such as 2026-11-21";
    day_or_time(text).ok_or_else(|| wanted.to_owned())
}

fn kind(text: &str) -> Result<ChangeKind, String> {
    let known = || {
        let names = ChangeKind::ALL.iter().map(|kind| kind.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    ChangeKind::parse(text).ok_or_else(|| format!("none of {}", known()))
}

pub(super) async fn run(
    config: &Config,
    wanted: ChangesArgs,
    output: &Output,
) -> Result<(), Failure> {
    let (app, db) = open_app(config, Migrate::FileOnly).await?;
    let done = list(&app, &wanted, output).await;
    db.close().await;
    done
}

async fn list(app: &App, wanted: &ChangesArgs, output: &Output) -> Result<(), Failure> {
    let operator = Actor::operator();
    let course = wanted.course.map(CourseId);
    if let Some(id) = course {
        match app.course(&operator, id).await {
            Err(ReadError::NotFound) => {
                return Err(Failure::failed(format!(
                    "there is no course {id}; `gradebook course list` shows all courses"
                )));
            }
            found => found.map(|_| ())?,
        }
    }
    let filter = ChangeFilter {
        course,
        actor: person(app, wanted.user.as_ref()).await?,
        student: person(app, wanted.about.as_ref()).await?,
        kind: wanted.kind,
        since: wanted.since,
        until: wanted.until,
        ..ChangeFilter::default()
    };
    let mut found: Vec<LoggedChange> = Vec::new();
    let mut before: Option<ChangeId> = None;
    loop {
        let left = wanted.limit as usize - found.len();
        let part = u16::try_from(left).unwrap_or(PAGE).min(PAGE);
        let page = app.changes(&operator, &filter, before, part).await?;
        found.extend(page.items);
        before = page.next.map(ChangeId);
        if before.is_none() || found.len() >= wanted.limit as usize {
            break;
        }
    }
    if wanted.json {
        let found: Vec<ChangeDto> = found.into_iter().map(ChangeDto::from).collect();
        return output.json(&found);
    }
    let rows: Vec<[String; 6]> = found.iter().map(row).collect();
    output.table(["time", "by", "what", "about", "change", "reason"], &rows)
}

/// The account with this username, if one is named.
async fn person(app: &App, username: Option<&String>) -> Result<Option<UserId>, Failure> {
    let Some(username) = username else {
        return Ok(None);
    };
    let operator = Actor::operator();
    let names = std::slice::from_ref(username);
    let known = app.people_named(&operator, names).await?;
    match known.into_iter().next().flatten() {
        Some(user) => Ok(Some(user.id)),
        None => Err(Failure::failed(format!(
            "there is no account {username}; `gradebook user list` shows all accounts"
        ))),
    }
}

fn row(change: &LoggedChange) -> [String; 6] {
    let person = change.student.as_ref().or(change.user.as_ref());
    let title = change
        .assessment
        .as_ref()
        .and_then(|(_, title)| title.clone());
    let about = [
        person.map(|(_, name)| name.clone()),
        name_in(change).or(title),
        change.course.map(|id| format!("course {id}")),
    ];
    let about: Vec<String> = about.into_iter().flatten().collect();
    let by = change.actor.as_ref();
    let what = change.kind.map_or("unknown", ChangeKind::as_str);
    let became = change
        .score
        .map(|(from, to)| format!("{} -> {}", text(from), text(to)));
    [
        time(change.at),
        by.map_or_else(|| "operator".to_owned(), |(_, name)| name.clone()),
        what.to_owned(),
        about.join(", "),
        became.unwrap_or_default(),
        change.reason.clone().unwrap_or_default(),
    ]
}

/// A value, or the name of a status.
fn text(score: Score) -> String {
    score.value().map_or_else(
        || score.status().as_str().to_owned(),
        |value| value.to_string(),
    )
}
