//! New pupils of a class: one who comes alone, with the slip of their first password, or a list that was
//! pasted.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::{NewPerson, PersonError, Placement};
use gradebook_auth::Role;
use gradebook_domain::ClassId;

use super::begin::Lines;
use super::begin::act::pupils_refused;
use super::class::{Refusals, respond};
use super::{Form, SetupQuery, Typed, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::admin::one_time::{SlipFrame, one_time_page};
use crate::pages::admin::{Field, refusal, status_of};
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// The fields for new pupils, as they were typed.
#[derive(Debug, Clone)]
pub(in crate::pages) struct NewPupils {
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) number: Field,
    pub(in crate::pages) name: Field,
    pub(in crate::pages) from: Field,
    pub(in crate::pages) list: Lines,
}

impl NewPupils {
    pub(super) fn new(t: T, form: &Form, errors: &[String]) -> Self {
        let optional = |field: Field| Field {
            required: false,
            ..field
        };
        let number = form.field("pupil_number", t.get("account-student-number"), "", 32);
        let name = form.field("pupil_name", t.get("account-name"), "", 128);
        Self {
            alert: form.alert.clone(),
            number: optional(number),
            name: optional(name),
            from: form.optional(
                "pupil_from",
                t.get("class-first-day"),
                "",
                t.get("class-day-hint"),
            ),
            list: Lines {
                text: form.value("pupils", ""),
                errors: errors.to_vec(),
            },
        }
    }
}

/// `POST /admin/classes/{class_id}/pupils`: a list if there is one, else one pupil.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    class: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let t = t_of(&request);
    let class = *class;
    visitor.app.class(&visitor.actor, ClassId(class)).await?;
    let list = sent(&typed, "pupils").to_owned();
    let alone = ["pupil_number", "pupil_name"]
        .iter()
        .any(|field| !sent(&typed, field).trim().is_empty());
    let refused = if alone && !list.trim().is_empty() {
        let (status, form) = Form::wrong(typed, "pupil_number", t.get("pupils-both"));
        (status, form, Vec::new())
    } else if list.trim().is_empty() {
        match one(&visitor, class, &typed).await {
            Ok((user, password)) => {
                let slips = SlipFrame::new(&request, &visitor.app);
                let mut view = one_time_page(&request, slips, user, password, false);
                view.done = t.with("user-added", "name", &view.slip.name);
                view.back = (format!("/admin/classes/{class}"), t.get("pupil-back"));
                return page(StatusCode::CREATED, &view);
            }
            Err(error) => {
                let (status, form) = one_refused(t, typed, error)?;
                (status, form, Vec::new())
            }
        }
    } else {
        let from = sent(&typed, "pupil_from").to_owned();
        let (app, actor) = (&visitor.app, &visitor.actor);
        let added = app.add_pupils(actor, ClassId(class), &list, Some(&from));
        match added.await {
            Ok(many) => {
                let to = format!("/admin/classes/{class}?done=pupils&many={many}");
                return Ok(see_other(&to));
            }
            Err(error) => {
                let (status, mut form, lines) = pupils_refused(t, typed, "pupils", error)?;
                form.rename("starts_on", "pupil_from");
                (status, form, lines)
            }
        }
    };
    let (status, pupils, lines) = refused;
    let refusals = Refusals {
        pupils,
        lines,
        ..Refusals::default()
    };
    let query = SetupQuery::default();
    respond(&request, &visitor, class, &query, (status, refusals)).await
}

async fn one(
    visitor: &Has<Admin>,
    class: i64,
    typed: &Typed,
) -> Result<(gradebook_app::read::User, String), PersonError> {
    let number = sent(typed, "pupil_number").trim();
    let new = NewPerson {
        username: number.to_owned(),
        name: sent(typed, "pupil_name").to_owned(),
        role: Role::Student,
        student_number: Some(number.to_owned()),
        password: None,
        locale: visitor.app.school().locale_of_accounts().to_owned(),
        enabled: true,
    };
    let place = Placement {
        class: Some(ClassId(class)),
        from: Some(sent(typed, "pupil_from").to_owned()),
        ..Placement::default()
    };
    let (app, actor) = (&visitor.app, &visitor.actor);
    let (user, password) = app.add_person_placed(actor, new, &place).await?;
    Ok((user, password.unwrap_or_default()))
}

fn one_refused(t: T, typed: Typed, error: PersonError) -> Result<(StatusCode, Form), Problem> {
    match error {
        PersonError::Person(error) => {
            let (field, key) = refusal(&error)?;
            let (field, key) = match (field, key) {
                ("name", key) => ("pupil_name", key),
                // the number is the username, too
                (_, "user-username-taken") => ("pupil_number", "user-number-taken"),
                (_, "user-number-taken" | "user-number-alike") => ("pupil_number", key),
                _ => ("pupil_number", "pupils-number"),
            };
            let (_, form) = Form::wrong(typed, field, t.get(key));
            Ok((status_of(key), form))
        }
        PersonError::Place(error) => {
            let (status, mut form) = Form::refused(t, typed, &error)?;
            form.rename("from", "pupil_from");
            Ok((status, form))
        }
    }
}
