//! All exams, and adding one over many classes and subjects.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Class, Course, ExamClasses, ExamFilter, Subject};
use gradebook_app::{
    CourseFilter, ExamFields, ExamPart, Fault, ListCount, Page, SetupError, SubjectWithMarks, Wrong,
};
use gradebook_domain::{ClassId, CourseId, ExamId, SubjectId, TermId};

use super::courses::{Tick, term_choice};
use super::{Form, Select, SetupQuery, Terms, Typed, frame, id, sent, sent_ids, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{DateText, T};
use crate::pages::admin::Field;
use crate::pages::finding::{Pager, address, sought};
use crate::pages::frame::Frame;
use crate::pages::words::{class_name, exam_kind, subject_name, term_name};
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// Exams of one page.
const AT_ONCE: u16 = 50;
/// Courses of a term.
const MOST_COURSES: u16 = 5_000;

#[derive(Template)]
#[template(path = "pages/setup/exams.html")]
pub(in crate::pages) struct ExamsPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) text: String,
    /// The term of the exams that are shown; all of them unless chosen.
    pub(in crate::pages) of_term: Select,
    /// Something is looked for, and how many are found.
    pub(in crate::pages) found: Option<String>,
    pub(in crate::pages) rows: Vec<ExamRow>,
    pub(in crate::pages) pager: Pager,
    pub(in crate::pages) term: Option<Select>,
    pub(in crate::pages) new: Option<NewForm>,
}

/// An exam in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ExamRow {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) kind: Option<String>,
    pub(in crate::pages) date: DateText,
    pub(in crate::pages) term: String,
    pub(in crate::pages) classes: String,
}

/// The form that adds an exam.
#[derive(Debug, Clone)]
pub(in crate::pages) struct NewForm {
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) term: i64,
    pub(in crate::pages) details: ExamForm,
    pub(in crate::pages) subjects: Vec<SubjectTick>,
    pub(in crate::pages) subjects_error: Option<String>,
    pub(in crate::pages) classes: Vec<Tick>,
    pub(in crate::pages) classes_error: Option<String>,
}

/// A subject with its full marks.
#[derive(Debug, Clone)]
pub(in crate::pages) struct SubjectTick {
    pub(in crate::pages) tick: Tick,
    pub(in crate::pages) full: String,
    pub(in crate::pages) error: Option<String>,
}

/// Name, kind and day of an exam.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ExamForm {
    pub(in crate::pages) name: Field,
    pub(in crate::pages) kind: Select,
    pub(in crate::pages) held_on: Field,
}

impl ExamForm {
    pub(super) fn new(t: T, form: &Form, [name, kind, held_on]: [&str; 3]) -> Self {
        let kinds = [
            ("monthly", t.get("exam-kind-monthly")),
            ("midterm", t.get("exam-kind-midterm")),
            ("final", t.get("exam-kind-final")),
            ("quiz", t.get("exam-kind-quiz")),
        ]
        .map(|(kind, text)| (kind.to_owned(), text));
        Self {
            name: Field {
                hint: Some(t.get("exam-name-hint")),
                ..form.field("name", t.get("exam-name"), name, 128)
            },
            kind: form.select("kind", t.get("exam-kind"), kinds, kind),
            held_on: form.field("held_on", t.get("exam-day"), held_on, 10),
        }
    }
}

pub(super) fn exam_fields(typed: &Typed) -> ExamFields {
    let of = |name: &str| Some(sent(typed, name).to_owned());
    ExamFields {
        name: of("name"),
        kind: of("kind"),
        held_on: of("held_on"),
    }
}

/// What the page shows.
pub(in crate::pages) struct Found {
    pub(in crate::pages) exams: Page<ExamClasses>,
    pub(in crate::pages) count: ListCount,
    pub(in crate::pages) terms: Terms,
    pub(in crate::pages) subjects: Vec<SubjectWithMarks>,
    pub(in crate::pages) courses: Vec<Course>,
}

