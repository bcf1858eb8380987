//! Every command × the state of what it works on → how it ends. A command that is not here fails by name.

use std::collections::BTreeSet;
use std::fs;

use super::{Home, serving};

struct Row {
    /// As typed, without arguments.
    command: &'static str,
    /// What follows.
    arguments: &'static [&'static str],
    /// Whether it works on the database at all.
    database: bool,
    /// Whether it may change what is in it.
    writes: bool,
    /// Exit codes: on an empty database; with migrations pending (MySQL); with a data directory that
    /// cannot be one.
    codes: [i32; 3],
}

const fn row(
    command: &'static str,
    arguments: &'static [&'static str],
    database: bool,
    writes: bool,
    codes: [i32; 3],
) -> Row {
    Row {
        command,
        arguments,
        database,
        writes,
        codes,
    }
}

/// The server answers instead of ending; 0 stands for that.
const SERVE: &str = "serve";
const YES: bool = true;
const NO: bool = false;

const TABLE: &[Row] = &[
    //   command               arguments                             database writes codes
    row(SERVE, &[], YES, YES, [0, 1, 1]),
    row("migrate up", &[], YES, YES, [0, 0, 1]),
    row("migrate status", &[], YES, NO, [0, 0, 1]),
    row("migrate down", &[], YES, YES, [0, 0, 1]),
    row(
        "user add",
        &["a.b", "--name", "A", "--role", "admin"],
        YES,
        YES,
        [0, 1, 1],
    ),
    row("user list", &[], YES, NO, [0, 1, 1]),
    row("user disable", &["nobody"], YES, YES, [1, 1, 1]),
    row("user enable", &["nobody"], YES, YES, [1, 1, 1]),
    row("user reset-password", &["nobody"], YES, YES, [1, 1, 1]),
    row("user reset-totp", &["nobody"], YES, YES, [1, 1, 1]),
    row(
        "user rename",
        &["nobody", "--to", "somebody"],
        YES,
        YES,
        [1, 1, 1],
    ),
    row("user set-role", &["nobody", "teacher"], YES, YES, [1, 1, 1]),
    row("user slips", &[], YES, NO, [0, 1, 1]),
    row("school show", &[], YES, NO, [0, 1, 1]),
    row(
        "school set",
        &["--name", "Hill School"],
        YES,
        YES,
        [0, 1, 1],
    ),
    row("setup-code", &[], YES, NO, [0, 1, 1]),
    row("term list", &[], YES, NO, [0, 1, 1]),
    row(
        "term add",
        &[
            "2026-2027",
            "Autumn",
            "--from",
            "2026-09-01",
            "--to",
            "2027-01-31",
        ],
        YES,
        YES,
        [0, 1, 1],
    ),
    row("term close", &["1"], YES, YES, [1, 1, 1]),
    row("term reopen", &["1", "--reason", "x"], YES, YES, [1, 1, 1]),
    row("subject list", &[], YES, NO, [0, 1, 1]),
    row("subject add", &["art", "--zh", "美术"], YES, YES, [0, 1, 1]),
    row("class list", &[], YES, NO, [0, 1, 1]),
    row(
        "class add",
        &["2026-2027", "Grade 6", "Class 3"],
        YES,
        YES,
        [0, 1, 1],
    ),
    row("class students", &["1"], YES, NO, [1, 1, 1]),
    row("class enrol", &["1", "nobody"], YES, YES, [3, 1, 1]),
    row("class leave", &["1", "nobody"], YES, YES, [3, 1, 1]),
    row(
        "class move",
        &["1", "nobody", "--to", "2"],
        YES,
        YES,
        [3, 1, 1],
    ),
    row("exam list", &[], YES, NO, [0, 1, 1]),
    row(
        "exam add",
        &["1", "Final", "--kind", "final", "--on", "2027-01-20"],
        YES,
        YES,
        [3, 1, 1],
    ),
    row(
        "course add",
        &["--term", "1", "--class", "1", "--subject", "none"],
        YES,
        YES,
        [3, 1, 1],
    ),
    row("course list", &[], YES, NO, [0, 1, 1]),
    row("changes", &["--limit", "3"], YES, NO, [0, 1, 1]),
    row("course teachers", &["1", "nobody"], YES, YES, [3, 1, 1]),
    row(
        "import scores",
        &[
            "exam.csv",
            "--school-year",
            "2026-2027",
            "--term",
            "Autumn",
            "--exam",
            "月考",
        ],
        YES,
        YES,
        [3, 1, 1],
    ),
    row(
        "import roster",
        &["exam.csv", "--school-year", "2026-2027"],
        YES,
        YES,
        [3, 1, 1],
    ),
    row("import oneroster", &["exam.csv"], YES, YES, [3, 1, 1]),
    row("export gradebook", &["--course", "1"], YES, NO, [1, 1, 1]),
    row(
        "export sheet",
        &["--exam", "1", "--class", "1"],
        YES,
        NO,
        [1, 1, 1],
    ),
    row("export class", &["--class", "1"], YES, NO, [1, 1, 1]),
    row(
        "export oneroster",
        &["-o", "school.zip"],
        YES,
        NO,
        [0, 1, 1],
    ),
    // There are no keys before the first start.
    row("keys list", &[], NO, NO, [1, 1, 1]),
    row("keys rotate", &[], YES, YES, [0, 1, 1]),
    row("doctor", &[], YES, NO, [0, 1, 1]),
    row("openapi", &[], NO, NO, [0, 0, 0]),
    row("completions", &["bash"], NO, NO, [0, 0, 0]),
];

