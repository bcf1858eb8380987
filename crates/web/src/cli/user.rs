//! `gradebook user`.

use std::io::{self, BufRead, Read};

use gradebook_app::read::{PeopleFilter, User};
use gradebook_app::{App, NewPassword, NewPerson, PeopleError, PersonChange};
use gradebook_auth::password::OlderHash;
use gradebook_auth::{Actor, Role};
use gradebook_domain::{ClassId, UserId};

use super::args::{AddUser, RoleName, UserCommand};
use super::open::{Migrate, open_app};
use super::output::Output;
use super::{Failure, slips};
use crate::api::users::UserDto;
use crate::config::Config;

/// No password is longer; a file that was piped in by mistake is not read to its end.
const LONGEST_PASSWORD: u64 = 4096;
/// Accounts that are read at once.
const PAGE: u16 = 500;

pub(super) async fn run(
    config: &Config,
    command: UserCommand,
    output: &Output,
) -> Result<(), Failure> {
    // Read before the database is opened, which may take a while.
    let password = match &command {
        UserCommand::Add(new) => {
            check(new)?;
            password_of(new)?
        }
        _ => None,
    };
    let (app, db) = open_app(config, Migrate::FileOnly).await?;
    let done = execute(&app, command, password, output).await;
    db.close().await;
    done
}

async fn execute(
    app: &App,
    command: UserCommand,
    password: Option<NewPassword>,
    output: &Output,
) -> Result<(), Failure> {
    let operator = &Actor::operator();
    match command {
        UserCommand::Add(new) => add(app, operator, new, password, output).await,
        UserCommand::List { search, json } => list(app, operator, search, json, output).await,
        UserCommand::Disable { username } => {
            let changed = app.set_enabled(operator, &username, false).await;
            changed.map_err(|error| explain(error, &username))?;
            output.line(&format!("{username} is disabled; open sessions have ended"))
        }
        UserCommand::Enable { username } => {
            let changed = app.set_enabled(operator, &username, true).await;
            changed.map_err(|error| explain(error, &username))?;
            output.line(&format!("{username} is enabled"))
        }
        UserCommand::ResetPassword { username } => {
            let reset = app.reset_password(operator, &username).await;
            let initial = reset.map_err(|error| explain(error, &username))?;
            output.line(&format!("one-time password of {username}: {initial}"))
        }
        UserCommand::SetRole { username, role } => {
            set_role(app, operator, &username, role.into(), output).await
        }
        UserCommand::Rename {
            username,
            to,
            name,
            student_number,
        } => {
            let change = PersonChange {
                username: to,
                name,
                student_number,
                ..PersonChange::default()
            };
            rename(app, operator, &username, &change, output).await
        }
        UserCommand::Slips { class: None, json } => {
            slips::list_classes(app, operator, json, output).await
        }
        UserCommand::Slips {
            class: Some(class),
            json,
        } => slips::make(app, operator, ClassId(class), json, output).await,
        UserCommand::ResetTotp { username } => {
            let reset = app.reset_totp(operator, &username).await;
            let had_one = reset.map_err(|error| explain(error, &username))?;
            output.line(&if had_one {
                format!("{username} signs in without a code; open sessions have ended")
            } else {
                format!("{username} has no second factor; nothing is changed")
            })
        }
    }
}

async fn named(app: &App, operator: &Actor, username: &str) -> Result<User, Failure> {
    let same = [username.to_owned()];
    let found = app.people_named(operator, &same).await?.into_iter().next();
    found
        .flatten()
        .ok_or_else(|| explain(PeopleError::NotFound, username))
}

async fn rename(
    app: &App,
    operator: &Actor,
    username: &str,
    change: &PersonChange,
    output: &Output,
) -> Result<(), Failure> {
    let user = named(app, operator, username).await?;
    let changed = app.change_person(operator, user.id, change).await;
    let user = changed.map_err(|error| explain(error, username))?;
    let number = user.student_number.map(|number| format!(", {number}"));
    output.line(&format!(
        "{}: {}{}",
        user.username,
        user.name,
        number.unwrap_or_default()
    ))
}

async fn set_role(
    app: &App,
    operator: &Actor,
    username: &str,
    role: Role,
    output: &Output,
) -> Result<(), Failure> {
    let user = named(app, operator, username).await?;
    let change = PersonChange {
        role: Some(role),
        ..PersonChange::default()
    };
    let changed = app.change_person(operator, user.id, &change).await;
    changed.map_err(|error| explain(error, username))?;
    if user.role == role {
        return output.line(&format!("{username} is {role} already"));
    }
    output.line(&format!(
        "{username} is {role} now; open sessions have ended"
    ))
}

