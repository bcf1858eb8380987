//! Where administration begins: every area with what it is for.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{School, SchoolCounts};
use gradebook_auth::Role;

use crate::access::{Admin, Has};
use crate::i18n::{Locale, T};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::page;
use crate::pages::setup::begin::progress;
use crate::problem::Problem;

/// An area of administration: a page that exists.
struct Area {
    group: Group,
    href: &'static str,
    /// Keys of its name and of what it is for.
    name: &'static str,
    lead: &'static str,
    /// How much there is of it, where that is known.
    count: Option<fn(&SchoolCounts) -> u64>,
}

/// Areas that are shown together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    People,
    School,
    Grades,
}

impl Group {
    const ALL: [(Self, &'static str); 3] = [
        (Self::People, "overview-people"),
        (Self::School, "overview-school"),
        (Self::Grades, "overview-grades"),
    ];
}

/// Every area, in the order in which a school needs them. A new page of administration gets a line
/// here and its two texts.
const AREAS: &[Area] = &[
    Area {
        group: Group::People,
        href: "/admin/users",
        name: "overview-users",
        lead: "overview-users-lead",
        count: Some(|counts| counts.users),
    },
    Area {
        group: Group::People,
        href: "/admin/slips",
        name: "overview-slips",
        lead: "overview-slips-lead",
        count: None,
    },
    Area {
        group: Group::School,
        href: "/admin/school",
        name: "overview-name",
        lead: "overview-name-lead",
        count: None,
    },
    Area {
        group: Group::School,
        href: "/admin/terms",
        name: "overview-terms",
        lead: "overview-terms-lead",
        count: Some(|counts| counts.terms),
    },
    Area {
        group: Group::School,
        href: "/admin/subjects",
        name: "overview-subjects",
        lead: "overview-subjects-lead",
        count: Some(|counts| counts.subjects),
    },
    Area {
        group: Group::School,
        href: "/admin/classes",
        name: "overview-classes",
        lead: "overview-classes-lead",
        count: Some(|counts| counts.classes),
    },
    Area {
        group: Group::School,
        href: "/admin/courses",
        name: "overview-courses",
        lead: "overview-courses-lead",
        count: Some(|counts| counts.courses),
    },
    Area {
        group: Group::School,
        href: "/admin/exams",
        name: "overview-exams",
        lead: "overview-exams-lead",
        count: Some(|counts| counts.exams),
    },
    Area {
        group: Group::Grades,
        href: "/admin/changes",
        name: "overview-changes",
        lead: "overview-changes-lead",
        count: None,
    },
    Area {
        group: Group::Grades,
        href: "/admin/imports",
        name: "overview-imports",
        lead: "overview-imports-lead",
        count: None,
    },
    Area {
        group: Group::Grades,
        href: "/admin/progress",
        name: "overview-progress",
        lead: "overview-progress-lead",
        count: None,
    },
    Area {
        group: Group::Grades,
        href: "/admin/anomalies",
        name: "overview-anomalies",
        lead: "overview-anomalies-lead",
        count: None,
    },
];

#[derive(Template)]
#[template(path = "pages/admin/overview.html")]
pub(in crate::pages) struct OverviewPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    /// How far the first set-up is, while it is not done: steps done, all of them, in words.
    pub(in crate::pages) progress: Option<(usize, usize, String)>,
    pub(in crate::pages) groups: Vec<AreaGroup>,
}

/// Areas under their heading.
#[derive(Debug, Clone)]
pub(in crate::pages) struct AreaGroup {
    pub(in crate::pages) name: String,
    pub(in crate::pages) areas: Vec<AreaLink>,
}

/// An area as a link.
#[derive(Debug, Clone)]
pub(in crate::pages) struct AreaLink {
    pub(in crate::pages) href: &'static str,
    pub(in crate::pages) name: String,
    pub(in crate::pages) lead: String,
    pub(in crate::pages) count: Option<u64>,
}

/// `GET /admin`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
) -> Result<HttpResponse, Problem> {
    let counts = visitor.app.school_counts(&visitor.actor).await?;
    let school = visitor.app.school();
    page(StatusCode::OK, &overview_page(&request, &school, &counts))
}

pub(in crate::pages) fn overview_page(
    request: &HttpRequest,
    school: &School,
    counts: &SchoolCounts,
) -> OverviewPage {
    let t = T(Locale::of(request));
    let links = |group| {
        let of_group = AREAS.iter().filter(move |area| area.group == group);
        of_group.map(|area| AreaLink {
            href: area.href,
            name: t.get(area.name),
            lead: t.get(area.lead),
            count: area.count.map(|count| count(counts)),
        })
    };
    let groups = Group::ALL.map(|(group, name)| AreaGroup {
        name: t.get(name),
        areas: links(group).collect(),
    });
    OverviewPage {
        frame: Frame::new(
            request,
            Visitor::Person(Role::Admin),
            t.get("overview-title"),
        ),
        t,
        progress: progress(school, counts).map(|(done, all)| {
            let (of_done, of_all) = (done.to_string(), all.to_string());
            let text = t.args("begin-progress", &[("done", &of_done), ("all", &of_all)]);
            (done, all, text)
        }),
        groups: groups
            .into_iter()
            .filter(|group| !group.areas.is_empty())
            .collect(),
    }
}
