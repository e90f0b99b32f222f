//! Label selectors: `matchLabels` and `matchExpressions` together.

use super::object::{selects, text};
use crate::yaml::{Mapping, Node};

/// What a workload, policy, budget or monitor selects by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selector<'a> {
    labels: Option<&'a Mapping>,
    expressions: &'a [Node],
}

impl<'a> Selector<'a> {
    /// Reads the object that holds `matchLabels` and `matchExpressions`.
    pub(super) fn new(node: &'a Node) -> Self {
        let expressions = node.get("matchExpressions").and_then(Node::as_list).unwrap_or_default();
        Self { labels: node.get("matchLabels").and_then(Node::as_map), expressions }
    }

    /// Whether it asks for nothing, and so selects everything.
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_none_or(Mapping::is_empty) && self.expressions.is_empty()
    }

    /// Whether it selects what carries these labels.
    pub(super) fn selects(&self, labels: &Mapping) -> bool {
        self.labels.is_none_or(|wanted| selects(wanted, labels))
            && self.expressions.iter().all(|expression| holds(expression, labels))
    }
}

/// One of `matchExpressions`; one that nobody knows holds, so that nothing is told about it.
fn holds(expression: &Node, labels: &Mapping) -> bool {
    let label = labels.get(text(expression, &["key"])).and_then(|entry| entry.node.scalar_text());
    let values = expression.get("values").and_then(Node::as_list).unwrap_or_default();
    let among =
        label.as_ref().is_some_and(|label| values.iter().any(|value| value.scalar_text().as_ref() == Some(label)));
    match text(expression, &["operator"]) {
        "In" => among,
        "NotIn" => !among,
        "Exists" => label.is_some(),
        "DoesNotExist" => label.is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;
    use crate::yaml::{Limits, read};

    fn node(text: &str) -> Node {
        let mut sources = Sources::default();
        let id = sources.add("test", text);
        read(&sources, id, Limits::default()).expect("YAML").documents.remove(0)
    }

    #[test]
    fn labels_and_expressions_must_all_hold() {
        let labels = node("{app: db, tier: data}");
        let labels = labels.as_map().expect("a map");
        for (selector, expected) in [
            ("{}", true),
            ("{matchLabels: {app: db}}", true),
            ("{matchLabels: {app: web}}", false),
            ("{matchExpressions: [{key: app, operator: In, values: [db, web]}]}", true),
            ("{matchExpressions: [{key: app, operator: NotIn, values: [db]}]}", false),
            ("{matchExpressions: [{key: none, operator: NotIn, values: [db]}]}", true),
            ("{matchExpressions: [{key: tier, operator: Exists}]}", true),
            ("{matchLabels: {app: db}, matchExpressions: [{key: tier, operator: DoesNotExist}]}", false),
        ] {
            assert_eq!(Selector::new(&node(selector)).selects(labels), expected, "{selector}");
        }
    }
}
