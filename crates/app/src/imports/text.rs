//! The text of a file, whatever spreadsheet program wrote it.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_16BE, UTF_16LE};

use super::error::Unreadable;

/// Words of a header that no other encoding makes of the bytes by chance.
const CHINESE_HEADERS: [&str; 5] = ["年级", "班级", "考号", "学号", "姓名"];

/// The text with `\n` at the end of its lines, so that lines can be counted.
pub(super) fn text_of(file: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let text = decode(file)?;
    if text.contains('\0') {
        return Err(Unreadable::Binary);
    }
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    if !text.contains('\r') {
        return Ok(text);
    }
    let mut lines = String::with_capacity(text.len());
    for part in text.split_inclusive('\r') {
        let part = part
            .strip_prefix('\n')
            .filter(|_| lines.ends_with('\n'))
            .unwrap_or(part);
        match part.strip_suffix('\r') {
            Some(line) => {
                lines.push_str(line);
                lines.push('\n');
            }
            None => lines.push_str(part),
        }
    }
    Ok(Cow::Owned(lines))
}

fn decode(file: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    // Excel's "Unicode text" is UTF-16 with a mark.
    if let Some((encoding, mark)) = Encoding::for_bom(file) {
        let utf_16 = encoding == UTF_16LE || encoding == UTF_16BE;
        let body = file.get(mark..).unwrap_or_default();
        return match encoding.decode_without_bom_handling_and_without_replacement(body) {
            Some(text) => Ok(text),
            None if utf_16 => Err(Unreadable::Binary),
            None => Err(Unreadable::Encoding {
                looks_like: "damaged UTF-8",
            }),
        };
    }
    if let Ok(text) = std::str::from_utf8(file) {
        return Ok(Cow::Borrowed(text));
    }
    let as_chinese = GB18030.decode_without_bom_handling_and_without_replacement(file);
    // A few Chinese words are too little for a statistical guess but prove themselves.
    let proven = as_chinese.as_ref().is_some_and(|text| {
        let header = text.lines().find(|line| !line.trim().is_empty());
        let proves = |header: &str| CHINESE_HEADERS.iter().any(|word| header.contains(word));
        header.is_some_and(proves)
    });
    if let Some(text) = as_chinese.as_ref().filter(|_| proven) {
        return Ok(text.clone());
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(file, true);
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    match as_chinese {
        Some(text) if guess == GBK || guess == GB18030 => Ok(text),
        _ => Err(Unreadable::Encoding {
            looks_like: guess.name(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "年级,班级,考号,语文\n六年级,3班,70301,71.5\n";

    #[test]
    fn every_encoding_that_a_spreadsheet_writes() {
        let (gbk, ..) = GBK.encode(TABLE);
        let utf_16: Vec<u8> = std::iter::once(0xFEFF)
            .chain(TABLE.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let with_mark = format!("\u{feff}{TABLE}").into_bytes();
        let crlf = TABLE.replace('\n', "\r\n").into_bytes();
        let cr = TABLE.replace('\n', "\r").into_bytes();
        let variants: [&[u8]; 6] = [TABLE.as_bytes(), &with_mark, &gbk, &utf_16, &crlf, &cr];
        for bytes in variants {
            assert_eq!(text_of(bytes).as_deref(), Ok(TABLE));
        }
    }

    #[test]
    fn gbk_names_under_an_english_header() {
        let table = "class,number,name,Chinese\n1,2,王雨桐,90\n1,3,李浩然,91\n1,4,陈思远,88\n";
        let (gbk, ..) = GBK.encode(table);
        assert_eq!(text_of(&gbk).as_deref(), Ok(table));
    }

    #[test]
    fn what_is_no_table_says_so() {
        assert_eq!(text_of(b""), Err(Unreadable::Empty));
        assert_eq!(text_of(b"\xEF\xBB\xBF\r\n"), Err(Unreadable::Empty));
        assert_eq!(text_of(b"a\0b"), Err(Unreadable::Binary));
        let latin = b"class,number,name,Chinese\n1,2,Ren\xe9,9\n1,3,Andr\xe9,8\n";
        assert!(matches!(text_of(latin), Err(Unreadable::Encoding { .. })));
    }
}
