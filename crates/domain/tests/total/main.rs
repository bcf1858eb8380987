//! The course total: product.md's table, the explanation, and properties against an
//! independent reference.
#![allow(clippy::unwrap_used, clippy::panic)]

mod cases;
mod explanation;
mod outlook;
mod properties;
mod reference;
mod strategies;
