//! Doing what a form asks for, or saying in its reader's words why not.

use actix_web::http::StatusCode;
use gradebook_app::{
    AssessmentChange, CategoryChange, ChangeCourseError, CourseChange, EditSchemeError,
    GradebookView, MoveAssessments, NewAssessment, NewCategory, PolicyChange, SchemeFault,
};
use gradebook_domain::{
    AssessmentId, CategoryId, CourseId, LetterScale, Points, Weight, without_percent_sign,
};

use super::SettingsForm;
use super::forms::{Which, assessment};
use crate::access::SignedIn;
use crate::api::courses::problem as course_problem;
use crate::api::scheme_problem::problem;
use crate::i18n::T;
use crate::pages::words::course_name;
use crate::problem::Problem;

/// What was sent and cannot be, and why.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Refused {
    pub(super) status: StatusCode,
    pub(super) form: SettingsForm,
    /// The field that is wrong; `None` if it is no field's fault.
    pub(super) field: Option<&'static str>,
    pub(super) text: String,
}

impl SettingsForm {
    /// What was typed in the field of this name.
    pub(super) fn typed(&self, id: &str) -> &str {
        let found = self.0.iter().find(|(name, _)| name == id);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// What was ticked in the fields of this name.
    pub(super) fn ticked(&self, id: &str) -> impl Iterator<Item = &str> {
        let of_name = self.0.iter().filter(move |(name, _)| name == id);
        of_name.map(|(_, value)| value.as_str())
    }

    fn reason(&self) -> Option<String> {
        Some(self.typed("reason").to_owned())
    }

    fn weight(&self) -> Result<Weight, SchemeFault> {
        self.typed("weight")
            .parse()
            .map_err(|_| SchemeFault::Weight)
    }

    fn marks(&self) -> Result<(Points, Points), SchemeFault> {
        let max = self
            .typed("max_score")
            .parse()
            .map_err(|_| SchemeFault::MaxScore)?;
        let extra = self.typed("extra_credit_limit").trim();
        if extra.is_empty() {
            return Ok((max, Points::ZERO));
        }
        let extra = extra.parse().map_err(|_| SchemeFault::ExtraCredit)?;
        Ok((max, extra))
    }

    fn drops(&self) -> Result<(u32, u32), SchemeFault> {
        let count = |text: &str, fault| match text.trim() {
            "" => Ok(0),
            text => text.parse().map_err(|_| fault),
        };
        Ok((
            count(self.typed("drop_lowest"), SchemeFault::DropLowest)?,
            count(self.typed("drop_highest"), SchemeFault::DropHighest)?,
        ))
    }

    fn letters(&self) -> Result<Option<LetterScale>, SchemeFault> {
        Ok(match self.typed("scale") {
            "a-to-e" => Some(LetterScale::a_to_e()),
            "four-grades" => Some(LetterScale::four_grades()),
            "own" => {
                let lines = self.typed("bands").lines().map(str::trim);
                let lines = lines.filter(|line| !line.is_empty()).enumerate();
                let bands = lines
                    .map(|(place, line)| {
                        let wrong = gradebook_domain::LetterScaleError::From(place);
                        let line = without_percent_sign(line);
                        let (letter, from) = line.rsplit_once(char::is_whitespace).ok_or(wrong)?;
                        Ok((
                            letter.to_owned(),
                            from.parse::<Points>().map_err(|_| wrong)?,
                        ))
                    })
                    .collect::<Result<Vec<_>, gradebook_domain::LetterScaleError>>()?;
                Some(LetterScale::new(bands)?)
            }
            _ => None,
        })
    }
}

/// Does what the form asks for, and says where it leads. `Ok(Err(_))` is shown on the page, beside the field that is wrong.
pub(super) async fn act(
    visitor: &SignedIn,
    book: &GradebookView,
    form: SettingsForm,
    t: T,
) -> Result<Result<String, Refused>, Problem> {
    let done = match step(visitor, book, &form).await {
        Ok(done) => done,
        Err(Failed::Problem(problem)) => return Err(problem),
        Err(Failed::Scheme(error)) => {
            let problem = problem(&error);
            let Some((field, text)) = words(t, &error) else {
                return Err(problem);
            };
            return Ok(Err(Refused {
                status: problem.status(),
                form,
                field,
                text,
            }));
        }
    };
    Ok(Ok(done))
}

enum Failed {
    Scheme(EditSchemeError),
    Problem(Problem),
}

impl<E: Into<EditSchemeError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Scheme(error.into())
    }
}

