//! Looking accounts up.

use gradebook_auth::actions::{ListUsers, School, SeeChangeLog};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{ChangeId, CourseId, UserId};
use gradebook_persistence::query::account_log::{self, AccountChange};
use gradebook_persistence::query::account_ties::{self, AccountTies};
use gradebook_persistence::query::courses::{self, Course, Which};
use gradebook_persistence::repo::people::{self, PeopleFilter, User};

use crate::App;
use crate::courses::{ListCount, Page};
use crate::error::ReadError;

/// A change of an account with the course that it is about, if it is about one.
#[derive(Debug, Clone)]
pub struct AccountEvent {
    /// The change.
    pub change: AccountChange,
    /// The course.
    pub course: Option<Course>,
}

impl App {
    /// Accounts after `after`, in order of id.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn people(
        &self,
        actor: &Actor,
        filter: &PeopleFilter,
        after: UserId,
        limit: u16,
    ) -> Result<Page<User>, ReadError> {
        let grant = authorize::<ListUsers>(actor, School)?;
        let asked = u64::from(limit) + 1;
        let items = people::list(&self.db, &grant, filter, after, asked).await?;
        Ok(Page::cut(items, usize::from(limit), |user| user.id.0))
    }

    /// How many accounts the filter lets through, and how many of them are not after `after`.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn count_people(
        &self,
        actor: &Actor,
        filter: &PeopleFilter,
        after: UserId,
    ) -> Result<ListCount, ReadError> {
        let grant = authorize::<ListUsers>(actor, School)?;
        let before = people::count_of(&self.db, &grant, filter, Some(after)).await?;
        let all = people::count_of(&self.db, &grant, filter, None).await?;
        Ok(ListCount { all, before })
    }

    /// What hangs on an account: sessions, courses, scores.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn account_ties(&self, actor: &Actor, user: &User) -> Result<AccountTies, ReadError> {
        let grant = authorize::<ListUsers>(actor, School)?;
        let now = self.clock.now_ms();
        Ok(account_ties::of_account(&self.db, &grant, user, now).await?)
    }

    /// What happened to an account, newest first.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin; [`ReadError::NotFound`].
    pub async fn account_log(
        &self,
        actor: &Actor,
        account: UserId,
        before: Option<ChangeId>,
        limit: u16,
    ) -> Result<Page<AccountEvent>, ReadError> {
        let grant = authorize::<SeeChangeLog>(actor, School)?;
        let asked = u64::from(limit) + 1;
        let changes = account_log::of_account(&self.db, &grant, account, before, asked).await?;
        let page = Page::cut(changes, usize::from(limit), |change| change.id.0);
        let ids: Vec<CourseId> = page
            .items
            .iter()
            .filter_map(|change| change.course)
            .collect();
        let known = if ids.is_empty() {
            Vec::new()
        } else {
            let most = ids.len() as u64;
            courses::list(&self.db, &Which::Ids(ids), CourseId(0), most).await?
        };
        let items = page
            .items
            .into_iter()
            .map(|change| AccountEvent {
                course: known
                    .iter()
                    .find(|course| Some(course.id) == change.course)
                    .cloned(),
                change,
            })
            .collect();
        Ok(Page {
            items,
            next: page.next,
        })
    }
}
