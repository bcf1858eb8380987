//! The class of the next school year, filled in as schools usually go on.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::ClassFields;
use gradebook_app::read::{Class, Term};
use gradebook_domain::ClassId;

use super::class::{Refusals, respond};
use super::{Form, SetupQuery, Typed, frame, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::pages::confirm::{CONFIRMED, ConfirmPage, was_shown};
use crate::pages::words::class_name;
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// The form for the class of the next year.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Promotion {
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) next_year: Field,
    pub(in crate::pages) next_level: Field,
    pub(in crate::pages) next_name: Field,
    pub(in crate::pages) first_day: Field,
    /// What the button does.
    pub(in crate::pages) submit: String,
}

impl Promotion {
    pub(super) fn new(t: T, form: &Form, class: &Class, terms: &[Term], students: usize) -> Self {
        let year = next_year(&class.school_year).unwrap_or_default();
        let level = next_level(&class.grade_level).unwrap_or_default();
        let first_term = terms.iter().filter(|term| term.school_year == year);
        let first_day = first_term.map(|term| term.starts_on.as_str()).min();
        // The fields of this form are called otherwise than those of the class itself.
        let field = |id: &'static str, of: &str, key: &str, holds: &str, most| Field {
            error: form.error(of),
            ..form.field(id, t.get(key), holds, most)
        };
        Self {
            alert: form.alert.clone(),
            next_year: field("next_year", "school_year", "term-year", &year, 32),
            next_level: field("next_level", "grade_level", "class-level", &level, 64),
            next_name: field("next_name", "name", "class-name", &class.name, 64),
            first_day: field(
                "first_day",
                "starts_on",
                "class-first-day",
                first_day.unwrap_or_default(),
                10,
            ),
            submit: t.count("class-promote", u32::try_from(students).unwrap_or(u32::MAX)),
        }
    }
}

/// `2026-2027` is followed by `2027-2028`; nothing for a year that is written otherwise.
fn next_year(year: &str) -> Option<String> {
    let (first, second) = year.trim().split_once('-')?;
    let (first, second): (u16, u16) = (first.parse().ok()?, second.parse().ok()?);
    let follows = second == first.checked_add(1)?;
    let after = second.checked_add(1)?;
    follows.then(|| format!("{second}-{after}"))
}

/// The grade levels of schools that count in Chinese, in order.
const NUMERALS: [&str; 12] = [
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
];

/// `Grade 7` is followed by `Grade 8`, `六年级` by `七年级`; nothing where no number stands.
fn next_level(level: &str) -> Option<String> {
    let level = level.trim();
    let digit = |letter: char| letter.is_ascii_digit();
    if let Some(start) = level.find(digit) {
        let rest = &level[start..];
        let end = rest.find(|letter| !digit(letter)).unwrap_or(rest.len());
        let number: u16 = rest[..end].parse().ok()?;
        let next = number.checked_add(1)?;
        return Some(format!("{}{next}{}", &level[..start], &rest[end..]));
    }
    let (before, after) = level.split_once("年级")?;
    let at = NUMERALS.iter().position(|one| *one == before)?;
    let next = NUMERALS.get(at + 1)?;
    Some(format!("{next}年级{after}"))
}

/// What follows from going on with a class, asked before it is done: nobody takes a class away again.
pub(in crate::pages) fn promotion_page(
    request: &HttpRequest,
    (from, new): (&Class, &Class),
    students: usize,
    first_day: &str,
) -> ConfirmPage {
    let t = t_of(request);
    let class = format!("/admin/classes/{}", from.id);
    let (name, next) = (class_name(from), class_name(new));
    let day = t.date(first_day).text;
    let students = u32::try_from(students).unwrap_or(u32::MAX);
    let mut effects = vec![t.args(
        "promotion-adds",
        &[("class", &next), ("year", &new.school_year)],
    )];
    if students > 0 {
        effects.push(t.counted(
            "promotion-students",
            &[("count", students)],
            &[("day", &day)],
        ));
        effects.push(t.with("promotion-leave", "class", &name));
    }
    effects.push(t.get("promotion-courses"));
    let sends = [
        ("next_year", &new.school_year),
        ("next_level", &new.grade_level),
        ("next_name", &new.name),
        ("first_day", &first_day.to_owned()),
    ];
    ConfirmPage {
        frame: frame(
            request,
            t.args("promotion-title", &[("class", &name), ("next", &next)]),
            &class,
        ),
        t,
        crumbs: vec![
            ("/admin".to_owned(), t.get("overview-title")),
            ("/admin/classes".to_owned(), t.get("classes-title")),
            (class.clone(), name),
        ],
        effects,
        action: format!("{class}/promote"),
        sends: sends
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value.clone()))
            .collect(),
        submit: t.count("class-promote", students),
        cancel: format!("{class}#promote"),
    }
}

/// `POST /admin/classes/{class_id}/promote`.
pub(crate) async fn promote(
    request: HttpRequest,
    visitor: Has<Admin>,
    class: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let of = |name: &str| Some(sent(&typed, name).to_owned());
    let fields = ClassFields {
        school_year: of("next_year"),
        grade_level: of("next_level"),
        name: of("next_name"),
    };
    let first_day = sent(&typed, "first_day");
    let (app, actor, id) = (&visitor.app, &visitor.actor, ClassId(*class));
    let done = if was_shown(Some(sent(&typed, CONFIRMED))) {
        let promoted = app.promote_class(actor, id, &fields, first_day).await;
        promoted.map(|(new, _)| see_other(&format!("/admin/classes/{}?done=promoted", new.id)))
    } else {
        let rehearsed = app.rehearse_promote_class(actor, id, &fields, first_day);
        match rehearsed.await {
            Ok((new, students)) => {
                let from = app.class(actor, id).await?;
                let view = promotion_page(&request, (&from, &new), students, first_day);
                return page(StatusCode::OK, &view);
            }
            Err(error) => Err(error),
        }
    };
    match done {
        Ok(done) => Ok(done),
        Err(error) => {
            let (status, promotion) = Form::refused(t_of(&request), typed, &error)?;
            let refusals = Refusals {
                promotion,
                ..Refusals::default()
            };
            let query = SetupQuery::default();
            respond(&request, &visitor, *class, &query, (status, refusals)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_levels_go_on_where_they_can_be_read() {
        assert_eq!(next_year("2026-2027").as_deref(), Some("2027-2028"));
        for other in ["2026", "2026-2028", "2026/2027", "", "a-b", "65535-1"] {
            assert_eq!(next_year(other), None, "{other}");
        }
        for (level, next) in [
            ("Grade 7", Some("Grade 8")),
            ("9", Some("10")),
            ("Year 12 Science", Some("Year 13 Science")),
            ("六年级", Some("七年级")),
            ("九年级", Some("十年级")),
            ("十二年级", None),
            ("初一", None),
            ("Reception", None),
            ("", None),
        ] {
            assert_eq!(next_level(level).as_deref(), next, "{level}");
        }
    }
}
