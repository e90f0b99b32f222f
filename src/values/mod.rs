//! Values: what a user gives on top of a chart's defaults, merged by Helm's rules, with every leaf knowing the
//! file or flag that set it. It knows nothing of templates or schemas.

mod coalesce;
mod csv;
mod flags;
mod merge;
mod path;
mod set;
mod set_value;
mod trace;
mod traps;

pub use coalesce::{Nulls, at_path, clean_nulls, coalesce_tables};
pub(crate) use flags::values_of;
pub use flags::{Input, UNREADABLE, ValueFlags};
pub use merge::overlay;
pub use path::ValuePath;
pub use trace::trace;
pub use traps::warnings;
