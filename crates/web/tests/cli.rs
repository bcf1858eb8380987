//! The `gradebook` command as a process: what it prints, where, and with which exit code.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it"
)]

#[path = "it/authenticator.rs"]
mod authenticator;
mod cli_process;
#[path = "it/workbooks.rs"]
mod workbooks;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use cli_process::{Home, Said, serving};
use gradebook_test_databases::on_both_databases;

const ADD_ADMIN: [&str; 7] = ["user", "add", "head", "--name", "Head", "--role", "admin"];

/// The one-time password at the end of a line.
fn one_time_password(said: &Said) -> String {
    let password = said
        .stdout
        .lines()
        .last()
        .and_then(|line| line.rsplit(' ').next());
    let password = password.unwrap_or_default().to_owned();
    let groups: Vec<usize> = password.split('-').map(str::len).collect();
    assert_eq!(groups, [4, 4, 4], "{said:?}");
    password
}

#[test]
fn help_teaches() {
    let home = Home::new();
    let said = home.run(&["--help"]).exits(0);
    for word in [
        "serve",
        "migrate",
        "user",
        "course",
        "keys",
        "import",
        "openapi",
        "completions",
    ] {
        assert!(said.stdout.contains(word), "{word}");
    }
    assert!(said.stdout.contains("GRADEBOOK_TRUSTED_PROXIES"));
    for command in [
        &["serve", "--help"][..],
        &["migrate", "--help"],
        &["user", "add", "--help"],
        &["course", "teachers", "--help"],
        &["keys", "list", "--help"],
        &["keys", "rotate", "--help"],
        &["import", "scores", "--help"],
        &["doctor", "--help"],
        &["openapi", "--help"],
        &["completions", "--help"],
    ] {
        let said = home.run(command).exits(0);
        assert!(said.stdout.contains("Example"), "{command:?}");
    }
    assert!(
        home.run(&["--version"])
            .exits(0)
            .stdout
            .starts_with("gradebook ")
    );
    assert!(
        !home.path().join("data").exists(),
        "help needs no data directory"
    );
}

#[test]
fn wrong_usage_exits_with_2() {
    let home = Home::new();
    for arguments in [
        &[][..],
        &["sing"],
        &["user", "add", "x"],
        &["user", "add", "x", "--name", "X", "--role", "head"],
        &["user", "add", "x", "--name", "X", "--role", "student"],
        &["migrate", "down", "0"],
        &["import", "scores", "x.csv"],
        &["keys", "rotate", "--after", "29"],
        &["keys", "rotate", "--after", "60", "--compromised"],
        &["course", "teachers", "1"],
        &["course", "teachers", "Class-1", "w.chen"],
        &["course", "teachers", "1", "w.chen", "--none"],
        &["completions", "tcl"],
        &["serve", "--listen", "nowhere"],
        &["user", "list", "--database-url", "postgres://localhost/x"],
        &[
            "user",
            "add",
            "x",
            "--name",
            "X",
            "--role",
            "admin",
            "--student-number",
            "1",
        ],
        &["serve", "--demo", "--listen", "0.0.0.0:0"],
    ] {
        let said = home.run(arguments).exits(2);
        assert!(!said.stderr.is_empty(), "{arguments:?}");
    }
    let said = home
        .with("GRADEBOOK_BCRYPT_COST", "3")
        .run(&["user", "list"])
        .exits(2);
    assert_eq!(
        said.stderr,
        "gradebook: GRADEBOOK_BCRYPT_COST, from the environment: \"3\" is no number from 4 to 15; 12 \
         takes about a quarter of a second for each password; use that or more\n"
    );
}

#[test]
fn a_file_of_settings_is_found_and_checked() {
    let home = Home::new();
    fs::write(
        home.path().join("gradebook.toml"),
        "data_dir = \"elsewhere\"\n",
    )
    .unwrap();
    home.run(&["user", "list"]).exits(0);
    assert!(home.path().join("elsewhere/gradebook.db").exists());
    fs::write(home.path().join("gradebook.toml"), "\nport = 80\n").unwrap();
    let said = home.run(&["user", "list"]).exits(2);
    let start = "gradebook: port, from gradebook.toml line 2: there is no such setting;";
    assert!(said.stderr.starts_with(start), "{said:?}");
}

#[test]
fn a_misspelt_variable_is_pointed_out() {
    let home = Home::new();
    let said = home
        .with("GRADEBOOK_LISTENN", "x")
        .run(&["user", "list"])
        .exits(0);
    assert!(said.stderr.contains("GRADEBOOK_LISTENN"), "{said:?}");
}

