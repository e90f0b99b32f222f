//! `pgchart diff` against an API server: one that replays recordings of a real one, and one that misbehaves.

#![cfg(feature = "cluster")]

mod fake;
mod logins;
mod pgchart;
mod recordings;
mod secrets;
mod situations;
mod speed;
mod template;
mod trouble;
