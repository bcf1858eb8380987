//! What happened in the school: the whole change log in words, searched.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{ChangeFilter, ChangeKind, Course};
use gradebook_app::{App, ChangeLogPage, CourseFilter};
use gradebook_auth::{Actor, Role};
use gradebook_domain::{AssessmentId, BatchId, ChangeId, CourseId, UserId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use url::form_urlencoded;

use super::changes::words;
use super::log_areas::{AREAS, kinds_of};
use crate::access::{Admin, Has};
use crate::i18n::{Locale, T};
use crate::pages::change_lines::{Around, ChangeLine};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::page;
use crate::pages::sittings::change_lines;
use crate::pages::words::{class_name, subject_name, term_name};
use crate::problem::Problem;

/// Lines of one page.
const AT_ONCE: u16 = 50;
/// Courses to choose from: more than any school has in its open terms.
const COURSES: u16 = 2_000;

#[derive(Template)]
#[template(path = "pages/admin/changes.html")]
pub(in crate::pages) struct SchoolChangesPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) query: ChangesQuery,
    /// Value, text and whether it is chosen.
    pub(in crate::pages) courses: Vec<(String, String, bool)>,
    pub(in crate::pages) kinds: Vec<(&'static str, String, bool)>,
    /// What is wrong with which field.
    /// Parts of the log: address, text and whether it is the one that is shown.
    pub(in crate::pages) areas: Vec<(String, String, bool)>,
    pub(in crate::pages) errors: HashMap<&'static str, String>,
    pub(in crate::pages) searched: bool,
    pub(in crate::pages) lines: Vec<ChangeLine>,
    pub(in crate::pages) older: Option<String>,
    pub(in crate::pages) newest: Option<String>,
}

/// What to look for, as the form sends it; what is empty is left open.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ChangesQuery {
    /// Username of whoever did it.
    #[serde(default)]
    pub(in crate::pages) actor: String,
    /// Username of whom it is about.
    #[serde(default)]
    pub(in crate::pages) person: String,
    #[serde(default)]
    pub(in crate::pages) course: String,
    #[serde(default)]
    pub(in crate::pages) kind: String,
    /// A part of the log: `grades`, `school` or `people`.
    #[serde(default)]
    pub(in crate::pages) area: String,
    /// The first and the last day.
    #[serde(default)]
    pub(in crate::pages) since: String,
    #[serde(default)]
    pub(in crate::pages) until: String,
    /// From links, not from the form.
    #[serde(default)]
    assessment: Option<i64>,
    #[serde(default)]
    batch: Option<i64>,
    #[serde(default)]
    before: Option<i64>,
}

impl ChangesQuery {
    /// The address of this search, from a change on if given.
    fn address(&self, before: Option<i64>) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        let ids = [
            ("assessment", self.assessment),
            ("batch", self.batch),
            ("before", before),
        ];
        for (name, value) in [
            ("actor", &self.actor),
            ("person", &self.person),
            ("course", &self.course),
            ("kind", &self.kind),
            ("area", &self.area),
            ("since", &self.since),
            ("until", &self.until),
        ] {
            if !value.is_empty() {
                pairs.append_pair(name, value);
            }
        }
        for (name, id) in ids {
            if let Some(id) = id {
                pairs.append_pair(name, &id.to_string());
            }
        }
        match pairs.finish() {
            none if none.is_empty() => "/admin/changes".to_owned(),
            some => format!("/admin/changes?{some}"),
        }
    }

    #[cfg(test)]
    pub(in crate::pages) fn sample() -> Self {
        Self {
            actor: "li <b>".to_owned(),
            kind: ChangeKind::Score.as_str().to_owned(),
            since: "2026-11-32".to_owned(),
            course: "1".to_owned(),
            before: Some(9),
            ..Self::default()
        }
    }
}

/// `GET /admin/changes`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<ChangesQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let (filter, errors) = filter(&visitor.app, &visitor.actor, &query).await?;
    let before = query.before.map(ChangeId);
    let found = match &filter {
        Some(filter) => Some(
            visitor
                .app
                .change_groups(&visitor.actor, filter, before, AT_ONCE)
                .await?,
        ),
        None => None,
    };
    let courses = visitor
        .app
        .courses(
            &visitor.actor,
            &CourseFilter::default(),
            CourseId(0),
            COURSES,
        )
        .await?
        .items;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = school_changes_page(&request, query, &courses, found.as_ref(), &errors);
    page(status, &view)
}

