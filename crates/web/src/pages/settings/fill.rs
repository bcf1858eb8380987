//! The fields of the forms, filled in.

use gradebook_app::GradebookView;
use gradebook_app::read::{Assessment, Category, Course};
use gradebook_domain::{AbsentPolicy, Aggregation, CategoryId, LetterScale};

use super::Refused;
use super::forms::{FormField, Pick, PickOption, Ticks};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::pages::words::{class_name, course_name};

/// Fills fields in, with what was typed if there is any.
pub(super) struct Fill<'a> {
    pub(super) t: T,
    pub(super) refused: Option<&'a Refused>,
}

impl Fill<'_> {
    fn error(&self, id: &str) -> Option<String> {
        self.refused
            .filter(|refused| refused.field == Some(id))
            .map(|refused| refused.text.clone())
    }

    fn field(&self, id: &'static str, label: &str, stored: String, most: u16) -> Field {
        Field {
            id,
            label: self.t.get(label),
            value: self
                .refused
                .map_or(stored, |refused| refused.form.typed(id).to_owned()),
            most,
            required: most > 0,
            hint: None,
            error: self.error(id),
        }
    }

    fn hinted(&self, field: Field, hint: &str) -> Field {
        Field {
            hint: Some(self.t.get(hint)),
            ..field
        }
    }

    fn pick(
        &self,
        id: &'static str,
        label: &str,
        stored: &str,
        all: Vec<(String, String)>,
    ) -> Pick {
        let chosen = self
            .refused
            .map_or(stored, |refused| refused.form.typed(id));
        Pick {
            id,
            label: self.t.get(label),
            options: all
                .into_iter()
                .map(|(value, text)| PickOption {
                    chosen: value == chosen,
                    value,
                    text,
                })
                .collect(),
            hint: None,
            error: self.error(id),
        }
    }

    pub(super) fn category(&self, old: Option<&Category>) -> Vec<Vec<FormField>> {
        let scheme = old.map(|one| one.scheme);
        let drop = |count: Option<u32>| count.unwrap_or(0).to_string();
        let by = scheme.map_or(Aggregation::Points, |one| one.aggregation);
        let names = Aggregation::ALL.iter().map(|one| {
            let key = match one {
                Aggregation::Points => "settings-by-points",
                Aggregation::Mean => "settings-by-mean",
                Aggregation::Weighted => "settings-by-weight",
            };
            (one.as_str().to_owned(), self.t.get(key))
        });
        let name = old.map(|one| one.name.clone()).unwrap_or_default();
        let weight = scheme.map(|one| one.weight.to_string()).unwrap_or_default();
        let weight = self.field("weight", "settings-weight", weight, 12);
        let lowest = drop(scheme.map(|one| one.drop_lowest));
        let highest = drop(scheme.map(|one| one.drop_highest));
        vec![
            vec![
                FormField::Text(self.field("name", "settings-name", name, 64)),
                FormField::Text(self.hinted(weight, "settings-weight-hint")),
            ],
            vec![FormField::Choice(self.pick(
                "aggregation",
                "settings-aggregation",
                by.as_str(),
                names.collect(),
            ))],
            vec![
                FormField::Text(self.field("drop_lowest", "settings-drop-lowest", lowest, 3)),
                FormField::Text(self.field("drop_highest", "settings-drop-highest", highest, 3)),
            ],
        ]
    }

    pub(super) fn assessment(
        &self,
        book: &GradebookView,
        old: Option<&Assessment>,
        within: Option<CategoryId>,
    ) -> Vec<Vec<FormField>> {
        let first = book.categories.first().map(|one| one.scheme.id);
        let chosen = old.map(|one| one.category).or(within).or(first);
        let chosen = chosen.map(|id| id.to_string()).unwrap_or_default();
        let all = book.categories.iter();
        let all = all.map(|one| (one.scheme.id.to_string(), one.name.clone()));
        let limits = old.map(|one| one.limits);
        let max = limits.map_or_else(|| "100".to_owned(), |one| one.max_score.to_string());
        let extra = limits.map_or_else(|| "0".to_owned(), |one| one.extra_credit_limit.to_string());
        let weight = old.map_or_else(|| "100".to_owned(), |one| one.weight.to_string());
        let weighted = book
            .categories
            .iter()
            .any(|one| one.scheme.aggregation == Aggregation::Weighted);
        let title = old.map(|one| one.title.clone()).unwrap_or_default();
        let day = old.map(|one| one.held_on.clone()).unwrap_or_default();
        let day = Field {
            required: old.is_some(),
            ..self.field("date", "settings-date", day, 10)
        };
        let day = if old.is_some() {
            day
        } else {
            self.hinted(day, "settings-date-hint")
        };
        let extra = self.field("extra_credit_limit", "settings-extra-limit", extra, 12);
        let mut numbers = vec![
            FormField::Text(self.field("max_score", "settings-max-score", max, 12)),
            FormField::Text(self.hinted(extra, "settings-extra-hint")),
        ];
        if weighted {
            let weight = self.field("weight", "settings-weight-within", weight, 12);
            numbers.push(FormField::Text(
                self.hinted(weight, "settings-weight-within-hint"),
            ));
        }
        vec![
            vec![FormField::Text(self.field(
                "title",
                "settings-name-of",
                title,
                128,
            ))],
            vec![
                FormField::Choice(self.pick(
                    "category",
                    "settings-category",
                    &chosen,
                    all.collect(),
                )),
                FormField::Day(day),
            ],
            numbers,
        ]
    }

    /// The other courses that may get the same assessment.
    pub(super) fn also(&self, course: &Course, others: &[Course]) -> Option<Vec<FormField>> {
        let ticked = |id: &str| {
            self.refused
                .is_some_and(|refused| refused.form.ticked("also").any(|one| one == id))
        };
        let options = others.iter().map(|other| {
            let value = other.id.to_string();
            PickOption {
                chosen: ticked(&value),
                text: if other.subject.id == course.subject.id {
                    class_name(&other.class)
                } else {
                    course_name(self.t, other)
                },
                value,
            }
        });
        (!others.is_empty()).then(|| {
            vec![FormField::Ticks(Ticks {
                id: "also",
                legend: self.t.get("settings-also"),
                options: options.collect(),
                hint: Some(self.t.get("settings-also-hint")),
                error: self.error("also"),
            })]
        })
    }

    /// Where the assessments of a category go, and whether it is deleted then.
    pub(super) fn emptied(&self, book: &GradebookView, from: CategoryId) -> Vec<Vec<FormField>> {
        let others = book.categories.iter().filter(|one| one.scheme.id != from);
        let others = others.map(|one| (one.scheme.id.to_string(), one.name.clone()));
        let delete = self.field("then_delete", "settings-then-delete", "on".to_owned(), 0);
        vec![
            vec![FormField::Choice(self.pick(
                "category",
                "settings-move-to",
                "",
                others.collect(),
            ))],
            vec![FormField::Check(delete)],
        ]
    }

    pub(super) fn policy(&self, book: &GradebookView) -> Vec<Vec<FormField>> {
        let course = &book.course;
        let absent = [
            (AbsentPolicy::CountsZero, "settings-absent-zero"),
            (AbsentPolicy::LeftOut, "settings-absent-left-out"),
        ];
        let absent = absent.map(|(one, key)| (one.as_str().to_owned(), self.t.get(key)));
        let scales = [
            ("none", "settings-scale-none"),
            ("a-to-e", "settings-scale-a-to-e"),
            ("four-grades", "settings-scale-four-grades"),
            ("own", "settings-scale-own"),
        ];
        let scales = scales.map(|(one, key)| (one.to_owned(), self.t.get(key)));
        let now = match &course.letters {
            None => "none",
            Some(scale) if *scale == LetterScale::a_to_e() => "a-to-e",
            Some(scale) if *scale == LetterScale::four_grades() => "four-grades",
            Some(_) => "own",
        };
        let bands = course.letters.as_ref().map(|scale| {
            let bands = scale.bands().iter();
            let lines: Vec<_> = bands
                .map(|(letter, from)| format!("{letter} {from}"))
                .collect();
            lines.join("\n")
        });
        let shown = if course.show_class_statistics {
            "on"
        } else {
            ""
        };
        let bands = self.field("bands", "settings-bands", bands.unwrap_or_default(), 800);
        let bands = Field {
            required: false,
            ..self.hinted(bands, "settings-bands-hint")
        };
        let shown = self.field(
            "show_class_statistics",
            "settings-show-statistics",
            shown.to_owned(),
            0,
        );
        vec![
            vec![
                FormField::Choice(self.pick(
                    "absent",
                    "settings-absent",
                    course.absent.as_str(),
                    absent.into(),
                )),
                FormField::Choice(self.pick("scale", "settings-letters", now, scales.into())),
            ],
            vec![FormField::Lines(bands)],
            vec![FormField::Check(
                self.hinted(shown, "settings-show-statistics-hint"),
            )],
        ]
    }

    /// Why, if students have seen what may change.
    pub(super) fn reason(&self, seen: u32) -> Option<Vec<FormField>> {
        let field = Field {
            required: false,
            ..self.field("reason", "settings-reason", String::new(), 1_000)
        };
        let field = self.hinted(field, "settings-reason-hint");
        (seen > 0).then(|| vec![FormField::Lines(field)])
    }

    pub(super) fn confirm(&self, title: &str) -> Vec<Vec<FormField>> {
        let field = self.field("confirm", "settings-confirm", String::new(), 128);
        let hint = self.t.with("settings-confirm-hint", "title", title);
        vec![vec![FormField::Text(Field {
            hint: Some(hint),
            ..field
        })]]
    }
}
