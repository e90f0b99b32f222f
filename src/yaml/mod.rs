//! YAML with positions: reading into [`Node`] trees with Helm's reading of YAML 1.1 scalars, and writing
//! with Helm's bytes. It knows nothing of charts or values.

mod float;
mod key_order;
mod node;
mod read;
mod scalar;
mod style;
mod syntax;
mod timestamp;
mod write;

pub use float::{json_number, shortest};
pub use node::{Entry, Mapping, Node, Value};
pub use read::{Limits, Reading, Trap, TrapKind, read, read_first, read_range};
pub use write::{Layout, write, write_as};
