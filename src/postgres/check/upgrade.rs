//! Upgrades: forward only, from an image that is known, on a volume that has a database.

use super::Subject;
use crate::diagnostic::Diagnostic;
use crate::postgres::facts;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(from) = facts::upgrade_from(subject.values) else { return };
    let place = subject.span(&["upgrade", "from"]);
    if from >= subject.major() {
        found.push(
            Diagnostic::error(format!("`postgresql.version` {} is no upgrade from {from}", subject.major()))
                .at(place, "expected an older version")
                .label(subject.span(&["postgresql", "version"]), "the version")
                .help("once an upgrade is done, `upgrade` can go"),
        );
    }
    let image = subject.values.upgrade.image.as_deref().unwrap_or_default();
    if image.is_empty() && facts::old_image(subject.values).is_none() {
        found.push(
            Diagnostic::error(format!("the image of PostgreSQL {from} is not known"))
                .at(place, "")
                .label(subject.span(&["image", "tag"]), "with an image of your own, the old one is yours, too")
                .help("name the image that the database ran with, as `upgrade.image`"),
        );
    }
    if !subject.values.persistence.enabled {
        let error = Diagnostic::error("without persistence there is nothing to upgrade");
        found.push(error.at(place, "").label(subject.span(&["persistence", "enabled"]), "no volume outlives its pod"));
    }
}
