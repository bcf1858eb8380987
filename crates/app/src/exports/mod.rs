//! What leaves the school as a file: what each table holds, whatever it is written as.

mod class_list;
mod columns;

pub use class_list::ClassListView;
pub use columns::assessment_headers;
