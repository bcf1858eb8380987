//! What is sent from a step of the first set-up.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::read::User;
use gradebook_app::{
    ClassFields, LineFault, NewPerson, PeopleError, PersonError, Placement, PupilsError,
    SetupError, SubjectFields,
};
use gradebook_domain::{CourseId, SubjectId, TermId};

use super::super::faults::fault_text;
use super::super::{Form, Typed, id, sent, sent_ids, t_of, the_school};
use super::{Found, Step, TEACHER, begin_page, years};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{Locale, T};
use crate::pages::admin::one_time::{SlipFrame, one_time_page};
use crate::pages::admin::refusal;
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// Subjects that are added at once.
const MOST_SUBJECTS: usize = 50;

/// What came of a step.
enum Outcome {
    Done,
    Refused(StatusCode, Form, Vec<String>),
    /// A teacher and their one-time password, which is shown only now.
    Teacher(User, String),
}

/// `POST /admin/setup/{step}`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    step: Path<String>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let step = Step::named(&step).ok_or_else(Problem::not_found)?;
    let t = t_of(&request);
    let outcome = match step {
        Step::School => {
            let saved = the_school::save(&visitor, &typed).await;
            of_setup(t, typed, saved)?
        }
        Step::Year => {
            let terms = years::typed_terms(&typed);
            let added = visitor.app.add_terms(&visitor.actor, &terms).await;
            of_setup(t, typed, added.map(|_| ()).map_err(years::as_typed))?
        }
        Step::Subjects => subjects(t, &visitor, typed).await?,
        Step::Class => class(t, &visitor, typed).await?,
        Step::Teacher => teacher(t, &visitor, typed).await?,
        Step::Done => Outcome::Done,
    };
    match outcome {
        Outcome::Done => Ok(see_other(&step.next().href())),
        Outcome::Refused(status, form, lines) => {
            let found = Found::read(&visitor).await?;
            page(status, &begin_page(&request, step, &found, &form, lines))
        }
        Outcome::Teacher(user, password) => {
            let slips = SlipFrame::new(&request, &visitor.app);
            let mut view = one_time_page(&request, slips, user, password, false);
            view.done = t.with("user-added", "name", &view.slip.name);
            view.back = (step.next().href(), t.get("begin-go-on"));
            page(StatusCode::CREATED, &view)
        }
    }
}

fn of_setup(t: T, typed: Typed, saved: Result<(), SetupError>) -> Result<Outcome, Problem> {
    match saved {
        Ok(()) => Ok(Outcome::Done),
        Err(error) => {
            let (status, form) = Form::refused(t, typed, &error)?;
            Ok(Outcome::Refused(status, form, Vec::new()))
        }
    }
}

/// A line of the list of subjects: a Chinese and an English name with a space between, or one name.
fn subject_of(line: &str, place: usize) -> SubjectFields {
    let ascii = |text: &str| text.is_ascii();
    let split = line
        .split_once(char::is_whitespace)
        .filter(|(zh, en)| !ascii(zh) && ascii(en.trim()));
    let (zh, en) = split.unwrap_or((line, line));
    let en = en.trim();
    let code: String = en
        .to_ascii_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    SubjectFields {
        code: Some(if code.is_empty() {
            format!("subject-{place}")
        } else {
            code
        }),
        name_zh: Some(zh.to_owned()),
        name_en: Some(en.to_owned()),
        ..SubjectFields::default()
    }
}

async fn subjects(t: T, visitor: &Has<Admin>, typed: Typed) -> Result<Outcome, Problem> {
    let lines = sent(&typed, "more").lines().map(str::trim);
    let lines: Vec<(usize, String)> = (1..)
        .zip(lines)
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| (number, line.to_owned()))
        .collect();
    let refused = |form: Form, errors| {
        Ok(Outcome::Refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            form,
            errors,
        ))
    };
    if lines.len() > MOST_SUBJECTS {
        let error = t.with("fault-too-many", "most", MOST_SUBJECTS);
        return refused(Form::wrong(typed, "more", String::new()).1, vec![error]);
    }
    let present = visitor.app.all_subjects(&visitor.actor).await?.len();
    let new: Vec<SubjectFields> = lines
        .iter()
        .enumerate()
        .map(|(place, (_, line))| subject_of(line, present + place + 1))
        .collect();
    match visitor.app.add_subjects(&visitor.actor, &new).await {
        Ok(_) => Ok(Outcome::Done),
        Err(SetupError::Invalid(wrong)) => {
            let told = wrong.iter().map(|one| {
                let place = one
                    .field
                    .split('/')
                    .next()
                    .and_then(|text| text.parse().ok());
                let line = place.and_then(|place: usize| lines.get(place));
                let number = line.map_or(1, |(number, _)| *number);
                at_line(t, number, &fault_text(t, &one.fault))
            });
            let errors = told.collect();
            refused(Form::wrong(typed, "more", String::new()).1, errors)
        }
        Err(error) => {
            let (status, form) = Form::refused(t, typed, &error)?;
            Ok(Outcome::Refused(status, form, Vec::new()))
        }
    }
}

fn at_line(t: T, number: usize, what: &str) -> String {
    let number = number.to_string();
    t.args("begin-line", &[("line", &number), ("what", what)])
}

