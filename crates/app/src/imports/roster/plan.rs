//! What becomes of each row of a roster.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::Role;
use gradebook_domain::ClassId;
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::query::roster::Enrolment;
use gradebook_persistence::repo::people::User;

use super::super::NotInFile;
use super::super::doubt::is_same_name;
use super::super::error::Errors;
use super::super::new_number;
use super::super::outcome::{Fingerprint, Outcome, RowChange, Rows};
use super::facts::Facts;
use super::order::ImportRoster;
use super::sheet::{Roster, Row};
use crate::username::{new_username_key, username_key};

/// Pupils of the file's classes that the file does not name, at most.
const MOST_NOT_IN_FILE: usize = 1_000;

/// What is to be written. Places are those of the roster's rows and classes.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Classes to create.
    pub(super) classes: BTreeSet<usize>,
    /// Rows whose account is created, with the form by which its username is compared.
    pub(super) accounts: Vec<(usize, String)>,
    /// Accounts with their new names.
    pub(super) renames: Vec<(User, String)>,
    /// Enrolments that end, with their last day.
    pub(super) ends: Vec<(Enrolment, String)>,
    /// Enrolments that become ones of a row's class, from which day on: those of a class in which the
    /// student never was.
    pub(super) instead: Vec<(Enrolment, usize, String)>,
    /// Rows whose student joins a class, from which day on.
    pub(super) joins: Vec<(usize, usize, String)>,
    /// How many students go from one class to another.
    pub(super) moved: usize,
}

/// A plan with what is told of it.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) rows: Rows,
    pub(super) errors: Errors,
    pub(super) not_in_file: Vec<NotInFile>,
    pub(super) not_in_file_total: usize,
}

/// Why a row is left out: in which column, what stands there, a stable name and words.
pub(super) struct Refusal {
    column: String,
    value: String,
    code: &'static str,
    detail: String,
}

/// What one row does.
#[derive(Default)]
pub(super) struct Deed {
    account: Option<String>,
    rename: Option<User>,
    pub(super) ends: Vec<(Enrolment, String)>,
    pub(super) joins: Option<String>,
    pub(super) instead: Option<(Enrolment, String)>,
    pub(super) changes: Vec<RowChange>,
}

/// Plans what a roster does to the school.
pub(super) fn plan(
    roster: &Roster,
    facts: &Facts,
    order: &ImportRoster,
    mut errors: Errors,
) -> Planned {
    let mut rows = Rows::default();
    for (line, (shown, name)) in &roster.named {
        rows.known(*line, shown, Some(name));
    }
    let mut plan = Plan::default();
    let judge = Judge {
        roster,
        facts,
        order,
    };
    for (place, row) in roster.rows.iter().enumerate() {
        let deed = match row.role {
            Role::Student => judge.student(row),
            Role::Teacher | Role::Admin => judge.teacher(row),
        };
        match deed {
            Ok(deed) => take(&mut plan, &mut rows, (place, row), deed, facts),
            Err(refusal) => errors.add(
                (row.line, &refusal.column),
                &refusal.value,
                refusal.code,
                refusal.detail,
            ),
        }
    }
    let (not_in_file, not_in_file_total) = not_in_file(roster, facts);
    Planned {
        plan,
        rows,
        errors,
        not_in_file,
        not_in_file_total,
    }
}

fn take(plan: &mut Plan, rows: &mut Rows, (place, row): (usize, &Row), deed: Deed, facts: &Facts) {
    for change in deed.changes {
        let outcome = match change {
            RowChange::Account { .. } | RowChange::Joins { .. } => Outcome::New,
            RowChange::StaysUntil { .. } => Outcome::Unchanged,
            RowChange::Renamed { .. }
            | RowChange::Leaves { .. }
            | RowChange::Instead { .. }
            | RowChange::NameDiffers { .. }
            | RowChange::Score { .. }
            | RowChange::MoreScores { .. } => Outcome::Changed,
        };
        rows.mark(row.line, outcome);
        rows.tell(row.line, change);
    }
    plan.accounts.extend(deed.account.map(|key| (place, key)));
    plan.renames
        .extend(deed.rename.map(|user| (user, row.name.clone())));
    plan.moved += usize::from(!deed.ends.is_empty() || deed.instead.is_some());
    plan.ends.extend(deed.ends);
    let Some(class) = row.class else {
        return;
    };
    let goes = deed.joins.is_some() || deed.instead.is_some();
    if goes && facts.classes.get(class).is_none_or(Option::is_none) {
        plan.classes.insert(class);
    }
    plan.joins.extend(deed.joins.map(|day| (place, class, day)));
    let instead = deed.instead.map(|(one, day)| (one, class, day));
    plan.instead.extend(instead);
}

