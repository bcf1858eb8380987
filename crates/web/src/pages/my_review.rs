//! A student's request to have an own score looked at again.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Course, Proposal};
use gradebook_app::{
    AmendmentError, AssessmentGrade, MakeAmendment, MyGrades, MyRequest, MyReviews,
};
use gradebook_auth::Role;
use gradebook_domain::{AmendmentId, AmendmentState, AssessmentId, AssessmentState, CourseId};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::review::wrong;
use super::reviews::{mark, state_of};
use super::words::{GradeRow, subject_name};
use super::{page, see_other};
use crate::access::{Has, SafeForm, Student};
use crate::api::amendments::problem;
use crate::i18n::{DateText, Locale, T};
use crate::problem::Problem;

/// What has become of a request, under its score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OwnReview {
    /// What the page's script knows it by.
    pub(super) live: String,
    /// The state as a class of the badge and in a word.
    pub(super) state: (&'static str, String),
    /// What it says.
    pub(super) text: String,
    pub(super) at: DateText,
    /// What the student wrote.
    pub(super) reason: String,
    /// What was said with the decision.
    pub(super) note: Option<String>,
    /// Where it is taken back, while it is open, and the token of that form.
    pub(super) withdraw: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "pages/my_review.html")]
pub(super) struct MyReviewPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) assessment: AssessmentId,
    /// The course's address, name and id.
    pub(super) course: (String, String, CourseId),
    pub(super) row: GradeRow,
    /// Whether there is anything to ask: no request waits for an answer.
    pub(super) form: bool,
    /// Who will look at it.
    pub(super) who: String,
    pub(super) reason: String,
    pub(super) error: Option<String>,
    pub(super) alert: Option<String>,
}

/// The field of the form.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct AskForm {
    #[serde(default)]
    reason: String,
    /// The course that the page led back to.
    #[serde(default)]
    course: String,
}

/// What stands in the place of the form when its score has gone out of sight meanwhile.
#[derive(Template)]
#[template(path = "pages/my_review_gone.html")]
pub(super) struct GonePage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// Where to go on: address and name.
    pub(super) back: (String, String),
    /// What was typed.
    pub(super) reason: String,
}

/// A form without fields of its own.
#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// `GET /me/assessments/{assessment_id}/review`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Student>,
    id: Path<i64>,
) -> Result<HttpResponse, Problem> {
    let id = AssessmentId(*id);
    respond(&request, &visitor, id, StatusCode::OK, "", [None, None]).await
}

/// `POST /me/assessments/{assessment_id}/review`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Student>,
    id: Path<i64>,
    SafeForm(form): SafeForm<AskForm>,
) -> Result<HttpResponse, Problem> {
    let id = AssessmentId(*id);
    let command = MakeAmendment {
        assessment: id,
        student: None,
        proposed: None,
        reason: Some(form.reason.clone()),
        version: None,
    };
    let made = visitor.app.make_amendment(&visitor.actor, &command).await;
    let amendment = match made {
        Ok(amendment) => amendment,
        Err(AmendmentError::NotFound) => {
            let grades = visitor.app.my_grades(&visitor.actor, None).await?;
            let gone = gone_page(&request, &grades, &form.course, form.reason);
            return page(StatusCode::NOT_FOUND, &gone);
        }
        Err(error) => {
            let (status, field, text) = wrong(T(Locale::of(&request)), error)?;
            let said = match field {
                super::review::Field::Page => [None, Some(text)],
                super::review::Field::Note | super::review::Field::Value => [Some(text), None],
            };
            return respond(&request, &visitor, id, status, &form.reason, said).await;
        }
    };
    let (view, _) = visitor.app.amendment(&visitor.actor, amendment).await?;
    Ok(see_other(&course_of(view.course.id, id)))
}

/// `POST /me/reviews/{amendment_id}/withdraw`.
pub(crate) async fn withdraw(
    visitor: Has<Student>,
    id: Path<i64>,
    _form: SafeForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    let id = AmendmentId(*id);
    let (view, _) = visitor.app.amendment(&visitor.actor, id).await?;
    let done = visitor.app.withdraw_amendment(&visitor.actor, id).await;
    match done {
        // One that is settled already is no error: the page says what became of it.
        Ok(_) | Err(gradebook_app::AmendmentError::InvalidStep(_)) => {}
        Err(error) => return Err(problem(error, "note")),
    }
    Ok(see_other(&course_of(view.course.id, view.assessment.id)))
}

fn course_of(course: CourseId, assessment: AssessmentId) -> String {
    format!("/me/courses/{course}#score-{assessment}")
}

