//! Imports and the process that does them: killed in the middle, and fed with files that were made to
//! fill its memory.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use gradebook_test_databases::on_both_databases;
use serde_json::Value;

use super::{FORM, Home, Serving, json_of, serving};
use crate::workbooks::{archive, files, one_tag, sheet, workbook, workbook_of};

const PASSWORD: &str = "correct horse battery";
const ROWS: usize = 4_000;
/// What one file may have.
const MOST_ROWS: usize = 20_000;
const EXAM: [&str; 6] = [
    "--school-year",
    "2026-2027",
    "--term",
    "Autumn",
    "--exam",
    "月考",
];

fn exam_file() -> String {
    let mut file = "年级,班级,考号,姓名,语文,数学,英语\n".to_owned();
    for row in 0..ROWS {
        file += &format!(
            "七年级,{}班,{},学生{row},71.5,{},缺考\n",
            row % 40,
            100_000 + row,
            row % 100
        );
    }
    file
}

fn add_admin(home: &Home) {
    let add = [
        "user",
        "add",
        "head",
        "--name",
        "Head",
        "--role",
        "admin",
        "--password-stdin",
    ];
    home.type_in(&format!("{PASSWORD}\n")).run(&add).exits(0);
}

fn signed_in(server: &Serving) -> String {
    let form = "grant_type=password&username=head&password=correct+horse+battery";
    let pair = json_of(&server.ask("POST /api/v1/token", &[FORM], form));
    format!(
        "Authorization: Bearer {}",
        pair["access_token"].as_str().unwrap()
    )
}

/// Sends a file with fields and returns the answer.
fn upload(
    server: &Serving,
    path: &str,
    bearer: &str,
    (name, file): (&str, &[u8]),
    fields: &[(&str, &str)],
) -> String {
    let mut body = Vec::new();
    for (field, value) in fields {
        write!(
            body,
            "--b\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
        )
        .unwrap();
    }
    write!(
        body,
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    )
    .unwrap();
    body.extend_from_slice(file);
    write!(body, "\r\n--b--\r\n").unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(120)))
        .unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{bearer}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
        server.address(),
        body.len()
    )
    .unwrap();
    stream.write_all(&body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let lines = answer.lines().take_while(|line| !line.is_empty());
    let found = lines
        .filter_map(|line| line.split_once(": "))
        .find(|(one, _)| one.eq_ignore_ascii_case(name));
    found.unwrap_or_else(|| panic!("{answer}")).1
}

/// What an import of the file would find: scores that are not there, and scores that are.
fn missing_and_there(home: &Home) -> (u64, u64) {
    let mut command = vec![
        "import",
        "scores",
        "exam.csv",
        "--create-missing",
        "--dry-run",
        "--json",
    ];
    command.extend(EXAM);
    let plan = home.json(&command);
    let scores = &plan["scores"];
    assert_eq!(scores["changed"], 0, "{plan}");
    (
        scores["new"].as_u64().unwrap(),
        scores["unchanged"].as_u64().unwrap(),
    )
}

on_both_databases! {
    async fn a_server_killed_in_an_import_leaves_all_of_it_or_nothing(database: TestDatabase) {
        let home = Home::on(&database.url);
        home.run(&["migrate", "up"]).exits(0);
        add_admin(&home);
        // A school that has the term, so that the form can name it.
        std::fs::write(home.path().join("term.csv"), "年级,班级,考号,语文\n七年级,0班,1,90\n").unwrap();
        let mut first = vec!["import", "scores", "term.csv", "--create-missing"];
        first.extend(&EXAM[..4]);
        first.extend(["--exam", "first"]);
        home.run(&first).exits(0);
        let file = exam_file();
        std::fs::write(home.path().join("exam.csv"), &file).unwrap();
        let all = 3 * u64::try_from(ROWS).unwrap();
        let mut in_the_middle = 0;
        // The moments: while it reads, while it creates accounts, and after so many scores.
        for (phase, done) in [("checking", 0), ("students", 0), ("scores", 1), ("scores", 6_000), ("scores", 11_000)] {
            let server = serving(&home, &[]);
            let bearer = signed_in(&server);
            let fields = [("term_id", "1"), ("exam_name", "月考"), ("create_missing", "on")];
            let sent = upload(&server, "/admin/imports", &bearer, ("exam.csv", file.as_bytes()), &fields);
            let path = header(&sent, "location").to_owned();
            let page = server.ask(&format!("GET {path}"), &[&bearer], "");
            let (_, hash) = page.split_once("name=\"plan_hash\" value=\"").unwrap();
            let hash = hash.split('"').next().unwrap();
            let commit = format!("POST {path}/commit");
            let same = "Sec-Fetch-Site: same-origin";
            let begun = server.ask(&commit, &[&bearer, FORM, same], &format!("plan_hash={hash}"));
            assert!(begun.starts_with("HTTP/1.1 303"), "{begun}");
            loop {
                let told = json_of(&server.ask(&format!("GET /api/v1{path}"), &[&bearer], ""));
                let at = &told["progress"];
                let rank = |phase: &str| ["checking", "students", "scores", "publishing"].iter().position(|one| *one == phase);
                let here = at["phase"].as_str().and_then(rank);
                let reached = here > rank(phase)
                    || (here == rank(phase) && at["done"].as_u64().unwrap_or(0) >= done);
                if told["state"] != "running" || reached {
                    in_the_middle += usize::from(told["state"] == "running");
                    break;
                }
            }
            server.kill();
            let (missing, there) = missing_and_there(&home);
            assert!((missing, there) == (all, 0) || (missing, there) == (0, all), "{phase} {done}: {missing} missing, {there} there");
            if there == all {
                break;
            }
        }
        assert!(in_the_middle > 0, "no import was met while it was written");
        // What is left is no hindrance to doing it again.
        let mut again = vec!["import", "scores", "exam.csv", "--create-missing"];
        again.extend(EXAM);
        home.run(&again).exits(0);
        assert_eq!(missing_and_there(&home), (0, all));
    }
}

