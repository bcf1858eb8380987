//! `gradebook course`.

use gradebook_app::read::Course;
use gradebook_app::{App, CourseFilter, NotATeacher, SetTeachersError};
use gradebook_auth::Actor;
use gradebook_domain::{CourseId, UserId};

use super::args::CourseCommand;
use super::open::{Migrate, open_app};
use super::output::Output;
use super::{Failure, setup};
use crate::api::dto::CourseDto;
use crate::config::Config;

/// Courses that are read at once.
const PAGE: u16 = 500;

pub(super) async fn run(
    config: &Config,
    command: CourseCommand,
    output: &Output,
) -> Result<(), Failure> {
    let (app, db) = open_app(config, Migrate::FileOnly).await?;
    let done = match command {
        CourseCommand::List { search, json } => list(&app, search, json, output).await,
        CourseCommand::Add(new) => setup::add_course(&app, new, output).await,
        CourseCommand::Teachers {
            course, usernames, ..
        } => set_teachers(&app, CourseId(course), &usernames, output).await,
    };
    db.close().await;
    done
}

async fn list(app: &App, text: String, json: bool, output: &Output) -> Result<(), Failure> {
    let operator = Actor::operator();
    let filter = CourseFilter {
        text,
        ..CourseFilter::default()
    };
    let mut courses: Vec<Course> = Vec::new();
    let mut after = Some(0);
    while let Some(id) = after {
        let page = app.courses(&operator, &filter, CourseId(id), PAGE).await?;
        courses.extend(page.items);
        after = page.next;
    }
    if json {
        let courses: Vec<CourseDto> = courses.iter().map(CourseDto::from).collect();
        return output.json(&courses);
    }
    let rows: Vec<[String; 5]> = courses
        .iter()
        .map(|course| {
            [
                course.id.to_string(),
                class_name(course),
                course.subject.name_zh.clone(),
                format!("{} {}", course.term.school_year, course.term.name),
                teacher_names(course),
            ]
        })
        .collect();
    output.table(["id", "class", "subject", "term", "teachers"], &rows)
}

async fn set_teachers(
    app: &App,
    course: CourseId,
    usernames: &[String],
    output: &Output,
) -> Result<(), Failure> {
    let operator = Actor::operator();
    let found = app.people_named(&operator, usernames).await?;
    let mut teachers: Vec<UserId> = Vec::with_capacity(found.len());
    for (username, user) in usernames.iter().zip(found) {
        let user = user.ok_or_else(|| refused(username, NotATeacher::Unknown))?;
        teachers.push(user.id);
    }
    let course = app
        .set_teachers(&operator, course, &teachers)
        .await
        .map_err(|error| explain(error, course, usernames))?;
    let names = match teacher_names(&course) {
        names if names.is_empty() => "nobody".to_owned(),
        names => names,
    };
    output.line(&format!(
        "course {} ({}, {}): {names}",
        course.id,
        class_name(&course),
        course.subject.name_zh
    ))
}

fn class_name(course: &Course) -> String {
    format!("{} {}", course.class.grade_level, course.class.name)
}

fn teacher_names(course: &Course) -> String {
    let names: Vec<&str> = course
        .teachers
        .iter()
        .map(|teacher| teacher.name.as_str())
        .collect();
    names.join(", ")
}

fn refused(username: &str, why: NotATeacher) -> Failure {
    let next = match why {
        NotATeacher::Unknown => "`gradebook user list` shows all accounts",
        NotATeacher::OtherRole => "add an account with `gradebook user add … --role teacher`",
        NotATeacher::Disabled => "`gradebook user enable` lets it sign in again",
    };
    Failure::Refused(format!("{username}: {why}; {next}; nothing was changed"))
}

fn explain(error: SetTeachersError, course: CourseId, usernames: &[String]) -> Failure {
    match error {
        SetTeachersError::NotTeachers(wrong) => wrong
            .first()
            .and_then(|(place, why)| Some(refused(usernames.get(*place)?, *why)))
            .unwrap_or_else(|| Failure::failed("not everybody named can be given a course")),
        SetTeachersError::NotFound => Failure::failed(format!(
            "course {course}: {error}; `gradebook course list` shows all courses"
        )),
        SetTeachersError::TooMany | SetTeachersError::Forbidden => {
            Failure::Refused(format!("course {course}: {error}; nothing was changed"))
        }
        SetTeachersError::Database(error) => error.into(),
    }
}
