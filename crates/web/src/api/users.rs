//! Accounts, as admins manage them.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Json, Path, Query};
use gradebook_app::read::{PeopleFilter, User};
use gradebook_app::{NewPassword, NewPerson, PeopleError, PersonChange, PersonError, Placement};
use gradebook_auth::password::HashingError;
use gradebook_auth::{Role, UnknownRole};
use gradebook_domain::{ClassId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::paging::{Listing, Paging, sought, wrong};
use super::setup_problem::setup_problem;
use crate::access::{Admin, Has};
use crate::i18n::Locale;
use crate::json_body::JsonBody;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserDto {
    id: i64,
    username: String,
    name: String,
    /// `admin`, `teacher` or `student`.
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    student_number: Option<String>,
    /// Whether the account may sign in.
    enabled: bool,
    /// `zh-CN` or `en`.
    locale: String,
    /// Whether there is a password to sign in with: an imported student has none at first.
    has_password: bool,
    password_change_required: bool,
    /// Whether signing in takes a code besides the password.
    totp_enabled: bool,
}

impl From<User> for UserDto {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            username: user.username,
            name: user.name,
            role: user.role.as_str(),
            student_number: user.student_number,
            enabled: user.enabled,
            locale: user.locale,
            has_password: user.has_password,
            password_change_required: user.password_change_required,
            totp_enabled: user.totp_enabled,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUserDto {
    username: String,
    name: String,
    /// `admin`, `teacher` or `student`.
    role: String,
    /// 学号: a student has one, and nobody else.
    student_number: Option<String>,
    /// A password that the person chose; without one, the answer has a one-time password.
    password: Option<String>,
    /// Unless stated, the account may sign in.
    enabled: Option<bool>,
    /// `zh-CN` or `en`; the school's language unless stated.
    locale: Option<String>,
    /// The class that a student belongs to from the start.
    class_id: Option<i64>,
    /// The first day in it, like `2026-09-01`; today unless stated.
    from: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddedUserDto {
    #[serde(flatten)]
    user: UserDto,
    /// To be changed at the first sign-in. It is told only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_password: Option<String>,
}

/// What to change; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeUserDto {
    /// The name to sign in with from now on; sessions under way go on.
    username: Option<String>,
    /// 学号 of a student; nobody else has one.
    student_number: Option<String>,
    name: Option<String>,
    /// Disabling ends the user's sessions.
    enabled: Option<bool>,
    locale: Option<String>,
    /// `admin` or `teacher`, one for the other; it ends the user's sessions. A student's account stays one.
    role: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InitialPasswordDto {
    /// To be changed at the next sign-in. It is told only here.
    initial_password: String,
}

/// Which accounts to list, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsersQuery {
    /// Parts of the username, the name or the student number, with spaces between: an account has
    /// all of them. Letter case and full-width forms make no difference.
    #[param(max_length = 100)]
    q: Option<String>,
    /// `admin`, `teacher` or `student`.
    role: Option<String>,
    /// Whether the account may sign in.
    enabled: Option<bool>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

impl UsersQuery {
    fn parts(self) -> Result<(Paging, PeopleFilter), Problem> {
        let text = sought(self.q)?;
        let role = self.role.map(|role| role.parse()).transpose();
        let role = role.map_err(|error: UnknownRole| wrong("role", &error.to_string()))?;
        let filter = PeopleFilter {
            text,
            role,
            enabled: self.enabled,
        };
        Ok((Paging::new(self.limit, self.cursor), filter))
    }
}

/// All accounts, or those that are looked for.
#[utoipa::path(get, operation_id = "list_users", path = "/api/v1/users", tag = "set-up", params(UsersQuery),
    responses((status = 200, body = Listing<UserDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    caller: Has<Admin>,
    query: Query<UsersQuery>,
) -> Result<Json<Listing<UserDto>>, Problem> {
    let (paging, filter) = query.into_inner().parts()?;
    let after = UserId(paging.position()?.unwrap_or(0));
    let limit = paging.limit()?;
    let page = caller
        .app
        .people(&caller.actor, &filter, after, limit)
        .await?;
    Ok(Json(Listing::of(page, UserDto::from)))
}

/// Adds an account.
#[utoipa::path(post, operation_id = "create_user", path = "/api/v1/users", tag = "set-up",
    request_body = NewUserDto,
    responses((status = 201, body = AddedUserDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    caller: Has<Admin>,
    body: JsonBody<NewUserDto>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner();
    let usual = || caller.app.school().locale_of_accounts().to_owned();
    let locale = new.locale.unwrap_or_else(usual);
    let person = NewPerson {
        username: new.username,
        name: new.name,
        role: read_role(&new.role)?,
        student_number: new.student_number,
        password: new.password.map(NewPassword::Chosen),
        locale: read_locale(locale)?,
        enabled: new.enabled.unwrap_or(true),
    };
    if new.from.is_some() && new.class_id.is_none() {
        let detail = "the first day is one in a class: name the class, too".to_owned();
        return Err(field("/from", detail));
    }
    let place = Placement {
        class: new.class_id.map(ClassId),
        from: new.from,
        ..Placement::default()
    };
    let (app, actor) = (&caller.app, &caller.actor);
    let added = app.add_person_placed(actor, person, &place).await;
    let (user, initial_password) = added.map_err(|error| match error {
        PersonError::Person(error) => problem(&error),
        PersonError::Place(error) => setup_problem(&error),
    })?;
    let address = format!("/api/v1/users/{}", user.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, address))
        .json(AddedUserDto {
            user: user.into(),
            initial_password,
        }))
}

/// One account.
#[utoipa::path(get, operation_id = "get_user", path = "/api/v1/users/{user_id}", tag = "set-up",
    params(("user_id" = i64, Path)),
    responses((status = 200, body = UserDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: Has<Admin>, id: Path<i64>) -> Result<Json<UserDto>, Problem> {
    let user = caller.app.person(&caller.actor, UserId(*id)).await?;
    Ok(Json(user.into()))
}

/// Changes an account. The last admin who can sign in stays one and cannot be disabled.
#[utoipa::path(patch, operation_id = "change_user", path = "/api/v1/users/{user_id}", tag = "set-up",
    params(("user_id" = i64, Path)), request_body = ChangeUserDto,
    responses((status = 200, body = UserDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<ChangeUserDto>,
) -> Result<Json<UserDto>, Problem> {
    let body = body.into_inner();
    let change = PersonChange {
        username: body.username,
        student_number: body.student_number,
        name: body.name,
        enabled: body.enabled,
        locale: body.locale.map(read_locale).transpose()?,
        role: body.role.as_deref().map(read_role).transpose()?,
    };
    let changed = caller
        .app
        .change_person(&caller.actor, UserId(*id), &change)
        .await;
    let user = changed.map_err(|error| problem(&error))?;
    Ok(Json(user.into()))
}

/// Gives an account a new one-time password and ends its sessions.
#[utoipa::path(post, operation_id = "reset_password", path = "/api/v1/users/{user_id}/password-reset", tag = "set-up",
    params(("user_id" = i64, Path)),
    responses((status = 200, body = InitialPasswordDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn reset_password(
    caller: Has<Admin>,
    id: Path<i64>,
) -> Result<Json<InitialPasswordDto>, Problem> {
    let reset = caller
        .app
        .reset_password_of(&caller.actor, UserId(*id))
        .await;
    let initial_password = reset.map_err(|error| problem(&error))?;
    Ok(Json(InitialPasswordDto { initial_password }))
}

/// Takes the second factor from an account whose owner lost it, and ends its sessions. One that has
/// none is left as it is.
#[utoipa::path(post, operation_id = "reset_totp", path = "/api/v1/users/{user_id}/totp-reset", tag = "set-up",
    params(("user_id" = i64, Path)),
    responses((status = 200, body = UserDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn reset_totp(
    caller: Has<Admin>,
    id: Path<i64>,
) -> Result<Json<UserDto>, Problem> {
    let id = UserId(*id);
    let reset = caller.app.reset_totp_of(&caller.actor, id).await;
    reset.map_err(|error| problem(&error))?;
    let user = caller.app.person(&caller.actor, id).await?;
    Ok(Json(user.into()))
}

fn read_role(text: &str) -> Result<Role, Problem> {
    text.parse()
        .map_err(|error: UnknownRole| field("/role", error.to_string()))
}

fn read_locale(tag: String) -> Result<String, Problem> {
    if Locale::from_tag(&tag).is_some() {
        return Ok(tag);
    }
    Err(field("/locale", "a locale is zh-CN or en".to_owned()))
}

fn field(pointer: &str, detail: String) -> Problem {
    Problem::invalid(vec![FieldError {
        pointer: pointer.to_owned(),
        code: "invalid_field",
        detail,
    }])
}

fn taken(pointer: &str, detail: String) -> Problem {
    let error = FieldError {
        pointer: pointer.to_owned(),
        code: "already_exists",
        detail: detail.clone(),
    };
    Problem::new(StatusCode::CONFLICT, "already_exists", detail).with_errors(vec![error])
}

/// The problem of an account that is not added or changed.
pub(crate) fn problem(error: &PeopleError) -> Problem {
    let detail = error.to_string();
    match error {
        PeopleError::Username(_) => field("/username", detail),
        PeopleError::Name => field("/name", detail),
        PeopleError::StudentNumber => field("/student_number", detail),
        PeopleError::Role => field("/role", detail),
        PeopleError::Weak(_) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "weak_password", detail)
        }
        PeopleError::AlreadyExists => Problem::new(StatusCode::CONFLICT, "already_exists", detail),
        PeopleError::UsernameTaken => taken("/username", detail),
        PeopleError::NumberTaken | PeopleError::NumberAlike { .. } => {
            taken("/student_number", detail)
        }
        PeopleError::LastAdmin => Problem::new(StatusCode::CONFLICT, "last_admin", detail),
        PeopleError::NotFound => Problem::not_found(),
        PeopleError::Forbidden => Problem::forbidden(),
        PeopleError::SignedOut => Problem::signed_out(),
        PeopleError::Hashing(HashingError::Busy) => {
            Problem::unavailable("busy", "Too many passwords are being hashed.", 2)
        }
        PeopleError::Hashing(HashingError::Failed) => {
            tracing::error!(%error, "hashing a password failed");
            Problem::internal()
        }
        PeopleError::Database(_) => database_problem(error),
    }
}