pub(super) struct Judge<'a> {
    pub(super) roster: &'a Roster,
    pub(super) facts: &'a Facts,
    pub(super) order: &'a ImportRoster,
}

impl Judge<'_> {
    fn student(&self, row: &Row) -> Result<Deed, Refusal> {
        let titles = &self.roster.titles;
        let number = row.number.clone().unwrap_or_default();
        let mut deed = Deed::default();
        let known = self.facts.students.get(&number);
        match known {
            None => self.account(row, &mut deed)?,
            Some(user) => {
                self.usable(user, row)?;
                let same = |typed: &String| username_key(typed) == username_key(&user.username);
                if let Some(typed) = row.username.as_ref().filter(|typed| !same(typed)) {
                    let detail = format!(
                        "the account signs in as {}, and an import changes no username",
                        user.username
                    );
                    return Err(refusal(&titles.username, typed, "other_username", detail));
                }
                rename(user, row, &mut deed);
            }
        }
        let Some((place, key)) = row
            .class
            .and_then(|place| Some((place, self.roster.classes.get(place)?)))
        else {
            return Ok(deed);
        };
        let class = self.facts.classes.get(place).and_then(Option::as_ref);
        if class.is_none() && !self.order.create_missing {
            let detail = format!("there is no class {key} in {}", key.school_year);
            return Err(refusal(&titles.class, &key.name, "unknown_class", detail));
        }
        self.membership(row, known.map(|user| user.id), (key, class), &mut deed)?;
        Ok(deed)
    }

    fn teacher(&self, row: &Row) -> Result<Deed, Refusal> {
        let mut deed = Deed::default();
        let key = username_key(row.sign_in_name()).unwrap_or_default();
        match self.facts.usernames.get(&key) {
            None => self.account(row, &mut deed)?,
            Some(user) if user.role == Role::Teacher => {
                self.usable(user, row)?;
                rename(user, row, &mut deed);
            }
            Some(user) => {
                let detail = format!("this is the username of {}", one_of(user.role));
                let column = &self.roster.titles.username;
                return Err(refusal(
                    column,
                    row.sign_in_name(),
                    "username_taken",
                    detail,
                ));
            }
        }
        Ok(deed)
    }

    /// An account for somebody who has none.
    fn account(&self, row: &Row, deed: &mut Deed) -> Result<(), Refusal> {
        let column = match row.username {
            Some(_) => &self.roster.titles.username,
            None => &self.roster.titles.number,
        };
        let username = row.sign_in_name();
        if let Some(number) = &row.number {
            let not_new = new_number::check(number, self.facts.near.get(number));
            let column = &self.roster.titles.number;
            not_new.map_err(|why| refusal(column, &why.value, why.code, why.detail))?;
        }
        new_number::check(username, None)
            .map_err(|why| refusal(column, &why.value, why.code, why.detail))?;
        let key = new_username_key(username)
            .map_err(|error| refusal(column, username, "invalid_username", error.to_string()))?;
        if let Some(holder) = self.facts.usernames.get(&key) {
            let detail = format!("this is the username of {}", one_of(holder.role));
            return Err(refusal(column, username, "username_taken", detail));
        }
        deed.account = Some(key);
        deed.changes.push(RowChange::Account {
            username: username.to_owned(),
        });
        Ok(())
    }

    fn usable(&self, user: &User, row: &Row) -> Result<(), Refusal> {
        if user.enabled {
            return Ok(());
        }
        let detail = "the account is disabled; enable it before, or leave the row out";
        let titles = &self.roster.titles;
        let column = match row.role {
            Role::Student => &titles.number,
            Role::Teacher | Role::Admin => &titles.username,
        };
        let shown = row.number.as_deref().unwrap_or(row.sign_in_name());
        Err(refusal(column, shown, "disabled_account", detail))
    }
}