fn filter(query: &SetupQuery) -> ExamFilter {
    ExamFilter {
        term: id(&query.term).map(TermId),
        text: sought(&query.q),
    }
}

async fn find(visitor: &Has<Admin>, query: &SetupQuery) -> Result<Found, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let terms = Terms::find(app, actor, &query.term).await?;
    let term = terms.term();
    let (filter, before) = (filter(query), id(&query.before).map(ExamId));
    Ok(Found {
        exams: app.exams(actor, &filter, before, AT_ONCE).await?,
        count: app.count_exams(actor, &filter, before).await?,
        subjects: app.all_subjects(actor).await?,
        courses: courses_of(visitor, term.map_or(TermId(0), |term| term.id)).await?,
        terms,
    })
}

pub(super) async fn courses_of(visitor: &Has<Admin>, term: TermId) -> Result<Vec<Course>, Problem> {
    let filter = CourseFilter {
        term: Some(term),
        ..CourseFilter::default()
    };
    let page = visitor
        .app
        .all_courses(&visitor.actor, &filter, CourseId(0), MOST_COURSES)
        .await?;
    Ok(page.items)
}

/// `GET /admin/exams`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let found = find(&visitor, &query).await?;
    let view = exams_page(&request, found, &query, &Form::default());
    page(StatusCode::OK, &view)
}

/// `POST /admin/exams`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let term = sent(&typed, "term").to_owned();
    let of_term = TermId(id(&term).unwrap_or(0));
    let (parts, subjects) = parts(&typed, &courses_of(&visitor, of_term).await?);
    let error = if parts.is_empty() {
        nothing_chosen(&typed)
    } else {
        let fields = exam_fields(&typed);
        let added = visitor
            .app
            .add_exam(&visitor.actor, of_term, &fields, &parts)
            .await;
        match added {
            Ok(exam) => {
                let to = format!("/admin/exams/{}?done=added", exam.exam.id);
                return Ok(see_other(&to));
            }
            Err(error) => beside_subjects(error, &subjects),
        }
    };
    let (status, form) = Form::refused(t_of(&request), typed, &error)?;
    let query = SetupQuery {
        term,
        ..SetupQuery::default()
    };
    let found = find(&visitor, &query).await?;
    page(status, &exams_page(&request, found, &query, &form))
}

/// The courses of the chosen classes in the chosen subjects, with the subject of each.
fn parts(typed: &Typed, courses: &[Course]) -> (Vec<ExamPart>, Vec<SubjectId>) {
    let classes = sent_ids(typed, "classes");
    let subjects = sent_ids(typed, "subjects");
    courses
        .iter()
        .filter(|course| classes.contains(&course.class.id.0))
        .filter(|course| subjects.contains(&course.subject.id.0))
        .map(|course| {
            let full = sent(typed, &format!("full-{}", course.subject.id)).trim();
            let part = ExamPart {
                course: course.id,
                max_score: (!full.is_empty()).then(|| full.to_owned()),
            };
            (part, course.subject.id)
        })
        .unzip()
}

fn nothing_chosen(typed: &Typed) -> SetupError {
    let mut wrong: Vec<Wrong> = ["classes", "subjects"]
        .into_iter()
        .filter(|field| sent_ids(typed, field).is_empty())
        .map(|field| Wrong {
            field: field.to_owned(),
            fault: Fault::Empty,
        })
        .collect();
    if wrong.is_empty() {
        // Chosen, but none of these classes has any of these subjects.
        wrong.push(Wrong {
            field: "classes".to_owned(),
            fault: Fault::Unknown("course"),
        });
    }
    SetupError::Invalid(wrong)
}