/// The filter that the fields ask for, or what is wrong with which of them.
async fn filter(
    app: &App,
    actor: &Actor,
    query: &ChangesQuery,
) -> Result<(Option<ChangeFilter>, Wrong), Problem> {
    let names = [query.actor.trim(), query.person.trim()];
    let known = app
        .people_named(actor, &names.map(str::to_owned))
        .await?
        .into_iter()
        .map(|user| user.map(|user| user.id));
    let [by, about] =
        <[Option<UserId>; 2]>::try_from(known.collect::<Vec<_>>()).unwrap_or_default();
    let mut errors = Wrong::new();
    for (field, name, found) in [("actor", names[0], by), ("person", names[1], about)] {
        if !name.is_empty() && found.is_none() {
            errors.insert(field, "changes-nobody");
        }
    }
    let mut day = |field, text: &str, days: i64| -> Option<i64> {
        if text.is_empty() {
            return None;
        }
        let begins = day_begins(text, days);
        if begins.is_none() {
            errors.insert(field, "changes-no-day");
        }
        begins
    };
    let since = day("since", &query.since, 0);
    // The last day is among those that were asked for.
    let until = day("until", &query.until, 1);
    let filter = ChangeFilter {
        course: query.course.parse().ok().map(CourseId),
        student: about,
        actor: by,
        assessment: query.assessment.map(AssessmentId),
        kind: ChangeKind::parse(&query.kind),
        kinds: kinds_of(&query.area),
        since,
        until,
        batch: query.batch.map(BatchId),
    };
    Ok((errors.is_empty().then_some(filter), errors))
}

/// Keys of what is wrong with which field.
type Wrong = HashMap<&'static str, &'static str>;

/// Unix milliseconds at which a day begins, or the day so many days later.
fn day_begins(text: &str, later: i64) -> Option<i64> {
    let day: Date = text.parse().ok()?;
    let day = day
        .checked_add(jiff::Span::new().try_days(later).ok()?)
        .ok()?;
    let begins = day.to_zoned(TimeZone::UTC).ok()?;
    Some(begins.timestamp().as_millisecond())
}

pub(in crate::pages) fn school_changes_page(
    request: &HttpRequest,
    query: ChangesQuery,
    courses: &[Course],
    found: Option<&ChangeLogPage>,
    errors: &Wrong,
) -> SchoolChangesPage {
    let t = T(Locale::of(request));
    let mut options = vec![(String::new(), t.get("changes-all-courses"), false)];
    options.extend(courses.iter().map(|course| {
        let value = course.id.to_string();
        let name = format!(
            "{} · {} · {}",
            class_name(&course.class),
            subject_name(t, &course.subject),
            term_name(&course.term)
        );
        let chosen = value == query.course;
        (value, name, chosen)
    }));
    let mut kinds = vec![("", t.get("changes-all-kinds"), false)];
    let shown = kinds_of(&query.area).unwrap_or(ChangeKind::ALL);
    kinds.extend(shown.iter().map(|kind| {
        let chosen = kind.as_str() == query.kind;
        (kind.as_str(), t.get(words(*kind)), chosen)
    }));
    let area = |(name, key): (&str, &str)| {
        // A kind is of one part only; who and when stay as they are.
        let asked = ChangesQuery {
            area: name.to_owned(),
            kind: String::new(),
            ..query.clone()
        };
        (asked.address(None), t.get(key), query.area == name)
    };
    let areas = AREAS.into_iter().map(area).collect();
    let lines = found.map_or_else(Vec::new, |found| {
        change_lines(t, &found.groups.items, Around::School(&found.courses))
    });
    let next = found.and_then(|found| found.groups.next);
    SchoolChangesPage {
        frame: Frame::new(
            request,
            Visitor::Person(Role::Admin),
            t.get("changes-title"),
        ),
        t,
        courses: options,
        kinds,
        areas,
        errors: errors
            .iter()
            .map(|(field, key)| (*field, t.get(key)))
            .collect(),
        searched: query.address(None) != "/admin/changes",
        lines,
        older: next.map(|before| query.address(Some(before))),
        newest: query.before.map(|_| query.address(None)),
        query,
    }
}
