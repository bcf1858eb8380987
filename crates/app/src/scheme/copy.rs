//! Copying how a course counts to other courses.

use std::collections::HashMap;

use aws_lc_rs::digest::{self, SHA256};
use gradebook_auth::actions::SeeGradebook;
use gradebook_auth::{Actor, Grant, authorize};
use gradebook_domain::{AssessmentId, AssessmentState, CategoryId, CourseId, Points, Weight};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::{ChangeKind, Stamp};
use gradebook_persistence::query::access;
use gradebook_persistence::query::courses::Course;
use gradebook_persistence::query::gradebook::{self, Category, Gradebook};
use gradebook_persistence::repo::scheme::{self, CategoryFields, CategoryWrite, PolicyFields};

use super::category::{deletion, fields, with};
use super::consequence::{Consequence, students_affected};
use super::course::policy_of;
use super::detail::{detail, of_category, of_policy, place};
use super::moving::moved_detail;
use super::places::changed_places;
use super::{EditSchemeError, Editing, MOST_CATEGORIES, SchemeFault, others};
use crate::App;

/// What is copied, and to where.
#[derive(Debug, Clone, Default)]
pub struct CopyScheme {
    /// The courses that are to count like this one.
    pub to: Vec<CourseId>,
    /// Whether the categories are copied: names, weights, how they are put together, drops, order.
    pub categories: bool,
    /// Whether the policy is copied: absences, letters, what is shown of the class.
    pub policy: bool,
    /// The category, by name, into which the assessments of categories go that the copied scheme does
    /// not have; without one such categories stay, unless they are empty.
    pub rest_into: Option<String>,
    /// Why; needed when students have seen what changes.
    pub reason: Option<String>,
    /// Only say what would change.
    pub dry_run: bool,
    /// The plan that was looked at ([`CopiedSchemes::plan_hash`]): no other one is carried out. Without it
    /// whatever is to be done is done.
    pub agreed: Option<String>,
}

/// What copying does, or would do.
#[derive(Debug, Clone)]
pub struct CopiedSchemes {
    /// What is done in which course, in one number.
    pub plan_hash: String,
    /// The courses, in the order in which they were named.
    pub courses: Vec<CopiedScheme>,
}

/// What copying does to a course.
#[derive(Debug, Clone)]
pub struct CopiedScheme {
    /// The course.
    pub course: Course,
    /// Categories that it did not have.
    pub added: Vec<String>,
    /// Categories that count differently from now on.
    pub changed: Vec<String>,
    /// Categories that go.
    pub removed: Vec<String>,
    /// Categories that only this course has and that stay, since they hold assessments.
    pub kept: Vec<String>,
    /// Whether its categories get another order.
    pub reordered: bool,
    /// How many assessments move to another category.
    pub moved: usize,
    /// Whether its policy becomes another.
    pub policy: bool,
    /// What the weights of its categories add up to afterwards.
    pub weights: Points,
    /// What students see of it.
    pub consequence: Consequence,
}

impl CopiedScheme {
    /// Whether anything changes.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.policy
            || self.reordered
            || !(self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty())
    }
}

/// What is copied, as it stands.
struct Original {
    categories: Vec<CategoryFields>,
    policy: PolicyFields,
}

/// What is to be done in one course.
#[derive(Debug)]
struct Plan {
    report: CopiedScheme,
    writes: Vec<CategoryWrite>,
    moved: Vec<AssessmentId>,
    gone: Vec<CategoryId>,
    policy: Option<String>,
}

impl App {
    /// Makes other courses count like this one. Categories are matched by name. What changes the totals
    /// that students have seen needs a reason; no locked assessment moves to another category.
    ///
    /// # Errors
    /// [`EditSchemeError`]; nothing is changed then.
    pub async fn copy_scheme(
        &self,
        actor: &Actor,
        from: CourseId,
        order: &CopyScheme,
    ) -> Result<CopiedSchemes, EditSchemeError> {
        others(from, &order.to)?;
        if order.to.is_empty() {
            return Err(EditSchemeError::Courses);
        }
        let stamp = Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        self.db
            .write(async |tx| {
                let editing = self.editing_all(tx, actor, &order.to).await?;
                // After the locks: whoever held one may have changed this course as well.
                let original = original(tx, actor, from).await?;
                let into = rest_into(&original, order)?;
                let plans: Vec<Plan> = editing
                    .iter()
                    .map(|one| plan(one, &original, order, into))
                    .collect::<Result<_, _>>()?;
                let plan_hash = plan_hash(&plans);
                let agreed = order.agreed.as_ref();
                if !order.dry_run && agreed.is_some_and(|agreed| *agreed != plan_hash) {
                    return Err(EditSchemeError::PlanChanged);
                }
                if !order.dry_run {
                    let all = plans.iter().map(|plan| plan.report.consequence);
                    let all = all.fold(Consequence::default(), Consequence::and);
                    let reason = all.allowed(order.reason.as_deref())?;
                    let stamp = &Stamp { reason, ..stamp };
                    write(tx, stamp, editing, &plans, (&original.policy, into)).await?;
                }
                Ok(CopiedSchemes {
                    plan_hash,
                    courses: plans.into_iter().map(|plan| plan.report).collect(),
                })
            })
            .await
    }
}

