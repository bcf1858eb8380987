//! Forms with files, and workbooks made by hand.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::harness::{Reply, Request, TestServer};

/// A form with a file and fields.
pub(crate) fn multipart(
    request: Request,
    name: &str,
    file: &[u8],
    fields: &[(&str, &str)],
) -> Request {
    const BOUNDARY: &str = "a-boundary-that-no-file-has";
    let mut body = Vec::new();
    for (field, value) in fields {
        write!(
            body,
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
        )
        .unwrap();
    }
    write!(
        body,
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .unwrap();
    body.extend_from_slice(file);
    write!(body, "\r\n--{BOUNDARY}--\r\n").unwrap();
    request.raw(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// Sends a file to an address of the interface.
pub(crate) async fn send(
    server: &TestServer,
    token: &str,
    path: &str,
    (name, file): (&str, &[u8]),
    fields: &[(&str, &str)],
) -> Reply {
    let request = server.post(path).bearer(token);
    multipart(request, name, file, fields).send().await
}

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
