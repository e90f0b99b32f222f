//! Databases of a factory: extensions that the image has, and times that fit each other.

use super::Subject;
use crate::diagnostic::Diagnostic;
use crate::postgres::industrial::{self, Wish};
use crate::postgres::{facts, image};

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let industrial = &values.industrial;
    if values.development.enabled && values.development.sample_data && !industrial.enabled {
        found.push(
            Diagnostic::error("there is no database that sample data are for")
                .at(subject.span(&["development", "sampleData"]), "")
                .help("set `industrial.enabled: true`"),
        );
    }
    if !industrial.enabled {
        return;
    }
    if industrial::departments(values).is_empty() {
        found.push(
            Diagnostic::error("`industrial` has no database: all of them are switched off")
                .at(subject.span(&["industrial", "enabled"]), "")
                .help("switch one on, such as `industrial.scadaHistorian.enabled: true`, or set this to false"),
        );
    }
    if industrial::has_timescale(values) && facts::upgrade_from(values).is_some() {
        found.push(
            Diagnostic::error("an upgrade by dump and restore does not carry TimescaleDB's tables")
                .at(subject.span(&["upgrade", "from"]), "")
                .label(subject.span(&["industrial", "timescaledb"]), "with this, readings are in them")
                .help("move to a new release by `pg_dump` between `timescaledb_pre_restore()` and `timescaledb_post_restore()`, with the same version of the extension on both sides")
                .help("a release whose readings are in partitions says so by `industrial.timescaledb: \"off\"`"),
        );
    }
    required(subject, "timescaledb", industrial.timescaledb.as_ref(), found);
    required(subject, "postgis", industrial.postgis.as_ref(), found);
    if !industrial::has_timescale(values) {
        return;
    }
    let (energy, scada) = (&industrial.energy_consumption, &industrial.scada_historian);
    compression(subject, "energyConsumption", energy.compress_after_days, energy.retention_days, found);
    compression(subject, "scadaHistorian", scada.compress_after_days, scada.retention_days, found);
}

/// An extension that the image does not have, and without which the release is not wanted.
fn required(
    subject: Subject<'_>,
    extension: &str,
    word: Option<&crate::schema::types::Scalar>,
    found: &mut Vec<Diagnostic>,
) {
    let values = subject.values;
    if Wish::new(word) != Wish::Required || industrial::image_has(values, extension) {
        return;
    }
    let (repository, tag) = (&values.image.repository, facts::tag(values));
    let apache = extension == "timescaledb" && image::is_apache_edition(repository, &tag);
    let message = if apache {
        format!(
            "image `{repository}:{tag}` has TimescaleDB's Apache edition, without compression and continuous aggregates"
        )
    } else {
        format!("`{extension}` is required, and image `{repository}:{tag}` does not have it")
    };
    let other = match extension {
        "timescaledb" => {
            "use an image that has it, such as `timescale/timescaledb-ha`, or name it in `image.extensions` when this one does"
        }
        _ => "use an image that has it, such as `postgis/postgis`, or name it in `image.extensions` when this one does",
    };
    found.push(
        Diagnostic::error(message)
            .at(subject.span(&["industrial", extension]), "")
            .label(subject.span(&["image", "repository"]), "the image")
            .help(other)
            .help(format!("`industrial.{extension}: auto` does without it")),
    );
}

/// What is dropped before it would be compressed.
fn compression(
    subject: Subject<'_>,
    database: &str,
    after: Option<u32>,
    retention: Option<u32>,
    found: &mut Vec<Diagnostic>,
) {
    let (Some(after), Some(retention)) = (after, retention) else { return };
    if after >= retention {
        found.push(
            Diagnostic::error(format!("readings are dropped after {retention} days and compressed after {after}"))
                .at(subject.span(&["industrial", database, "compressAfterDays"]), "")
                .label(subject.span(&["industrial", database, "retentionDays"]), "the retention")
                .help("compress earlier, keep readings longer, or set `compressAfterDays: null`"),
        );
    }
}
