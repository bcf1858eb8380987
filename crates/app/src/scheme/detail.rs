//! What the change log keeps of a change: its name, and the fields that became others, as JSON.

use gradebook_persistence::repo::scheme::{AssessmentFields, CategoryFields, PolicyFields};
use serde_json::{Map, Value, json};

type Fields = Map<String, Value>;

/// `{"name":…,"before":{…},"after":{…}}` with those fields that differ; a side that was not there is
/// left out.
pub(crate) fn detail(name: &str, before: Option<Fields>, after: Option<Fields>) -> String {
    let (before, after) = match (before, after) {
        (Some(mut before), Some(mut after)) => {
            before.retain(|key, value| after.get(key) != Some(value));
            after.retain(|key, _| before.contains_key(key));
            (Some(before), Some(after))
        }
        sides => sides,
    };
    let mut all = Map::new();
    all.insert("name".to_owned(), json!(name));
    for (side, fields) in [("before", before), ("after", after)] {
        if let Some(fields) = fields {
            all.insert(side.to_owned(), Value::Object(fields));
        }
    }
    Value::Object(all).to_string()
}

/// A place among its like, before and after.
pub(super) fn place(name: &str, before: usize, after: usize) -> String {
    let position = |place: usize| {
        let mut fields = Map::new();
        fields.insert("position".to_owned(), json!(place));
        Some(fields)
    };
    detail(name, position(before), position(after))
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

// Decimals are kept as text, exactly.
pub(crate) fn of_category(category: &CategoryFields) -> Fields {
    fields([
        ("name", json!(category.name)),
        ("weight", json!(category.weight.to_string())),
        ("aggregation", json!(category.aggregation.as_str())),
        ("drop_lowest", json!(category.drop_lowest)),
        ("drop_highest", json!(category.drop_highest)),
    ])
}

pub(super) fn of_assessment(assessment: &AssessmentFields, category: &str) -> Fields {
    let limits = assessment.limits;
    fields([
        ("title", json!(assessment.title)),
        ("max_score", json!(limits.max_score.to_string())),
        (
            "extra_credit_limit",
            json!(limits.extra_credit_limit.to_string()),
        ),
        ("category_id", json!(assessment.category.0)),
        ("category", json!(category)),
        ("weight", json!(assessment.weight.to_string())),
        ("date", json!(assessment.held_on)),
    ])
}

pub(crate) fn name_and_day(title: &str, day: &str) -> Fields {
    fields([("title", json!(title)), ("date", json!(day))])
}

pub(super) fn of_policy(policy: &PolicyFields) -> Fields {
    fields([
        ("absent", json!(policy.absent.as_str())),
        (
            "letters",
            json!(policy.letters.as_ref().map(ToString::to_string)),
        ),
        ("show_class_statistics", json!(policy.show_class_statistics)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_kept_of_both_sides() {
        let side =
            |weight: &str| Some(fields([("name", json!("Quiz")), ("weight", json!(weight))]));
        assert_eq!(
            detail("Quiz", side("30"), side("40")),
            r#"{"after":{"weight":"40"},"before":{"weight":"30"},"name":"Quiz"}"#
        );
        assert_eq!(
            detail("Quiz", None, side("30")),
            r#"{"after":{"name":"Quiz","weight":"30"},"name":"Quiz"}"#
        );
        assert_eq!(
            place("Quiz", 1, 3),
            r#"{"after":{"position":3},"before":{"position":1},"name":"Quiz"}"#
        );
    }
}