/// What is to be done, in one number. Only a plan of the same program compares equal, which is enough
/// for somebody who looks first: after an update the plan is shown once more.
fn plan_hash(plans: &[Plan]) -> String {
    let digest = digest::digest(&SHA256, format!("{plans:?}").as_bytes());
    let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    hex.collect()
}

async fn original(tx: &Tx, actor: &Actor, from: CourseId) -> Result<Original, EditSchemeError> {
    let facts = access::course(tx, actor, from).await?;
    let facts = facts.ok_or(EditSchemeError::NotFound)?;
    let may_see: Grant<SeeGradebook> = authorize::<SeeGradebook>(actor, facts)?;
    let book = gradebook::gradebook(tx, &may_see).await?;
    let book = book.ok_or(EditSchemeError::NotFound)?;
    Ok(Original {
        categories: book.categories.iter().map(fields).collect(),
        policy: policy_of(&book.course),
    })
}

fn rest_into<'a>(
    original: &Original,
    order: &'a CopyScheme,
) -> Result<Option<&'a str>, EditSchemeError> {
    let Some(name) = order.rest_into.as_deref().filter(|_| order.categories) else {
        return Ok(None);
    };
    let mut categories = original.categories.iter();
    if categories.any(|one| one.name == name) {
        Ok(Some(name))
    } else {
        Err(SchemeFault::Category.into())
    }
}

fn plan(
    editing: &Editing,
    original: &Original,
    order: &CopyScheme,
    into: Option<&str>,
) -> Result<Plan, EditSchemeError> {
    let book = &editing.book;
    let mut after = book.clone();
    let mut plan = Plan {
        report: CopiedScheme {
            course: book.course.clone(),
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            kept: Vec::new(),
            reordered: false,
            moved: 0,
            policy: false,
            weights: Points::ZERO,
            consequence: Consequence::default(),
        },
        writes: Vec::new(),
        moved: Vec::new(),
        gone: Vec::new(),
        policy: None,
    };
    if order.categories {
        after.categories = plan.categories(book, original, into)?;
        let target = into.and_then(|name| after.categories.iter().find(|one| one.name == name));
        let target = target.map(|one| one.scheme.id);
        for one in &mut after.assessments {
            if plan.moved.contains(&one.id) {
                one.category = target.unwrap_or(one.category);
            }
        }
    }
    if order.policy {
        plan.policy(book, &original.policy);
        after.course.absent = original.policy.absent;
        after.course.letters.clone_from(&original.policy.letters);
    }
    plan.report.weights = Weight::sum(after.categories.iter().map(|one| one.scheme.weight));
    plan.report.consequence = consequence(book, &after);
    Ok(plan)
}

impl Plan {
    /// The categories as they are to be, in their order; those that are new have ids that no other has.
    fn categories(
        &mut self,
        book: &Gradebook,
        original: &Original,
        into: Option<&str>,
    ) -> Result<Vec<Category>, EditSchemeError> {
        let mut after = Vec::new();
        for (new_id, wanted) in (1_i64..).zip(&original.categories) {
            let present = book.categories.iter().find(|one| one.name == wanted.name);
            let id = present.map_or(CategoryId(-new_id), |one| one.scheme.id);
            let before = present.map(fields);
            let log = match &before {
                None => {
                    self.report.added.push(wanted.name.clone());
                    let detail = detail(&wanted.name, None, Some(of_category(wanted)));
                    Some((ChangeKind::CategoryCreated, detail))
                }
                Some(before) if before != wanted => {
                    self.report.changed.push(wanted.name.clone());
                    let sides = (Some(of_category(before)), Some(of_category(wanted)));
                    let detail = detail(&wanted.name, sides.0, sides.1);
                    Some((ChangeKind::CategoryChanged, detail))
                }
                Some(_) => None,
            };
            self.write(book, wanted.clone(), log);
            after.push(with(wanted, id));
        }
        for extra in &book.categories {
            if original.categories.iter().any(|one| one.name == extra.name) {
                continue;
            }
            let own = book.assessments.iter();
            let own: Vec<_> = own.filter(|one| one.category == extra.scheme.id).collect();
            if own.is_empty() || into.is_some() {
                if own.iter().any(|one| one.state == AssessmentState::Locked) {
                    return Err(EditSchemeError::Locked);
                }
                self.moved.extend(own.iter().map(|one| one.id));
                self.gone.push(extra.scheme.id);
                self.report.removed.push(extra.name.clone());
            } else {
                self.report.kept.push(extra.name.clone());
                self.write(book, fields(extra), None);
                after.push(extra.clone());
            }
        }
        self.report.moved = self.moved.len();
        self.order(book, &after);
        if after.len() > MOST_CATEGORIES {
            return Err(EditSchemeError::Full);
        }
        Ok(after)
    }