async fn step(
    visitor: &SignedIn,
    book: &GradebookView,
    form: &SettingsForm,
) -> Result<String, Failed> {
    let (app, actor, course) = (&visitor.app, &visitor.actor, book.course.id);
    let which = Which::named(form.typed("open"), book).ok_or(EditSchemeError::NotFound)?;
    let done = match which {
        Which::NewCategory => {
            let (drop_lowest, drop_highest) = form.drops()?;
            let new = NewCategory {
                name: form.typed("name").to_owned(),
                weight: form.weight()?,
                aggregation: form
                    .typed("aggregation")
                    .parse()
                    .unwrap_or(gradebook_domain::Aggregation::Points),
                drop_lowest,
                drop_highest,
            };
            app.add_category(actor, course, &new).await?;
            "category-added"
        }
        Which::Category(id) if !form.typed("step").is_empty() => {
            let position = place_of_category(book, id, form.typed("step"));
            let change = CategoryChange {
                position: Some(position),
                ..CategoryChange::default()
            };
            app.change_category(actor, id, &change).await?;
            "category-saved"
        }
        Which::Category(id) => {
            let (drop_lowest, drop_highest) = form.drops()?;
            let change = CategoryChange {
                name: Some(form.typed("name").to_owned()),
                weight: Some(form.weight()?),
                aggregation: form.typed("aggregation").parse().ok(),
                drop_lowest: Some(drop_lowest),
                drop_highest: Some(drop_highest),
                position: None,
                reason: form.reason(),
            };
            app.change_category(actor, id, &change).await?;
            "category-saved"
        }
        Which::EmptyCategory(id) => {
            let order = MoveAssessments {
                to: chosen_category(form)?,
                then_delete: !form.typed("then_delete").is_empty(),
                reason: form.reason(),
            };
            if app.move_assessments(actor, id, &order).await?.deleted {
                "category-emptied"
            } else {
                "assessments-moved"
            }
        }
        Which::DeleteCategory(id) => {
            app.delete_category(actor, id).await?;
            "category-deleted"
        }
        Which::NewAssessment(_) => {
            let (max_score, extra_credit_limit) = form.marks()?;
            let date = form.typed("date").trim();
            let new = NewAssessment {
                title: form.typed("title").to_owned(),
                max_score,
                extra_credit_limit,
                category: Some(chosen_category(form)?),
                weight: weight_or(form, Weight::HUNDRED)?,
                date: (!date.is_empty()).then(|| date.to_owned()),
            };
            let also = form.ticked("also").map(|id| id.parse().map(CourseId));
            let also: Vec<CourseId> = also
                .collect::<Result<_, _>>()
                .map_err(|_| EditSchemeError::Courses)?;
            let added = app.add_assessment(actor, course, &also, &new).await?;
            return Ok(if form.typed("then") == "enter" {
                format!("/assessments/{}/entry", added.assessment.id)
            } else if added.also.is_empty() {
                after(course, "assessment-added")
            } else {
                let many = added.also.len() + 1;
                format!("{}&many={many}", after(course, "assessments-added"))
            });
        }
        Which::Assessment(id) if !form.typed("step").is_empty() => {
            let position = place_of_assessment(book, id, form.typed("step"));
            let change = AssessmentChange {
                position: Some(position),
                ..AssessmentChange::default()
            };
            app.change_assessment(actor, id, &change).await?;
            "assessment-saved"
        }
        Which::Assessment(id) => {
            let (max_score, extra_credit_limit) = form.marks()?;
            let weight = assessment(book, id).map_or(Weight::HUNDRED, |one| one.weight);
            let change = AssessmentChange {
                title: Some(form.typed("title").to_owned()),
                max_score: Some(max_score),
                extra_credit_limit: Some(extra_credit_limit),
                category: Some(chosen_category(form)?),
                weight: Some(weight_or(form, weight)?),
                date: Some(form.typed("date").to_owned()),
                position: None,
                reason: form.reason(),
            };
            app.change_assessment(actor, id, &change).await?;
            "assessment-saved"
        }
        Which::DeleteAssessment(id) => {
            app.delete_assessment(actor, id, Some(form.typed("confirm")))
                .await?;
            "assessment-deleted"
        }
        Which::Policy => {
            let change = CourseChange {
                teachers: None,
                policy: Some(PolicyChange {
                    absent: form.typed("absent").parse().ok(),
                    letters: Some(form.letters()?),
                    show_class_statistics: Some(!form.typed("show_class_statistics").is_empty()),
                }),
                reason: form.reason(),
            };
            app.change_course(actor, course, &change)
                .await
                .map_err(|error| match error {
                    ChangeCourseError::Policy(error) => Failed::Scheme(error),
                    error => Failed::Problem(course_problem(&error)),
                })?;
            "policy-saved"
        }
    };
    Ok(after(course, done))
}

/// The page again, with what was done.
fn after(course: CourseId, done: &str) -> String {
    format!("/courses/{course}/settings?done={done}")
}

