//! The measurements, one file per part of the product. Each works on a clone of a prepared database,
//! and counts afterwards what the database and the carrier hold against what was answered.

mod accept;
mod dispatch;
mod fairness;
mod footprint;
mod latency;
mod lists;
mod overload;
mod receipts;

pub(crate) use accept::{Accept, Accepted, Whom, accept};
pub(crate) use dispatch::{Dispatch, Dispatched, dispatch};
pub(crate) use fairness::{Combination, Crowd, fairness};
pub(crate) use footprint::{footprint, start_to_first_answer};
pub(crate) use latency::{due_precision, idle};
pub(crate) use lists::pages;
pub(crate) use overload::{Overloaded, one_person, overload};
pub(crate) use receipts::{receipts, same_writes};