    fn write(
        &mut self,
        book: &Gradebook,
        fields: CategoryFields,
        log: Option<(ChangeKind, String)>,
    ) {
        let position = i64::try_from(self.writes.len() + 1).unwrap_or(i64::MAX);
        self.writes.push(CategoryWrite {
            course: book.course.id,
            fields,
            position,
            log: log.into_iter().collect(),
        });
    }

    /// Puts on record which categories change places with others.
    fn order(&mut self, book: &Gradebook, after: &[Category]) {
        let ids = |all: &[Category]| all.iter().map(|one| one.scheme.id).collect::<Vec<_>>();
        for (from, to) in changed_places(&ids(&book.categories), &ids(after)) {
            self.report.reordered = true;
            let detail = place(&after[to].name, from + 1, to + 1);
            // There is a write for each category that is left, in the same order.
            self.writes[to]
                .log
                .push((ChangeKind::CategoryChanged, detail));
        }
    }

    fn policy(&mut self, book: &Gradebook, wanted: &PolicyFields) {
        let before = policy_of(&book.course);
        if before == *wanted {
            return;
        }
        let name = format!("{} {}", book.course.class.name, book.course.subject.code);
        let sides = (Some(of_policy(&before)), Some(of_policy(wanted)));
        self.policy = Some(detail(&name, sides.0, sides.1));
        self.report.policy = true;
    }
}

/// How many published and locked assessments count differently, and who sees it.
fn consequence(before: &Gradebook, after: &Gradebook) -> Consequence {
    let counts = |book: &Gradebook, id: CategoryId| {
        let mut categories = book.categories.iter();
        let found = categories.find(|one| one.scheme.id == id);
        found.map(|one| CategoryFields {
            name: String::new(),
            ..fields(one)
        })
    };
    let policy = |book: &Gradebook| (book.course.absent, book.course.letters.clone());
    let all = policy(before) != policy(after);
    let pairs = before.assessments.iter().zip(&after.assessments);
    let touched = pairs
        .filter(|(old, _)| old.state.visible_to_students())
        .filter(|(old, new)| {
            let moved = old.category != new.category;
            all || moved || counts(before, old.category) != counts(after, new.category)
        })
        .count();
    if touched == 0 {
        return Consequence::default();
    }
    Consequence {
        assessments: touched,
        students: students_affected(before, after),
    }
}

async fn write(
    tx: &Tx,
    stamp: &Stamp<'_>,
    editing: Vec<Editing>,
    plans: &[Plan],
    (policy, into): (&PolicyFields, Option<&str>),
) -> Result<(), EditSchemeError> {
    let (grants, books): (Vec<_>, Vec<_>) =
        editing.into_iter().map(|one| (one.grant, one.book)).unzip();
    let writes: Vec<CategoryWrite> = plans.iter().flat_map(|plan| plan.writes.clone()).collect();
    let ids: HashMap<(CourseId, String), CategoryId> =
        scheme::put_categories(tx, &grants, stamp, &writes).await?;
    let (mut moves, mut gone, mut policies) = (Vec::new(), Vec::new(), Vec::new());
    for (plan, book) in plans.iter().zip(&books) {
        let course = book.course.id;
        let target = into.and_then(|name| Some((name, *ids.get(&(course, name.to_owned()))?)));
        if let Some((name, target)) = target {
            let moving = book.assessments.iter();
            let moving = moving.filter(|one| plan.moved.contains(&one.id));
            moves.extend(moving.map(|one| {
                let detail = moved_detail(book, one, (target, name));
                (course, one.id, target, detail)
            }));
        }
        let deleted = plan.gone.iter();
        gone.extend(deleted.map(|id| (course, *id, deletion(book, *id))));
        policies.extend(plan.policy.clone().map(|detail| (course, detail)));
    }
    scheme::move_assessments(tx, &grants, stamp, &moves).await?;
    scheme::delete_categories(tx, &grants, stamp, &gone).await?;
    scheme::change_policies(tx, &grants, stamp, policy, &policies).await?;
    Ok(())
}
