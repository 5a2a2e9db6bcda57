//! The use cases over mocked ports: what they load, what they commit, what they answer.

mod awaited_texts;
mod backlog;
mod cancel;
mod dispatch;
mod dispatch_loop;
mod dispatch_loop_world;
mod failures;
mod inbound;
mod jobs;
mod kinds;
mod law;
mod leads;
mod numbers;
mod opt_out_world;
mod opt_outs;
mod receipts;
mod replay;
mod replay_decisions;
mod retention;
mod same_decision;
mod send;
mod sources;
mod suppressions;
mod verify_decisions;
mod webhooks;
mod world;
