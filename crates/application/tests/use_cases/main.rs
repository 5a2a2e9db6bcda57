//! The use cases over mocked ports: what they load, what they commit, what they answer.

mod cancel;
mod dispatch;
mod numbers;
mod receipts;
mod send;
mod world;
