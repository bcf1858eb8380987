//! Which assessments students see, said once for all queries.

use gradebook_domain::AssessmentState;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::entity::assessment;

/// The states of an assessment in which students see it.
pub(crate) fn states() -> impl Iterator<Item = &'static str> {
    AssessmentState::ALL
        .iter()
        .filter(|state| state.visible_to_students())
        .map(|state| state.as_str())
}

/// The ids of the assessments that students see, of all.
pub(crate) fn assessments() -> SelectStatement {
    among_states().into_query()
}

/// Those of `ids` that students see while the statement runs: what was taken back since `ids` were
/// read is not among them.
pub(crate) fn among(ids: impl IntoIterator<Item = i64>) -> SelectStatement {
    among_states()
        .filter(assessment::Column::Id.is_in(ids))
        .into_query()
}

fn among_states() -> sea_orm::Select<assessment::Entity> {
    assessment::Entity::find()
        .select_only()
        .column(assessment::Column::Id)
        .filter(assessment::Column::State.is_in(states()))
}
