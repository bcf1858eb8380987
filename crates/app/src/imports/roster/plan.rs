//! What becomes of each row of a roster.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::Role;
use gradebook_domain::UserId;
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::query::roster::Enrolment;
use gradebook_persistence::repo::people::User;

use super::super::NotInFile;
use super::super::error::Errors;
use super::super::outcome::{Fingerprint, Outcome, RowChange, Rows};
use super::facts::Facts;
use super::order::{ImportRoster, day_before};
use super::sheet::{ClassKey, Roster, Row};
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
struct Refusal {
    column: String,
    value: String,
    code: &'static str,
    detail: String,
}

/// What one row does.
#[derive(Default)]
struct Deed {
    account: Option<String>,
    rename: Option<User>,
    ends: Vec<(Enrolment, String)>,
    joins: Option<String>,
    changes: Vec<RowChange>,
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
            RowChange::Renamed { .. } | RowChange::Leaves { .. } => Outcome::Changed,
        };
        rows.mark(row.line, outcome);
        rows.tell(row.line, change);
    }
    plan.accounts.extend(deed.account.map(|key| (place, key)));
    plan.renames
        .extend(deed.rename.map(|user| (user, row.name.clone())));
    plan.moved += usize::from(!deed.ends.is_empty());
    plan.ends.extend(deed.ends);
    if let (Some(class), Some(day)) = (row.class, deed.joins) {
        if facts.classes.get(class).is_none_or(Option::is_none) {
            plan.classes.insert(class);
        }
        plan.joins.push((place, class, day));
    }
}

struct Judge<'a> {
    roster: &'a Roster,
    facts: &'a Facts,
    order: &'a ImportRoster,
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
            let detail = format!("there is no class {} in {}", words_of(key), key.school_year);
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

    /// From which day on somebody who joins a class belongs to it.
    fn first_day(&self, row: &Row, school_year: &str) -> String {
        let today = &self.facts.today;
        row.first_day.clone().unwrap_or_else(|| {
            let begins = self.facts.first_days.get(school_year);
            begins.unwrap_or(today).max(today).clone()
        })
    }

    fn membership(
        &self,
        row: &Row,
        student: Option<UserId>,
        (key, class): (&ClassKey, Option<&Class>),
        deed: &mut Deed,
    ) -> Result<(), Refusal> {
        let day = self.first_day(row, &key.school_year);
        let from = day.as_str().max(self.facts.today.as_str());
        let none = Vec::new();
        let all = student.and_then(|id| self.facts.enrolments.get(&id));
        let all = all.unwrap_or(&none);
        let here = |one: &Enrolment| class.is_some_and(|class| class.id == one.class);
        if all.iter().any(|(one, _)| here(one) && holds(one, from)) {
            return Ok(());
        }
        let titles = &self.roster.titles;
        if let Some((there, _)) = all.iter().find(|(one, _)| here(one) && holds(one, &day)) {
            let last = there.dates.ends_on.as_deref().unwrap_or_default();
            let detail = format!("was in this class until {last}: state a first day after it");
            return Err(refusal(&titles.first_day, &day, "already_enrolled", detail));
        }
        let others = all.iter().filter(|(one, of)| {
            let same_year = of.school_year == key.school_year && holds(one, from);
            let earlier = of.school_year < key.school_year && one.dates.ends_on.is_none();
            !here(one) && (same_year || earlier)
        });
        let others: Vec<&(Enrolment, Class)> = others.collect();
        self.leave(row, &others, all, &day, deed, key)?;
        deed.changes.push(RowChange::Joins {
            class: words_of(key),
            school_year: key.school_year.clone(),
            first_day: day.clone(),
        });
        deed.joins = Some(day);
        Ok(())
    }

    /// Ends the memberships of other classes on the day before.
    fn leave(
        &self,
        row: &Row,
        others: &[&(Enrolment, Class)],
        all: &[(Enrolment, Class)],
        day: &str,
        deed: &mut Deed,
        key: &ClassKey,
    ) -> Result<(), Refusal> {
        let titles = &self.roster.titles;
        let same_year = others
            .iter()
            .filter(|(_, of)| of.school_year == key.school_year);
        if same_year.count() > 1 {
            let names: Vec<String> = others.iter().map(|(_, of)| name_of(of)).collect();
            let detail = format!(
                "is in several classes: {}; end all but one",
                names.join(", ")
            );
            let shown = row.number.as_deref().unwrap_or_default();
            return Err(refusal(&titles.number, shown, "in_several_classes", detail));
        }
        for (one, of) in others {
            let since = &one.dates.starts_on;
            let last_day = day_before(day).filter(|last| last >= since);
            let Some(last_day) = last_day else {
                let detail = format!(
                    "is in {} from {since} on: a move begins on a later day",
                    name_of(of)
                );
                return Err(refusal(&titles.first_day, day, "before_enrolment", detail));
            };
            if let Some(term) = self.lost_term(one, all, &last_day) {
                let detail = format!(
                    "has scores in {} in the term that begins on {term}: a move begins after that day",
                    name_of(of)
                );
                return Err(refusal(&titles.first_day, day, "has_scores", detail));
            }
            deed.changes.push(RowChange::Leaves {
                class: name_of(of),
                school_year: of.school_year.clone(),
                last_day: last_day.clone(),
            });
            deed.ends.push((one.clone(), last_day));
        }
        Ok(())
    }

    /// The first day of a term with scores in the class that the student would not have been there
    /// in.
    fn lost_term(
        &self,
        of: &Enrolment,
        all: &[(Enrolment, Class)],
        last_day: &str,
    ) -> Option<&str> {
        let terms = self.facts.scored.get(&(of.class, of.student.id))?;
        let lost = terms.iter().find(|(first, last)| {
            !all.iter()
                .filter(|(one, _)| one.class == of.class)
                .any(|(one, _)| {
                    let ends_on = match one.id == of.id {
                        true => Some(last_day),
                        false => one.dates.ends_on.as_deref(),
                    };
                    one.dates.starts_on <= *last && ends_on.is_none_or(|day| day >= first.as_str())
                })
        });
        lost.map(|(first, _)| first.as_str())
    }
}

