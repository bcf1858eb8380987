use super::*;

fn scheme(cost: u32) -> Scheme {
    Scheme {
        pepper: Pepper::new(&[7; 32]).unwrap(),
        cost: Cost::new(cost).unwrap(),
    }
}

const MATCH: Verdict = Verdict::Match {
    needs_rehash: false,
};
const OLD: Verdict = Verdict::Match { needs_rehash: true };

#[test]
fn a_password_matches_its_own_hash_only() {
    let scheme = scheme(4);
    for password in [
        "correct horse",
        "密码密码密码密码",
        "nul\0in the middle",
        "",
    ] {
        let stored = scheme.hash(password).unwrap();
        assert!(stored.as_str().starts_with("$gb1$$2b$04$"));
        assert_eq!(stored.as_str().len(), 65);
        assert_eq!(scheme.verify(Some(stored.as_str()), password), MATCH);
        let other = format!("{password}x");
        assert_eq!(
            scheme.verify(Some(stored.as_str()), &other),
            Verdict::NoMatch
        );
    }
}

#[test]
fn bytes_beyond_72_and_behind_a_nul_count() {
    let scheme = scheme(4);
    let long = "x".repeat(100);
    let stored = scheme.hash(&long).unwrap();
    assert_eq!(
        scheme.verify(Some(stored.as_str()), &"x".repeat(99)),
        Verdict::NoMatch
    );
    let stored = scheme.hash("ab\0cdefgh").unwrap();
    assert_eq!(
        scheme.verify(Some(stored.as_str()), "ab\0other"),
        Verdict::NoMatch
    );
}

#[test]
fn normal_forms_are_one_password() {
    let scheme = scheme(4);
    let stored = scheme.hash("Ame\u{301}lie-2026").unwrap();
    assert_eq!(
        scheme.verify(Some(stored.as_str()), "Am\u{e9}lie-2026"),
        MATCH
    );
}

#[test]
fn another_pepper_does_not_match() {
    let stored = scheme(4).hash("correct horse").unwrap();
    let other = Scheme {
        pepper: Pepper::new(&[8; 32]).unwrap(),
        cost: Cost::new(4).unwrap(),
    };
    assert_eq!(
        other.verify(Some(stored.as_str()), "correct horse"),
        Verdict::NoMatch
    );
}

#[test]
fn the_stored_form_is_what_the_description_says() {
    let scheme = scheme(4);
    let stored = scheme.hash("correct horse").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA384, &[7; 32]);
    let seasoned = STANDARD.encode(hmac::sign(&key, b"correct horse"));
    assert_eq!(seasoned.len(), 64);
    let bcrypt_text = stored.as_str().strip_prefix("$gb1$").unwrap();
    assert!(bcrypt::verify(seasoned, bcrypt_text).unwrap());
}

#[test]
fn another_cost_asks_for_a_rehash() {
    let cheap = scheme(4).hash("correct horse").unwrap();
    assert_eq!(scheme(5).verify(Some(cheap.as_str()), "correct horse"), OLD);
    let dear = scheme(6).hash("correct horse").unwrap();
    assert_eq!(scheme(5).verify(Some(dear.as_str()), "correct horse"), OLD);
}

#[test]
fn plain_hashes_of_an_older_system_match_once() {
    let scheme = scheme(4);
    let parts = bcrypt::hash_with_salt("correct horse", 4, [3; 16]).unwrap();
    for version in [
        bcrypt::Version::TwoA,
        bcrypt::Version::TwoB,
        bcrypt::Version::TwoY,
    ] {
        let plain = parts.format_for_version(version);
        assert_eq!(scheme.verify(Some(&plain), "correct horse"), OLD);
        assert_eq!(scheme.verify(Some(&plain), "wrong horse"), Verdict::NoMatch);
        assert_eq!(
            scheme.verify(Some(&plain), "correct horse\0"),
            Verdict::NoMatch
        );
    }
    // Even where this library hashed the NUL: other systems stopped at it.
    let nul = bcrypt::hash("correct\0horse", 4).unwrap();
    assert_eq!(
        scheme.verify(Some(&nul), "correct\0horse"),
        Verdict::NoMatch
    );
    let buggy = parts.format_for_version(bcrypt::Version::TwoX);
    assert_eq!(
        scheme.verify(Some(&buggy), "correct horse"),
        Verdict::NoMatch
    );

    let full = "y".repeat(72);
    let plain = bcrypt::hash(&full, 4).unwrap();
    assert_eq!(scheme.verify(Some(&plain), &full), OLD);
    assert_eq!(
        scheme.verify(Some(&plain), &format!("{full}z")),
        Verdict::NoMatch
    );
}

