//! From the files of a bundle to what the school is to have.

mod classes;
mod people;

use std::collections::{HashMap, HashSet};

use gradebook_domain::Weight;

use super::archive::Bundle;
use super::error::{Errors, OneRosterError, Place};
use super::files::{ACADEMIC_SESSIONS, COURSES, File};
use super::grades;
use super::rows::{Allowance, Fields, each_row};
use super::wanted::{Ids, Wanted, WantedSubject, WantedTerm};

/// Full marks where a bundle names none.
pub(super) const USUAL_FULL_MARKS: i64 = 100;

/// What is being read.
pub(super) struct Reading<'a> {
    bundle: Bundle<'a>,
    allowance: Allowance,
    pub(super) errors: Errors,
    pub(super) wanted: Wanted,
    /// Sessions that are terms.
    terms: Ids,
    sessions: HashMap<String, Session>,
    subjects: Ids,
    catalogue: HashMap<String, Catalogue>,
    /// Where students of a OneRoster class go.
    classes: Ids,
    /// Courses by the id of their OneRoster class.
    pub(super) courses: Ids,
    /// Homerooms of ours that a course was attached to: its own list of students says nothing new.
    attached: HashSet<String>,
    pub(super) people: Ids,
    /// People that are passed over.
    strangers: HashSet<String>,
}

struct Session {
    title: String,
    kind: String,
    starts_on: String,
    ends_on: String,
    parent: String,
    school_year: String,
    weight: Weight,
    open: bool,
}

struct Catalogue {
    place: Place,
    title: String,
    code: String,
    grades: String,
    name_zh: Option<String>,
    name_en: Option<String>,
    full_marks: Option<gradebook_domain::Points>,
    position: Option<i64>,
}

/// Reads all files that matter.
pub(super) fn read(bytes: &[u8]) -> Result<(Wanted, Errors), OneRosterError> {
    let mut reading = Reading {
        bundle: Bundle::open(bytes)?,
        allowance: Allowance::default(),
        errors: Errors::default(),
        wanted: Wanted::default(),
        terms: Ids::new(),
        sessions: HashMap::new(),
        subjects: Ids::new(),
        catalogue: HashMap::new(),
        classes: Ids::new(),
        courses: Ids::new(),
        attached: HashSet::new(),
        people: Ids::new(),
        strangers: HashSet::new(),
    };
    reading.manifest()?;
    reading.sessions()?;
    reading.catalogue()?;
    reading.classes()?;
    reading.people()?;
    reading.enrolments()?;
    grades::read(&mut reading)?;
    Ok((reading.wanted, reading.errors))
}

