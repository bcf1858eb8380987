//! Parts of the school's log: what happened to grades, to the school's structure, to people.

use gradebook_app::read::ChangeKind;

/// The parts and what they are called; the first is all of it.
pub(super) const AREAS: [(&str, &str); 4] = [
    ("", "changes-area-all"),
    ("grades", "changes-area-grades"),
    ("school", "changes-area-school"),
    ("people", "changes-area-people"),
];

/// The kinds in a part; none for all of it, and for a part that there is not.
pub(super) fn kinds_of(area: &str) -> Option<&'static [ChangeKind]> {
    match area {
        "grades" => Some(&GRADES),
        "school" => Some(&SCHOOL),
        "people" => Some(&PEOPLE),
        _ => None,
    }
}

const GRADES: [ChangeKind; 24] = [
    ChangeKind::Score,
    ChangeKind::AssessmentCreated,
    ChangeKind::AssessmentPublished,
    ChangeKind::AssessmentUnpublished,
    ChangeKind::AssessmentLocked,
    ChangeKind::AssessmentUnlocked,
    ChangeKind::AssessmentChanged,
    ChangeKind::AssessmentDeleted,
    ChangeKind::CategoryCreated,
    ChangeKind::CategoryChanged,
    ChangeKind::CategoryDeleted,
    ChangeKind::CoursePolicyChanged,
    ChangeKind::AmendmentProposed,
    ChangeKind::ReviewRequested,
    ChangeKind::ReviewAnswered,
    ChangeKind::ReviewCorrected,
    ChangeKind::ReviewUpheld,
    ChangeKind::AmendmentApproved,
    ChangeKind::AmendmentRejected,
    ChangeKind::AmendmentWithdrawn,
    ChangeKind::ImportUploaded,
    ChangeKind::ImportChanged,
    ChangeKind::ImportCancelled,
    ChangeKind::Imported,
];

const SCHOOL: [ChangeKind; 20] = [
    ChangeKind::SchoolChanged,
    ChangeKind::TermCreated,
    ChangeKind::TermChanged,
    ChangeKind::TermClosed,
    ChangeKind::TermReopened,
    ChangeKind::SubjectCreated,
    ChangeKind::SubjectChanged,
    ChangeKind::ClassCreated,
    ChangeKind::ClassChanged,
    ChangeKind::Enrolled,
    ChangeKind::EnrolmentEnded,
    ChangeKind::EnrolmentChanged,
    ChangeKind::CourseCreated,
    ChangeKind::TeacherAssigned,
    ChangeKind::TeacherRemoved,
    ChangeKind::ExamCreated,
    ChangeKind::ExamChanged,
    ChangeKind::ExamCourseRemoved,
    ChangeKind::ExamLinesChanged,
    ChangeKind::ExamSettingsChanged,
];

const PEOPLE: [ChangeKind; 20] = [
    ChangeKind::UserCreated,
    ChangeKind::UserChanged,
    ChangeKind::UsernameChanged,
    ChangeKind::StudentNumberChanged,
    ChangeKind::RoleChanged,
    ChangeKind::UserEnabled,
    ChangeKind::UserDisabled,
    ChangeKind::PasswordReset,
    ChangeKind::PasswordChanged,
    ChangeKind::LanguageChosen,
    ChangeKind::TotpEnabled,
    ChangeKind::TotpDisabled,
    ChangeKind::TotpReset,
    ChangeKind::RecoveryCodesMade,
    ChangeKind::RecoveryCodeUsed,
    ChangeKind::SessionEnded,
    ChangeKind::RefreshReused,
    ChangeKind::SigningKeyAdded,
    ChangeKind::SigningKeyRetired,
    ChangeKind::SigningKeyWithdrawn,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_is_in_one_part() {
        for kind in ChangeKind::ALL {
            let parts = AREAS.into_iter().filter_map(|(area, _)| kinds_of(area));
            let of = parts.filter(|kinds| kinds.contains(kind)).count();
            assert_eq!(of, 1, "{}", kind.as_str());
        }
    }
}