/// The commands that `--help` lists, down to those that have none below them.
fn leaves(home: &Home, path: &[&str]) -> BTreeSet<String> {
    let mut arguments = path.to_vec();
    arguments.push("--help");
    let help = home.run(&arguments).exits(0).stdout;
    let listed = help
        .split_once("\nCommands:\n")
        .map_or("", |(_, rest)| rest);
    let names = listed
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help");
    let mut found = BTreeSet::new();
    for name in names {
        let below = leaves(home, &[path, &[name]].concat());
        if below.is_empty() {
            found.insert([path, &[name]].concat().join(" "));
        }
        found.extend(below);
    }
    found
}

#[test]
fn every_command_is_in_the_table() {
    let known = leaves(&Home::new(), &[]);
    let classified: BTreeSet<String> = TABLE.iter().map(|row| row.command.to_owned()).collect();
    assert_eq!(classified.len(), TABLE.len(), "a command is there twice");
    let missing: Vec<_> = known.difference(&classified).collect();
    let stale: Vec<_> = classified.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "not in the table of commands: {missing:?}"
    );
    assert!(stale.is_empty(), "in the table, but no command: {stale:?}");
}

fn command(row: &Row) -> Vec<&'static str> {
    row.command
        .split(' ')
        .chain(row.arguments.iter().copied())
        .collect()
}

/// How the command ends in this place, and what it says when it fails.
fn outcome(home: &Home, row: &Row, code: i32, state: &str) {
    if row.command == SERVE && code == 0 {
        serving(home, &[]).stop().exits(0);
        return;
    }
    let said = home.run(&command(row));
    assert_eq!(
        said.status.code(),
        Some(code),
        "{} {state}: {said:?}",
        row.command
    );
    if code == 1 && row.command != "doctor" {
        let complaints = said
            .stderr
            .lines()
            .filter(|line| line.starts_with("gradebook: "));
        assert_eq!(complaints.count(), 1, "{} {state}: {said:?}", row.command);
    }
    assert!(
        !said.stderr.contains("panicked"),
        "{} {state}: {said:?}",
        row.command
    );
}

/// What the commands show of a database.
fn shown(home: &Home) -> String {
    let parts = [
        &["migrate", "status", "--json"][..],
        &["user", "list", "--json"],
        &["course", "list", "--json"],
    ];
    parts
        .iter()
        .map(|part| home.run(part).exits(0).stdout)
        .collect()
}

#[test]
fn every_command_ends_as_the_table_says() {
    let exam = "年级,班级,考号,姓名,语文\n六年级,1班,2026001,李明,92\n";
    for row in TABLE {
        let home = Home::new();
        fs::write(home.path().join("exam.csv"), exam).unwrap();
        if row.database {
            home.run(&["migrate", "up"]).exits(0);
            let before = shown(&home);
            outcome(&home, row, row.codes[0], "on an empty database");
            if !row.writes || row.codes[0] != 0 {
                assert_eq!(shown(&home), before, "{} changed something", row.command);
            }
        } else {
            outcome(&home, row, row.codes[0], "without a database");
            assert!(
                !home.path().join("data").exists(),
                "{} made a data directory",
                row.command
            );
        }
        let mut home = Home::new();
        fs::write(home.path().join("exam.csv"), exam).unwrap();
        fs::write(home.path().join("file"), "").unwrap();
        home.variables
            .push(("GRADEBOOK_DATA_DIR".to_owned(), "file/data".to_owned()));
        outcome(&home, row, row.codes[2], "without a data directory");
    }
}

#[test]
fn pending_migrations_stop_every_command_that_needs_them() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for row in TABLE {
        // Each on a schema of its own: some of them migrate it.
        let database = runtime.block_on(gradebook_test_databases::mysql());
        let home = Home::on(&database.url);
        fs::write(home.path().join("exam.csv"), "考号,语文\n1,2\n").unwrap();
        outcome(&home, row, row.codes[1], "with migrations pending");
        let applied = home.run(&["migrate", "status", "--json"]).exits(0).stdout;
        let migrates = row.command == "migrate up";
        assert_eq!(
            applied.contains("\"applied\""),
            migrates,
            "{}: {applied}",
            row.command
        );
    }
}
