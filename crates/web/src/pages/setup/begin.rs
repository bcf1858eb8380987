//! The first set-up, step by step. Which step comes next follows from what the school has, so it can be
//! left and gone on with at any time.

pub(crate) mod act;
pub(crate) mod first_admin;
mod years;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Course, School, SchoolCounts, Term};
use gradebook_app::{CourseFilter, SubjectWithMarks};
use gradebook_auth::Role;
use gradebook_domain::CourseId;

use super::courses::Tick;
use super::the_school::SchoolForm;
use super::{Form, Terms, frame, t_of};
use crate::access::{Admin, Has};
use crate::i18n::T;
use crate::pages::admin::{Choosable, Field, languages};
use crate::pages::frame::Frame;
use crate::pages::words::{class_name, subject_name, term_name};
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// Courses that a first teacher is offered.
const MOST_COURSES: u16 = 200;

/// A step after the first admin's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Step {
    School,
    Year,
    Subjects,
    Class,
    Teacher,
    Done,
}

impl Step {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::School, "school", "begin-step-school"),
        (Self::Year, "year", "begin-step-year"),
        (Self::Subjects, "subjects", "begin-step-subjects"),
        (Self::Class, "class", "begin-step-class"),
        (Self::Teacher, "teacher", "begin-step-teacher"),
        (Self::Done, "done", "begin-step-done"),
    ];

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, of, _)| *of == name).map(|(step, ..)| step)
    }

    fn href(self) -> String {
        let mut all = Self::ALL.into_iter();
        let name = all
            .find(|(step, ..)| *step == self)
            .map(|(_, name, _)| name);
        format!("/admin/setup/{}", name.unwrap_or("done"))
    }

    /// The one after it.
    fn next(self) -> Self {
        let place = Self::ALL.iter().position(|(step, ..)| *step == self);
        let next = place.and_then(|place| Self::ALL.get(place + 1));
        next.map_or(Self::Done, |(step, ..)| *step)
    }

    /// Whether the school has what the step makes. The three first subjects are there from the start, so
    /// that step is over once something follows it.
    fn is_done(self, school: &School, counts: &SchoolCounts) -> bool {
        match self {
            Self::School => !school.name.is_empty(),
            Self::Year => counts.terms > 0,
            Self::Subjects => counts.subjects > 3 || counts.classes > 0,
            Self::Class => counts.classes > 0,
            Self::Teacher => counts.teachers > 0,
            Self::Done => false,
        }
    }
}

/// How far the set-up is: steps that are done and all of them, the first admin's among them; none once
/// everything is done.
pub(in crate::pages) fn progress(school: &School, counts: &SchoolCounts) -> Option<(usize, usize)> {
    let steps = Step::ALL.iter().filter(|(step, ..)| *step != Step::Done);
    let all = steps.clone().count() + 1;
    let done = steps
        .filter(|(step, ..)| step.is_done(school, counts))
        .count()
        + 1;
    (done < all).then_some((done, all))
}

#[derive(Template)]
#[template(path = "pages/begin/step.html")]
pub(in crate::pages) struct BeginPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) lead: String,
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) steps: Vec<StepLink>,
    pub(in crate::pages) action: String,
    /// Where to go on without this step, or after it.
    pub(in crate::pages) next: String,
    pub(in crate::pages) content: Content,
}

/// A step in the list of all.
#[derive(Debug, Clone)]
pub(in crate::pages) struct StepLink {
    pub(in crate::pages) href: String,
    pub(in crate::pages) name: String,
    pub(in crate::pages) done: bool,
    pub(in crate::pages) current: bool,
}

/// A field of several lines.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Lines {
    pub(in crate::pages) text: String,
    pub(in crate::pages) errors: Vec<String>,
}

