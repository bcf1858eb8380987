//! How a total came about, for programs.

use gradebook_app::read::{Assessment, Category};
use gradebook_domain::{
    AssessmentLine, AssessmentState, CategoryLine, CourseTotal, DropEnd, Explanation, NoValue,
    Points, Treatment, Weight,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::words::{StateWord, StatusWord};
use crate::number::Number;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplanationDto {
    /// `current` or `final`.
    reading: &'static str,
    categories: Vec<CategoryLineDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryLineDto {
    id: i64,
    name: String,
    /// Percent of the category; null when nothing counts.
    percentage: Option<Number>,
    /// Percent of the course as set up.
    weight: Number,
    /// Percent of the course after scaling.
    effective_weight: Number,
    /// Points of percent that it adds to the total.
    contribution: Number,
    assessments: Vec<AssessmentLineDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssessmentLineDto {
    id: i64,
    title: String,
    /// `draft`, `published` or `locked`; students see no draft.
    #[schema(value_type = StateWord)]
    state: &'static str,
    #[schema(value_type = StatusWord)]
    status: &'static str,
    value: Option<Number>,
    max_score: Number,
    /// `counted`, `counted_zero`, `dropped_lowest`, `dropped_highest`, `excused`, `left_out` or
    /// `not_counted`.
    treatment: &'static str,
    /// Why there is no value: `blank`, `missing` or `absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
    percentage: Option<Number>,
    /// Weight within its category as set up; it matters where the category goes by weights.
    weight: Number,
    /// Percent of its category that it makes up, by full marks, evenly or by weight, once what does not
    /// count is out of it; 0 unless it counts.
    effective_weight: Number,
    /// Points of percent that it adds to the total.
    contribution: Number,
}

/// One reading of a total, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadingDto {
    /// Percent; null when nothing that has a weight counts.
    percentage: Option<Number>,
    explanation: ExplanationDto,
}

impl ReadingDto {
    pub(super) fn new(total: &CourseTotal, names: &Names<'_>) -> Self {
        Self {
            percentage: total.percentage.as_ref().map(Number::from),
            explanation: ExplanationDto::new(&total.why, names),
        }
    }
}

/// What the lines of an explanation are called.
pub(super) struct Names<'a> {
    pub(super) categories: &'a [Category],
    pub(super) assessments: Vec<&'a Assessment>,
}

impl ExplanationDto {
    pub(super) fn new(why: &Explanation, names: &Names<'_>) -> Self {
        Self {
            reading: why.reading.as_str(),
            categories: why
                .categories
                .iter()
                .map(|line| category_line(line, names))
                .collect(),
        }
    }
}

fn category_line(line: &CategoryLine, names: &Names<'_>) -> CategoryLineDto {
    let mut categories = names.categories.iter();
    let found = categories.find(|category| category.scheme.id == line.id);
    CategoryLineDto {
        id: line.id.0,
        name: found.map(|one| one.name.clone()).unwrap_or_default(),
        percentage: line.percentage.as_ref().map(Number::from),
        weight: line.weight.into(),
        effective_weight: (&line.effective_weight).into(),
        contribution: (&line.contribution).into(),
        assessments: line
            .assessments
            .iter()
            .map(|line| assessment_line(line, names))
            .collect(),
    }
}

fn assessment_line(line: &AssessmentLine, names: &Names<'_>) -> AssessmentLineDto {
    let because = |reason| match reason {
        NoValue::Blank => "blank",
        NoValue::Missing => "missing",
        NoValue::Absent => "absent",
    };
    let (treatment, because) = match line.treatment {
        Treatment::Counted => ("counted", None),
        Treatment::CountedZero(reason) => ("counted_zero", Some(because(reason))),
        Treatment::Dropped(DropEnd::Lowest) => ("dropped_lowest", None),
        Treatment::Dropped(DropEnd::Highest) => ("dropped_highest", None),
        Treatment::Excused => ("excused", None),
        Treatment::LeftOut(reason) => ("left_out", Some(because(reason))),
        Treatment::NoWeight | Treatment::NoMaximum | Treatment::NoCategory => ("not_counted", None),
    };
    let found = names.assessments.iter().find(|one| one.id == line.id);
    AssessmentLineDto {
        id: line.id.0,
        title: found.map(|one| one.title.clone()).unwrap_or_default(),
        state: found
            .map_or(AssessmentState::Draft, |one| one.state)
            .as_str(),
        status: line.score.status().as_str(),
        value: line.score.value().map(Number::from),
        max_score: found
            .map_or(Points::ZERO, |one| one.limits.max_score)
            .into(),
        treatment,
        because,
        percentage: line.percentage.as_ref().map(Number::from),
        weight: found.map_or(Weight::ZERO, |one| one.weight).into(),
        effective_weight: (&line.effective_weight).into(),
        contribution: (&line.contribution).into(),
    }
}
