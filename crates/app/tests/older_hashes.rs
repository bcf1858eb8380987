//! Passwords that come from an older system as plain bcrypt hashes.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use gradebook_app::{Client, NewPassword, NewPerson, SignInError};
use gradebook_auth::password::OlderHash;
use gradebook_auth::{Actor, Role, Via};
use gradebook_persistence::repo::people;
use gradebook_test_databases::on_both_databases;
use support::{TestApp, app_on};

/// Made by another implementation of bcrypt, in the three spellings that are about.
const HASHES: [(&str, &str); 3] = [
    (
        "old.a",
        "$2a$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.",
    ),
    (
        "old.b",
        "$2b$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.",
    ),
    (
        "old.y",
        "$2y$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.",
    ),
];
const PASSWORD: &str = "correct horse battery";

async fn stored(school: &TestApp, username: &str) -> String {
    let found = people::by_username_key(&school.db, username).await.unwrap();
    found.unwrap().password_hash.unwrap()
}

async fn sign_in(school: &TestApp, username: &str, password: &str) -> Result<bool, SignInError> {
    let client = Client::default();
    let pair = school
        .app
        .sign_in(username, password.to_owned(), None, Via::Api, &client)
        .await?;
    Ok(pair.user.password_change_required)
}

on_both_databases! {
    async fn a_hash_of_an_older_system_lets_in_once_and_is_replaced(database: TestDatabase) {
        let school = app_on(database).await;
        for (username, hash) in HASHES {
            let person = NewPerson {
                username: username.to_owned(),
                name: username.to_owned(),
                role: Role::Teacher,
                student_number: None,
                password: Some(NewPassword::Older(OlderHash::parse(hash).unwrap())),
                locale: "en".to_owned(),
                enabled: true,
            };
            let (user, initial) = school.app.add_person(&Actor::operator(), person).await.unwrap();
            assert_eq!((user.password_change_required, initial), (false, None));
            assert_eq!(stored(&school, username).await, hash);

            let wrong = sign_in(&school, username, "correct horse batterx").await;
            assert!(matches!(wrong, Err(SignInError::InvalidCredentials)));
            assert_eq!(stored(&school, username).await, hash, "a wrong password changes nothing");

            assert!(matches!(sign_in(&school, username, PASSWORD).await, Ok(false)));
            let own = stored(&school, username).await;
            assert!(own.starts_with("$gb1$$2b$04$"), "{own}");
            assert!(matches!(sign_in(&school, username, PASSWORD).await, Ok(false)));
            assert_eq!(stored(&school, username).await, own, "one rehash is enough");
            let wrong = sign_in(&school, username, "correct horse batterx").await;
            assert!(matches!(wrong, Err(SignInError::InvalidCredentials)));
        }
    }
}