/// What a step asks for, or what is there already.
pub(in crate::pages) enum Content {
    School(Box<SchoolForm>),
    Year {
        year: Box<Field>,
        terms: Vec<years::TermFieldset>,
    },
    /// What the step made: it is changed on a page of its own.
    There {
        items: Vec<String>,
        page: &'static str,
    },
    Subjects {
        items: Vec<String>,
        more: Lines,
    },
    Class {
        term: String,
        year: String,
        level: Box<Field>,
        name: Box<Field>,
        pupils: Lines,
        subjects: Vec<Tick>,
    },
    /// The step needs another one first.
    First {
        href: String,
        text: String,
    },
    Teacher {
        name: Box<Field>,
        username: Box<Field>,
        languages: Vec<Choosable>,
        courses: Vec<Tick>,
        courses_error: Option<String>,
    },
    Done {
        next: Vec<NextThing>,
    },
}

/// Something to do after the set-up.
#[derive(Debug, Clone)]
pub(in crate::pages) struct NextThing {
    pub(in crate::pages) href: &'static str,
    pub(in crate::pages) name: String,
    pub(in crate::pages) lead: String,
}

/// What the school has.
pub(in crate::pages) struct Found {
    pub(in crate::pages) today: String,
    pub(in crate::pages) school: School,
    pub(in crate::pages) counts: SchoolCounts,
    pub(in crate::pages) terms: Terms,
    pub(in crate::pages) subjects: Vec<SubjectWithMarks>,
    pub(in crate::pages) courses: Vec<Course>,
}

impl Found {
    async fn read(visitor: &Has<Admin>) -> Result<Self, Problem> {
        let (app, actor) = (&visitor.app, &visitor.actor);
        let terms = Terms::find(app, actor, "").await?;
        let filter = CourseFilter {
            term: terms.chosen,
            ..CourseFilter::default()
        };
        let courses = app.all_courses(actor, &filter, CourseId(0), MOST_COURSES);
        Ok(Self {
            today: app.day(),
            school: School::clone(&app.school()),
            counts: app.school_counts(actor).await?,
            subjects: app.all_subjects(actor).await?,
            courses: courses.await?.items,
            terms,
        })
    }

    fn term(&self) -> Option<&Term> {
        self.terms.term()
    }
}

/// `GET /admin/setup`: the first step that is not done.
pub(crate) async fn go_on(visitor: Has<Admin>) -> Result<HttpResponse, Problem> {
    let counts = visitor.app.school_counts(&visitor.actor).await?;
    let school = visitor.app.school();
    let mut steps = Step::ALL.into_iter().map(|(step, ..)| step);
    let open = steps.find(|step| !step.is_done(&school, &counts));
    Ok(see_other(&open.unwrap_or(Step::Done).href()))
}

/// `GET /admin/setup/{step}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    step: Path<String>,
) -> Result<HttpResponse, Problem> {
    let step = Step::named(&step).ok_or_else(Problem::not_found)?;
    let found = Found::read(&visitor).await?;
    let view = begin_page(&request, step, &found, &Form::default(), Vec::new());
    page(StatusCode::OK, &view)
}

pub(in crate::pages) fn begin_page(
    request: &HttpRequest,
    step: Step,
    found: &Found,
    form: &Form,
    line_errors: Vec<String>,
) -> BeginPage {
    let t = t_of(request);
    let link = |(of, _, name): (Step, _, &str)| StepLink {
        href: of.href(),
        name: t.get(name),
        done: of.is_done(&found.school, &found.counts),
        current: of == step,
    };
    let (title, lead) = match step {
        Step::School => ("begin-school-title", "begin-school-lead"),
        Step::Year => ("begin-year-title", "begin-year-lead"),
        Step::Subjects => ("begin-subjects-title", "begin-subjects-lead"),
        Step::Class => ("begin-class-title", "begin-class-lead"),
        Step::Teacher => ("begin-teacher-title", "begin-teacher-lead"),
        Step::Done if progress(&found.school, &found.counts).is_some() => {
            ("begin-step-done", "begin-left-lead")
        }
        Step::Done => ("begin-done-title", "begin-done-lead"),
    };
    BeginPage {
        frame: frame(request, t.get(title), &step.href()),
        t,
        lead: t.get(lead),
        // What is wrong with what the form sends along unseen stands above it.
        alert: form.alert.clone().or_else(|| {
            let mut unseen = ["term_id", "school_year", "subjects"].into_iter();
            let of_class = unseen.find_map(|field| form.error(field));
            of_class.filter(|_| step == Step::Class)
        }),
        steps: Step::ALL.into_iter().map(link).collect(),
        action: step.href(),
        next: step.next().href(),
        content: content(t, step, found, form, line_errors),
    }
}

