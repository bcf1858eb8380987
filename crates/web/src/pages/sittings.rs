//! Scores that somebody typed one after the other are one line of a list of changes.

use gradebook_app::read::{ChangeGroup, ChangeKind, Way};
use gradebook_domain::AssessmentId;

use super::change_lines::{Around, ChangeLine, change_line};
use crate::i18n::T;

/// Somebody who typed nothing for so long has begun anew, unix milliseconds.
const PAUSE_MS: i64 = 10 * 60 * 1_000;

/// The lines of a list: consecutive scores that one person typed into one assessment, with no long
/// pause between them, are one line, which has each of them as a part.
pub(super) fn change_lines(t: T, groups: &[ChangeGroup], around: Around<'_>) -> Vec<ChangeLine> {
    groups
        .chunk_by(one_sitting)
        .filter_map(|sitting| match sitting {
            [] => None,
            [only] => Some(change_line(t, only, around)),
            [newest, ..] => {
                let parts = sitting.iter().map(|group| change_line(t, group, around));
                Some(ChangeLine {
                    parts: parts.collect(),
                    ..whole_line(t, newest, sitting, around)
                })
            }
        })
        .collect()
}

fn one_sitting(newer: &ChangeGroup, older: &ChangeGroup) -> bool {
    let (after, before) = (&newer.newest, &older.newest);
    typed_into(newer).is_some()
        && typed_into(newer) == typed_into(older)
        && after.actor == before.actor
        && after.source == before.source
        && after.reason == before.reason
        && after.at.saturating_sub(before.at) <= PAUSE_MS
}

/// The assessment into which all of these scores were typed; none when anything else was done.
fn typed_into(group: &ChangeGroup) -> Option<AssessmentId> {
    let newest = &group.newest;
    let typed = matches!(newest.way, None | Some(Way::Typed)) && newest.source != "import";
    if newest.kind != Some(ChangeKind::Score) || !typed || group.changes != group.scores {
        return None;
    }
    match group.assessments.as_slice() {
        [] => newest.assessment.as_ref().map(|(id, _)| *id),
        [one] => Some(one.id),
        _ => None,
    }
}

/// What stands for all of them.
fn whole_line(
    t: T,
    newest: &ChangeGroup,
    sitting: &[ChangeGroup],
    around: Around<'_>,
) -> ChangeLine {
    let scores = sitting.iter().map(|group| group.scores).sum();
    // As many changes as a batch of its own would have: neither one pupil nor one score is told.
    let whole = ChangeGroup {
        scores,
        changes: scores,
        ..newest.clone()
    };
    ChangeLine {
        href: None,
        ..change_line(t, &whole, around)
    }
}
