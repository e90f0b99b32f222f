//! Hooks: documents that run at an event of a release instead of being part of it.

use crate::yaml::Node;

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Before anything of a new release is created.
    PreInstall,
    /// After everything of a new release is created.
    PostInstall,
    /// Before anything is deleted.
    PreDelete,
    /// After everything is deleted.
    PostDelete,
    /// Before an upgrade.
    PreUpgrade,
    /// After an upgrade.
    PostUpgrade,
    /// Before a rollback.
    PreRollback,
    /// After a rollback.
    PostRollback,
    /// When the release is tested.
    Test,
}

impl Event {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "pre-install" => Self::PreInstall,
            "post-install" => Self::PostInstall,
            "pre-delete" => Self::PreDelete,
            "post-delete" => Self::PostDelete,
            "pre-upgrade" => Self::PreUpgrade,
            "post-upgrade" => Self::PostUpgrade,
            "pre-rollback" => Self::PreRollback,
            "post-rollback" => Self::PostRollback,
            "test" | "test-success" => Self::Test,
            _ => return None,
        })
    }
}

/// The hook annotations of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hook {
    /// When it runs.
    pub events: Vec<Event>,
    /// Names that are no events; Helm then drops the whole document.
    pub unknown: Vec<String>,
}

impl Hook {
    /// Whether it is (also) a test.
    pub fn is_test(&self) -> bool {
        self.events.contains(&Event::Test)
    }
}

/// The hook that a document's annotations make it, if they do.
pub(super) fn read(root: &Node) -> Option<Hook> {
    let annotation = root.at(&["metadata", "annotations", "helm.sh/hook"])?.scalar_text()?;
    let mut hook = Hook::default();
    for name in annotation.split(',').map(|name| name.trim().to_lowercase()) {
        match Event::parse(&name) {
            Some(event) => hook.events.push(event),
            None => hook.unknown.push(name),
        }
    }
    Some(hook)
}
