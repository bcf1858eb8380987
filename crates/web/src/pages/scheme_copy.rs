//! Copying how a course counts to other courses: what is copied and where to, then what would
//! change, then it is done.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::Course;
use gradebook_app::{CopiedScheme, CopiedSchemes, CopyScheme, EditSchemeError, GradebookView};
use gradebook_auth::Role;
use gradebook_domain::{CourseId, Points};

use super::admin::Field;
use super::frame::{Frame, Visitor};
use super::settings::{Pick, PickOption, Ticks, Weights, weights, words};
use super::words::{course_name, term_name};
use super::{page, see_other};
use crate::access::{SafeForm, SignedIn};
use crate::api::scheme_problem::problem;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/scheme_copy.html")]
pub(super) struct CopyPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) id: CourseId,
    /// What is copied.
    pub(super) course: String,
    pub(super) refused: Option<String>,
    pub(super) to: Ticks,
    pub(super) categories: bool,
    pub(super) policy: bool,
    pub(super) rest_into: Pick,
    /// What would change, once that was asked for.
    pub(super) preview: Option<Preview>,
    pub(super) reason: String,
}

impl CopyPage {
    /// The reason that was typed and has no field on the page as it is.
    fn reason_kept(&self) -> Option<&str> {
        let has_field = self
            .preview
            .as_ref()
            .is_some_and(|one| one.reason.is_some());
        (!has_field && !self.reason.is_empty()).then_some(self.reason.as_str())
    }
}

/// What copying would change.
#[derive(Debug, Clone)]
pub(super) struct Preview {
    /// What would be done, in one number.
    pub(super) plan_hash: String,
    pub(super) courses: Vec<CourseRow>,
    /// How many students see another total, and the field for the reason; nothing where none is needed.
    pub(super) reason: Option<(String, Field)>,
    /// Whether anything changes at all.
    pub(super) changes: bool,
}

/// What it would change in a course.
#[derive(Debug, Clone)]
pub(super) struct CourseRow {
    pub(super) name: String,
    pub(super) lines: Vec<String>,
    /// What the weights of its categories add up to then, if that is not the whole.
    pub(super) weights: Option<Weights>,
}

/// What was sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent(pub(super) Vec<(String, String)>);

impl Sent {
    fn one(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(of, _)| of == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(of, sent)| of == name && sent == value)
    }

    fn order(&self) -> CopyScheme {
        let to = self.0.iter().filter(|(name, _)| name == "to");
        let rest_into = self.one("rest_into");
        CopyScheme {
            to: to
                .filter_map(|(_, id)| id.parse().ok().map(CourseId))
                .collect(),
            categories: !self.one("categories").is_empty(),
            policy: !self.one("policy").is_empty(),
            rest_into: (!rest_into.is_empty()).then(|| rest_into.to_owned()),
            reason: Some(self.one("reason").to_owned()),
            dry_run: self.one("step") != "copy",
            // What was ticked since the look is not what was looked at.
            agreed: Some(self.one("plan_hash").to_owned()),
        }
    }
}

/// What the page says besides its form.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) preview: Option<CopiedSchemes>,
    /// The field that is wrong, if any, and why.
    pub(super) refused: Option<(Option<&'static str>, String)>,
}

/// `GET /courses/{course_id}/settings/copy`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
) -> Result<HttpResponse, Problem> {
    let id = CourseId(*id);
    let book = visitor.app.gradebook(&visitor.actor, id).await?;
    let others = visitor
        .app
        .other_courses(&visitor.actor, &book.course)
        .await?;
    let found = (&book, others.as_slice());
    let view = copy_page(&request, visitor.actor.role, found, None, Said::default());
    page(StatusCode::OK, &view)
}

/// `POST /courses/{course_id}/settings/copy`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(sent): SafeForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let id = CourseId(*id);
    let t = T(Locale::of(&request));
    let sent = Sent(sent);
    let order = sent.order();
    let (status, said) = match visitor.app.copy_scheme(&visitor.actor, id, &order).await {
        Ok(_) if !order.dry_run => {
            let many = order.to.len();
            let to = format!("/courses/{id}/settings?done=scheme-copied&many={many}");
            return Ok(see_other(&to));
        }
        Ok(copied) => {
            let preview = Some(copied);
            let refused = None;
            (StatusCode::OK, Said { preview, refused })
        }
        Err(error) => {
            let answer = problem(&error);
            let Some(refused) = words(t, &error) else {
                return Err(answer);
            };
            // What would change is shown again beside what is wrong with the reason, or what was agreed.
            let again = CopyScheme {
                dry_run: true,
                ..order
            };
            let changed = matches!(error, EditSchemeError::PlanChanged);
            let preview = if changed || refused.0 == Some("reason") {
                let looked = visitor.app.copy_scheme(&visitor.actor, id, &again).await;
                Some(looked.map_err(|error| problem(&error))?)
            } else {
                None
            };
            let refused = Some(refused);
            (answer.status(), Said { preview, refused })
        }
    };
    let book = visitor.app.gradebook(&visitor.actor, id).await?;
    let others = visitor
        .app
        .other_courses(&visitor.actor, &book.course)
        .await?;
    let found = (&book, others.as_slice());
    let view = copy_page(&request, visitor.actor.role, found, Some(&sent), said);
    page(status, &view)
}

