//! Tables as an Excel workbook.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{
    Color, DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use super::WriteError;
use super::table::{Book, Cell, Column, Kind, Table};

/// Columns are at least and at most so wide, in characters.
const WIDTHS: (usize, usize) = (8, 40);
/// Room beside the longest text, for the arrow of a filter.
const MARGIN: usize = 2;

/// A workbook with one sheet a table. Its properties name nobody.
pub(super) fn write(book: &Book, now_s: i64) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    let created = Timestamp::from_second(now_s)
        .unwrap_or_default()
        .to_zoned(TimeZone::UTC)
        .datetime();
    let properties = DocProperties::new()
        .set_title(&book.title)
        .set_creation_datetime(&created);
    workbook.set_properties(&properties);
    for table in &book.tables {
        sheet(workbook.add_worksheet(), table)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn sheet(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let header = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00EE_F1F5))
        .set_border_bottom(FormatBorder::Thin)
        .set_align(FormatAlign::Left);
    let word = Format::new().set_align(FormatAlign::Left);
    sheet.set_name(&table.name)?;
    sheet.set_freeze_panes(1, table.frozen)?;
    for (at, column) in (0_u16..).zip(&table.columns) {
        let cells = || table.rows.iter().filter_map(|row| row.get(usize::from(at)));
        sheet.set_column_width(at, width(column, cells()))?;
        sheet.write_string_with_format(0, at, &column.header, &header)?;
        let format = Format::new().set_num_format(number_format(column.kind, cells()));
        for (row, cell) in (1_u32..).zip(cells()) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    sheet.write_string_with_format(row, at, text, &word)?;
                }
                Cell::Number(number) => match number.as_str().parse::<f64>() {
                    // A workbook holds binary numbers. Up to fifteen digits come back as they went
                    // in, and no score or rounded percentage has more.
                    Ok(value) => {
                        sheet.write_number_with_format(row, at, value, &format)?;
                    }
                    Err(_) => {
                        sheet.write_string_with_format(row, at, number.as_str(), &word)?;
                    }
                },
            }
        }
    }
    Ok(())
}

fn number_format<'a>(kind: Kind, cells: impl Iterator<Item = &'a Cell>) -> String {
    let places = match kind {
        Kind::Words => 0,
        Kind::Rounded => 2,
        Kind::Points => cells.map(decimals).max().unwrap_or(0),
    };
    if places == 0 {
        "0".to_owned()
    } else {
        format!("0.{}", "0".repeat(places))
    }
}

fn decimals(cell: &Cell) -> usize {
    match cell {
        Cell::Number(number) => number
            .as_str()
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len()),
        Cell::Empty | Cell::Text(_) => 0,
    }
}

/// As wide as the longest text: a Chinese character takes two places.
fn width<'a>(column: &Column, cells: impl Iterator<Item = &'a Cell>) -> f64 {
    let (least, most) = WIDTHS;
    let longest = cells
        .map(|cell| cell.shown().width())
        .chain([column.header.width()])
        .max()
        .unwrap_or(0);
    let characters = (longest + MARGIN).clamp(least, most);
    u16::try_from(characters).map_or(40.0, f64::from)
}
