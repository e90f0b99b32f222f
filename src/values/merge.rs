//! Laying values files over each other: maps merge, everything else replaces.

use indexmap::map::Entry as Slot;

use crate::yaml::{Entry, Mapping, Node, Value};

/// Lays `over` onto `base` the way Helm merges `-f` files: nulls stay nulls, so that they can delete a default later.
pub fn overlay(base: &mut Mapping, over: Mapping) {
    for (key, entry) in over {
        match base.entry(key) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            Slot::Occupied(mut slot) => match (&mut slot.get_mut().node.value, entry.node.value) {
                (Value::Map(below), Value::Map(above)) => overlay(below, above),
                (_, value) => {
                    slot.insert(Entry { key: entry.key, node: Node::new(value, entry.node.span) });
                }
            },
        }
    }
}
