//! The words of the fields that hold one of a few, for the description of the API: its readers, among
//! them our own scripts, learn which there are. The answers themselves take them from the domain.

use utoipa::ToSchema;

/// What is known of one student in one assessment. A value exists exactly when it is `scored`.
#[derive(ToSchema)]
#[schema(as = ScoreStatus, rename_all = "lowercase")]
#[expect(dead_code, reason = "describes texts that the domain gives")]
pub(crate) enum StatusWord {
    Blank,
    Scored,
    Absent,
    Excused,
    Missing,
}

/// Who sees an assessment, and whether its scores may change. Students see no draft.
#[derive(ToSchema)]
#[schema(as = AssessmentState, rename_all = "lowercase")]
#[expect(dead_code, reason = "describes texts that the domain gives")]
pub(crate) enum StateWord {
    Draft,
    Published,
    Locked,
}

/// What is asked for of a score: `change` by a teacher, `review` by the student.
#[derive(ToSchema)]
#[schema(as = AmendmentKind, rename_all = "lowercase")]
#[expect(dead_code, reason = "describes texts that the domain gives")]
pub(crate) enum KindWord {
    Change,
    Review,
}

#[cfg(test)]
mod tests {
    use gradebook_domain::{AmendmentKind, AssessmentState, ScoreStatus};
    use utoipa::PartialSchema;

    use super::{KindWord, StateWord, StatusWord};

    fn words<T: PartialSchema>() -> Vec<String> {
        let schema = serde_json::to_value(T::schema()).unwrap();
        serde_json::from_value(schema["enum"].clone()).unwrap()
    }

    #[test]
    fn the_description_names_what_the_domain_says() {
        let statuses: Vec<_> = ScoreStatus::ALL.iter().map(|one| one.as_str()).collect();
        assert_eq!(words::<StatusWord>(), statuses);
        let states: Vec<_> = AssessmentState::ALL
            .iter()
            .map(|one| one.as_str())
            .collect();
        assert_eq!(words::<StateWord>(), states);
        let kinds: Vec<_> = AmendmentKind::ALL.iter().map(|one| one.as_str()).collect();
        assert_eq!(words::<KindWord>(), kinds);
    }
}
