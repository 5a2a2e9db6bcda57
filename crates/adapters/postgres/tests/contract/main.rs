//! What the ports promise, on a real Postgres: each MUST of their documentation has a test here.

mod catalogue;
mod commit;
mod sql;
mod support;