/// Full marks are typed once a subject, not once a course.
fn beside_subjects(error: SetupError, subjects: &[SubjectId]) -> SetupError {
    let SetupError::Invalid(wrong) = error else {
        return error;
    };
    let beside = |one: Wrong| {
        let place = one
            .field
            .strip_prefix("courses/")
            .and_then(|rest| rest.strip_suffix("/max_score"))
            .and_then(|place| place.parse::<usize>().ok());
        match place.and_then(|place| subjects.get(place)) {
            Some(subject) => Wrong {
                field: format!("full-{subject}"),
                fault: one.fault,
            },
            None => one,
        }
    };
    SetupError::Invalid(wrong.into_iter().map(beside).collect())
}

pub(in crate::pages) fn exams_page(
    request: &HttpRequest,
    found: Found,
    query: &SetupQuery,
    form: &Form,
) -> ExamsPage {
    let t = t_of(request);
    let term = found.terms.term();
    let row = |one: ExamClasses| ExamRow {
        id: one.exam.id.0,
        kind: exam_kind(t, &one.exam),
        date: t.date(&one.exam.held_on),
        term: term_name(&one.term),
        classes: t.count(
            "exam-classes",
            u32::try_from(one.classes.len()).unwrap_or(u32::MAX),
        ),
        name: one.exam.name,
    };
    let new = term.filter(|term| term.open).map(|term| {
        let (classes, subjects) = offered(&found.courses);
        let tick = |field: &str, id: i64, text: String| Tick {
            // Whoever holds an exam mostly holds it in all classes and subjects.
            ticked: form.ticked(field, &id.to_string(), true),
            id,
            text,
        };
        let subject = |(subject, usual): &SubjectWithMarks| {
            let field = format!("full-{}", subject.id);
            SubjectTick {
                tick: tick("subjects", subject.id.0, subject_name(t, subject)),
                full: form.value(&field, &usual.to_string()),
                error: form.error(&field),
            }
        };
        NewForm {
            alert: form.alert.clone(),
            term: term.id.0,
            details: ExamForm::new(t, form, ["", "monthly", ""]),
            subjects: found
                .subjects
                .iter()
                .filter(|(one, _)| subjects.contains_key(&one.id))
                .map(subject)
                .collect(),
            subjects_error: form.error("subjects"),
            classes: classes
                .into_iter()
                .map(|class| tick("classes", class.id.0, class_name(class)))
                .collect(),
            classes_error: form.error("classes"),
        }
    });
    let (sought, of_term) = (filter(query), id(&query.term));
    let of_term = of_term.map_or_else(String::new, |term| term.to_string());
    let shown = found.exams.items.len();
    let pager = Pager::new(t, found.count, shown, found.exams.next, |before| {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        let chosen = [
            ("q", sought.text.as_str()),
            ("term", &of_term),
            ("before", &before),
        ];
        address("/admin/exams", &chosen)
    });
    let all_terms = (String::new(), t.get("exams-all-terms"));
    let every_term = found.terms.all.iter();
    let every_term = every_term.map(|term| (term.id.to_string(), term_name(term)));
    ExamsPage {
        of_term: Select {
            id: "of-term",
            ..Form::default().select(
                "term",
                t.get("setup-term"),
                [all_terms].into_iter().chain(every_term),
                &of_term,
            )
        },
        found: (sought != ExamFilter::default()).then(|| {
            let all = u32::try_from(found.count.all).unwrap_or(u32::MAX);
            t.count("exams-found", all)
        }),
        text: sought.text,
        pager,
        frame: frame(request, t.get("exams-title"), "/admin/exams"),
        t,
        rows: found.exams.items.into_iter().map(row).collect(),
        term: term.map(|_| term_choice(t, &found.terms.all, term)),
        new,
    }
}

/// The classes and subjects that have courses.
fn offered(courses: &[Course]) -> (Vec<&Class>, HashMap<SubjectId, &Subject>) {
    let classes: HashMap<ClassId, &Class> = courses
        .iter()
        .map(|course| (course.class.id, &course.class))
        .collect();
    let mut classes: Vec<&Class> = classes.into_values().collect();
    classes.sort_by_cached_key(|class| class.place());
    let subjects = courses
        .iter()
        .map(|course| (course.subject.id, &course.subject));
    (classes, subjects.collect())
}