/// What the arguments must fulfil together.
fn check(new: &AddUser) -> Result<(), Failure> {
    if new.role != RoleName::Student && new.student_number.is_some() {
        return Err(Failure::Usage(
            "--student-number goes with --role student only; leave it out".to_owned(),
        ));
    }
    Ok(())
}

/// What standard input holds, if a flag says that it does.
fn password_of(new: &AddUser) -> Result<Option<NewPassword>, Failure> {
    if new.password_stdin {
        return Ok(Some(NewPassword::Chosen(first_line("--password-stdin")?)));
    }
    if !new.password_hash_stdin {
        return Ok(None);
    }
    let hash = OlderHash::parse(first_line("--password-hash-stdin")?.trim()).map_err(|error| {
        Failure::Refused(format!(
            "{}: standard input is {error}; leave --password-hash-stdin out for a one-time password",
            new.username.trim()
        ))
    })?;
    Ok(Some(NewPassword::Older(hash)))
}

fn first_line(flag: &str) -> Result<String, Failure> {
    let mut line = String::new();
    io::stdin()
        .lock()
        .take(LONGEST_PASSWORD)
        .read_line(&mut line)
        .map_err(|error| Failure::failed(format!("cannot read the password: {error}")))?;
    let line = line.trim_end_matches(['\n', '\r']);
    if line.is_empty() {
        return Err(Failure::Usage(format!(
            "{flag}: standard input is empty; pipe it in, or leave the flag out for a one-time \
             password"
        )));
    }
    Ok(line.to_owned())
}

async fn add(
    app: &App,
    operator: &Actor,
    new: AddUser,
    password: Option<NewPassword>,
    output: &Output,
) -> Result<(), Failure> {
    let username = new.username.trim().to_owned();
    let school = app.read_school().await?;
    let person = NewPerson {
        username: new.username,
        name: new.name,
        role: new.role.into(),
        student_number: new.student_number,
        password,
        locale: new
            .locale
            .unwrap_or_else(|| school.locale_of_accounts().to_owned()),
        enabled: true,
    };
    let (user, initial) = app
        .add_person(operator, person)
        .await
        .map_err(|error| explain(error, &username))?;
    output.line(&format!("added {username} (id {})", user.id))?;
    match initial {
        Some(initial) => output.line(&format!("one-time password of {username}: {initial}")),
        None => Ok(()),
    }
}

async fn list(
    app: &App,
    operator: &Actor,
    text: String,
    json: bool,
    output: &Output,
) -> Result<(), Failure> {
    let filter = PeopleFilter {
        text,
        ..PeopleFilter::default()
    };
    let mut users: Vec<User> = Vec::new();
    let mut after = Some(0);
    while let Some(id) = after {
        let page = app.people(operator, &filter, UserId(id), PAGE).await?;
        users.extend(page.items);
        after = page.next;
    }
    if json {
        let accounts: Vec<UserDto> = users.into_iter().map(UserDto::from).collect();
        return output.json(&accounts);
    }
    let yes_no = |yes: bool| if yes { "yes" } else { "no" };
    let rows: Vec<[String; 6]> = users
        .into_iter()
        .map(|user| {
            [
                user.id.to_string(),
                user.username,
                user.name,
                user.role.to_string(),
                user.student_number.unwrap_or_default(),
                yes_no(user.enabled).to_owned(),
            ]
        })
        .collect();
    let titles = [
        "id",
        "username",
        "name",
        "role",
        "student number",
        "enabled",
    ];
    output.table(titles, &rows)
}

fn explain(error: PeopleError, username: &str) -> Failure {
    let refused = |next: &str| Failure::Refused(format!("{username}: {error}; {next}"));
    match &error {
        PeopleError::Username(_) => refused("choose another username"),
        PeopleError::Name => refused("give --name"),
        PeopleError::StudentNumber => refused("give --student-number for a student"),
        PeopleError::Weak(_) => refused(
            "choose another password, or leave --password-stdin out for a one-time password",
        ),
        PeopleError::AlreadyExists
        | PeopleError::UsernameTaken
        | PeopleError::NumberTaken
        | PeopleError::NumberAlike { .. } => refused("`gradebook user list` shows all accounts"),
        PeopleError::NotFound => Failure::failed(format!(
            "{username}: {error}; `gradebook user list` shows all accounts"
        )),
        PeopleError::LastAdmin => Failure::failed(format!(
            "{username}: {error}; add or enable another admin first"
        )),
        PeopleError::Role => Failure::Refused(format!("{username}: {error}")),
        PeopleError::Forbidden | PeopleError::SignedOut | PeopleError::Hashing(_) => {
            Failure::failed(format!("{username}: {error}"))
        }
        PeopleError::Database(_) => match error {
            PeopleError::Database(error) => error.into(),
            other => Failure::failed(other.to_string()),
        },
    }
}