async fn respond(
    request: &HttpRequest,
    visitor: &Has<Student>,
    id: AssessmentId,
    status: StatusCode,
    reason: &str,
    said: [Option<String>; 2],
) -> Result<HttpResponse, Problem> {
    let grades = visitor.app.my_grades(&visitor.actor, None).await?;
    let found = grades.courses.iter().find_map(|course| {
        let grades = course.assessments.iter();
        let grade = grades.clone().find(|grade| grade.assessment.id == id)?;
        Some((&course.course, grade))
    });
    let (course, grade) = found.ok_or_else(Problem::not_found)?;
    let reviews = visitor.app.my_reviews(&visitor.actor).await?;
    let view = my_review_page(request, course, grade, &reviews, reason, said);
    page(status, &view)
}

/// The same whether the score was taken back or never was: nobody learns here what exists.
pub(super) fn gone_page(
    request: &HttpRequest,
    grades: &MyGrades,
    course: &str,
    reason: String,
) -> GonePage {
    let t = T(Locale::of(request));
    let own = grades.courses.iter().map(|one| &one.course);
    let mut own = own.filter(|one| one.id.to_string() == course);
    let back = own.next().map_or_else(
        || ("/me".to_owned(), t.get("me-title")),
        |one| {
            (
                format!("/me/courses/{}", one.id),
                subject_name(t, &one.subject),
            )
        },
    );
    GonePage {
        frame: Frame::new(
            request,
            Visitor::Person(Role::Student),
            t.get("my-review-title"),
        )
        .returning_to("/me"),
        t,
        back,
        reason,
    }
}

pub(super) fn my_review_page(
    request: &HttpRequest,
    course: &Course,
    grade: &AssessmentGrade,
    reviews: &MyReviews,
    reason: &str,
    [error, alert]: [Option<String>; 2],
) -> MyReviewPage {
    let t = T(Locale::of(request));
    let frozen = grade.assessment.state == AssessmentState::Locked || !course.term.open;
    let who = if frozen {
        "my-review-who-admin"
    } else {
        "my-review-who-teacher"
    };
    let path = format!("/me/assessments/{}/review", grade.assessment.id);
    let frame = Frame::new(
        request,
        Visitor::Person(Role::Student),
        t.get("my-review-title"),
    )
    .returning_to(&path);
    let row = with_review(
        &frame,
        GradeRow::new(t, course, grade),
        grade.assessment.id,
        reviews,
    );
    MyReviewPage {
        // What was typed is not thrown away because a request came first.
        form: row.ask.is_some() || !reason.is_empty(),
        row: GradeRow { ask: None, ..row },
        frame,
        assessment: grade.assessment.id,
        course: (
            format!("/me/courses/{}", course.id),
            subject_name(t, &course.subject),
            course.id,
        ),
        who: t.get(who),
        reason: reason.to_owned(),
        error,
        alert,
        t,
    }
}

/// Adds to a row of the course's page what became of a request, and where to ask for a review.
pub(super) fn with_review(
    frame: &Frame,
    mut row: GradeRow,
    assessment: AssessmentId,
    reviews: &MyReviews,
) -> GradeRow {
    let t = frame.t;
    row.id = Some(format!("score-{assessment}"));
    let request = reviews.requests.get(&assessment);
    let text = match request.map(|one| one.amendment.state) {
        Some(AmendmentState::Open) => None,
        Some(_) => Some("my-review-ask-again"),
        None => Some("my-review-ask"),
    };
    row.ask = text.map(|text| (format!("/me/assessments/{assessment}/review"), t.get(text)));
    row.review = request.map(|one| own_review(frame, one));
    row
}

fn own_review(frame: &Frame, request: &MyRequest) -> OwnReview {
    let t = frame.t;
    let one = &request.amendment;
    let change = |proposed: &Proposal| {
        let (from, to) = (mark(t, one.before), mark(t, proposed.score));
        t.args("my-review-changed", &[("from", &from), ("to", &to)])
    };
    let text = match (one.state, &one.proposed) {
        (AmendmentState::Open, _) if request.answered => t.get("my-review-answered"),
        (AmendmentState::Open, _) => t.get("my-review-open"),
        (AmendmentState::Approved | AmendmentState::Corrected, Some(proposed)) => change(proposed),
        (AmendmentState::Withdrawn, _) => t.get("my-review-withdrawn"),
        _ => t.get("my-review-stays"),
    };
    let open = one.state == AmendmentState::Open;
    let at = one
        .decision
        .as_ref()
        .map_or(one.made_at, |decision| decision.at);
    OwnReview {
        live: format!("r{}", one.assessment),
        state: state_of(t, one.state),
        text,
        at: t.instant(at),
        reason: one.reason.clone(),
        note: one
            .decision
            .as_ref()
            .and_then(|decision| decision.note.clone()),
        withdraw: open.then(|| {
            let action = format!("/me/reviews/{}/withdraw", one.id);
            (action, frame.form_token.clone())
        }),
    }
}
