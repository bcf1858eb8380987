//! `gradebook term`, `subject` and `class`; courses and exams are in [`exams`].

mod exams;

use std::future::Future;

use gradebook_app::read::{ClassFilter, Enrolment};
use gradebook_app::{App, ClassFields, Page, ReadError, SetupError, SubjectFields, TermFields};
use gradebook_auth::Actor;
use gradebook_domain::{ClassId, EnrolmentId, TermId, UserId};
use serde_json::json;

use super::Failure;
use super::args::setup::{AddTerm, ClassCommand, SubjectCommand, TermCommand};
use super::open::{Migrate, open_app};
use super::output::Output;
use crate::api::class_students::EnrolmentDto;
use crate::api::classes::ClassWithSizeDto;
use crate::api::dto::{ClassDto, TermDto};
use crate::api::subjects::SubjectWithMarksDto;
use crate::config::Config;

pub(super) use exams::{add_course, exam};

/// Items that are read at once.
const PAGE: u16 = 500;

/// Opens the application, runs a command and closes the database.
async fn with_app(
    config: &Config,
    run: impl AsyncFnOnce(&App) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (app, db) = open_app(config, Migrate::FileOnly).await?;
    let done = run(&app).await;
    db.close().await;
    done
}

/// All parts of a list.
async fn all<T, F>(read: impl Fn(i64) -> F) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<Page<T>, Failure>>,
{
    let (mut items, mut after) = (Vec::new(), Some(0));
    while let Some(id) = after {
        let page = read(id).await?;
        items.extend(page.items);
        after = page.next;
    }
    Ok(items)
}

pub(super) async fn term(
    config: &Config,
    command: TermCommand,
    output: &Output,
) -> Result<(), Failure> {
    with_app(config, async |app| {
        let operator = &Actor::operator();
        match command {
            TermCommand::List { json } => list_terms(app, json, output).await,
            TermCommand::Add(new) => add_term(app, new, output).await,
            TermCommand::Close { term, json } => {
                let closed = app.close_term(operator, TermId(term)).await;
                let (term, many) = closed.map_err(|error| explain(&error, "term"))?;
                if json {
                    return output
                        .json(&json!({"term": TermDto::from(&term), "assessments": many}));
                }
                output.line(&format!(
                    "term {} ({} {}) is closed; {many} assessments were locked",
                    term.id, term.school_year, term.name
                ))
            }
            TermCommand::Reopen { term, reason, json } => {
                let opened = app.reopen_term(operator, TermId(term), Some(&reason)).await;
                let (term, many) = opened.map_err(|error| explain(&error, "term"))?;
                if json {
                    return output
                        .json(&json!({"term": TermDto::from(&term), "assessments": many}));
                }
                output.line(&format!(
                    "term {} ({} {}) is open; {many} assessments were unlocked",
                    term.id, term.school_year, term.name
                ))
            }
        }
    })
    .await
}

async fn list_terms(app: &App, json: bool, output: &Output) -> Result<(), Failure> {
    let operator = &Actor::operator();
    let terms = all(async |after| Ok(app.terms(operator, TermId(after), PAGE).await?)).await?;
    if json {
        return output.json(&terms.iter().map(TermDto::from).collect::<Vec<_>>());
    }
    let rows: Vec<[String; 7]> = terms
        .into_iter()
        .map(|term| {
            [
                term.id.to_string(),
                term.school_year,
                term.name,
                term.starts_on,
                term.ends_on,
                term.weight.to_string(),
                if term.open { "open" } else { "closed" }.to_owned(),
            ]
        })
        .collect();
    output.table(
        ["id", "year", "name", "from", "to", "weight", "state"],
        &rows,
    )
}

async fn add_term(app: &App, new: AddTerm, output: &Output) -> Result<(), Failure> {
    let typed = TermFields {
        school_year: Some(new.school_year),
        name: Some(new.name),
        starts_on: Some(new.from),
        ends_on: Some(new.to),
        weight: Some(new.weight),
        rank_shown: new.rank_bands.then(|| "bands".to_owned()),
    };
    let added = app.add_term(&Actor::operator(), &typed).await;
    let term = added.map_err(|error| explain(&error, "term"))?;
    if new.json {
        return output.json(&TermDto::from(&term));
    }
    output.line(&format!(
        "term {}: {} {}, {} to {}",
        term.id, term.school_year, term.name, term.starts_on, term.ends_on
    ))
}

pub(super) async fn subject(
    config: &Config,
    command: SubjectCommand,
    output: &Output,
) -> Result<(), Failure> {
    with_app(config, async |app| {
        let operator = &Actor::operator();
        match command {
            SubjectCommand::List { json } => {
                let subjects = app.all_subjects(operator).await?;
                if json {
                    let subjects = subjects.into_iter().map(SubjectWithMarksDto::from);
                    return output.json(&subjects.collect::<Vec<_>>());
                }
                let rows: Vec<[String; 4]> = subjects
                    .into_iter()
                    .map(|(one, full)| [one.code, one.name_zh, one.name_en, full.to_string()])
                    .collect();
                output.table(["code", "chinese", "english", "full marks"], &rows)
            }
            SubjectCommand::Add {
                code,
                zh,
                en,
                full_marks,
                json,
            } => {
                let typed = SubjectFields {
                    code: Some(code),
                    name_zh: Some(zh),
                    name_en: en,
                    default_max_score: Some(full_marks),
                    position: None,
                };
                let added = app.add_subject(operator, &typed).await;
                let added = added.map_err(|error| explain(&error, "subject"))?;
                if json {
                    return output.json(&SubjectWithMarksDto::from(added));
                }
                output.line(&format!("subject {}: {}", added.0.code, added.0.name_zh))
            }
        }
    })
    .await
}

