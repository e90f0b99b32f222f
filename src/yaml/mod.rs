//! YAML with positions: reading into [`Node`] trees and writing them back.

mod node;

pub use node::{Entry, Mapping, Node, Value};
