//! Orders as they are kept beside a file.

use gradebook_domain::CourseId;
use serde::{Deserialize, Serialize};

use super::order::{ImportIntoCourse, ImportOrder, ImportScores};
use super::roster::ImportRoster;

/// Everything that an order says besides its kind and its course.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Options {
    file_name: String,
    reason: Option<String>,
    school_year: String,
    term: String,
    exam: String,
    exam_kind: String,
    create_missing: bool,
    keep_other_classes: bool,
    publish: bool,
    held_on: Option<String>,
    grade_level: Option<String>,
    class: Option<String>,
    first_day: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignore_columns: Vec<String>,
}

impl ImportOrder {
    /// `exam`, `course` or `roster`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Exam(_) => "exam",
            Self::Course(_) => "course",
            Self::Roster(_) => "roster",
        }
    }

    /// The course, of an import into one.
    #[must_use]
    pub const fn course(&self) -> Option<CourseId> {
        match self {
            Self::Exam(_) | Self::Roster(_) => None,
            Self::Course(order) => Some(order.course),
        }
    }

    pub(super) fn json(&self) -> String {
        let options = match self {
            Self::Exam(order) => Options {
                file_name: order.file_name.clone(),
                reason: order.reason.clone(),
                school_year: order.school_year.clone(),
                term: order.term.clone(),
                exam: order.exam.clone(),
                exam_kind: order.kind.to_owned(),
                create_missing: order.create_missing,
                publish: order.publish,
                held_on: order.held_on.clone(),
                ignore_columns: order.ignore_columns.clone(),
                ..Options::default()
            },
            Self::Course(order) => Options {
                file_name: order.file_name.clone(),
                reason: order.reason.clone(),
                ignore_columns: order.ignore_columns.clone(),
                ..Options::default()
            },
            Self::Roster(order) => Options {
                file_name: order.file_name.clone(),
                school_year: order.school_year.clone().unwrap_or_default(),
                create_missing: order.create_missing,
                keep_other_classes: order.keep_other_classes,
                grade_level: order.grade_level.clone(),
                class: order.class.clone(),
                first_day: order.first_day.clone(),
                ..Options::default()
            },
        };
        serde_json::to_string(&options).unwrap_or_default()
    }

    pub(super) fn of_json(kind: &str, course: Option<CourseId>, json: &str) -> Option<Self> {
        let options: Options = serde_json::from_str(json).ok()?;
        match kind {
            "exam" => Some(Self::Exam(ImportScores {
                file_name: options.file_name,
                school_year: options.school_year,
                term: options.term,
                exam: options.exam,
                kind: ImportScores::kind_of(&options.exam_kind)?,
                create_missing: options.create_missing,
                publish: options.publish,
                dry_run: false,
                reason: options.reason,
                held_on: options.held_on,
                ignore_columns: options.ignore_columns,
            })),
            "course" => Some(Self::Course(ImportIntoCourse {
                file_name: options.file_name,
                course: course?,
                reason: options.reason,
                ignore_columns: options.ignore_columns,
            })),
            "roster" => Some(Self::Roster(ImportRoster {
                file_name: options.file_name,
                school_year: Some(options.school_year).filter(|year| !year.is_empty()),
                grade_level: options.grade_level,
                class: options.class,
                first_day: options.first_day,
                create_missing: options.create_missing,
                keep_other_classes: options.keep_other_classes,
            })),
            _ => None,
        }
    }
}