fn rename(user: &User, row: &Row, deed: &mut Deed) {
    if !is_same_name(&user.name, &row.name) {
        deed.changes.push(RowChange::Renamed {
            from: user.name.clone(),
            to: row.name.clone(),
        });
        deed.rename = Some(user.clone());
    }
}

pub(super) fn refusal(
    column: &str,
    value: &str,
    code: &'static str,
    detail: impl Into<String>,
) -> Refusal {
    Refusal {
        column: column.to_owned(),
        value: value.to_owned(),
        code,
        detail: detail.into(),
    }
}

const fn one_of(role: Role) -> &'static str {
    match role {
        Role::Student => "another student",
        Role::Teacher => "a teacher",
        Role::Admin => "an admin",
    }
}

pub(super) fn name_of(class: &Class) -> String {
    format!("{} {}", class.grade_level, class.name)
}

/// Who is in a class of the file and not in the file.
fn not_in_file(roster: &Roster, facts: &Facts) -> (Vec<NotInFile>, usize) {
    let classes: HashMap<_, _> = facts
        .classes
        .iter()
        .flatten()
        .map(|class| (class.id, class))
        .collect();
    let mut seen = HashSet::new();
    let mut listed = Vec::new();
    let mut total = 0;
    for (class, student) in &facts.members {
        if roster.numbers.contains(&student.student_number) || !seen.insert((*class, student.id)) {
            continue;
        }
        total += 1;
        if let Some(class) = classes
            .get(class)
            .filter(|_| listed.len() < MOST_NOT_IN_FILE)
        {
            listed.push(NotInFile {
                class: class.id,
                class_name: name_of(class),
                student_number: student.student_number.clone(),
                name: student.name.clone(),
            });
        }
    }
    (listed, total)
}

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        self.accounts.is_empty()
            && self.renames.is_empty()
            && self.joins.is_empty()
            && self.instead.is_empty()
    }

    /// The classes that somebody leaves.
    pub(super) fn left(&self) -> BTreeSet<ClassId> {
        let ended = self.ends.iter().map(|(one, _)| one.class);
        let instead = self.instead.iter().map(|(one, ..)| one.class);
        ended.chain(instead).collect()
    }

    /// Puts what is written where into the plan's number.
    pub(super) fn sign(&self, print: &mut Fingerprint, roster: &Roster, facts: &Facts) {
        let joined = |print: &mut Fingerprint, place: usize| {
            print.places([place]);
            let class = facts.classes.get(place).and_then(Option::as_ref);
            print.optional(class.map(|class| class.id.0));
        };
        print.places(self.classes.iter().copied());
        print.places(self.accounts.iter().map(|(place, _)| *place));
        for (user, name) in &self.renames {
            print.number(user.id.0);
            print.text(&user.name);
            print.text(name);
        }
        print.text("end");
        for (one, last_day) in &self.ends {
            sign_enrolment(print, one);
            print.text(last_day);
        }
        print.text("end");
        for (one, class, day) in &self.instead {
            sign_enrolment(print, one);
            joined(print, *class);
            print.text(day);
        }
        print.text("end");
        for (place, class, day) in &self.joins {
            print.places([*place]);
            let number = roster.rows.get(*place).and_then(|row| row.number.as_ref());
            let student = number.and_then(|number| facts.students.get(number));
            print.optional(student.map(|user| user.id.0));
            joined(print, *class);
            print.text(day);
        }
    }
}

fn sign_enrolment(print: &mut Fingerprint, one: &Enrolment) {
    print.number(one.id.0);
    print.number(one.class.0);
    print.number(one.student.id.0);
    print.text(&one.dates.starts_on);
    print.text(one.dates.ends_on.as_deref().unwrap_or_default());
}
