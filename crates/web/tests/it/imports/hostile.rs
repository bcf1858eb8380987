//! Files that were made to do harm, or are no tables.

use std::fmt::Write;

use gradebook_test_databases::on_both_databases;

use super::files::{NO_TEXTS, archive, send, sheet, workbook, workbook_of};
use crate::harness::{TestServer, local};
use crate::world::World;

const ROW: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>学号</t></is></c>\
                   <c r=\"B1\" t=\"inlineStr\"><is><t>月考</t></is></c></row>";

/// Every file with the code for which it is refused.
pub(crate) fn files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let spaces = " ".repeat(40 << 20);
    let bomb = workbook_of(&sheet(&format!("{ROW}{spaces}")), NO_TEXTS, &[]);
    // Each small enough, together too large.
    let many = " ".repeat(30 << 20);
    let parts: Vec<(&str, &[u8])> = ["a.png", "b.png", "c.png"]
        .iter()
        .map(|name| (*name, many.as_bytes()))
        .collect();
    let bombs = workbook_of(&sheet(ROW), NO_TEXTS, &parts);
    let doctype = format!(
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{}",
        sheet("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&e;</t></is></c></row>")
    );
    let laughs =
        format!("<!DOCTYPE sst [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>{NO_TEXTS}");
    let announced = "<sst uniqueCount=\"99999999999\"><si><t>a</t></si></sst>";
    let texts = format!("<sst>{}</sst>", "<si/>".repeat(400_000));
    // One long text, again and again.
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(2 << 20));
    let mut repeated = String::new();
    for row in 1..=2_000 {
        write!(
            repeated,
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>"
        )
        .unwrap();
    }
    let sparse = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
                  <row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let good = workbook(&[&["学号", "月考"], &["1", "90"]]);
    let cut = good[..good.len() - 40].to_vec();
    let mut two_ends = good.clone();
    two_ends.extend_from_slice(&good[good.len() - 22..]);
    let mut lying = good.clone();
    let end = lying.len() - 22;
    lying[end + 10] = 200;
    lying[end + 11] = 0;
    let names: Vec<String> = (0..100_000).map(|nth| format!("{nth}")).collect();
    let empty: &[u8] = b"";
    let many_entries: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), empty)).collect();
    let nested = archive(&[("inner.xlsx", good.as_slice())]);
    let rows = "1,2\n".repeat(20_002);
    let wide = format!("学号,月考\n{}\n", "1,".repeat(5_000));
    let fields = "a\n".repeat(4_000_000);
    vec![
        ("bomb.xlsx", bomb, "content_too_large"),
        ("bombs.xlsx", bombs, "content_too_large"),
        (
            "xxe.xlsx",
            workbook_of(&doctype, NO_TEXTS, &[]),
            "doctype_not_allowed",
        ),
        (
            "laughs.xlsx",
            workbook_of(&sheet(ROW), &laughs, &[]),
            "doctype_not_allowed",
        ),
        (
            "announced.xlsx",
            workbook_of(&sheet(ROW), announced, &[]),
            "content_too_large",
        ),
        (
            "texts.xlsx",
            workbook_of(&sheet(ROW), &texts, &[]),
            "content_too_large",
        ),
        (
            "repeated.xlsx",
            workbook_of(&sheet(&repeated), &long, &[]),
            "content_too_large",
        ),
        (
            "sparse.xlsx",
            workbook_of(&sheet(sparse), NO_TEXTS, &[]),
            "too_many_columns",
        ),
        (
            "entries.xlsx",
            archive(&many_entries[..60_000]),
            "too_many_entries",
        ),
        ("entries64.xlsx", archive(&many_entries), "too_many_entries"),
        ("cut.xlsx", cut, "broken_workbook"),
        ("two-ends.xlsx", two_ends, "broken_workbook"),
        ("lying.xlsx", lying, "broken_workbook"),
        ("nested.xlsx", nested, "broken_workbook"),
        (
            "dimension.xlsx",
            workbook_of(
                &sheet(ROW).replace("<sheetData>", "<dimension ref=\"B9:A1\"/><sheetData>"),
                NO_TEXTS,
                &[],
            ),
            "broken_workbook",
        ),
        ("plain.xlsx", b"a,b\n1,2\n".to_vec(), "not_a_workbook"),
        (
            "old.xls",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on".to_vec(),
            "old_workbook",
        ),
        (
            "photo.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            "not_a_table",
        ),
        (
            "zeros.csv",
            "a,b\0\n1,2\n".as_bytes().to_vec(),
            "not_a_table",
        ),
        ("rows.csv", rows.into_bytes(), "too_many_rows"),
        ("fields.csv", fields.into_bytes(), "too_many_rows"),
        ("wide.csv", wide.into_bytes(), "too_many_columns"),
        ("spaces.csv", b"  \n\n ".to_vec(), "empty_file"),
        ("header.csv", "学号,月考\n".as_bytes().to_vec(), "no_rows"),
    ]
}

on_both_databases! {
    async fn a_hostile_file_is_refused_with_a_reason(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let course = world.course.to_string();
            for (name, file, code) in files() {
                assert!(file.len() < 10 << 20, "{name}");
                for dry in ["?dry_run=true", ""] {
                    let fields = [("course_id", course.as_str()), ("plan_hash", "0")];
                    let path = format!("/api/v1/imports/scores{dry}");
                    let reply = send(&server, &world.teacher, &path, (name, &file), &fields).await;
                    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (422, code), "{name}: {}", reply.text());
                }
            }
            let large = vec![b'a'; (10 << 20) + 1];
            let fields = [("course_id", course.as_str())];
            let reply = send(&server, &world.teacher, "/api/v1/imports/scores?dry_run=true", ("large.csv", &large), &fields).await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (413, "body_too_large"));
            for (kind, status) in [("application/json", 415), ("text/csv", 415), ("multipart/form-data", 415)] {
                let reply = server.post("/api/v1/imports/scores").bearer(&world.teacher).raw(kind, "x").send().await;
                assert_eq!(reply.status.as_u16(), status, "{kind}: {}", reply.text());
            }
            let cut = server.post("/api/v1/imports/scores").bearer(&world.teacher)
                .raw("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc")
                .send().await;
            assert_eq!((cut.status.as_u16(), cut.code().as_str()), (400, "malformed_form"), "{}", cut.text());
            // The server is as it was.
            let book = server.get(&format!("/api/v1/courses/{}/gradebook", world.course)).bearer(&world.teacher).send().await;
            assert_eq!(book.status, 200);
        })
        .await;
    }
}
