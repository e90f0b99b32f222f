//! Input that means harm or is broken: every case is refused with one clear error or rendered, soon, in little memory,
//! and with nothing read or written outside the chart.

#![cfg(unix)]

mod archives;
mod charts;
mod schemas;
mod streams;
mod templates;
mod values;
mod world;
