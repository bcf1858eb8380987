//! What the lists of one term can be narrowed to, as an address and as a form.

use gradebook_app::read::{ExamClasses, Term};
use gradebook_app::{AnomalyName, WatchChoice, WatchFilter};
use gradebook_domain::{ClassId, ExamId, TermId, UserId};
use serde::Deserialize;
use url::form_urlencoded;

use crate::i18n::{T, compare_names};
use crate::pages::setup::{Select, SelectOption};
use crate::pages::words::{class_name, term_name};
use crate::problem::Problem;

/// Which columns, and which part of the list.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct WatchQuery {
    /// `e` and the id of an exam, or `t` and that of a term.
    #[serde(default)]
    pub(in crate::pages) of: String,
    /// `c` and the id of a class, or `g` and a grade level.
    #[serde(default)]
    class: String,
    /// The id of a teacher.
    #[serde(default)]
    teacher: String,
    /// What sort of oddity.
    #[serde(default)]
    kind: String,
    /// `unfinished` for columns that lack something.
    #[serde(default)]
    show: String,
    /// How many rows came before.
    #[serde(default)]
    pub(super) after: usize,
}

impl WatchQuery {
    /// What is asked for; ids that are none are not found.
    pub(super) fn filter(&self) -> Result<WatchFilter, Problem> {
        let id = |text: &str| text.parse::<i64>().map_err(|_| Problem::not_found());
        let mut filter = WatchFilter::default();
        match self.of.split_at_checked(1) {
            Some(("e", exam)) => filter.exam = Some(ExamId(id(exam)?)),
            Some(("t", term)) => filter.term = Some(TermId(id(term)?)),
            Some(_) => return Err(Problem::not_found()),
            None => {}
        }
        match self.class.split_at_checked(1) {
            Some(("c", class)) => filter.class = Some(ClassId(id(class)?)),
            Some(("g", grade)) => filter.grade = Some(grade.to_owned()),
            Some(_) => return Err(Problem::not_found()),
            None => {}
        }
        if !self.teacher.is_empty() {
            filter.teacher = Some(UserId(id(&self.teacher)?));
        }
        Ok(filter)
    }

    /// The sort of oddity; all for a name that is none.
    pub(super) fn kind(&self) -> Option<AnomalyName> {
        AnomalyName::named(&self.kind)
    }

    pub(super) fn unfinished(&self) -> bool {
        self.show == UNFINISHED
    }

    /// The page with the same question, from a row on.
    pub(super) fn address(&self, path: &str, after: Option<i64>) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("of", &self.of),
            ("class", &self.class),
            ("teacher", &self.teacher),
            ("kind", &self.kind),
            ("show", &self.show),
        ] {
            if !value.is_empty() {
                pairs.append_pair(name, value);
            }
        }
        if let Some(after) = after {
            pairs.append_pair("after", &after.to_string());
        }
        match pairs.finish() {
            none if none.is_empty() => path.to_owned(),
            some => format!("{path}?{some}"),
        }
    }

    /// The same of the other list: what both know.
    pub(super) fn beside(&self, path: &str) -> String {
        let shared = Self {
            kind: String::new(),
            show: String::new(),
            ..self.clone()
        };
        shared.address(path, None)
    }
}

const UNFINISHED: &str = "unfinished";

/// The form over a list.
#[derive(Default)]
pub(in crate::pages) struct Filters {
    pub(in crate::pages) action: String,
    pub(in crate::pages) selects: Vec<Select>,
    /// The list without any, if anything is chosen.
    pub(in crate::pages) clear: Option<String>,
}

/// The terms and exams that can be asked for, both newest first.
pub(in crate::pages) struct Sittings {
    pub(in crate::pages) terms: Vec<Term>,
    pub(in crate::pages) exams: Vec<ExamClasses>,
}

fn select(
    id: &'static str,
    label: String,
    chosen: &str,
    options: impl IntoIterator<Item = (String, String)>,
) -> Select {
    let option = |(value, text): (String, String)| SelectOption {
        chosen: value == chosen,
        value,
        text,
    };
    Select {
        id,
        label,
        options: options.into_iter().map(option).collect(),
        hint: None,
        error: None,
    }
}

impl Filters {
    /// Those of a whole term, without what only one of the lists knows.
    pub(super) fn of_school(
        t: T,
        path: &str,
        query: &WatchQuery,
        (sittings, choice): (&Sittings, &WatchChoice),
        own: Select,
    ) -> Self {
        let all = |key: &str| (String::new(), t.get(key));
        let mut of = vec![all("watch-this-term")];
        let terms = sittings.terms.iter();
        of.extend(terms.map(|one| (format!("t{}", one.id), term_name(one))));
        of.extend(sittings.exams.iter().map(|one| {
            let name = format!("{} · {}", one.exam.name, term_name(&one.term));
            (format!("e{}", one.exam.id), name)
        }));
        let mut classes = vec![all("watch-all-classes")];
        let mut grade = None;
        for class in &choice.classes {
            if grade != Some(&class.grade_level) && !class.grade_level.is_empty() {
                let text = t.with("watch-grade", "grade", &class.grade_level);
                classes.push((format!("g{}", class.grade_level), text));
            }
            grade = Some(&class.grade_level);
            classes.push((format!("c{}", class.id), class_name(class)));
        }
        let mut teachers = vec![all("watch-all-teachers")];
        let mut people: Vec<_> = choice.teachers.iter().collect();
        people.sort_by(|a, b| compare_names(&a.name, &b.name));
        teachers.extend(
            people
                .iter()
                .map(|one| (one.id.to_string(), one.name.clone())),
        );
        Self {
            action: path.to_owned(),
            selects: vec![
                select("of", t.get("watch-of"), &query.of, of),
                select("class", t.get("watch-class"), &query.class, classes),
                select("teacher", t.get("watch-teacher"), &query.teacher, teachers),
                own,
            ],
            clear: Self::clear(path, query),
        }
    }

    /// Those of one course.
    pub(super) fn of_course(path: &str, query: &WatchQuery, own: Select) -> Self {
        Self {
            action: path.to_owned(),
            selects: vec![own],
            clear: Self::clear(path, query),
        }
    }

    fn clear(path: &str, query: &WatchQuery) -> Option<String> {
        (query.address(path, None) != path).then(|| path.to_owned())
    }
}

/// Which columns of the progress.
pub(super) fn show_select(t: T, query: &WatchQuery) -> Select {
    let option = |value: &str, key: &str| (value.to_owned(), t.get(key));
    let options = [
        option("", "progress-all"),
        option(UNFINISHED, "progress-unfinished"),
    ];
    select("show", t.get("watch-show"), &query.show, options)
}

/// Which sort of oddity.
pub(super) fn kind_select(t: T, query: &WatchQuery) -> Select {
    let mut options = vec![(String::new(), t.get("anomaly-all"))];
    let kinds = AnomalyName::ALL.into_iter();
    options.extend(kinds.map(|kind| (kind.as_str().to_owned(), t.get(kind_key(kind)))));
    select("kind", t.get("anomaly-what"), &query.kind, options)
}

/// What a sort of oddity is called.
pub(super) fn kind_key(kind: AnomalyName) -> &'static str {
    match kind {
        AnomalyName::AllZero => "anomaly-zero",
        AnomalyName::FarFromOwnMean => "anomaly-far",
        AnomalyName::StillBlank => "anomaly-blank",
    }
}
