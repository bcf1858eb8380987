//! Shapes that several answers share.

use gradebook_app::read::{Assessment, Category, Class, Course, Person, Student, Subject, Term};
use gradebook_app::{CellView, Stay};
use gradebook_domain::Statistics;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::policy::PolicyDto;
use crate::api::words::{StateWord, StatusWord};
use crate::number::Number;

/// Unix milliseconds as RFC 3339 in UTC.
pub(crate) fn time(unix_ms: i64) -> String {
    Timestamp::from_millisecond(unix_ms).map_or_else(|_| String::new(), |time| time.to_string())
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonDto {
    id: i64,
    name: String,
}

impl From<&Person> for PersonDto {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.0,
            name: person.name.clone(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassDto {
    id: i64,
    school_year: String,
    grade_level: String,
    name: String,
}

impl From<&Class> for ClassDto {
    fn from(class: &Class) -> Self {
        Self {
            id: class.id.0,
            school_year: class.school_year.clone(),
            grade_level: class.grade_level.clone(),
            name: class.name.clone(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectDto {
    id: i64,
    code: String,
    name_zh: String,
    name_en: String,
}

impl From<&Subject> for SubjectDto {
    fn from(subject: &Subject) -> Self {
        Self {
            id: subject.id.0,
            code: subject.code.clone(),
            name_zh: subject.name_zh.clone(),
            name_en: subject.name_en.clone(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TermDto {
    id: i64,
    school_year: String,
    name: String,
    starts_on: String,
    ends_on: String,
    /// Percent of the year.
    weight: Number,
    /// `open` or `closed`.
    state: &'static str,
    /// What students are told of their rank: `hidden` or `bands`.
    rank_shown: &'static str,
}

impl From<&Term> for TermDto {
    fn from(term: &Term) -> Self {
        Self {
            id: term.id.0,
            school_year: term.school_year.clone(),
            name: term.name.clone(),
            starts_on: term.starts_on.clone(),
            ends_on: term.ends_on.clone(),
            weight: term.weight.into(),
            state: if term.open { "open" } else { "closed" },
            rank_shown: term.rank_shown.as_str(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CourseDto {
    id: i64,
    class: ClassDto,
    subject: SubjectDto,
    term: TermDto,
    teachers: Vec<PersonDto>,
    policy: PolicyDto,
}

impl From<&Course> for CourseDto {
    fn from(course: &Course) -> Self {
        Self {
            id: course.id.0,
            class: (&course.class).into(),
            subject: (&course.subject).into(),
            term: (&course.term).into(),
            teachers: course.teachers.iter().map(PersonDto::from).collect(),
            policy: course.into(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryDto {
    id: i64,
    name: String,
    /// Percent of the course.
    weight: Number,
    /// `points`, `mean` or `weighted`.
    aggregation: &'static str,
    drop_lowest: u32,
    drop_highest: u32,
}

impl From<&Category> for CategoryDto {
    fn from(category: &Category) -> Self {
        Self {
            id: category.scheme.id.0,
            name: category.name.clone(),
            weight: category.scheme.weight.into(),
            aggregation: category.scheme.aggregation.as_str(),
            drop_lowest: category.scheme.drop_lowest,
            drop_highest: category.scheme.drop_highest,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssessmentDto {
    id: i64,
    course_id: i64,
    title: String,
    max_score: Number,
    extra_credit_limit: Number,
    category_id: i64,
    /// Percent within a `weighted` category.
    weight: Number,
    exam_id: Option<i64>,
    #[schema(value_type = StateWord)]
    state: &'static str,
    date: String,
    /// Whether the caller may enter scores now.
    editable: bool,
    /// On exam sheets: the column's subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<SubjectDto>,
    /// On exam sheets: whose column it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    teachers: Option<Vec<PersonDto>>,
}

impl AssessmentDto {
    /// `course` on exam sheets, where each column is another course's.
    pub(crate) fn new(assessment: &Assessment, editable: bool, course: Option<&Course>) -> Self {
        Self {
            id: assessment.id.0,
            course_id: assessment.course.0,
            title: assessment.title.clone(),
            max_score: assessment.limits.max_score.into(),
            extra_credit_limit: assessment.limits.extra_credit_limit.into(),
            category_id: assessment.category.0,
            weight: assessment.weight.into(),
            exam_id: assessment.exam.map(|exam| exam.0),
            state: assessment.state.as_str(),
            date: assessment.held_on.clone(),
            editable,
            subject: course.map(|course| SubjectDto::from(&course.subject)),
            teachers: course.map(|course| course.teachers.iter().map(PersonDto::from).collect()),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudentDto {
    id: i64,
    student_number: String,
    name: String,
}

impl From<&Student> for StudentDto {
    fn from(student: &Student) -> Self {
        Self {
            id: student.id.0,
            student_number: student.student_number.clone(),
            name: student.name.clone(),
        }
    }
}

/// A row of a gradebook or a sheet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RowDto {
    #[serde(flatten)]
    student: StudentDto,
    /// The first day in the class, if the term had begun before; else null.
    joined_on: Option<String>,
    /// The last day in the class, if the term goes on after it; else null.
    left_on: Option<String>,
    /// The assessments of days on which the student was not in the class: without a score in one it
    /// is none of theirs, and nobody expects one there.
    elsewhere: Vec<i64>,
}

impl RowDto {
    /// The rows with how long each is in the class.
    pub(crate) fn of(students: &[Student], stays: &[Stay]) -> Vec<Self> {
        let row = |student: &Student| {
            let stay = stays.iter().find(|stay| stay.student == student.id);
            Self {
                student: student.into(),
                joined_on: stay.and_then(|stay| stay.joined_on.clone()),
                left_on: stay.and_then(|stay| stay.left_on.clone()),
                elsewhere: stay.map_or_else(Vec::new, |stay| {
                    stay.elsewhere.iter().map(|id| id.0).collect()
                }),
            }
        };
        students.iter().map(row).collect()
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScoreDto {
    assessment_id: i64,
    student_id: i64,
    #[schema(value_type = StatusWord)]
    status: &'static str,
    value: Option<Number>,
    comment: Option<String>,
    version: i64,
    corrected: bool,
    updated_at: String,
    updated_by: Option<PersonDto>,
}

impl From<&CellView> for ScoreDto {
    fn from(cell: &CellView) -> Self {
        let stored = &cell.stored;
        Self {
            assessment_id: stored.assessment.0,
            student_id: stored.student.0,
            status: stored.score.status().as_str(),
            value: stored.score.value().map(Number::from),
            comment: stored.comment.clone(),
            version: stored.version,
            corrected: stored.corrected,
            updated_at: time(stored.updated_at),
            updated_by: stored.updated_by.map(|id| PersonDto {
                id: id.0,
                name: cell.author.clone().unwrap_or_default(),
            }),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatisticsDto {
    assessment_id: i64,
    count: usize,
    mean: Number,
    highest: Number,
    lowest: Number,
    median: Number,
    /// Over the whole group, to two places.
    standard_deviation: Number,
    /// How many scores lie in each tenth of the full marks, the lowest first.
    distribution: Vec<usize>,
}

impl StatisticsDto {
    pub(crate) fn of(assessment_id: i64, statistics: &Statistics, tenths: &[usize; 10]) -> Self {
        Self {
            assessment_id,
            count: statistics.count,
            mean: (&statistics.mean).into(),
            highest: statistics.highest.into(),
            lowest: statistics.lowest.into(),
            median: (&statistics.median).into(),
            standard_deviation: statistics.standard_deviation().into(),
            distribution: tenths.to_vec(),
        }
    }
}