/// Bundles of a school that were made to do harm, with the code for which each is refused.
fn bundles() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let sessions = "sourcedId,title,type,startDate,endDate,schoolYear\n";
    let of = |files: &[(&str, &str)]| {
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, text)| (*name, text.as_bytes()))
            .collect();
        archive(&files)
    };
    let first = |text: &str| of(&[("academicSessions.csv", text)]);
    let mut terms = sessions.to_owned();
    for nth in 0..240_000 {
        writeln!(terms, "t{nth},Term {nth},term,2026-09-01,2027-01-31,2027").unwrap();
    }
    // As many people as a bundle may have, in a class that is not there.
    let mut users =
        "sourcedId,enabledUser,role,username,givenName,familyName,identifier\n".to_owned();
    let mut enrollments = "sourcedId,classSourcedId,userSourcedId,role\n".to_owned();
    for nth in 0..49_000 {
        writeln!(
            users,
            "u{nth},true,student,s{nth},Given{nth},Family,S-{nth}"
        )
        .unwrap();
        writeln!(enrollments, "e{nth},nowhere,u{nth},student").unwrap();
    }
    let term = format!("{sessions}t1,Autumn,term,2026-09-01,2027-01-31,2027\n");
    let people = of(&[
        ("academicSessions.csv", &term),
        ("courses.csv", "sourcedId,title\n"),
        (
            "classes.csv",
            "sourcedId,title,courseSourcedId,classType,termSourcedIds\n",
        ),
        ("users.csv", &users),
        ("enrollments.csv", &enrollments),
    ]);
    let names: Vec<String> = (0..100_000).map(|nth| format!("{nth}.csv")).collect();
    let empty: &[u8] = b"";
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), empty)).collect();
    // A row of many lines, as the reader sees it, and a great many rows of nothing.
    let lines = format!("{sessions}\"{}\"", "a\n".repeat(15 << 20));
    let empty_rows = format!("{sessions}{}", "\n".repeat(30 << 20));
    vec![
        ("entries.zip", archive(&entries[..60_000]), "not_a_bundle"),
        ("entries64.zip", archive(&entries), "not_a_bundle"),
        ("lines.zip", first(&lines), "not_a_bundle"),
        ("rows.zip", first(&empty_rows), "not_a_bundle"),
        ("commas.zip", first(&",".repeat(30 << 20)), "not_a_bundle"),
        ("field.zip", first(&"a".repeat(30 << 20)), "not_a_bundle"),
        ("bomb.zip", first(&"0".repeat(80 << 20)), "not_a_bundle"),
        ("terms.zip", first(&terms), "not_a_bundle"),
        ("people.zip", people, "file_rejected"),
    ]
}

