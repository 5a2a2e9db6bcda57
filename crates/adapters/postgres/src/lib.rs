//! The ports on Postgres: the only crate that names diesel and the only one that contains SQL.
//!
//! It must not know any rule: it stores what the domain decided and loads what the domain asks for.

pub mod embedded;
pub mod migrations;
