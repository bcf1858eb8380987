//! What follows when a student leaves a class or moves to another one, asked before it is done.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::SetupError;
use gradebook_app::read::{Class, Course};
use gradebook_domain::{ClassId, UserId};

use super::class::{Refusals, respond};
use super::{Form, SetupQuery, Typed, frame, id, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::confirm::{CONFIRMED, ConfirmPage, was_shown};
use crate::pages::words::{class_name, subject_name, term_name};
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// A student on the way out of a class.
pub(in crate::pages) struct Leaving {
    pub(in crate::pages) student: UserId,
    pub(in crate::pages) name: String,
    pub(in crate::pages) class: Class,
    /// The last day here of whoever leaves, the first day there of whoever moves.
    pub(in crate::pages) day: String,
    /// Where to, of whoever moves.
    pub(in crate::pages) to: Option<Class>,
    /// The courses with scores of theirs.
    pub(in crate::pages) scored: Vec<Course>,
}

pub(in crate::pages) fn leaving_page(
    request: &HttpRequest,
    leaving: &Leaving,
    typed: &Typed,
) -> ConfirmPage {
    let t = t_of(request);
    let class = format!("/admin/classes/{}", leaving.class.id);
    let name = &leaving.name;
    let (title, submit) = match &leaving.to {
        Some(to) => (
            t.args(
                "leaving-move",
                &[("name", name), ("class", &class_name(to))],
            ),
            t.get("class-move"),
        ),
        None => (t.with("leaving-leave", "name", name), t.get("class-leave")),
    };
    // what was shown is what is done, at midnight, too
    let day = match leaving.to {
        Some(_) => "from",
        None => "ends_on",
    };
    let sends = [
        ("action", sent(typed, "action")),
        ("to_class_id", sent(typed, "to_class_id")),
        (day, leaving.day.as_str()),
    ];
    ConfirmPage {
        frame: frame(request, title, &class),
        t,
        crumbs: vec![
            ("/admin".to_owned(), t.get("overview-title")),
            ("/admin/classes".to_owned(), t.get("classes-title")),
            (class.clone(), class_name(&leaving.class)),
        ],
        effects: effects(t, leaving),
        action: format!("{class}/students/{}", leaving.student),
        sends: sends
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(field, value)| (field.to_owned(), value.to_owned()))
            .collect(),
        submit,
        cancel: format!("{class}?student={}", leaving.student),
    }
}

fn effects(t: T, leaving: &Leaving) -> Vec<String> {
    let day = t.date(&leaving.day).text;
    let class = class_name(&leaving.class);
    let mut effects = match &leaving.to {
        Some(to) => vec![t.args(
            "leaving-joins",
            &[("class", &class_name(to)), ("day", &day)],
        )],
        None => vec![t.args("leaving-last-day", &[("class", &class), ("day", &day)])],
    };
    let of = |course: &Course| {
        format!(
            "{} · {}",
            subject_name(t, &course.subject),
            term_name(&course.term)
        )
    };
    effects.push(if leaving.scored.is_empty() {
        t.with("leaving-no-scores", "class", &class)
    } else {
        let courses = t.list(leaving.scored.iter().map(of));
        t.with("leaving-scores-stay", "courses", courses)
    });
    effects.push(t.with("leaving-later-counts-nothing", "class", &class));
    if let Some(to) = &leaving.to {
        effects.push(t.with("leaving-earlier-counts-nothing", "class", class_name(to)));
    }
    effects
}

/// `POST /admin/classes/{class_id}/students/{student_id}`: leaves, or moves to another class.
pub(crate) async fn change_student(
    request: HttpRequest,
    visitor: Has<Admin>,
    path: Path<(i64, i64)>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let (class, student) = (ClassId(path.0), UserId(path.1));
    let nowhere = sent(&typed, "action") == "move" && sent(&typed, "to_class_id").is_empty();
    let done = if nowhere {
        let text = t_of(&request).get("class-move-choose");
        return refused(
            &request,
            &visitor,
            (class, student),
            Form::wrong(typed, "to_class_id", text),
        )
        .await;
    } else if !was_shown(Some(sent(&typed, CONFIRMED))) {
        match leaving(&visitor, (class, student), &typed).await? {
            Ok(leaving) => return page(StatusCode::OK, &leaving_page(&request, &leaving, &typed)),
            Err(error) => Err(error),
        }
    } else {
        go(&visitor, (class, student), &typed).await
    };
    match done {
        Ok(done) => Ok(see_other(&format!("/admin/classes/{class}?done={done}"))),
        Err(error) => {
            let form = Form::refused(t_of(&request), typed, &error)?;
            refused(&request, &visitor, (class, student), form).await
        }
    }
}

/// The class's page, with what was typed for a student and what is wrong with it.
async fn refused(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    (class, student): (ClassId, UserId),
    (status, form): (StatusCode, Form),
) -> Result<HttpResponse, Problem> {
    let refusals = Refusals {
        student: form,
        ..Refusals::default()
    };
    let query = SetupQuery {
        student: student.to_string(),
        ..SetupQuery::default()
    };
    respond(request, visitor, class.0, &query, (status, refusals)).await
}

/// Where somebody moves to; nothing for whoever leaves.
fn target(typed: &Typed) -> Option<ClassId> {
    let moves = sent(typed, "action") == "move";
    moves.then(|| ClassId(id(sent(typed, "to_class_id")).unwrap_or(0)))
}

fn typed_day<'a>(typed: &'a Typed, field: &str) -> Option<&'a str> {
    Some(sent(typed, field)).filter(|day| !day.trim().is_empty())
}

async fn go(
    visitor: &Has<Admin>,
    (class, student): (ClassId, UserId),
    typed: &Typed,
) -> Result<&'static str, SetupError> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    if let Some(to) = target(typed) {
        let first_day = typed_day(typed, "from");
        app.move_student(actor, (class, to), student, first_day)
            .await?;
        Ok("moved")
    } else {
        let last_day = typed_day(typed, "ends_on");
        app.end_enrolment(actor, class, student, last_day).await?;
        Ok("left")
    }
}

/// Who leaves, when, and where to; or why the step would be refused.
async fn leaving(
    visitor: &Has<Admin>,
    (class, student): (ClassId, UserId),
    typed: &Typed,
) -> Result<Result<Leaving, SetupError>, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let from = app.class(actor, class).await?;
    let to = target(typed);
    let rehearsed = match to {
        Some(to) => {
            let day = typed_day(typed, "from");
            let moved = app.rehearse_move_student(actor, (class, to), student, day);
            moved.await.map(|(_, there)| there.dates.starts_on)
        }
        None => {
            let day = typed_day(typed, "ends_on");
            let ended = app.rehearse_end_enrolment(actor, class, student, day);
            ended
                .await
                .map(|here| here.dates.ends_on.unwrap_or_default())
        }
    };
    let day = match rehearsed {
        Ok(day) => day,
        Err(error) => return Ok(Err(error)),
    };
    let to = match to {
        Some(to) => Some(app.class(actor, to).await?),
        None => None,
    };
    Ok(Ok(Leaving {
        student,
        name: app.person(actor, student).await?.name,
        class: from,
        day,
        to,
        scored: app.courses_with_scores(actor, class, student).await?,
    }))
}