/// Files with as many rows as a file may have, and 30 columns, which is nearly as many cells.
fn largest() -> [(&'static str, Vec<u8>); 2] {
    const SUBJECTS: usize = 26;
    let mut csv = "年级,班级,考号,姓名".to_owned();
    let mut xml = "<row r=\"1\">".to_owned();
    let mut texts = String::new();
    for text in ["年级", "班级", "考号", "姓名", "七"] {
        write!(texts, "<si><t>{text}</t></si>").unwrap();
    }
    for (nth, column) in ('A'..='D').enumerate() {
        write!(xml, "<c r=\"{column}1\" t=\"s\"><v>{nth}</v></c>").unwrap();
    }
    let columns: Vec<String> = (b'E'..=b'Z')
        .map(|letter| char::from(letter).to_string())
        .chain((b'A'..=b'D').map(|letter| format!("A{}", char::from(letter))))
        .collect();
    assert_eq!(columns.len(), SUBJECTS);
    for column in &columns {
        write!(csv, ",S{column}").unwrap();
        let title = format!("<is><t>S{column}</t></is>");
        write!(xml, "<c r=\"{column}1\" t=\"inlineStr\">{title}</c>").unwrap();
    }
    xml += "</row>";
    for row in 0..MOST_ROWS {
        let (line, class) = (row + 2, row % 400);
        write!(csv, "\n七,{class},{row},学生{row}").unwrap();
        write!(
            xml,
            "<row r=\"{line}\"><c r=\"A{line}\" t=\"s\"><v>4</v></c>"
        )
        .unwrap();
        write!(xml, "<c r=\"B{line}\"><v>{class}</v></c>").unwrap();
        write!(xml, "<c r=\"C{line}\"><v>{row}</v></c>").unwrap();
        write!(xml, "<c r=\"D{line}\" t=\"s\"><v>{}</v></c>", row + 5).unwrap();
        write!(texts, "<si><t>学生{row}</t></si>").unwrap();
        for (nth, column) in columns.iter().enumerate() {
            let score = (row + nth) % 100;
            write!(csv, ",{score}.5").unwrap();
            write!(xml, "<c r=\"{column}{line}\" s=\"1\"><v>{score}.5</v></c>").unwrap();
        }
        xml += "</row>";
    }
    let texts = format!(
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{texts}</sst>"
    );
    [
        ("large.csv", csv.into_bytes()),
        ("large.xlsx", workbook_of(&sheet(&xml), &texts, &[])),
    ]
}

/// The most memory that the process ever had, in bytes.
fn high_water(server: &Serving) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

const PLAN: &str = "/api/v1/imports/scores?dry_run=true";

/// A server with a term and an exam, which has read a small file: what every import needs is there.
fn ready(home: &Home) -> (Serving, String) {
    std::fs::write(
        home.path().join("term.csv"),
        "年级,班级,考号,语文\n七年级,0班,1,90\n",
    )
    .unwrap();
    let mut first = vec!["import", "scores", "term.csv", "--create-missing"];
    first.extend(EXAM);
    home.run(&first).exits(0);
    let server = serving(home, &[]);
    let bearer = signed_in(&server);
    let good = workbook(&[&["学号", "语文"], &["1", "90"]]);
    upload(&server, PLAN, &bearer, ("good.xlsx", &good), &FIELDS);
    (server, bearer)
}

const FIELDS: [(&str, &str); 2] = [("term_id", "1"), ("exam_name", "月考")];

#[test]
fn the_largest_good_file_takes_less_than_a_hundred_megabytes() {
    let home = Home::new();
    add_admin(&home);
    for (name, file) in largest() {
        let (server, bearer) = ready(&home);
        let before = high_water(&server);
        let fields = [&FIELDS[..], &[("create_missing", "true")]].concat();
        let plan = json_of(&upload(&server, PLAN, &bearer, (name, &file), &fields));
        let new = &plan["summary"]["new"];
        assert_eq!(*new, MOST_ROWS, "{name}: {}", plan["detail"]);
        let taken = high_water(&server) - before;
        assert!(taken < 100_000_000, "{name}: {taken} bytes more");
        server.kill();
    }
}

#[test]
fn no_file_takes_a_hundred_megabytes() {
    let home = Home::new();
    add_admin(&home);
    let (server, bearer) = ready(&home);
    let before = high_water(&server);
    let long_tag = ("tag.xlsx", one_tag(2_500_000), "content_too_large");
    for (name, file, code) in files().into_iter().chain([long_tag]) {
        let answer = upload(&server, PLAN, &bearer, (name, &file), &FIELDS);
        let problem: Value = json_of(&answer);
        assert_eq!(
            (&problem["status"], &problem["code"]),
            (&422.into(), &code.into()),
            "{name}: {answer}"
        );
    }
    let taken = high_water(&server) - before;
    assert!(taken < 100_000_000, "{taken} bytes more");
    // What an allocator keeps of all these is not to count for the bundles.
    server.kill();
    let server = serving(&home, &[]);
    let path = "/api/v1/imports/oneroster?dry_run=true";
    let good = workbook(&[&["学号", "语文"], &["1", "90"]]);
    upload(&server, path, &bearer, ("good.xlsx", &good), &[]);
    let before = high_water(&server);
    for (name, file, code) in bundles() {
        let answer = upload(&server, path, &bearer, (name, &file), &[]);
        let problem: Value = json_of(&answer);
        assert_eq!(
            (&problem["status"], &problem["code"]),
            (&422.into(), &code.into()),
            "{name}: {answer}"
        );
    }
    let taken = high_water(&server) - before;
    assert!(taken < 100_000_000, "{taken} bytes more");
}
