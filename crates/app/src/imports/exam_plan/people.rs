//! Classes and pupils of an exam's file.

use std::collections::{BTreeSet, HashSet};

use super::Planning;
use crate::imports::doubt;
use crate::imports::new_number;
use crate::imports::outcome::Outcome;
use crate::imports::sheet::Row;
use crate::username::new_username_key;

impl Planning<'_> {
    /// An unknown class is counted once, on the line of its first student.
    pub(super) fn classes(&mut self, kept: &[(usize, &Row)]) {
        let mut named = BTreeSet::new();
        for (_, row) in kept {
            let Some(place) = row.class else { continue };
            let Some((key, _)) = self.sheet.classes.get(place) else {
                continue;
            };
            if self.found.classes.get(place).copied().flatten().is_some() {
                continue;
            }
            let first = named.insert(place);
            if self.order.create_missing {
                if first {
                    self.plan.classes.push(place);
                }
                continue;
            }
            let (year, level, name) = (&self.order.school_year, &key.grade_level, &key.name);
            let detail = format!("there is no class {level} {name} in {year}");
            let title = self.sheet.header.class.map_or(0, |(_, class)| class);
            let title = self.sheet.header.title(title);
            // All its lines: one that stayed would ask for the class again.
            for (nth, line) in row.kept_lines(&self.without).enumerate() {
                let column = (line, title);
                if first && nth == 0 {
                    self.errors
                        .add(column, name, "unknown_class", detail.as_str());
                } else {
                    self.errors.repeat(column, name, "unknown_class", &detail);
                }
            }
        }
        self.plan.classes.sort_unstable();
    }

    pub(super) fn people(&mut self, kept: &[(usize, &Row)]) {
        let mut new_usernames: HashSet<String> = HashSet::new();
        let title = self.sheet.header.title(self.sheet.header.number);
        let by_enrolment = self.sheet.is_without_classes();
        for (place, row) in kept {
            let mut refuse_as = |value: &str, code, detail: &str| {
                self.errors.add((row.line(), title), value, code, detail);
                for line in row.lines.iter().skip(1) {
                    self.errors.repeat((*line, title), value, code, detail);
                }
            };
            let mut refuse = |code, detail: &str| refuse_as(&row.number, code, detail);
            let student = self.found.students.get(*place).copied().flatten();
            let class = row
                .class
                .and_then(|class| self.found.classes.get(class).copied().flatten());
            let Some(student) = student else {
                if !self.order.create_missing {
                    refuse("unknown_student", "there is no student with this number");
                    continue;
                }
                if by_enrolment {
                    let detail = "there is no student with this number; to create one, the file \
                                  needs the columns 年级 and 班级";
                    refuse("unknown_student", detail);
                    continue;
                }
                let near = self.found.near.get(&row.number);
                if let Err(not_new) = new_number::check(&row.number, near) {
                    refuse_as(&not_new.value, not_new.code, &not_new.detail);
                    continue;
                }
                match new_username_key(&row.number) {
                    Err(error) => refuse("invalid_student_number", &error.to_string()),
                    Ok(key) if self.found.taken_usernames.contains(&key) => {
                        refuse(
                            "username_taken",
                            "somebody else has this number as username",
                        );
                    }
                    Ok(key) => {
                        if new_usernames.insert(key) {
                            self.plan.students.push(*place);
                            self.plan.enrolments.push(*place);
                            self.begins(row);
                        } else {
                            refuse("username_taken", "another row has nearly the same number");
                        }
                    }
                }
                continue;
            };
            if let Some(on_roll) = self.found.names.get(&row.number)
                && let Some(line) = doubt::line_in_doubt(self.sheet, row, &self.without, on_roll)
            {
                self.rows.doubt(line, on_roll);
            }
            if by_enrolment {
                match (row.class, self.found.in_several.contains(&student)) {
                    (_, true) => refuse(
                        "ambiguous_class",
                        "the student was in several classes; add the columns 年级 and 班级",
                    ),
                    (None, false) => refuse(
                        "not_enrolled",
                        "the student is in no class of this school year",
                    ),
                    (Some(_), false) => {}
                }
                continue;
            }
            let member = class.is_some_and(|class| self.found.members.contains(&(class, student)));
            if member {
                continue;
            }
            if self.order.create_missing {
                self.plan.enrolments.push(*place);
                self.begins(row);
            } else if class.is_some() {
                refuse("not_enrolled", "the student is not in this class");
            }
        }
    }

    /// Something begins for a student with the first line that is imported.
    fn begins(&mut self, row: &Row) {
        if let Some(line) = row.kept_lines(&self.without).next() {
            self.rows.mark(line, Outcome::New);
        }
    }
}