fn chosen_category(form: &SettingsForm) -> Result<CategoryId, SchemeFault> {
    let id = form
        .typed("category")
        .parse()
        .map_err(|_| SchemeFault::Category)?;
    Ok(CategoryId(id))
}

/// The weight within the category, which only forms of courses with a weighted category ask for.
fn weight_or(form: &SettingsForm, otherwise: Weight) -> Result<Weight, SchemeFault> {
    if form.typed("weight").trim().is_empty() {
        return Ok(otherwise);
    }
    form.weight()
}

/// The place before or after the present one, from 1.
fn place_of_category(book: &GradebookView, id: CategoryId, step: &str) -> usize {
    let place = book.categories.iter().position(|one| one.scheme.id == id);
    next(place, step)
}

/// The same among the assessments of its day.
fn place_of_assessment(book: &GradebookView, id: AssessmentId, step: &str) -> usize {
    let day = assessment(book, id).map(|one| one.held_on.as_str());
    let columns = book.columns.iter().map(|one| &one.assessment);
    let mut of_day = columns.filter(|one| Some(one.held_on.as_str()) == day);
    next(of_day.position(|one| one.id == id), step)
}

fn next(place: Option<usize>, step: &str) -> usize {
    let now = place.unwrap_or(0) + 1;
    if step == "up" {
        now.saturating_sub(1).max(1)
    } else {
        now + 1
    }
}

/// The field that is wrong and what to say; `None` for what is no answer of this page.
pub(in crate::pages) fn words(
    t: T,
    error: &EditSchemeError,
) -> Option<(Option<&'static str>, String)> {
    let general = |key: &str| Some((None, t.get(key)));
    match error {
        EditSchemeError::NotFound | EditSchemeError::Forbidden | EditSchemeError::Database(_) => {
            None
        }
        EditSchemeError::TermClosed => general("settings-term-closed"),
        EditSchemeError::Locked => general("settings-is-locked"),
        EditSchemeError::Published => general("settings-is-published"),
        EditSchemeError::Full => general("settings-is-full"),
        EditSchemeError::PlanChanged => general("scheme-copy-plan-changed"),
        EditSchemeError::TooMany => Some((Some("also"), t.get("settings-too-many-courses"))),
        EditSchemeError::Courses => Some((Some("also"), t.get("settings-wrong-courses"))),
        EditSchemeError::NoSuchCategory { category, courses } => {
            let names = t.list(courses.iter().map(|course| course_name(t, course)));
            let values = [("category", category.as_str()), ("courses", &names)];
            Some((Some("also"), t.args("settings-no-such-category", &values)))
        }
        EditSchemeError::LastCategory => general("settings-last-category"),
        EditSchemeError::NotEmpty(_) => general("settings-not-empty"),
        EditSchemeError::AlreadyExists => Some((Some("name"), t.get("settings-name-taken"))),
        EditSchemeError::Reason(_) => Some((Some("reason"), t.get("settings-reason-wrong"))),
        EditSchemeError::ReasonRequired(consequence) => {
            let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let seen = t.count("settings-published", count(consequence.assessments));
            let students = t.count("settings-students", count(consequence.students));
            let text = t.args(
                "settings-reason-needed",
                &[("published", &seen), ("students", &students)],
            );
            Some((Some("reason"), text))
        }
        EditSchemeError::ScoresAbove(above) => {
            let shown = above.iter().take(5);
            let names = t.list(shown.map(|one| format!("{} {}", one.name, one.value)));
            let count = u32::try_from(above.len()).unwrap_or(u32::MAX);
            let lead = t.count("settings-scores-above", count);
            Some((Some("max_score"), format!("{lead} {names}")))
        }
        EditSchemeError::ConfirmationRequired { .. } => {
            Some((Some("confirm"), t.get("settings-confirm-wrong")))
        }
        EditSchemeError::Field(fault) => {
            let (field, key) = match fault {
                SchemeFault::Name => ("name", "settings-wrong-name"),
                SchemeFault::Title => ("title", "settings-wrong-title"),
                SchemeFault::Weight => ("weight", "settings-wrong-weight"),
                SchemeFault::DropLowest => ("drop_lowest", "settings-wrong-drop"),
                SchemeFault::DropHighest => ("drop_highest", "settings-wrong-drop"),
                SchemeFault::MaxScore => ("max_score", "settings-wrong-max"),
                SchemeFault::ExtraCredit => ("extra_credit_limit", "settings-wrong-extra"),
                SchemeFault::Category => ("category", "settings-wrong-category"),
                SchemeFault::Date => ("date", "settings-wrong-date"),
                SchemeFault::Position => return None,
                SchemeFault::Letters(_) => ("bands", "settings-wrong-bands"),
            };
            Some((Some(field), t.get(key)))
        }
    }
}
