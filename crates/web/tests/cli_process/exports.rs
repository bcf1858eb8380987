//! `gradebook export`: files on standard output and beside it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::Home;

#[test]
fn files_are_exported_and_go_back_in() {
    let home = Home::new();
    let file = "年级,班级,考号,姓名,语文,数学\n六年级,1班,S1,\"李, 明\",92,88.5\n六年级,1班,S2,韩梅,缺考,60\n";
    fs::write(home.path().join("exam.csv"), file).unwrap();
    let import = |file: &'static str, more: &[&'static str]| {
        let mut command = vec!["import", "scores", file, "--school-year", "2026-2027"];
        command.extend(["--term", "Autumn", "--exam", "月考", "--json"]);
        command.extend(more);
        home.json(&command)
    };
    let report = import("exam.csv", &["--create-missing"]);
    let (exam, class) = (
        report["exam_id"].to_string(),
        report["class_ids"][0].to_string(),
    );
    let sheet = ["export", "sheet", "--exam", &exam, "--class", &class];
    let printed = home.run(&sheet).exits(0).stdout;
    assert_eq!(
        printed,
        "\u{feff}年级,班级,考号,姓名,语文,数学,总分,平均,名次\r\n\
         六年级,1班,S1,\"李, 明\",92,88.5,180.5,90.25,1\r\n\
         六年级,1班,S2,韩梅,缺考,60,60,60,2\r\n"
    );
    home.run(&[&sheet[..], &["-o", "sheet.csv", "--lang", "en"]].concat())
        .exits(0);
    let written = home.path().join("sheet.csv");
    assert_eq!(
        fs::metadata(&written).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        fs::read_to_string(&written)
            .unwrap()
            .contains(",abs,60,60,60,2\r\n")
    );
    let again = import("sheet.csv", &[]);
    assert_eq!(
        again["scores"],
        serde_json::json!({"new": 0, "changed": 0, "unchanged": 4})
    );

    let courses = home.json(&["course", "list", "--json"]);
    let course = courses[0]["id"].to_string();
    let book = ["export", "gradebook", "--course", &course];
    assert!(
        home.run(&book)
            .exits(0)
            .stdout
            .starts_with("\u{feff}学号,姓名,月考,")
    );
    home.run(&[&book[..], &["--xlsx", "-o", "book.xlsx"]].concat())
        .exits(0);
    assert!(
        fs::read(home.path().join("book.xlsx"))
            .unwrap()
            .starts_with(b"PK")
    );
    let list = home
        .run(&["export", "class", "--class", &class])
        .exits(0)
        .stdout;
    assert!(
        list.contains("六年级,1班,S1,\"李, 明\",S1,2026-09-01,\r\n"),
        "{list}"
    );

    for (command, hint) in [
        (
            &["export", "gradebook", "--course", "999"][..],
            "`gradebook course list`",
        ),
        (
            &["export", "class", "--class", "999"],
            "`gradebook user slips`",
        ),
        (
            &["export", "sheet", "--exam", "999", "--class", &class],
            "/exams/EXAM_ID",
        ),
        (
            &["export", "class", "--class", &class, "-o", "no/such/folder"],
            "cannot write no/such/folder",
        ),
    ] {
        let said = home.run(command).exits(1);
        assert!(said.stderr.contains(hint), "{said:?}");
        assert_eq!(said.stdout, "");
    }
}

#[test]
fn a_school_moves_to_another_server() {
    let first = Home::new();
    let file =
        "年级,班级,考号,姓名,语文,数学\n六年级,1班,S1,李明,92,88.5\n六年级,1班,S2,韩梅,缺考,60\n";
    fs::write(first.path().join("exam.csv"), file).unwrap();
    let import = [
        "import",
        "scores",
        "exam.csv",
        "--school-year",
        "2026-2027",
        "--term",
        "Autumn",
    ];
    first
        .run(
            &[
                &import[..],
                &["--exam", "月考", "--create-missing", "--publish"],
            ]
            .concat(),
        )
        .exits(0);
    first
        .run(&["export", "oneroster", "-o", "school.zip"])
        .exits(0);
    let second = Home::new();
    fs::copy(
        first.path().join("school.zip"),
        second.path().join("school.zip"),
    )
    .unwrap();
    let said = second
        .run(&["import", "oneroster", "school.zip", "--dry-run"])
        .exits(0);
    assert!(
        said.stdout
            .starts_with("dry run, nothing was written\nscores:    4 new"),
        "{said:?}"
    );
    let report = second.json(&["import", "oneroster", "school.zip", "--json"]);
    assert_eq!(report["created"]["people"], 2);
    let said = second.run(&["import", "oneroster", "school.zip"]).exits(0);
    assert!(said.stdout.starts_with("nothing to write"), "{said:?}");
    let courses = |home: &Home| home.json(&["course", "list", "--json"]);
    assert_eq!(courses(&first), courses(&second));
    let said = second.run(&["import", "oneroster", "none.zip"]).exits(1);
    assert!(said.stderr.contains("cannot read none.zip"), "{said:?}");
    fs::write(second.path().join("no.zip"), "x").unwrap();
    let said = second.run(&["import", "oneroster", "no.zip"]).exits(3);
    assert!(said.stderr.contains("not a zip file"), "{said:?}");
}
