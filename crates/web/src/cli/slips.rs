//! `gradebook user slips`.

use gradebook_app::read::{Class, ClassAccounts};
use gradebook_app::{App, PeopleError};
use gradebook_auth::Actor;
use gradebook_domain::ClassId;
use serde::Serialize;

use super::Failure;
use super::output::Output;
use crate::exports::csv::inert;

#[derive(Serialize)]
struct ClassDto {
    id: i64,
    school_year: String,
    grade_level: String,
    name: String,
    students: u64,
    without_own_password: u64,
}

impl From<ClassAccounts> for ClassDto {
    fn from(one: ClassAccounts) -> Self {
        Self {
            id: one.class.id.0,
            school_year: one.class.school_year,
            grade_level: one.class.grade_level,
            name: one.class.name,
            students: one.students,
            without_own_password: one.waiting,
        }
    }
}

/// What a slip says. It has no `Debug`, so that passwords get into no log.
#[derive(Serialize)]
struct SlipDto {
    class: String,
    name: String,
    student_number: String,
    username: String,
    one_time_password: String,
}

pub(super) async fn list_classes(
    app: &App,
    operator: &Actor,
    json: bool,
    output: &Output,
) -> Result<(), Failure> {
    let classes = app.classes_for_slips(operator).await.map_err(explain)?;
    let classes: Vec<ClassDto> = classes.into_iter().map(ClassDto::from).collect();
    if json {
        return output.json(&classes);
    }
    let rows: Vec<[String; 5]> = classes
        .into_iter()
        .map(|class| {
            [
                class.id.to_string(),
                class.school_year,
                format!("{} {}", class.grade_level, class.name),
                class.students.to_string(),
                class.without_own_password.to_string(),
            ]
        })
        .collect();
    let titles = [
        "id",
        "school year",
        "class",
        "students",
        "without own password",
    ];
    output.table(titles, &rows)
}

pub(super) async fn make(
    app: &App,
    operator: &Actor,
    class: ClassId,
    json: bool,
    output: &Output,
) -> Result<(), Failure> {
    let made = app.make_class_slips(operator, class).await;
    let made = made.map_err(|error| match error {
        PeopleError::NotFound => Failure::failed(format!(
            "there is no class {class}; `gradebook user slips` lists all"
        )),
        other => explain(other),
    })?;
    let Class {
        grade_level, name, ..
    } = &made.rest.class;
    let slips: Vec<SlipDto> = made
        .slips
        .into_iter()
        .map(|(user, one_time_password)| SlipDto {
            class: format!("{grade_level} {name}"),
            name: user.name,
            student_number: user.student_number.unwrap_or_default(),
            username: user.username,
            one_time_password,
        })
        .collect();
    if json {
        return output.json(&slips);
    }
    output.raw(&table(&slips)?)
}

/// The slips as CSV with a line of titles, even when there are none.
fn table(slips: &[SlipDto]) -> Result<Vec<u8>, Failure> {
    let unwritable = |error: csv::Error| Failure::failed(format!("cannot write CSV: {error}"));
    let mut table = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    let titles = [
        "class",
        "name",
        "student_number",
        "username",
        "one_time_password",
    ];
    table.write_record(titles).map_err(unwritable)?;
    for slip in slips {
        let cells = [
            &slip.class,
            &slip.name,
            &slip.student_number,
            &slip.username,
            &slip.one_time_password,
        ];
        table
            .write_record(cells.map(|cell| inert(cell).into_owned()))
            .map_err(unwritable)?;
    }
    table
        .into_inner()
        .map_err(|error| Failure::failed(format!("cannot write CSV: {error}")))
}

fn explain(error: PeopleError) -> Failure {
    match error {
        PeopleError::Database(error) => error.into(),
        other => Failure::failed(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_the_slips_is_a_formula() {
        let slip = |class: &str, name: &str, number: &str, username: &str| SlipDto {
            class: class.to_owned(),
            name: name.to_owned(),
            student_number: number.to_owned(),
            username: username.to_owned(),
            one_time_password: "kcwt-h4mf-ryjd".to_owned(),
        };
        let slips = [
            slip("=1+1 A", "=HYPERLINK(\"x\")", "-7=", "@import"),
            slip("+1+1", "\t=1", "\r=1", "\0+86"),
            slip("六年级 3", "O'Neil = 1, -2", "2026-7", "a+b@c-d"),
        ];
        let written = table(&slips).unwrap();
        let mut rows = csv::ReaderBuilder::new().from_reader(written.as_slice());
        assert_eq!(rows.headers().unwrap().len(), 5);
        let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
        let password = "kcwt-h4mf-ryjd";
        assert_eq!(
            rows[0],
            vec![
                "'=1+1 A",
                "'=HYPERLINK(\"x\")",
                "'-7=",
                "'@import",
                password
            ]
        );
        assert_eq!(rows[1], vec!["'+1+1", "'\t=1", "'\r=1", "'\0+86", password]);
        // Within a text the same signs mean nothing.
        assert_eq!(
            rows[2],
            vec!["六年级 3", "O'Neil = 1, -2", "2026-7", "a+b@c-d", password]
        );
    }
}