pub(super) async fn class(
    config: &Config,
    command: ClassCommand,
    output: &Output,
) -> Result<(), Failure> {
    with_app(config, async |app| {
        let operator = &Actor::operator();
        match command {
            ClassCommand::List {
                search,
                school_year,
                json,
            } => {
                let filter = ClassFilter {
                    school_year,
                    text: search,
                };
                list_classes(app, &filter, json, output).await
            }
            ClassCommand::Add {
                school_year,
                grade_level,
                name,
                json,
            } => {
                let typed = ClassFields {
                    school_year: Some(school_year),
                    grade_level: Some(grade_level),
                    name: Some(name),
                };
                let added = app.add_class(operator, &typed).await;
                let class = added.map_err(|error| explain(&error, "class"))?;
                if json {
                    return output.json(&ClassDto::from(&class));
                }
                output.line(&format!(
                    "class {}: {} {} {}",
                    class.id, class.school_year, class.grade_level, class.name
                ))
            }
            ClassCommand::Students { class, on, json } => {
                list_students(app, ClassId(class), on.as_deref(), json, output).await
            }
            ClassCommand::Enrol {
                class,
                number,
                from,
                json,
            } => {
                let student = numbered(app, &number).await?;
                let enrolled = app
                    .enrol(operator, ClassId(class), student, from.as_deref())
                    .await;
                let enrolled = enrolled.map_err(|error| explain(&error, "class"))?;
                told(vec![enrolled.enrolment], json, output)
            }
            ClassCommand::Leave {
                class,
                number,
                on,
                json,
            } => {
                let student = numbered(app, &number).await?;
                let ended = app
                    .end_enrolment(operator, ClassId(class), student, on.as_deref())
                    .await;
                let ended = ended.map_err(|error| explain(&error, "student in this class"))?;
                told(vec![ended], json, output)
            }
            ClassCommand::Move {
                class,
                number,
                to,
                from,
                json,
            } => {
                let student = numbered(app, &number).await?;
                let classes = (ClassId(class), ClassId(to));
                let moved = app
                    .move_student(operator, classes, student, from.as_deref())
                    .await;
                let (left, joined) =
                    moved.map_err(|error| explain(&error, "student in this class"))?;
                told(vec![left, joined], json, output)
            }
        }
    })
    .await
}

async fn list_classes(
    app: &App,
    filter: &ClassFilter,
    json: bool,
    output: &Output,
) -> Result<(), Failure> {
    let operator = &Actor::operator();
    let classes =
        all(async |after| Ok(app.classes(operator, filter, ClassId(after), PAGE).await?)).await?;
    if json {
        let classes = classes.into_iter().map(ClassWithSizeDto::from);
        return output.json(&classes.collect::<Vec<_>>());
    }
    let rows: Vec<[String; 5]> = classes
        .into_iter()
        .map(|one| {
            [
                one.class.id.to_string(),
                one.class.school_year,
                one.class.grade_level,
                one.class.name,
                one.students.to_string(),
            ]
        })
        .collect();
    output.table(["id", "year", "grade", "class", "students"], &rows)
}

async fn list_students(
    app: &App,
    class: ClassId,
    on: Option<&str>,
    json: bool,
    output: &Output,
) -> Result<(), Failure> {
    let operator = &Actor::operator();
    let students = all(async |after| {
        let page = app
            .class_students(operator, class, on, EnrolmentId(after), PAGE)
            .await;
        page.map_err(|error| explain(&error, "class"))
    })
    .await?;
    told(students, json, output)
}

fn told(enrolments: Vec<Enrolment>, json: bool, output: &Output) -> Result<(), Failure> {
    if json {
        let enrolments = enrolments.into_iter().map(EnrolmentDto::from);
        return output.json(&enrolments.collect::<Vec<_>>());
    }
    let rows: Vec<[String; 5]> = enrolments
        .into_iter()
        .map(|one| {
            [
                one.class.to_string(),
                one.student.student_number,
                one.student.name,
                one.dates.starts_on,
                one.dates.ends_on.unwrap_or_default(),
            ]
        })
        .collect();
    output.table(["class", "number", "name", "from", "to"], &rows)
}

async fn numbered(app: &App, number: &str) -> Result<UserId, Failure> {
    let found = app.student_with_number(&Actor::operator(), number).await;
    match found {
        Ok(student) => Ok(student.id),
        Err(ReadError::NotFound) => Err(Failure::Refused(format!(
            "no student has the number {number}; `gradebook user list` shows all accounts; nothing was \
             changed"
        ))),
        Err(error) => Err(error.into()),
    }
}

/// What is wrong and what to do; what was asked for wrongly is refused, and nothing is written.
pub(super) fn explain(error: &SetupError, what: &str) -> Failure {
    let unchanged = "nothing was changed";
    match error {
        SetupError::NotFound => Failure::failed(format!(
            "there is no such {what}; `gradebook {} list` shows all",
            what.split(' ').next_back().unwrap_or(what)
        )),
        SetupError::Invalid(wrong) => {
            let faults: Vec<String> = wrong
                .iter()
                .map(|one| format!("{}: {}", one.field, one.fault))
                .collect();
            Failure::Refused(format!("{}; {unchanged}", faults.join("; ")))
        }
        SetupError::Database(error) => Failure::failed(error.to_string()),
        SetupError::Forbidden
        | SetupError::AlreadyExists
        | SetupError::ReasonRequired
        | SetupError::Reason(_)
        | SetupError::TermClosed
        | SetupError::StateAlready(_)
        | SetupError::NotEmpty => Failure::Refused(format!("{error}; {unchanged}")),
    }
}
