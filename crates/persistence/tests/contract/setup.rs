use std::collections::BTreeSet;
use std::time::Duration;

use gradebook_auth::Role;
use gradebook_auth::actions::{ManagePeople, ManageSetup};
use gradebook_domain::{ChangeId, CourseId, UserId};
use gradebook_persistence::change_log::{self, ChangeKind};
use gradebook_persistence::query::courses;
use gradebook_persistence::repo::{people, school};
use gradebook_persistence::{Db, DbError};
use gradebook_test_databases::on_both_databases;

use crate::fixture::{Fixture, SMALL, create_users, of_school, operator, stamp, user};

async fn set(db: &Db, course: CourseId, teachers: &[UserId]) -> bool {
    let actor = operator();
    let teachers: BTreeSet<UserId> = teachers.iter().copied().collect();
    db.write(async |tx| {
        let grant = of_school::<ManageSetup>();
        school::set_teachers(tx, &grant, &stamp(&actor), course, &teachers).await
    })
    .await
    .unwrap()
}

async fn teachers(db: &Db, course: CourseId) -> Vec<UserId> {
    let course = courses::one(db, course).await.unwrap().unwrap();
    course.teachers.into_iter().map(|one| one.id).collect()
}

/// Disables an admin if the other one can still administer the school.
async fn disable(db: &Db, id: UserId, other: UserId) -> Result<bool, DbError> {
    let actor = operator();
    db.write(async |tx| {
        let enabled = people::lock_enabled_admins(tx).await?;
        if !enabled.contains(&other) {
            return Ok(false);
        }
        // The other transaction is waiting for the lock meanwhile.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let user = people::by_id(tx, id).await?.unwrap().user;
        let grant = of_school::<ManagePeople>();
        people::set_enabled(tx, &grant, &stamp(&actor), &user, false).await?;
        Ok(true)
    })
    .await
}

on_both_databases! {
    async fn a_course_changes_hands_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (li, wang) = (fixture.li.user.unwrap(), fixture.wang.user.unwrap());
        let course = fixture.chinese();
        let floor = change_log::newest_until(&db, i64::MAX).await.unwrap();
        assert!(set(&db, course, &[wang, li]).await);
        assert_eq!(teachers(&db, course).await, [li, wang]);
        assert!(set(&db, course, &[wang]).await);
        assert!(set(&db, course, &[wang]).await, "nothing to change");
        assert_eq!(teachers(&db, course).await, [wang]);
        assert!(set(&db, course, &[]).await);
        assert_eq!(teachers(&db, course).await, []);
        assert!(!set(&db, CourseId(999), &[wang]).await, "no such course");
        let ids = change_log::ids_after(&db, floor).await.unwrap();
        let told: Vec<_> = change_log::rows(&db, &ids)
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.kind, row.course, row.user))
            .collect();
        assert_eq!(
            told,
            [
                (ChangeKind::TeacherAssigned, Some(course), Some(wang)),
                (ChangeKind::TeacherRemoved, Some(course), Some(li)),
                (ChangeKind::TeacherRemoved, Some(course), Some(wang)),
            ]
        );
        // Other courses keep theirs.
        assert_eq!(teachers(&db, fixture.course(0, 1)).await, [li]);
    }

    async fn more_teachers_take_no_more_statements(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let new: Vec<_> = (0..12).map(|at| user(&format!("t{at}"), Role::Teacher, None)).collect();
        let ids = create_users(&db, &new).await.unwrap();
        let counted = async |teachers: &[UserId]| {
            let before = db.statements_sent();
            set(&db, fixture.chinese(), teachers).await;
            db.statements_sent() - before
        };
        assert_eq!(counted(&ids[..1]).await, counted(&ids[1..11]).await);
    }

    async fn of_two_who_replace_the_teachers_at_once_one_is_last(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (li, wang) = (fixture.li.user.unwrap(), fixture.wang.user.unwrap());
        let course = fixture.chinese();
        let (to_li, to_wang) = ([li], [wang]);
        for _ in 0..10 {
            set(&db, course, &[]).await;
            tokio::join!(set(&db, course, &to_li), set(&db, course, &to_wang));
            assert_eq!(teachers(&db, course).await.len(), 1);
        }
    }

    async fn two_admins_cannot_disable_each_other_at_once(database: TestDatabase) {
        let db = database.migrated().await;
        let new = [user("one", Role::Admin, None), user("two", Role::Admin, None), user("li", Role::Teacher, None)];
        let ids = create_users(&db, &new).await.unwrap();
        let (one, two) = (ids[0], ids[1]);
        let done = tokio::join!(disable(&db, one, two), disable(&db, two, one));
        let done = [done.0.unwrap(), done.1.unwrap()];
        assert!(done[0] != done[1], "exactly one of both: {done:?}");
        let left = db.write(async |tx| people::lock_enabled_admins(tx).await).await.unwrap();
        assert_eq!(left, [if done[0] { two } else { one }]);
    }

    async fn a_name_changes_and_tokens_hold(database: TestDatabase) {
        let db = database.migrated().await;
        let id = create_users(&db, &[user("li", Role::Teacher, None)]).await.unwrap()[0];
        let before = people::by_id(&db, id).await.unwrap().unwrap().user;
        let actor = operator();
        let grant = of_school::<ManagePeople>();
        db.write(async |tx| people::change_profile(tx, &grant, &stamp(&actor), &before, "李娜", "zh-CN").await)
            .await
            .unwrap();
        let after = people::by_ids(&db, &[id, UserId(999)]).await.unwrap();
        let expected = people::User { name: "李娜".to_owned(), locale: "zh-CN".to_owned(), ..before };
        assert_eq!(after, [expected]);
        let ids = change_log::ids_after(&db, ChangeId(1)).await.unwrap();
        let rows = change_log::rows(&db, &ids).await.unwrap();
        assert_eq!((rows.len(), rows[0].kind, rows[0].user), (1, ChangeKind::UserChanged, Some(id)));
        assert!(change_log::revocations_since(&db, 0).await.unwrap().is_empty());
        let keys = ["nobody", "li"].map(str::to_owned);
        let named = people::by_username_keys(&db, &keys).await.unwrap();
        assert_eq!(named.len(), 1);
        assert_eq!((named[0].0.as_str(), named[0].1.id), ("li", id));
    }
}
