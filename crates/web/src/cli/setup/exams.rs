//! `gradebook exam`, and adding a course.

use std::collections::HashSet;

use gradebook_app::read::ExamFilter;
use gradebook_app::{App, CourseFilter, ExamFields, ExamPart, NewCourse};
use gradebook_auth::Actor;
use gradebook_domain::{ClassId, CourseId, ExamId, SubjectId, TermId};

use super::super::Failure;
use super::super::args::setup::{AddCourse, AddExam, ExamCommand};
use super::super::output::Output;
use super::{PAGE, all, explain, with_app};
use crate::api::dto::CourseDto;
use crate::api::exams::{ExamDetailDto, ExamDto};
use crate::config::Config;

/// The subject with this code.
async fn coded(app: &App, code: &str) -> Result<SubjectId, Failure> {
    let subjects = app.all_subjects(&Actor::operator()).await?;
    let found = subjects.into_iter().find(|(one, _)| one.code == code);
    found.map(|(one, _)| one.id).ok_or_else(|| {
        Failure::Refused(format!(
            "no subject has the code {code}; `gradebook subject list` shows all; nothing was changed"
        ))
    })
}

pub(in crate::cli) async fn add_course(
    app: &App,
    new: AddCourse,
    output: &Output,
) -> Result<(), Failure> {
    let operator = &Actor::operator();
    let found = app.people_named(operator, &new.teachers).await?;
    let mut teachers = Vec::with_capacity(found.len());
    for (username, user) in new.teachers.iter().zip(found) {
        let user = user.ok_or_else(|| {
            Failure::Refused(format!(
                "{username}: there is no such account; `gradebook user list` shows all; nothing was changed"
            ))
        })?;
        teachers.push(user.id);
    }
    let course = NewCourse {
        class: ClassId(new.class),
        subject: coded(app, &new.subject).await?,
        term: TermId(new.term),
        teachers,
    };
    let added = app.add_course(operator, &course).await;
    let course = added.map_err(|error| explain(&error, "course"))?;
    if new.json {
        return output.json(&CourseDto::from(&course));
    }
    output.line(&format!(
        "course {}: {} {}, {}, {} {}",
        course.id,
        course.class.grade_level,
        course.class.name,
        course.subject.name_zh,
        course.term.school_year,
        course.term.name
    ))
}

pub(in crate::cli) async fn exam(
    config: &Config,
    command: ExamCommand,
    output: &Output,
) -> Result<(), Failure> {
    with_app(config, async |app| match command {
        ExamCommand::List { search, json } => list_exams(app, search, json, output).await,
        ExamCommand::Add(new) => add_exam(app, new, output).await,
    })
    .await
}

async fn list_exams(app: &App, text: String, json: bool, output: &Output) -> Result<(), Failure> {
    let operator = &Actor::operator();
    let filter = ExamFilter {
        text,
        ..ExamFilter::default()
    };
    let exams = all(async |before| {
        let before = (before > 0).then_some(ExamId(before));
        Ok(app.exams(operator, &filter, before, PAGE).await?)
    })
    .await?;
    if json {
        return output.json(&exams.into_iter().map(ExamDto::from).collect::<Vec<_>>());
    }
    let rows: Vec<[String; 6]> = exams
        .into_iter()
        .map(|one| {
            [
                one.exam.id.to_string(),
                one.exam.name,
                one.exam.kind,
                one.exam.held_on,
                format!("{} {}", one.term.school_year, one.term.name),
                one.classes.len().to_string(),
            ]
        })
        .collect();
    output.table(["id", "exam", "kind", "day", "term", "classes"], &rows)
}

async fn add_exam(app: &App, new: AddExam, output: &Output) -> Result<(), Failure> {
    let operator = &Actor::operator();
    let subjects: HashSet<&str> = new.subject.iter().map(String::as_str).collect();
    for code in &subjects {
        coded(app, code).await?;
    }
    let filter = CourseFilter {
        term: Some(TermId(new.term)),
        ..CourseFilter::default()
    };
    let courses = all(async |after| {
        Ok(app
            .all_courses(operator, &filter, CourseId(after), PAGE)
            .await?)
    })
    .await?;
    let parts: Vec<ExamPart> = courses
        .into_iter()
        .filter(|one| new.class.is_empty() || new.class.contains(&one.class.id.0))
        .filter(|one| subjects.is_empty() || subjects.contains(one.subject.code.as_str()))
        .map(|one| ExamPart {
            course: one.id,
            max_score: new.full_marks.clone(),
        })
        .collect();
    let typed = ExamFields {
        name: Some(new.name),
        kind: Some(new.kind),
        held_on: Some(new.on),
    };
    let added = app
        .add_exam(operator, TermId(new.term), &typed, &parts)
        .await;
    let exam = added.map_err(|error| explain(&error, "exam"))?;
    if new.json {
        return output.json(&ExamDetailDto::from(exam));
    }
    output.line(&format!(
        "exam {}: {}, {} courses",
        exam.exam.id,
        exam.exam.name,
        exam.courses.len()
    ))
}
