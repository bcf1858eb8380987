//! Doing what the plan of a roster says, in one transaction.

use std::collections::HashMap;

use gradebook_auth::actions::{ManagePeople, ManageSetup, School};
use gradebook_auth::{Role, authorize};
use gradebook_domain::{ClassId, UserId};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::roster::Enrolment;
use gradebook_persistence::repo::people::{self, NewUser};
use gradebook_persistence::repo::school::{self, NewClass};
use gradebook_persistence::repo::the_school::the_school;

use super::super::error::ImportError;
use super::super::exam_write::run_again;
use super::super::{Phase, Report};
use super::facts::Facts;
use super::plan::Plan;
use super::sheet::Roster;

/// Writes a plan and returns the file's classes, in its order.
pub(super) async fn write(
    (tx, stamp): (&Tx, &Stamp<'_>),
    roster: &Roster,
    facts: &Facts,
    plan: &Plan,
    report: Report<'_>,
) -> Result<Vec<ClassId>, ImportError> {
    let setup = authorize::<ManageSetup>(stamp.actor, School)?;
    let people_grant = authorize::<ManagePeople>(stamp.actor, School)?;
    let total = plan.accounts.len() + plan.joins.len();
    report.progress(Phase::Students, 0, total);

    let new: Vec<(usize, NewClass)> = plan
        .classes
        .iter()
        .filter_map(|place| {
            let key = roster.classes.get(*place)?;
            let class = NewClass {
                school_year: key.school_year.clone(),
                grade_level: key.grade_level.clone(),
                name: key.name.clone(),
            };
            Some((*place, class))
        })
        .collect();
    let to_create: Vec<NewClass> = new.iter().map(|(_, class)| class.clone()).collect();
    let created = school::create_classes(tx, &setup, stamp, &to_create)
        .await
        .map_err(run_again)?;
    let mut classes: Vec<Option<ClassId>> = facts
        .classes
        .iter()
        .map(|class| class.as_ref().map(|class| class.id))
        .collect();
    for (place, class) in &new {
        if let Some(gap) = classes.get_mut(*place) {
            *gap = created.get(class).copied();
        }
    }

    let home = the_school(tx).await?;
    let accounts: Vec<NewUser> = plan
        .accounts
        .iter()
        .filter_map(|(place, key)| {
            let row = roster.rows.get(*place)?;
            Some(NewUser {
                username: row.sign_in_name().to_owned(),
                username_key: key.clone(),
                name: row.name.clone(),
                role: row.role,
                student_number: row.number.clone().filter(|_| row.role == Role::Student),
                password_hash: None,
                password_change_required: true,
                locale: home.locale_of_accounts().to_owned(),
            })
        })
        .collect();
    let ids: HashMap<String, UserId> = people::create(tx, &people_grant, stamp, &accounts)
        .await
        .map_err(run_again)?
        .into_iter()
        .collect();
    let by_place: HashMap<usize, UserId> = plan
        .accounts
        .iter()
        .filter_map(|(place, key)| Some((*place, *ids.get(key)?)))
        .collect();
    report.progress(Phase::Students, plan.accounts.len(), total);

    people::rename_all(tx, &people_grant, stamp, &plan.renames).await?;
    school::end_each(tx, &people_grant, stamp, &plan.ends).await?;
    let instead: Vec<(Enrolment, ClassId, &str)> = plan
        .instead
        .iter()
        .filter_map(|(one, class, day)| Some((one.clone(), (*classes.get(*class)?)?, day.as_str())))
        .collect();
    school::put_in_class_instead(tx, &people_grant, stamp, &instead)
        .await
        .map_err(run_again)?;
    let members: Vec<(ClassId, UserId, &str)> = plan
        .joins
        .iter()
        .filter_map(|(place, class, day)| {
            let row = roster.rows.get(*place)?;
            let known = row
                .number
                .as_ref()
                .and_then(|number| facts.students.get(number));
            let student = match known {
                Some(user) => user.id,
                None => *by_place.get(place)?,
            };
            Some(((*classes.get(*class)?)?, student, day.as_str()))
        })
        .collect();
    school::enrol_each(tx, &people_grant, stamp, &members)
        .await
        .map_err(run_again)?;
    report.progress(Phase::Students, total, total);
    Ok(classes.into_iter().flatten().collect())
}