pub(super) fn copy_page(
    request: &HttpRequest,
    role: Role,
    (book, others): (&GradebookView, &[Course]),
    sent: Option<&Sent>,
    said: Said,
) -> CopyPage {
    let t = T(Locale::of(request));
    let course = &book.course;
    let ticked = |name: &str| sent.is_none_or(|sent| !sent.one(name).is_empty());
    let options = others.iter().map(|other| {
        let value = other.id.to_string();
        let name = course_name(t, other);
        PickOption {
            chosen: sent.is_some_and(|sent| sent.has("to", &value)),
            text: if other.term.id == course.term.id {
                name
            } else {
                format!("{name} ({})", term_name(&other.term))
            },
            value,
        }
    });
    let none = [(String::new(), t.get("scheme-copy-rest-stays"))];
    let into = book.categories.iter().map(|one| {
        let text = t.with("scheme-copy-rest-into", "name", &one.name);
        (one.name.clone(), text)
    });
    let chosen = sent.map_or("", |sent| sent.one("rest_into"));
    let rest = none
        .into_iter()
        .chain(into)
        .map(|(value, text)| PickOption {
            chosen: value == chosen,
            value,
            text,
        });
    let of_field = |field: &str| {
        let refused = said.refused.as_ref();
        let refused = refused.filter(|(of, _)| *of == Some(field));
        refused.map(|(_, text)| text.clone())
    };
    let general = said.refused.as_ref();
    let general = general.filter(|(of, _)| !matches!(of, Some("also" | "reason")));
    let path = format!("/courses/{}/settings/copy", course.id);
    CopyPage {
        frame: Frame::new(request, Visitor::Person(role), t.get("scheme-copy-title"))
            .returning_to(&path),
        t,
        id: course.id,
        course: format!("{} · {}", course_name(t, course), term_name(&course.term)),
        refused: general.map(|(_, text)| text.clone()),
        to: Ticks {
            id: "to",
            legend: t.get("scheme-copy-to"),
            options: options.collect(),
            hint: None,
            error: of_field("also"),
        },
        categories: ticked("categories"),
        policy: ticked("policy"),
        rest_into: Pick {
            id: "rest_into",
            label: t.get("scheme-copy-rest"),
            options: rest.collect(),
            hint: Some(t.get("scheme-copy-rest-hint")),
            error: None,
        },
        reason: sent.map_or("", |sent| sent.one("reason")).to_owned(),
        preview: said.preview.as_ref().map(|copied| {
            let typed = sent.map_or("", |sent| sent.one("reason")).to_owned();
            preview(t, copied, (typed, of_field("reason")))
        }),
    }
}

fn preview(t: T, plan: &CopiedSchemes, (typed, error): (String, Option<String>)) -> Preview {
    let copied = &plan.courses;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let published: usize = copied.iter().map(|one| one.consequence.assessments).sum();
    let students: usize = copied.iter().map(|one| one.consequence.students).sum();
    let reason = (published > 0).then(|| {
        let seen = t.count("settings-published", count(published));
        let students = t.count("settings-students", count(students));
        let values = [("published", seen.as_str()), ("students", &students)];
        let field = Field {
            id: "reason",
            label: t.get("settings-reason"),
            value: typed,
            most: 1_000,
            required: true,
            hint: None,
            error,
        };
        (t.args("settings-reason-needed", &values), field)
    });
    Preview {
        plan_hash: plan.plan_hash.clone(),
        courses: copied.iter().map(|one| row(t, one)).collect(),
        reason,
        changes: copied.iter().any(CopiedScheme::is_change),
    }
}

fn row(t: T, copied: &CopiedScheme) -> CourseRow {
    let named = |key: &str, names: &[String]| {
        (!names.is_empty()).then(|| t.with(key, "names", t.list(names.iter())))
    };
    let moved = u32::try_from(copied.moved).unwrap_or(u32::MAX);
    let students = u32::try_from(copied.consequence.students).unwrap_or(u32::MAX);
    let mut lines: Vec<String> = [
        named("scheme-copy-added", &copied.added),
        named("scheme-copy-changed", &copied.changed),
        copied.reordered.then(|| t.get("scheme-copy-reordered")),
        (moved > 0).then(|| t.count("scheme-copy-moved", moved)),
        named("scheme-copy-removed", &copied.removed),
        named("scheme-copy-kept", &copied.kept),
        copied.policy.then(|| t.get("scheme-copy-policy-changed")),
        (students > 0).then(|| t.count("scheme-copy-students", students)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if lines.is_empty() {
        lines.push(t.get("scheme-copy-same"));
    }
    let sum = Some(weights(t, copied.weights));
    CourseRow {
        name: format!(
            "{} · {}",
            course_name(t, &copied.course),
            term_name(&copied.course.term)
        ),
        lines,
        weights: sum.filter(|sum| !sum.whole && copied.weights != Points::ZERO),
    }
}
