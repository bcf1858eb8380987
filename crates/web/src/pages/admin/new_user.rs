//! Adding an account.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Class, ClassFilter, User};
use gradebook_app::{ClassWithSize, NewPerson, PersonError, Placement, SetupError};
use gradebook_auth::Role;
use gradebook_domain::ClassId;
use serde::Deserialize;

use super::one_time::{SlipFrame, one_time_page};
use super::{Choice, Field, languages, refusal, roles, status_of};
use crate::access::{Admin, Has, SafeForm};
use crate::api::setup_problem::setup_problem;
use crate::i18n::{Locale, T};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::page;
use crate::pages::setup::{Form, Select, fault_text};
use crate::pages::words::class_name;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/admin/new_user.html")]
pub(in crate::pages) struct NewUserPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) role: Choice,
    pub(in crate::pages) name: Field,
    pub(in crate::pages) username: Field,
    pub(in crate::pages) number: Field,
    pub(in crate::pages) class: Select,
    pub(in crate::pages) from: Field,
    pub(in crate::pages) locale: Choice,
}

/// The fields of the form.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct NewUserForm {
    #[serde(default)]
    username: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    student_number: String,
    /// Empty for none.
    #[serde(default)]
    class_id: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    locale: String,
}

/// Classes to choose from.
const CLASSES: u16 = 500;

/// What is wrong with which field.
type Wrong = (String, String);

#[cfg(test)]
impl NewUserForm {
    pub(in crate::pages) fn sample() -> Self {
        Self {
            username: "li <b>".to_owned(),
            name: "李雷 <b>".to_owned(),
            class_id: "1".to_owned(),
            from: "2026-09-01".to_owned(),
            ..Self::default()
        }
    }
}

/// `GET /admin/users/new`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
) -> Result<HttpResponse, Problem> {
    let empty = NewUserForm {
        role: Role::Student.as_str().to_owned(),
        locale: visitor.app.school().locale_of_accounts().to_owned(),
        ..NewUserForm::default()
    };
    let classes = classes(&visitor).await?;
    let view = new_user_page(&request, empty, classes, None);
    page(StatusCode::OK, &view)
}

/// The newest classes first.
async fn classes(visitor: &Has<Admin>) -> Result<Vec<ClassWithSize>, Problem> {
    let (app, every) = (&visitor.app, ClassFilter::default());
    let classes = app.classes_by_year(&visitor.actor, &every, None, CLASSES);
    Ok(classes.await?.items)
}

/// `POST /admin/users/new`. The answer is the only place that tells the one-time password.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(form): SafeForm<NewUserForm>,
) -> Result<HttpResponse, Problem> {
    let t = T(Locale::of(&request));
    let (status, wrong) = match add(&visitor, t, &form).await? {
        Ok((user, password)) => {
            let slips = SlipFrame::new(&request, &visitor.app);
            let view = one_time_page(&request, slips, user, password, true);
            return page(StatusCode::CREATED, &view);
        }
        Err(refused) => refused,
    };
    let classes = classes(&visitor).await?;
    page(status, &new_user_page(&request, form, classes, Some(wrong)))
}

async fn add(
    visitor: &Has<Admin>,
    t: T,
    form: &NewUserForm,
) -> Result<Result<(User, String), (StatusCode, Wrong)>, Problem> {
    let wrong = |field: &str, key: &str| (field.to_owned(), t.get(key));
    let refused = |field, key| Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, wrong(field, key))));
    let Ok(role) = form.role.parse::<Role>() else {
        return refused("role", "user-role-missing");
    };
    let Some(locale) = Locale::from_tag(&form.locale) else {
        return refused("locale", "user-locale-missing");
    };
    let number = form.student_number.trim();
    let new = NewPerson {
        username: form.username.clone(),
        name: form.name.clone(),
        role,
        student_number: (!number.is_empty()).then(|| number.to_owned()),
        password: None,
        locale: locale.tag().to_owned(),
        enabled: true,
    };
    let place = Placement {
        class: form.class_id.parse().ok().map(ClassId),
        from: Some(form.from.clone()),
        ..Placement::default()
    };
    let (app, actor) = (&visitor.app, &visitor.actor);
    match app.add_person_placed(actor, new, &place).await {
        Ok((user, password)) => Ok(Ok((user, password.unwrap_or_default()))),
        Err(PersonError::Person(error)) => {
            let (field, key) = refusal(&error)?;
            Ok(Err((status_of(key), wrong(field, key))))
        }
        Err(PersonError::Place(SetupError::Invalid(faults))) => {
            let Some(fault) = faults.into_iter().next() else {
                return Err(Problem::internal());
            };
            let text = fault_text(t, &fault.fault);
            Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, (fault.field, text))))
        }
        Err(PersonError::Place(error)) => Err(setup_problem(&error)),
    }
}

pub(in crate::pages) fn new_user_page(
    request: &HttpRequest,
    form: NewUserForm,
    classes: Vec<ClassWithSize>,
    wrong: Option<Wrong>,
) -> NewUserPage {
    let t = T(Locale::of(request));
    let error = |id: &str| {
        let wrong = wrong.as_ref().filter(|(field, _)| field == id);
        wrong.map(|(_, text)| text.clone())
    };
    let field = |id, label: &str, value, most, required, hint: Option<&str>| Field {
        id,
        label: t.get(label),
        value,
        most,
        required,
        hint: hint.map(|key| t.get(key)),
        error: error(id),
    };
    let choice = |id, label: &str, options, hint: &str| Choice {
        id,
        label: t.get(label),
        options,
        hint: Some(t.get(hint)),
        error: error(id),
    };
    let title = t.get("new-user-title");
    NewUserPage {
        frame: Frame::new(request, Visitor::Person(Role::Admin), title)
            .returning_to("/admin/users/new"),
        t,
        role: choice(
            "role",
            "account-role",
            roles(t, &Role::ALL, &form.role),
            "new-user-role-hint",
        ),
        name: field("name", "account-name", form.name, 128, true, None),
        username: field(
            "username",
            "account-username",
            form.username,
            64,
            true,
            Some("new-user-username-hint"),
        ),
        number: field(
            "student_number",
            "account-student-number",
            form.student_number,
            32,
            false,
            Some("new-user-number-hint"),
        ),
        class: Select {
            hint: Some(t.get("new-user-class-hint")),
            error: error("class_id"),
            ..Form::default().select(
                "class_id",
                t.get("course-class"),
                [(String::new(), t.get("new-user-no-class"))]
                    .into_iter()
                    .chain(classes.iter().map(|one| class_option(&one.class))),
                &form.class_id,
            )
        },
        from: field(
            "from",
            "class-first-day",
            form.from,
            10,
            false,
            Some("class-day-hint"),
        ),
        locale: choice(
            "locale",
            "account-language",
            languages(t, &form.locale),
            "new-user-language-hint",
        ),
    }
}

/// A class with its year, for a choice among those of several years.
fn class_option(class: &Class) -> (String, String) {
    let name = format!("{} · {}", class_name(class), class.school_year);
    (class.id.to_string(), name)
}