/// Whether an enrolment has not ended before `day`.
fn holds(enrolment: &Enrolment, day: &str) -> bool {
    let last = enrolment.dates.ends_on.as_deref();
    last.is_none_or(|last| last >= day)
}

fn rename(user: &User, row: &Row, deed: &mut Deed) {
    if user.name != row.name {
        deed.changes.push(RowChange::Renamed {
            from: user.name.clone(),
            to: row.name.clone(),
        });
        deed.rename = Some(user.clone());
    }
}

fn refusal(column: &str, value: &str, code: &'static str, detail: impl Into<String>) -> Refusal {
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

fn words_of(key: &ClassKey) -> String {
    format!("{} {}", key.grade_level, key.name)
}

fn name_of(class: &Class) -> String {
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
        self.accounts.is_empty() && self.renames.is_empty() && self.joins.is_empty()
    }

    /// Puts what is written where into the plan's number.
    pub(super) fn sign(&self, print: &mut Fingerprint, facts: &Facts) {
        print.places(self.classes.iter().copied());
        print.places(self.accounts.iter().map(|(place, _)| *place));
        for (user, name) in &self.renames {
            print.number(user.id.0);
            print.text(&user.name);
            print.text(name);
        }
        print.text("end");
        for (one, last_day) in &self.ends {
            print.number(one.id.0);
            print.text(last_day);
        }
        print.text("end");
        for (place, class, day) in &self.joins {
            print.places([*place]);
            let class = facts.classes.get(*class).and_then(Option::as_ref);
            print.optional(class.map(|class| class.id.0));
            print.text(day);
        }
    }
}