#[test]
fn doctor_says_what_is_wrong_with_settings() {
    let home = Home::new();
    let said = home.with("GRADEBOOK_BCRYPT_COST", "3").run(&["doctor"]);
    let said = said.exits(1);
    assert!(
        said.stdout
            .starts_with("fail  settings  GRADEBOOK_BCRYPT_COST, from the environment: \"3\""),
        "{said:?}"
    );
    let said = home
        .with("GRADEBOOK_LISTENN", "x")
        .run(&["doctor"])
        .exits(0);
    assert!(said.stdout.contains("GRADEBOOK_LISTENN"), "{said:?}");
    let nobody = "mysql://root:hidden@127.0.0.1:1/gradebook";
    let said = home.with("DATABASE_URL", nobody).run(&["doctor"]).exits(1);
    assert!(said.stdout.contains("fail  database "), "{said:?}");
    assert!(!said.stdout.contains("hidden"), "{said:?}");
}

on_both_databases! {
    async fn accounts_are_managed(database: TestDatabase) {
        let home = Home::on(&database.url);
        home.run(&["migrate", "up"]).exits(0);
        let first = one_time_password(&home.run(&ADD_ADMIN).exits(0));

        let said = home.run(&ADD_ADMIN).exits(3);
        assert!(said.stderr.contains("is taken"), "{said:?}");

        let student = ["user", "add", "li.ming", "--name", "李明", "--role", "student",
            "--student-number", "2026001", "--password-stdin", "--locale", "en"];
        let weak = home.type_in("2026001\n").run(&student).exits(3);
        assert!(weak.stderr.starts_with("gradebook: li.ming: "), "{weak:?}");
        let nothing = home.type_in("").run(&student).exits(2);
        assert!(nothing.stderr.contains("--password-stdin"), "{nothing:?}");
        let said = home.type_in("correct horse battery\n").run(&student).exits(0);
        assert!(said.stdout.starts_with("added li.ming (id "), "{said:?}");
        assert_eq!(said.stdout.lines().count(), 1, "{said:?}");

        let said = home.run(&["user", "list"]).exits(0);
        let lines: Vec<&str> = said.stdout.lines().collect();
        assert_eq!(lines.len(), 3, "{said:?}");
        assert!(lines[0].starts_with("id  username  name"), "{said:?}");
        assert!(lines[2].contains("李明") && lines[2].contains("2026001"), "{said:?}");

        let old = ["user", "add", "old", "--name", "Old", "--role", "teacher", "--password-hash-stdin"];
        let hash = "$2y$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.";
        let costly = hash.replace("$05$", "$16$");
        for wrong in ["correct horse battery\n", &hash[..59], &costly, "$1$salt$hash"] {
            let said = home.type_in(wrong).run(&old).exits(3);
            assert!(said.stderr.contains("bcrypt hash ($2a$, $2b$ or $2y$"), "{said:?}");
            assert!(!said.stderr.contains(wrong.trim()), "{said:?}");
        }
        let both = [&old[..], &["--password-stdin"]].concat();
        home.type_in(hash).run(&both).exits(2);
        home.type_in("").run(&old).exits(2);
        let said = home.type_in(&format!("{hash}\r\n")).run(&old).exits(0);
        assert_eq!(said.stdout.lines().count(), 1, "{said:?}");

        home.run(&["user", "disable", "li.ming"]).exits(0);
        let list = home.json(&["user", "list", "--json"]);
        assert_eq!(list[1]["username"], "li.ming");
        assert_eq!(list[1]["enabled"], false);
        assert_eq!(list[1]["password_change_required"], false);
        assert_eq!(list[0]["password_change_required"], true);
        assert_eq!((&list[2]["username"], &list[2]["password_change_required"]), (&"old".into(), &false.into()));
        home.run(&["user", "enable", "LI.MING"]).exits(0);
        assert_eq!(home.json(&["user", "list", "--json"])[1]["enabled"], true);

        let second = one_time_password(&home.run(&["user", "reset-password", "head"]).exits(0));
        assert_ne!(first, second);
        let said = home.run(&["user", "disable", "head"]).exits(1);
        assert!(said.stderr.contains("last admin"), "{said:?}");
        let said = home.run(&["user", "enable", "nobody"]).exits(1);
        assert!(said.stderr.contains("no such account; `gradebook user list`"), "{said:?}");
    }

    async fn a_role_is_changed_and_the_last_admin_stays(database: TestDatabase) {
        let home = Home::on(&database.url);
        home.run(&["migrate", "up"]).exits(0);
        home.run(&["user", "add", "head", "--name", "Head", "--role", "admin"]).exits(0);
        home.run(&["user", "add", "w.chen", "--name", "W. Chen", "--role", "teacher"]).exits(0);
        let said = home.run(&["user", "set-role", "head", "teacher"]).exits(1);
        assert!(said.stderr.contains("last admin"), "{said:?}");
        let said = home.run(&["user", "set-role", "W.CHEN", "admin"]).exits(0);
        assert_eq!(said.stdout, "W.CHEN is admin now; open sessions have ended\n");
        let said = home.run(&["user", "set-role", "w.chen", "admin"]).exits(0);
        assert_eq!(said.stdout, "w.chen is admin already\n");
        home.run(&["user", "set-role", "head", "teacher"]).exits(0);
        home.run(&["user", "set-role", "head", "student"]).exits(3);
        home.run(&["user", "set-role", "head", "principal"]).exits(2);
        let said = home.run(&["user", "set-role", "nobody", "admin"]).exits(1);
        assert!(said.stderr.contains("no such account"), "{said:?}");
    }

    async fn a_class_gets_its_slips_as_csv_and_as_json(database: TestDatabase) {
        let home = Home::on(&database.url);
        home.run(&["migrate", "up"]).exits(0);
        let file = "年级,班级,考号,姓名,语文\n六年级,1班,S1,\"李, 明\",92\n六年级,1班,S2,韩梅,80\n";
        fs::write(home.path().join("exam.csv"), file).unwrap();
        home.run(&["import", "scores", "exam.csv", "--school-year", "2026-2027", "--term", "Autumn",
            "--exam", "月考", "--create-missing"]).exits(0);
        let classes = home.json(&["user", "slips", "--json"]);
        assert_eq!((&classes[0]["students"], &classes[0]["without_own_password"]), (&2.into(), &2.into()));
        let list = home.run(&["user", "slips"]).exits(0).stdout;
        assert!(list.contains("六年级 1班"), "{list}");
        let class = classes[0]["id"].to_string();
        let csv = home.run(&["user", "slips", "--class", &class]).exits(0).stdout;
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[0], "class,name,student_number,username,one_time_password");
        assert!(lines[1].starts_with("六年级 1班,\"李, 明\",S1,S1,"), "{csv}");
        assert_eq!(lines.len(), 3, "{csv}");
        let again = home.json(&["user", "slips", "--class", &class, "--json"]);
        let password = again[0]["one_time_password"].as_str().unwrap();
        assert!(!csv.contains(password), "slips from before stop working");
        let said = home.run(&["user", "slips", "--class", "999"]).exits(1);
        assert!(said.stderr.contains("no class 999"), "{said:?}");
    }

    async fn an_imported_course_is_given_to_its_teachers(database: TestDatabase) {
        let home = Home::on(&database.url);
        home.run(&["migrate", "up"]).exits(0);
        let file = "年级,班级,考号,姓名,语文,数学\n六年级,1班,2026001,李明,92,88.5\n";
        fs::write(home.path().join("exam.csv"), file).unwrap();
        home.run(&["import", "scores", "exam.csv", "--school-year", "2026-2027", "--term", "Autumn",
            "--exam", "月考", "--create-missing"]).exits(0);
        for name in ["w.chen", "li.na"] {
            home.run(&["user", "add", name, "--name", name, "--role", "teacher"]).exits(0);
        }
        let courses = home.json(&["course", "list", "--json"]);
        assert_eq!(courses.as_array().map(Vec::len), Some(2), "{courses}");
        assert_eq!(courses[0]["teachers"], serde_json::json!([]));
        let id = courses[0]["id"].to_string();
        let said = home.run(&["course", "teachers", &id, "W.Chen", "li.na"]).exits(0);
        assert!(said.stdout.starts_with(&format!("course {id} (六年级 1班, ")), "{said:?}");
        assert!(said.stdout.ends_with("): w.chen, li.na\n"), "{said:?}");
        let list = home.run(&["course", "list"]).exits(0).stdout;
        let lines: Vec<&str> = list.lines().collect();
        assert!(lines[0].starts_with("id  class"), "{list}");
        assert!(lines[1].contains("2026-2027 Autumn") && lines[1].ends_with("w.chen, li.na"), "{list}");

        let said = home.run(&["course", "teachers", &id, "nobody"]).exits(3);
        assert!(said.stderr.starts_with("gradebook: nobody: there is no such account; "), "{said:?}");
        let said = home.run(&["course", "teachers", &id, "w.chen", "2026001"]).exits(3);
        assert!(said.stderr.starts_with("gradebook: 2026001: this account is no teacher's; "), "{said:?}");
        home.run(&["user", "disable", "li.na"]).exits(0);
        let said = home.run(&["course", "teachers", &id, "li.na"]).exits(3);
        assert!(said.stderr.contains("disabled"), "{said:?}");
        let said = home.run(&["course", "teachers", "999", "w.chen"]).exits(1);
        assert!(said.stderr.contains("`gradebook course list`"), "{said:?}");
        let teachers = home.json(&["course", "list", "--json"])[0]["teachers"].clone();
        assert_eq!(teachers.as_array().map(Vec::len), Some(2), "nothing was changed: {teachers}");
        let said = home.run(&["course", "teachers", &id, "--none"]).exits(0);
        assert!(said.stdout.ends_with("): nobody\n"), "{said:?}");

        // All of it is on record, the newest first.
        let log = home.json(&["changes", "--course", &id, "--kind", "teacher_removed", "--limit", "1", "--json"]);
        assert_eq!((log.as_array().map(Vec::len), &log[0]["kind"]), (Some(1), &serde_json::json!("teacher_removed")), "{log}");
        let list = home.run(&["changes", "--about", "W.Chen", "--limit", "2"]).exits(0).stdout;
        let lines: Vec<&str> = list.lines().collect();
        assert_eq!(lines.len(), 3, "{list}");
        assert!(lines[0].starts_with("time  ") && lines[1].contains("teacher_removed") && lines[1].contains(&format!("course {id}")), "{list}");
        let none = home.json(&["changes", "--by", "w.chen", "--json"]);
        assert_eq!(none.as_array().map(Vec::len), Some(0), "{none}");
        let all = home.json(&["changes", "--limit", "100000", "--json"]);
        assert!(all.as_array().is_some_and(|all| all.len() > 3 && all[0] == log[0]), "{all}");
        let said = home.run(&["changes", "--user", "nobody"]).exits(1);
        assert!(said.stderr.contains("`gradebook user list`"), "{said:?}");
        let said = home.run(&["changes", "--course", "999"]).exits(1);
        assert!(said.stderr.contains("`gradebook course list`"), "{said:?}");
        for wrong in [["--since", "yesterday"], ["--kind", "magic"], ["--limit", "0"]] {
            home.run(&["changes", wrong[0], wrong[1]]).exits(2);
        }
    }

    async fn doctor_finds_nothing_wrong_and_then_what_is(database: TestDatabase) {
        let home = Home::on(&database.url);
        let about = |report: &serde_json::Value, about: &str| -> Vec<String> {
            let checks = report["checks"].as_array().cloned().unwrap_or_default();
            let status = |check: &serde_json::Value| check["status"].as_str().unwrap().to_owned();
            checks.iter().filter(|check| check["about"] == about).map(status).collect()
        };
        let before = home.run(&["doctor"]);
        assert!(!home.path().join("data").exists(), "it makes nothing: {before:?}");

        home.run(&["migrate", "up"]).exits(0);
        home.run(&ADD_ADMIN).exits(0);
        let report = home.json(&["doctor", "--json"]);
        assert_eq!(report["status"], "warn", "{report}");
        for good in ["settings", "data directory", "keys", "front end", "disk", "database", "tables",
            "migrations", "clock"] {
            let found = about(&report, good);
            assert!(!found.is_empty() && found.iter().all(|status| status == "ok"), "{good}: {report}");
        }
        // The tests' own cost is too low for anybody else.
        assert_eq!(about(&report, "passwords"), ["warn"]);
        let bcrypt = &report["bcrypt"];
        assert_eq!(bcrypt["configured"], 4);
        assert!((10..=15).contains(&bcrypt["recommended"].as_u64().unwrap()), "{bcrypt}");
        assert!(bcrypt["measured"][0]["hash_ms"].as_f64().unwrap() > 0.0, "{bcrypt}");
        assert_eq!(report["settings"][0]["key"], "database_url");
        assert_eq!(report["settings"][0]["from"], "the environment");
        let pepper = home.path().join("data/pepper");
        fs::set_permissions(&pepper, fs::Permissions::from_mode(0o644)).unwrap();
        let said = home.run(&["doctor"]).exits(1);
        assert!(said.stdout.contains("pepper (mode 0644)"), "{said:?}");
        assert!(said.stdout.contains("-> run `chmod 600"), "{said:?}");
        assert!(said.stderr.contains("checks failed"), "{said:?}");
        fs::remove_file(&pepper).unwrap();
        let said = home.run(&["doctor"]).exits(1);
        assert!(said.stdout.contains("pepper is missing"), "{said:?}");
        assert!(!pepper.exists(), "it makes no new one");
    }

    async fn keys_are_listed_and_changed(database: TestDatabase) {
        let home = Home::on(&database.url);
        let said = home.run(&["keys", "list"]).exits(1);
        assert!(said.stderr.contains("`gradebook serve` makes one at its first start"), "{said:?}");
        home.run(&["migrate", "up"]).exits(0);
        let server = serving(&home, &[]);
        let keys = home.json(&["keys", "list", "--json"]);
        let first = keys[0]["kid"].as_str().unwrap().to_owned();
        assert_eq!(keys.as_array().map(Vec::len), Some(1));
        for (name, value) in [
            ("algorithm", serde_json::json!("ES256")),
            ("state", serde_json::json!("signs")),
            ("signs_from", serde_json::json!(null)),
            ("signs_until", serde_json::json!(null)),
            ("verifies_until", serde_json::json!(null)),
        ] {
            assert_eq!(keys[0][name], value, "{name}");
        }
        let said = home.run(&["keys", "rotate"]).exits(0);
        assert!(said.stdout.starts_with("added the ES256 key "), "{said:?}");
        assert!(said.stdout.contains("; it signs from 20"), "{said:?}");
        let keys = home.json(&["keys", "list", "--json"]);
        assert_eq!((&keys[0]["state"], &keys[1]["state"]), (&"signs".into(), &"next".into()));
        assert_eq!(keys[0]["signs_until"], keys[1]["signs_from"]);
        let second = keys[1]["kid"].as_str().unwrap().to_owned();
        assert!(said.stdout.contains(&second), "{said:?}");
        let table = home.run(&["keys", "list"]).exits(0).stdout;
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 3, "{table}");
        assert!(lines[0].starts_with("kid ") && lines[1].contains("the first start"), "{table}");
        assert!(lines[1].ends_with("signs") && lines[2].ends_with("next"), "{table}");

        let said = home.with("GRADEBOOK_TOKEN_ALGORITHM", "hs256")
            .run(&["keys", "rotate", "--compromised"])
            .exits(0);
        assert!(said.stdout.starts_with("added the HS256 key "), "{said:?}");
        for kid in [&first, &second] {
            assert!(said.stdout.contains(&format!("removed {kid}, whose tokens are void")), "{said:?}");
        }
        let keys = home.json(&["keys", "list", "--json"]);
        let third = keys[0]["kid"].as_str().unwrap().to_owned();
        assert_eq!((&keys[0]["algorithm"], &keys[0]["state"]), (&"HS256".into(), &"signs".into()));
        assert_eq!(keys.as_array().map(Vec::len), Some(1));
        // The server that has run all the time took it up: no public key is left to show.
        let shown = |wanted: &str| (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            server.get("/.well-known/jwks.json").ends_with(wanted)
        });
        assert!(shown("{\"keys\":[]}"));
        server.stop().exits(0);
        let log = database.texts("SELECT CONCAT(kind, ' ', detail) FROM change_log \
            WHERE kind LIKE 'signing_key%' ORDER BY id").await;
        let mut withdrawn = [&first, &second];
        withdrawn.sort();
        assert_eq!(log, [
            format!("signing_key_added {first}"),
            format!("signing_key_retired {first}"),
            format!("signing_key_added {second}"),
            format!("signing_key_added {third}"),
            format!("signing_key_withdrawn {}", withdrawn[0]),
            format!("signing_key_withdrawn {}", withdrawn[1]),
        ]);
        let public = database.texts("SELECT CONCAT(algorithm, ' ', public_jwk) FROM signing_keys \
            ORDER BY algorithm DESC").await;
        assert_eq!((public.len(), public[0].as_str()), (3, "HS256 null"));
        assert!(public[1].contains("\"crv\":\"P-256\""), "{public:?}");
    }

    async fn the_schema_goes_up_and_down(database: TestDatabase) {
        let home = Home::on(&database.url);
        let count = |state: &str| {
            let steps = home.json(&["migrate", "status", "--json"]);
            let steps = steps.as_array().cloned().unwrap_or_default();
            steps.iter().filter(|step| step["state"] == state).count()
        };
        let all = count("pending");
        assert!(all > 10 && count("applied") == 0);
        let said = home.run(&["migrate", "up"]).exits(0);
        assert_eq!(said.stdout.lines().count(), all, "{said:?}");
        assert_eq!(home.run(&["migrate", "up"]).exits(0).stdout, "nothing to do\n");
        let said = home.run(&["migrate", "down", "2"]).exits(0);
        assert!(said.stdout.lines().all(|line| line.starts_with("taken back ")), "{said:?}");
        assert_eq!((count("applied"), count("pending")), (all - 2, 2));
        home.run(&["migrate", "down"]).exits(0);
        assert_eq!(count("pending"), 3);
        let table = home.run(&["migrate", "status"]).exits(0).stdout;
        assert_eq!(table.matches(" pending\n").count(), 3, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_is_not_migrated_unasked() {
    let database = gradebook_test_databases::mysql().await;
    let home = Home::on(&database.url);
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["user", "list"]] {
        let said = home.run(command).exits(1);
        assert!(
            said.stderr.contains("run `gradebook migrate up`"),
            "{said:?}"
        );
        assert_eq!(
            said.stderr
                .lines()
                .filter(|line| line.starts_with("gradebook:"))
                .count(),
            1
        );
    }
    let server = serving(&home, &["--migrate"]);
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    server.stop();
}

#[test]
fn two_that_start_together_share_their_secrets() {
    let home = Home::new();
    let commands: Vec<_> = (0..4).map(|_| home.start(&["user", "list"])).collect();
    for command in commands {
        command.end().exits(0);
    }
    let mut left: Vec<String> = fs::read_dir(home.path().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    left.sort();
    assert_eq!(left, [""; 0], "nothing unfinished is left");
}

#[test]
fn a_file_of_scores_is_imported_or_refused_line_by_line() {
    let home = Home::new();
    let csv = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    csv(
        "good.csv",
        "年级,班级,考号,姓名,语文,数学\n6,1,2026001,李明,92,88.5\n",
    );
    csv(
        "bad.csv",
        "年级,班级,考号,姓名,语文,数学\n6,1,2026001,李明,92,much\n",
    );
    let import = |file: &'static str, more: &[&'static str]| {
        let mut command = vec!["import", "scores", file, "--school-year", "2026-2027"];
        command.extend(["--term", "Autumn", "--exam", "月考"]);
        command.extend(more);
        home.run(&command)
    };
    let said = import("bad.csv", &["--create-missing"]).exits(3);
    assert!(
        said.stderr.starts_with("bad.csv:2: 数学: much: "),
        "{said:?}"
    );
    assert!(said.stderr.contains("nothing was written"), "{said:?}");
    let said = import("bad.csv", &["--create-missing", "--json"]).exits(3);
    let refusal: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(refusal["errors"][0]["line"], 2);
    let said = import("good.csv", &[]).exits(3);
    assert!(said.stderr.contains("--create-missing"), "{said:?}");
    let said = import("good.csv", &["--create-missing", "--dry-run"]).exits(0);
    assert!(
        said.stdout.starts_with("dry run, nothing was written"),
        "{said:?}"
    );
    let said = import("good.csv", &["--create-missing", "--publish", "--json"]).exits(0);
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(report["scores"]["new"], 2);
    assert_eq!(report["published"], 2);
    let said = import("good.csv", &[]).exits(0);
    assert!(said.stdout.starts_with("nothing to write"), "{said:?}");
    csv(
        "remarks.csv",
        "年级,班级,考号,姓名,语文,备注\n6,1,2026001,李明,92,进步\n",
    );
    let said = import("remarks.csv", &[]).exits(3);
    assert!(
        said.stderr.contains("备注") && said.stderr.contains("--ignore-column"),
        "{said:?}"
    );
    let said = import("remarks.csv", &["--ignore-column", "备注"]).exits(0);
    assert!(said.stdout.contains("columns left out: 备注"), "{said:?}");
    let said = import("none.csv", &[]).exits(1);
    assert!(said.stderr.contains("cannot read none.csv"), "{said:?}");
}

#[test]
fn prints_the_document_and_completions() {
    let home = Home::new();
    let document = home.json(&["openapi"]);
    assert!(document["paths"]["/api/v1/token"].is_object());
    for shell in ["bash", "zsh", "fish"] {
        let said = home.run(&["completions", shell]).exits(0);
        assert!(said.stdout.contains("reset-password"), "{shell}");
    }
}