#[test]
fn only_what_can_match_is_taken_from_an_older_system() {
    let plain = bcrypt::hash("correct horse", 4).unwrap();
    for version in ["$2a$", "$2b$", "$2y$"] {
        let text = plain.replace("$2b$", version);
        let hash = OlderHash::parse(&text).unwrap();
        assert_eq!(format!("{hash:?}"), "OlderHash(redacted)");
        assert_eq!(
            scheme(4).verify(Some(&hash.into_string()), "correct horse"),
            OLD
        );
    }
    assert!(OlderHash::parse(&plain.replace("$04$", "$15$")).is_ok());
    for wrong in [
        String::new(),
        "correct horse".to_owned(),
        plain.replace("$2b$", "$2x$"),
        plain.replace("$2b$", "$2$"),
        plain.replace("$04$", "$16$"),
        plain.replace("$04$", "$03$"),
        plain.replace("$04$", "$4$"),
        plain.replace("$04$", "$+4$"),
        plain[..59].to_owned(),
        plain.clone() + "x",
        format!("{plain} "),
        format!("{}!", &plain[..59]),
        scheme(4).hash("correct horse").unwrap().into_string(),
        "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/".to_owned(),
    ] {
        assert_eq!(OlderHash::parse(&wrong), Err(NotAnOlderHash), "{wrong}");
    }
}

#[test]
fn unusable_stored_texts_never_match() {
    let scheme = scheme(4);
    let good = scheme.hash("correct horse").unwrap().into_string();
    let plain = bcrypt::hash("correct horse", 4).unwrap();
    for stored in [
        String::new(),
        "correct horse".into(),
        "$gb1$".into(),
        "$gb2$".to_owned() + &good[5..],
        // Would take hours, were the cost believed.
        good.replace("$04$", "$31$"),
        good.replace("$04$", "$16$"),
        good.replace("$04$", "$+4$"),
        good.replace("$04$", "$99$"),
        plain.replace("$04$", "$16$"),
        plain.replace("$04$", "$03$"),
        // A plain hash is not a seasoned one with its tag cut or added.
        good[5..].to_owned(),
        "$gb1$".to_owned() + &plain,
        good[..64].to_owned(),
        good.clone() + "x",
        "$gb1$$2b$04$密密密密密密密密密密密密密密密密密密".into(),
    ] {
        assert_eq!(
            scheme.verify(Some(&stored), "correct horse"),
            Verdict::NoMatch,
            "{stored}"
        );
    }
    assert_eq!(scheme.verify(None, "correct horse"), Verdict::NoMatch);
}

#[test]
fn secrets_stay_out_of_debug() {
    let scheme = scheme(4);
    let stored = scheme.hash("correct horse").unwrap();
    assert_eq!(format!("{stored:?}"), "PasswordHash(redacted)");
    assert!(format!("{scheme:?}").contains("Pepper(redacted)"));
}

#[test]
fn settings_are_bounded() {
    assert_eq!(Pepper::new(&[0; 31]).err(), Some(PepperTooShort));
    assert_eq!(Cost::new(3), Err(CostOutOfRange));
    assert_eq!(Cost::new(16), Err(CostOutOfRange));
    assert_eq!(Cost::default().get(), 12);
}

#[test]
fn a_hash_of_a_lower_cost_takes_the_work_of_todays() {
    let work = |cost: u32| 1_u64 << cost;
    for today in 4..=15 {
        for stored in 4..=15 {
            let done = work(stored) + missing_work(stored, today).map(work).sum::<u64>();
            assert_eq!(done, work(today.max(stored)), "{stored} of {today}");
        }
    }
}