fn content(t: T, step: Step, found: &Found, form: &Form, errors: Vec<String>) -> Content {
    let lines = |field: &str| Lines {
        text: form.value(field, ""),
        errors: errors.clone(),
    };
    match step {
        Step::School => Content::School(Box::new(SchoolForm::new(t, form, &found.school))),
        Step::Year if found.counts.terms > 0 => Content::There {
            items: found.terms.all.iter().map(term_name).collect(),
            page: "/admin/terms",
        },
        Step::Year => {
            let (year, terms) = years::fields(t, form, &found.today);
            Content::Year {
                year: Box::new(year),
                terms,
            }
        }
        Step::Subjects => Content::Subjects {
            items: found
                .subjects
                .iter()
                .map(|(one, _)| subject_name(t, one))
                .collect(),
            more: lines("more"),
        },
        Step::Class => class_content(t, found, form, lines("pupils")),
        Step::Teacher => teacher_content(t, found, form),
        Step::Done => {
            let thing = |(href, name, lead): (&'static str, &str, &str)| NextThing {
                href,
                name: t.get(name),
                lead: t.get(lead),
            };
            let next = [
                ("/admin/slips", "overview-slips", "begin-next-slips"),
                (
                    "/admin/imports/roster",
                    "imports-roster-open",
                    "begin-next-roster",
                ),
                ("/admin/users/new", "new-user-title", "begin-next-people"),
                ("/admin/courses", "overview-courses", "begin-next-courses"),
                ("/admin/exams", "overview-exams", "begin-next-exams"),
            ];
            Content::Done {
                next: next.map(thing).to_vec(),
            }
        }
    }
}

fn class_content(t: T, found: &Found, form: &Form, pupils: Lines) -> Content {
    let Some(term) = found.term() else {
        return Content::First {
            href: Step::Year.href(),
            text: t.get("begin-class-needs-year"),
        };
    };
    let subject = |(one, _): &SubjectWithMarks| Tick {
        id: one.id.0,
        text: subject_name(t, one),
        ticked: form.ticked("subjects", &one.id.to_string(), true),
    };
    let level = form.field("grade_level", t.get("class-level"), "", 64);
    let name = form.field("name", t.get("class-name"), "", 64);
    Content::Class {
        term: term.id.to_string(),
        year: term.school_year.clone(),
        level: Box::new(Field {
            hint: Some(t.get("class-level-hint")),
            ..level
        }),
        name: Box::new(Field {
            hint: Some(t.get("class-name-hint")),
            ..name
        }),
        pupils,
        subjects: found.subjects.iter().map(subject).collect(),
    }
}

fn teacher_content(t: T, found: &Found, form: &Form) -> Content {
    let untaught = found
        .courses
        .iter()
        .filter(|course| course.teachers.is_empty());
    let course = |one: &Course| Tick {
        id: one.id.0,
        text: format!(
            "{} · {}",
            class_name(&one.class),
            subject_name(t, &one.subject)
        ),
        ticked: form.ticked("courses", &one.id.to_string(), false),
    };
    let username = form.field("username", t.get("account-username"), "", 64);
    let locale = form.value("locale", found.school.locale_of_accounts());
    Content::Teacher {
        name: Box::new(form.field("name", t.get("account-name"), "", 128)),
        username: Box::new(Field {
            hint: Some(t.get("new-user-username-hint")),
            ..username
        }),
        languages: languages(t, &locale),
        courses: untaught.map(course).collect(),
        courses_error: form.error("course_ids"),
    }
}

/// What a first teacher is to the school.
const TEACHER: Role = Role::Teacher;
