//! What somebody asks the importer to do with a file.

use gradebook_domain::{CourseId, Weight};
use gradebook_persistence::repo::school::NewTerm;
use jiff::civil::Date;

use super::error::ImportError;
use super::ignored;
use super::roster::ImportRoster;
use crate::reason;
use crate::text::has_unprintable;

/// How to import a file of scores.
#[derive(Debug, Clone)]
pub struct ImportScores {
    /// The file's name, for what its ending tells.
    pub file_name: String,
    /// School year, e.g. `2026-2027`.
    pub school_year: String,
    /// Name of the term in that year, e.g. `Autumn`.
    pub term: String,
    /// Name of the exam in that term.
    pub exam: String,
    /// What kind of exam it becomes if it is created: `midterm`, `final`, `monthly` or `quiz`.
    pub kind: &'static str,
    /// Create what the file names and the school does not have: the term, subjects, classes,
    /// students, enrolments, courses, the exam. Otherwise each of them is an error.
    pub create_missing: bool,
    /// Publish the draft assessments of this exam in the classes of the file afterwards.
    pub publish: bool,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Why scores change that students have seen.
    pub reason: Option<String>,
    /// Day of the exam if it is created, ISO 8601; today (UTC) if not stated.
    pub held_on: Option<String>,
    /// Titles of columns that are left out.
    pub ignore_columns: Vec<String>,
}

/// How to import a file into one course.
#[derive(Debug, Clone)]
pub struct ImportIntoCourse {
    /// The file's name, for what its ending tells.
    pub file_name: String,
    /// The course.
    pub course: CourseId,
    /// Why scores change that students have seen.
    pub reason: Option<String>,
    /// Titles of columns that are left out.
    pub ignore_columns: Vec<String>,
}

impl ImportIntoCourse {
    pub(super) fn checked(&self) -> Result<Self, ImportError> {
        Ok(Self {
            ignore_columns: ignored::checked(&self.ignore_columns)?,
            reason: usable_reason(self.reason.as_deref())?,
            ..self.clone()
        })
    }
}

/// What a file is, and what to do with it.
#[derive(Debug, Clone)]
pub enum ImportOrder {
    /// Scores of one exam over many classes.
    Exam(ImportScores),
    /// Scores of one course.
    Course(ImportIntoCourse),
    /// Pupils and their classes.
    Roster(ImportRoster),
}

impl ImportOrder {
    pub(super) fn file_name(&self) -> &str {
        match self {
            Self::Exam(order) => &order.file_name,
            Self::Course(order) => &order.file_name,
            Self::Roster(order) => &order.file_name,
        }
    }

    /// Why scores change that students have seen; a roster changes none.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Exam(order) => order.reason.as_deref(),
            Self::Course(order) => order.reason.as_deref(),
            Self::Roster(_) => None,
        }
    }

    /// The titles of columns that are left out.
    #[must_use]
    pub fn ignore_columns(&self) -> &[String] {
        match self {
            Self::Exam(order) => &order.ignore_columns,
            Self::Course(order) => &order.ignore_columns,
            Self::Roster(_) => &[],
        }
    }

    /// The same with a reason for scores that students have seen, if there is none yet.
    pub(super) fn as_if_reasoned(&self) -> Self {
        let mut order = self.clone();
        if let Some((reason, _)) = order.choices() {
            let given = reason
                .as_deref()
                .is_some_and(|text| !text.trim().is_empty());
            if !given {
                *reason = Some("to be given".to_owned());
            }
        }
        order
    }

    /// Its reason and the titles of the columns that it leaves out, to be changed; a roster has neither.
    pub(super) fn choices(&mut self) -> Option<(&mut Option<String>, &mut Vec<String>)> {
        match self {
            Self::Exam(order) => Some((&mut order.reason, &mut order.ignore_columns)),
            Self::Course(order) => Some((&mut order.reason, &mut order.ignore_columns)),
            Self::Roster(_) => None,
        }
    }

    pub(super) fn checked(&self, now_ms: i64) -> Result<Self, ImportError> {
        Ok(match self {
            Self::Exam(order) => Self::Exam(order.checked(now_ms)?),
            Self::Course(order) => Self::Course(order.checked()?),
            Self::Roster(order) => Self::Roster(order.checked()?),
        })
    }
}

fn usable_reason(reason: Option<&str>) -> Result<Option<String>, ImportError> {
    let reason = reason::given(reason).map_err(|error| refused(error.code(), error.to_string()))?;
    Ok(reason.map(str::to_owned))
}