/// What is wrong with the lines of a list of pupils.
pub(in crate::pages::setup) fn pupil_lines(t: T, wrong: &[(usize, LineFault)]) -> Vec<String> {
    const SHOWN: usize = 10;
    let mut told: Vec<String> = wrong
        .iter()
        .take(SHOWN)
        .map(|(line, fault)| {
            let key = match fault {
                LineFault::Incomplete => "pupils-incomplete",
                LineFault::Number => "pupils-number",
                LineFault::Name => "pupils-name",
                LineFault::Twice => "pupils-twice",
                LineFault::Taken => "pupils-taken",
                LineFault::Alike => "pupils-alike",
            };
            at_line(t, *line, &t.get(key))
        })
        .collect();
    if wrong.len() > SHOWN {
        let more = u32::try_from(wrong.len() - SHOWN).unwrap_or(u32::MAX);
        told.push(t.count("pupils-more-wrong", more));
    }
    told
}

/// The refused form and what is wrong with its lines, or the problem that no form shows.
pub(in crate::pages::setup) fn pupils_refused(
    t: T,
    typed: Typed,
    field: &str,
    error: PupilsError,
) -> Result<(StatusCode, Form, Vec<String>), Problem> {
    let of_list = |typed, errors| {
        let (status, form) = Form::wrong(typed, field, String::new());
        Ok((status, form, errors))
    };
    match error {
        PupilsError::Lines(wrong) => of_list(typed, pupil_lines(t, &wrong)),
        PupilsError::Empty => of_list(typed, vec![t.get("fault-empty")]),
        PupilsError::TooMany => of_list(typed, vec![t.get("pupils-too-many")]),
        PupilsError::Place(error) => {
            let (status, form) = Form::refused(t, typed, &error)?;
            Ok((status, form, Vec::new()))
        }
        PupilsError::Person(
            PeopleError::AlreadyExists | PeopleError::UsernameTaken | PeopleError::NumberTaken,
        ) => of_list(typed, vec![t.get("pupils-taken")]),
        PupilsError::Person(error) => match refusal(&error) {
            Ok((_, key)) => of_list(typed, vec![t.get(key)]),
            Err(problem) => Err(problem),
        },
    }
}

async fn class(t: T, visitor: &Has<Admin>, typed: Typed) -> Result<Outcome, Problem> {
    let of = |name: &str| Some(sent(&typed, name).to_owned());
    let fields = ClassFields {
        school_year: of("school_year"),
        grade_level: of("grade_level"),
        name: of("name"),
    };
    let term = TermId(id(sent(&typed, "term")).unwrap_or(0));
    let subjects: Vec<SubjectId> = sent_ids(&typed, "subjects")
        .into_iter()
        .map(SubjectId)
        .collect();
    let list = sent(&typed, "pupils").to_owned();
    let begun = visitor
        .app
        .begin_class(&visitor.actor, &fields, &list, (term, &subjects))
        .await;
    match begun {
        Ok(_) => Ok(Outcome::Done),
        Err(error) => {
            let (status, form, lines) = pupils_refused(t, typed, "pupils", error)?;
            Ok(Outcome::Refused(status, form, lines))
        }
    }
}

async fn teacher(t: T, visitor: &Has<Admin>, typed: Typed) -> Result<Outcome, Problem> {
    let locale = Some(sent(&typed, "locale")).filter(|tag| Locale::from_tag(tag).is_some());
    let school = visitor.app.school();
    let new = NewPerson {
        username: sent(&typed, "username").to_owned(),
        name: sent(&typed, "name").to_owned(),
        role: TEACHER,
        student_number: None,
        password: None,
        locale: locale.unwrap_or(school.locale_of_accounts()).to_owned(),
        enabled: true,
    };
    let courses = sent_ids(&typed, "courses").into_iter().map(CourseId);
    let place = Placement {
        courses: courses.collect(),
        ..Placement::default()
    };
    let added = visitor
        .app
        .add_person_placed(&visitor.actor, new, &place)
        .await;
    match added {
        Ok((user, password)) => Ok(Outcome::Teacher(user, password.unwrap_or_default())),
        Err(PersonError::Person(error)) => {
            let (field, key) = refusal(&error)?;
            let (status, form) = Form::wrong(typed, field, t.get(key));
            Ok(Outcome::Refused(status, form, Vec::new()))
        }
        Err(PersonError::Place(error)) => {
            let (status, form) = Form::refused(t, typed, &error)?;
            Ok(Outcome::Refused(status, form, Vec::new()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_subject_in_one_language_or_in_both() {
        let names = |line: &str| {
            let of = subject_of(line, 4);
            [of.code, of.name_zh, of.name_en].map(Option::unwrap_or_default)
        };
        assert_eq!(names("物理 Physics"), ["physics", "物理", "Physics"]);
        assert_eq!(
            names("Physical Education"),
            [
                "physical-education",
                "Physical Education",
                "Physical Education"
            ]
        );
        assert_eq!(
            names("道德与法治"),
            ["subject-4", "道德与法治", "道德与法治"]
        );
        assert_eq!(
            names("信息 Computer Science"),
            ["computer-science", "信息", "Computer Science"]
        );
    }
}