impl Reading<'_> {
    /// A manifest that is there must not speak of changes only.
    fn manifest(&mut self) -> Result<(), OneRosterError> {
        let Some(text) = self.bundle.text("manifest")? else {
            return Ok(());
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for row in reader.records().map_while(Result::ok) {
            let name = row.get(0).unwrap_or_default().trim();
            let how = row.get(1).unwrap_or_default().trim();
            if let Some(file) = name.strip_prefix("file.")
                && how.eq_ignore_ascii_case("delta")
            {
                return Err(OneRosterError::Delta(file.to_owned()));
            }
        }
        Ok(())
    }

    /// Calls `each` for the rows of a file, if it is there.
    pub(super) fn rows(
        &mut self,
        file: File,
        needed: bool,
        mut each: impl FnMut(&mut Self, &Fields<'_>, &mut Errors),
    ) -> Result<(), OneRosterError> {
        let Some(text) = self.bundle.text(file.name)? else {
            return if needed {
                Err(OneRosterError::MissingFile(format!("{}.csv", file.name)))
            } else {
                Ok(())
            };
        };
        // Taken out so that `each` may change the rest.
        let mut errors = std::mem::take(&mut self.errors);
        let mut allowance = std::mem::take(&mut self.allowance);
        let done = each_row(
            file,
            &text,
            &mut allowance,
            &mut errors,
            |fields, errors| {
                each(self, fields, errors);
            },
        );
        self.errors = errors;
        self.allowance = allowance;
        done
    }

    fn sessions(&mut self) -> Result<(), OneRosterError> {
        let mut order: Vec<String> = Vec::new();
        self.rows(ACADEMIC_SESSIONS, true, |reading, fields, errors| {
            let (Some(id), Some(title), Some(starts_on), Some(ends_on)) = (
                fields.need("sourcedId", 255, errors),
                fields.need("title", 64, errors),
                fields.day("startDate", errors),
                fields.day("endDate", errors),
            ) else {
                return;
            };
            if starts_on > ends_on {
                let detail = "it ends before it begins";
                errors.add(fields.place, "endDate", &ends_on, "invalid_date", detail);
                return;
            }
            let weight = weight(fields, "metadata.gradebook.weight", errors);
            let session = Session {
                title,
                kind: fields.get("type").to_ascii_lowercase(),
                starts_on,
                ends_on,
                parent: fields.get("parentSourcedId").to_owned(),
                school_year: fields.get("schoolYear").to_owned(),
                weight: weight.unwrap_or(Weight::HUNDRED),
                open: fields.get("metadata.gradebook.state") != "closed",
            };
            if reading.sessions.insert(id.clone(), session).is_some() {
                twice(fields, &id, errors);
            } else {
                order.push(id);
            }
        })?;
        for id in order {
            let is_term = self
                .sessions
                .get(&id)
                .is_some_and(|session| matches!(session.kind.as_str(), "term" | "semester"));
            if is_term {
                self.term(&id);
            }
        }
        Ok(())
    }

    /// The term that a session becomes.
    fn term(&mut self, id: &str) -> Option<usize> {
        if let Some(known) = self.terms.get(id) {
            return Some(*known);
        }
        let session = self.sessions.get(id)?;
        let term = WantedTerm {
            school_year: self.school_year(id)?,
            name: session.title.clone(),
            starts_on: session.starts_on.clone(),
            ends_on: session.ends_on.clone(),
            weight: session.weight,
            open: session.open,
        };
        let terms = &mut self.wanted.terms;
        let same =
            |one: &WantedTerm| (&one.school_year, &one.name) == (&term.school_year, &term.name);
        let at = terms.iter().position(same).unwrap_or_else(|| {
            terms.push(term);
            terms.len() - 1
        });
        self.terms.insert(id.to_owned(), at);
        Some(at)
    }

    /// The school year of a session: that above it, or the one in which it ends.
    fn school_year(&self, id: &str) -> Option<String> {
        let mut session = self.sessions.get(id)?;
        for _ in 0..8 {
            if session.kind == "schoolyear" {
                return Some(session.title.chars().take(32).collect());
            }
            match self.sessions.get(&session.parent) {
                Some(parent) => session = parent,
                None => break,
            }
        }
        let ends: i16 = session
            .school_year
            .parse()
            .ok()
            .or_else(|| session.ends_on.get(..4)?.parse().ok())?;
        Some(format!("{}-{ends}", ends - 1))
    }

    fn catalogue(&mut self) -> Result<(), OneRosterError> {
        self.rows(COURSES, true, |reading, fields, errors| {
            let (Some(id), Some(title)) = (
                fields.need("sourcedId", 255, errors),
                fields.need("title", 128, errors),
            ) else {
                return;
            };
            let course = Catalogue {
                place: fields.place,
                title,
                code: fields.may("courseCode", 64, errors).unwrap_or_default(),
                grades: fields.get("grades").to_owned(),
                name_zh: fields.may("metadata.gradebook.nameZh", 64, errors),
                name_en: fields.may("metadata.gradebook.nameEn", 64, errors),
                full_marks: fields.points("metadata.gradebook.fullMarks", errors),
                position: fields.one_of("metadata.gradebook.position", errors),
            };
            // Our subjects are there whether or not anybody is taught in them.
            let is_subject = course.name_zh.is_some();
            if reading.catalogue.insert(id.clone(), course).is_some() {
                twice(fields, &id, errors);
            } else if is_subject {
                reading.subject(&id, errors);
            }
        })
    }

    /// The subject that a course of the catalogue becomes.
    fn subject(&mut self, id: &str, errors: &mut Errors) -> Option<usize> {
        if let Some(known) = self.subjects.get(id) {
            return Some(*known);
        }
        let course = self.catalogue.get(id)?;
        if course.name_en.is_none() && course.title.chars().count() > 64 {
            let detail = "the name of a subject has at most 64 characters";
            errors.add(course.place, "title", &course.title, "too_long", detail);
            return None;
        }
        let words: Vec<String> = course
            .title
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let code = if course.code.is_empty() {
            words.join("-")
        } else {
            course.code.clone()
        };
        let named = |name: &Option<String>| name.clone().unwrap_or_else(|| course.title.clone());
        let usual = gradebook_domain::Points::from_whole(USUAL_FULL_MARKS).unwrap_or_default();
        let subject = WantedSubject {
            name_zh: named(&course.name_zh),
            name_en: named(&course.name_en),
            full_marks: course.full_marks.unwrap_or(usual),
            position: course.position,
            code,
        };
        let subjects = &mut self.wanted.subjects;
        let same = |one: &WantedSubject| one.code == subject.code;
        let at = subjects.iter().position(same).unwrap_or_else(|| {
            subjects.push(subject);
            subjects.len() - 1
        });
        self.subjects.insert(id.to_owned(), at);
        Some(at)
    }
}

/// A weight in percent, if there is one.
pub(super) fn weight(fields: &Fields<'_>, column: &str, errors: &mut Errors) -> Option<Weight> {
    let points = fields.points(column, errors)?;
    let weight = Weight::from_ten_thousandths(points.ten_thousandths());
    if weight.is_none() {
        let detail = "a weight is not negative";
        errors.add(fields.place, column, fields.get(column), "negative", detail);
    }
    weight
}

pub(super) fn twice(fields: &Fields<'_>, id: &str, errors: &mut Errors) {
    let detail = "an earlier row of this file has the same sourcedId";
    errors.add(fields.place, "sourcedId", id, "duplicate_id", detail);
}