/// A text without the spaces around it, if there is any: one that fits, and can be seen.
pub(super) fn text(
    typed: &str,
    longest: usize,
    (code, what): (&'static str, &str),
) -> Result<Option<String>, ImportError> {
    let typed = typed.trim();
    if typed.is_empty() {
        Ok(None)
    } else if typed.chars().count() <= longest && !has_unprintable(typed) {
        Ok(Some(typed.to_owned()))
    } else {
        Err(refused(code, length(what, longest)))
    }
}

fn length(what: &str, longest: usize) -> String {
    format!("{what} has 1 to {longest} characters that can be seen")
}

const KINDS: [&str; 4] = ["midterm", "final", "monthly", "quiz"];

pub(super) fn refused(code: &'static str, detail: impl Into<String>) -> ImportError {
    ImportError::Order {
        code,
        detail: detail.into(),
    }
}

impl ImportScores {
    /// The kind of exam of this name, if there is one.
    #[must_use]
    pub fn kind_of(name: &str) -> Option<&'static str> {
        KINDS.into_iter().find(|kind| *kind == name)
    }

    /// The order with clean texts and a day for the exam.
    pub(super) fn checked(&self, now_ms: i64) -> Result<Self, ImportError> {
        let needed = |typed: &str, longest: usize, code, what: &str| {
            text(typed, longest, (code, what))?.ok_or_else(|| refused(code, length(what, longest)))
        };
        if !KINDS.contains(&self.kind) {
            let detail = format!("an exam is one of {}", KINDS.join(", "));
            return Err(refused("invalid_kind", detail));
        }
        let day = match &self.held_on {
            Some(day) => day.trim().parse::<Date>().ok(),
            None => jiff::Timestamp::from_millisecond(now_ms)
                .ok()
                .map(|now| now.to_zoned(jiff::tz::TimeZone::UTC).date()),
        };
        let day = day.ok_or_else(|| {
            refused(
                "invalid_date",
                "the day of the exam is a date like 2026-11-21",
            )
        })?;
        Ok(Self {
            school_year: needed(
                &self.school_year,
                32,
                "invalid_school_year",
                "a school year",
            )?,
            term: needed(&self.term, 64, "invalid_term", "the name of a term")?,
            exam: needed(&self.exam, 128, "invalid_exam", "the name of an exam")?,
            reason: usable_reason(self.reason.as_deref())?,
            held_on: Some(day.to_string()),
            ignore_columns: ignored::checked(&self.ignore_columns)?,
            ..self.clone()
        })
    }

    /// The term to create when the school has none of this name, with the usual dates of its half
    /// of the school year.
    pub(super) fn new_term(&self) -> Result<NewTerm, ImportError> {
        let digits = self.school_year.split(['-', '/', '–', '~']).next();
        let year: i16 = digits
            .and_then(|digits| digits.trim().parse().ok())
            .filter(|year| (1900..9999).contains(year))
            .ok_or_else(|| {
                let detail = "a school year is written like 2026-2027 or 2026";
                refused("invalid_school_year", detail)
            })?;
        let name = self.term.to_lowercase();
        let is = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let next = year + 1;
        let (starts_on, ends_on) = if is(&["autumn", "fall", "first", "上", "秋", "第一"]) {
            (format!("{year}-09-01"), format!("{next}-01-31"))
        } else if is(&["spring", "second", "下", "春", "第二"]) {
            (format!("{next}-02-01"), format!("{next}-07-31"))
        } else {
            (format!("{year}-09-01"), format!("{next}-08-31"))
        };
        Ok(NewTerm {
            school_year: self.school_year.clone(),
            name: self.term.clone(),
            starts_on,
            ends_on,
            // Half a year, as most schools have it: a year's weights sum to 100.
            weight: Weight::from_percent(50).unwrap_or(Weight::HUNDRED),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(school_year: &str, term: &str) -> ImportScores {
        ImportScores {
            file_name: String::new(),
            school_year: school_year.to_owned(),
            term: term.to_owned(),
            exam: " 月考 ".to_owned(),
            kind: "monthly",
            create_missing: true,
            publish: false,
            dry_run: false,
            reason: Some("  ".to_owned()),
            held_on: None,
            ignore_columns: Vec::new(),
        }
    }

    fn dates(school_year: &str, term: &str) -> Option<(String, String)> {
        let term = order(school_year, term).new_term().ok()?;
        Some((term.starts_on, term.ends_on))
    }

    #[test]
    fn a_term_gets_the_dates_of_its_half_of_the_year() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        for autumn in ["Autumn", "Fall 2026", "First", "上学期", "秋季", "第一学期"] {
            let expected = pair("2026-09-01", "2027-01-31");
            assert_eq!(dates("2026-2027", autumn), expected, "{autumn}");
        }
        for spring in ["Spring", "second term", "下学期", "春季"] {
            assert_eq!(dates("2026", spring), pair("2027-02-01", "2027-07-31"));
        }
        assert_eq!(dates("2026", "Year"), pair("2026-09-01", "2027-08-31"));
        assert_eq!(dates("next year", "Autumn"), None);
    }

    #[test]
    fn texts_are_cleaned_and_the_day_is_that_of_the_clock() {
        let checked = order("2026", "Autumn").checked(1_795_219_200_000).unwrap();
        assert_eq!(checked.exam, "月考");
        assert_eq!(checked.reason, None);
        assert_eq!(checked.held_on.as_deref(), Some("2026-11-21"));
        let mut wrong = order("2026", "Autumn");
        wrong.held_on = Some("21.11.2026".to_owned());
        let code = |order: &ImportScores| match order.checked(0) {
            Err(ImportError::Order { code, .. }) => code,
            _ => "",
        };
        assert_eq!(code(&wrong), "invalid_date");
        wrong = order(" ", "Autumn");
        assert_eq!(code(&wrong), "invalid_school_year");
        wrong = order("2026", "Autumn");
        wrong.kind = "olympics";
        assert_eq!(code(&wrong), "invalid_kind");
    }
}
