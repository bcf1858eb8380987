//! Workbooks made by hand, and files that were made to do harm.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive of these entries.
pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
pub(crate) const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
pub(crate) const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Scores" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
pub(crate) const BOOK_RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;

/// The XML of a sheet with these rows in it.
pub(crate) fn sheet(rows: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    )
}

/// A workbook with this sheet, these shared texts and further entries.
pub(crate) fn workbook_of(sheet: &str, texts: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut entries: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELS.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", texts.as_bytes()),
    ];
    entries.extend_from_slice(more);
    archive(&entries)
}

pub(crate) const NO_TEXTS: &str =
    r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>"#;

/// A workbook as a program saves it: numbers as numbers, the rest as texts. A cell that begins with
/// `=` is a formula, with its result behind `→` if it has one.
pub(crate) fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut xml = String::new();
    for (row, cells) in rows.iter().enumerate() {
        let row = row + 1;
        xml += &format!("<row r=\"{row}\">");
        for (column, cell) in cells.iter().enumerate() {
            let at = format!("{}{row}", char::from(b'A' + u8::try_from(column).unwrap()));
            if let Some(formula) = cell.strip_prefix('=') {
                let (formula, result) = formula.split_once('→').unwrap_or((formula, ""));
                let value = if result.is_empty() {
                    "<v/>".to_owned()
                } else {
                    format!("<v>{result}</v>")
                };
                xml += &format!("<c r=\"{at}\"><f>{formula}</f>{value}</c>");
            } else if cell.parse::<f64>().is_ok() {
                xml += &format!("<c r=\"{at}\"><v>{cell}</v></c>");
            } else if !cell.is_empty() {
                xml += &format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>");
            }
        }
        xml += "</row>";
    }
    workbook_of(&sheet(&xml), NO_TEXTS, &[])
}

const ROW: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>学号</t></is></c>\
                   <c r=\"B1\" t=\"inlineStr\"><is><t>月考</t></is></c></row>";

/// A workbook with one tag that has so many attributes, all of which a reader might want to keep apart.
pub(crate) fn one_tag(attributes: usize) -> Vec<u8> {
    let mut cell = String::from("<row r=\"1\"><c");
    for nth in 0..attributes {
        write!(cell, " a{nth}=\"\"").unwrap();
    }
    cell += "/></row>";
    workbook_of(&sheet(&cell), NO_TEXTS, &[])
}

/// A sheet with so many rows below a header, each of one cell with this in it.
pub(crate) fn tall(rows: usize, cell: &str) -> String {
    let mut xml = ROW.to_owned();
    for row in 2..rows + 2 {
        write!(
            xml,
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"str\">{cell}</c></row>"
        )
        .unwrap();
    }
    sheet(&xml)
}

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
    let commas = ",".repeat(10_000_000);
    // A font with a long name, copied into each format of cells; and a font for nobody, a million times.
    let copied = format!(
        "<styleSheet><fonts><font><name val=\"{}\"/></font></fonts><cellXfs>{}</cellXfs></styleSheet>",
        "x".repeat(10_000),
        "<xf fontId=\"0\"/>".repeat(60_000)
    );
    let fonts = format!(
        "<styleSheet><fonts>{}</fonts></styleSheet>",
        "<font/>".repeat(1_000_000)
    );
    let styled = |styles: &str| {
        workbook_of(
            &sheet(ROW),
            NO_TEXTS,
            &[("xl/styles.xml", styles.as_bytes())],
        )
    };
    let with_more = |sheet: &str| workbook_of(sheet, NO_TEXTS, &[("xl/a.png", spaces.as_bytes())]);
    vec![
        ("bomb.xlsx", bomb, "content_too_large"),
        ("copied_fonts.xlsx", styled(&copied), "content_too_large"),
        ("fonts.xlsx", styled(&fonts), "content_too_large"),
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
        // What is too much is told before the rest, of which each is too large, is looked through.
        (
            "rows.xlsx",
            with_more(&tall(20_002, "<v>1</v>")),
            "too_many_rows",
        ),
        ("rows.csv", rows.into_bytes(), "too_many_rows"),
        ("fields.csv", fields.into_bytes(), "too_many_rows"),
        ("commas.csv", commas.into_bytes(), "too_many_cells"),
        ("attributes.xlsx", one_tag(100_000), "content_too_large"),
        ("wide.csv", wide.into_bytes(), "too_many_columns"),
        ("spaces.csv", b"  \n\n ".to_vec(), "empty_file"),
        ("header.csv", "学号,月考\n".as_bytes().to_vec(), "no_rows"),
    ]
}
