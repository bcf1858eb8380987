//! How a course counts and what it shows, as clients read and write it.

use gradebook_app::read::Course;
use gradebook_app::{PolicyChange, SchemeFault};
use gradebook_domain::{AbsentPolicy, LetterScale, Points};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::number::Number;
use crate::problem::{FieldError, Problem};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyDto {
    /// What an absence counts: `zero` or `left_out`.
    absent: &'static str,
    /// The highest first; null while the course gives no letters.
    letters: Option<Vec<LetterBandDto>>,
    /// Whether students see the class's mean and distribution, once ten have a score.
    show_class_statistics: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LetterBandDto {
    letter: String,
    /// The final percentage from which it is given; compared unrounded.
    from: Number,
}

impl From<&Course> for PolicyDto {
    fn from(course: &Course) -> Self {
        let band = |(letter, from): &(String, Points)| LetterBandDto {
            letter: letter.clone(),
            from: (*from).into(),
        };
        Self {
            absent: course.absent.as_str(),
            letters: course
                .letters
                .as_ref()
                .map(|scale| scale.bands().iter().map(band).collect()),
            show_class_statistics: course.show_class_statistics,
        }
    }
}

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePolicyDto {
    /// `zero` or `left_out`.
    absent: Option<String>,
    /// In any order; null or an empty list gives no letters.
    #[schema(value_type = Option<Vec<ChangeBandDto>>)]
    #[serde(default, deserialize_with = "present")]
    letters: Option<Option<Vec<ChangeBandDto>>>,
    show_class_statistics: Option<bool>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeBandDto {
    /// 1 to 16 characters.
    letter: String,
    /// Percent, with at most four decimals, read exactly.
    #[schema(value_type = f64)]
    from: Box<RawValue>,
}

/// Tells a field that is `null` from one that is absent.
fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<Vec<ChangeBandDto>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl ChangePolicyDto {
    pub(super) fn read(self) -> Result<PolicyChange, Problem> {
        let absent = self.absent.as_deref().map(str::parse::<AbsentPolicy>);
        let absent = absent
            .transpose()
            .map_err(|_| wrong("/policy/absent".to_owned(), "zero or left_out"))?;
        Ok(PolicyChange {
            absent,
            letters: self.letters.map(letters).transpose()?,
            show_class_statistics: self.show_class_statistics,
        })
    }
}

fn letters(bands: Option<Vec<ChangeBandDto>>) -> Result<Option<LetterScale>, Problem> {
    let bands = bands.unwrap_or_default();
    if bands.is_empty() {
        return Ok(None);
    }
    let mut read = Vec::with_capacity(bands.len());
    for (place, band) in bands.into_iter().enumerate() {
        let from = Number::read(&band.from).and_then(|text| text.parse::<Points>().ok());
        let from = from.ok_or_else(|| {
            let detail = "a number of percent with at most four decimals";
            wrong(format!("/policy/letters/{place}/from"), detail)
        })?;
        read.push((band.letter, from));
    }
    let scale = LetterScale::new(read).map_err(|fault| {
        let pointer = match fault.place() {
            Some(place) => format!("/policy/letters/{place}"),
            None => "/policy/letters".to_owned(),
        };
        wrong(pointer, &SchemeFault::Letters(fault).to_string())
    })?;
    Ok(Some(scale))
}

fn wrong(pointer: String, detail: &str) -> Problem {
    Problem::invalid(vec![FieldError {
        pointer,
        code: "invalid_field",
        detail: detail.to_owned(),
    }])
}
