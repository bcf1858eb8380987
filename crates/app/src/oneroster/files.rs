//! The files of a OneRoster 1.2 bundle and the columns of each, in the order of the specification.
//! What the standard has no column for stands behind, in columns that begin with `metadata.`, as it
//! allows.

/// One file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct File {
    /// The name without `.csv`.
    pub(super) name: &'static str,
    /// The line of titles.
    pub(super) header: &'static [&'static str],
}

macro_rules! file {
    ($constant:ident = $name:literal: $($column:literal),+ $(,)?) => {
        pub(super) const $constant: File = File {
            name: $name,
            header: &["sourcedId", "status", "dateLastModified", $($column),+],
        };
    };
}

file!(ACADEMIC_SESSIONS = "academicSessions":
    "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear",
    "metadata.gradebook.weight", "metadata.gradebook.state");
file!(ORGS = "orgs": "name", "type", "identifier", "parentSourcedId");
file!(COURSES = "courses":
    "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes",
    "metadata.gradebook.nameZh", "metadata.gradebook.nameEn", "metadata.gradebook.fullMarks",
    "metadata.gradebook.position");
file!(CLASSES = "classes":
    "title", "grades", "courseSourcedId", "classCode", "classType", "location", "schoolSourcedId",
    "termSourcedIds", "subjects", "subjectCodes", "periods",
    "metadata.gradebook.schoolYear", "metadata.gradebook.gradeLevel", "metadata.gradebook.name",
    "metadata.gradebook.homeClass", "metadata.gradebook.absent",
    "metadata.gradebook.letters", "metadata.gradebook.classStatistics");
file!(USERS = "users":
    "enabledUser", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "email",
    "sms", "phone", "agentSourcedIds", "grades", "password", "userMasterIdentifier",
    "resourceSourcedIds", "preferredGivenName", "preferredMiddleName", "preferredFamilyName",
    "primaryOrgSourcedId", "pronouns", "metadata.gradebook.name", "metadata.gradebook.locale");
file!(ROLES = "roles":
    "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId");
file!(ENROLLMENTS = "enrollments":
    "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate");
file!(CATEGORIES = "categories":
    "title", "weight", "metadata.gradebook.class", "metadata.gradebook.weight",
    "metadata.gradebook.aggregation", "metadata.gradebook.dropLowest",
    "metadata.gradebook.dropHighest", "metadata.gradebook.position");
file!(LINE_ITEMS = "lineItems":
    "title", "description", "assignDate", "dueDate", "classSourcedId", "categorySourcedId",
    "academicSessionSourcedId", "resultValueMin", "resultValueMax", "schoolSourcedId",
    "metadata.gradebook.weight", "metadata.gradebook.extraCredit", "metadata.gradebook.state",
    "metadata.gradebook.position", "metadata.gradebook.exam", "metadata.gradebook.examKind",
    "metadata.gradebook.examDate", "metadata.gradebook.lockedByTerm");
file!(RESULTS = "results":
    "lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate", "comment", "textScore",
    "classSourcedId", "inProgress", "incomplete", "late", "missing", "metadata.gradebook.corrected");

/// The files that are written, each after those that it refers to.
pub(super) const FILES: [File; 10] = [
    ORGS,
    ACADEMIC_SESSIONS,
    COURSES,
    CLASSES,
    USERS,
    ROLES,
    ENROLLMENTS,
    CATEGORIES,
    LINE_ITEMS,
    RESULTS,
];

/// Every file that a manifest speaks of, in its order.
pub(super) const IN_MANIFEST: [&str; 21] = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
];
