//! The image is not known, or lacks an extension or program that the values ask for.
//!
//! Who the server runs as and which extensions there are differs by image. A `CREATE EXTENSION` that fails ends the first boot, and
//! a wrong uid makes the server refuse its own data directory.
//!
//! Use an image that has the part, or state `image.uid`, `image.gid` and `image.extensions` for one of your own.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG033", "image-without-parts", Error, "image_without_parts.rs");
