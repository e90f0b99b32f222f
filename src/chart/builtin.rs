//! The chart, presets and examples that are compiled into the binary.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_embed::RustEmbed;

use super::{Origin, Tree};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/chart"]
struct ChartFiles;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/presets"]
struct PresetFiles;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/examples"]
struct ExampleFiles;

/// What is inside the binary.
#[derive(Clone, Copy, Debug)]
pub struct Builtin;

impl Builtin {
    /// The built-in chart with its presets and examples, in the layout that `eject` writes.
    pub fn tree() -> Tree {
        let mut files = BTreeMap::new();
        collect::<ChartFiles>("", &mut files);
        collect::<PresetFiles>("presets/", &mut files);
        collect::<ExampleFiles>("examples/", &mut files);
        Tree::new(Origin::Builtin, files)
    }
}

fn collect<E: RustEmbed>(prefix: &str, files: &mut BTreeMap<String, Cow<'static, [u8]>>) {
    for path in E::iter() {
        if let Some(file) = E::get(&path) {
            files.insert(format!("{prefix}{path}"), file.data);
        }
    }
}
