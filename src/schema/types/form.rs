//! The forms that Kubernetes and container registries demand of text, as parts of the schema.
//!
//! Each is a pattern in the common ground of RE2 and ECMA 262 (no look-around, so Helm can read the schema too) and an
//! `x-message`: what to write, as it follows "must be".

use schemars::Schema;
use serde_json::{Map, Value as Json, json};

/// One form.
pub(super) struct Form {
    pattern: &'static str,
    message: &'static str,
    longest: Option<u32>,
    /// Whether empty text means "not set".
    optional: bool,
}

/// A size of memory or of a volume; more than nothing. Thousandths (`512m`) are no size.
pub(super) const SIZE: Form = Form {
    pattern: r"^(0\.[0-9]*[1-9][0-9]*|[1-9][0-9]*(\.[0-9]+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$",
    message: "a size such as `512Mi` or `50Gi`",
    longest: None,
    optional: false,
};

/// What a database is called in a repository of backups.
pub(super) const STANZA: Form = Form {
    pattern: r"^[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?$",
    message: "a stanza's name: letters, digits, `-`, `_` and `.`",
    longest: Some(63),
    optional: false,
};

/// As [`STANZA`], where empty text means "not set".
pub(super) const OPTIONAL_STANZA: Form = Form { optional: true, ..STANZA };

/// A place in a repository of backups.
pub(super) const REPOSITORY_PATH: Form = Form {
    pattern: r"^(/[-_.A-Za-z0-9]+)+$",
    message: "a place that begins with `/`, such as `/factory-1`",
    longest: Some(512),
    optional: true,
};

/// Text without spaces or line breaks.
pub(super) const ONE_WORD: Form =
    Form { pattern: r"^[!-~]+$", message: "one word without spaces", longest: Some(255), optional: true };

/// Text without line breaks.
pub(super) const ONE_LINE: Form =
    Form { pattern: r"^[^\x00-\x1f]+$", message: "text without line breaks", longest: Some(255), optional: true };

/// The address of an object store.
pub(super) const ENDPOINT: Form = Form {
    pattern: r"^[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?(:[0-9]+)?$",
    message: "a host and maybe a port, such as `minio.storage.svc:9000`, without `https://`",
    longest: Some(255),
    optional: true,
};

/// A schedule.
pub(super) const CRON: Form = Form {
    pattern: r"^(@[a-z]+|[-*,/A-Za-z0-9]+( +[-*,/A-Za-z0-9]+){4})$",
    message: "a schedule of five fields such as `0 2 * * 1-6`",
    longest: Some(255),
    optional: true,
};

/// The name of a backup.
pub(super) const BACKUP_SET: Form = Form {
    pattern: r"^[0-9]{8}-[0-9]{6}F(_[0-9]{8}-[0-9]{6}[DI])?$",
    message: "a backup as `pgbackrest info` names it, such as `20260501-020000F`",
    longest: None,
    optional: true,
};

/// A base backup of the archive.
pub(super) const BASE_BACKUP: Form = Form {
    pattern: r"^[0-9]{8}T[0-9]{6}Z$",
    message: "a directory of the archive's `base`, such as `20260501T020000Z`",
    longest: None,
    optional: true,
};

/// A table, maybe with its schema.
pub(super) const TABLE: Form = Form {
    pattern: r"^[^\x00-\x1f.]+(\.[^\x00-\x1f.]+)?$",
    message: "a table, such as `orders` or `sales.orders`",
    longest: Some(127),
    optional: false,
};

/// The name of a subscription, which its slot gets, too.
pub(super) const SLOT: Form = Form {
    pattern: r"^[a-z0-9_]+$",
    message: "small letters, digits and `_`, as slots have it",
    longest: Some(63),
    optional: false,
};

/// The server of a publication.
pub(super) const PUBLISHER: Form = Form {
    pattern: r"^[A-Za-z0-9]([-.:A-Za-z0-9]*[A-Za-z0-9])?$",
    message: "the name or the address of a server, such as `orders-postgresql.factory.svc`",
    longest: Some(253),
    optional: false,
};

/// The name of a Secret that has to be given.
pub(super) const SECRET_NAME: Form = Form { optional: false, ..OBJECT_NAME };

/// What `initdb` calls a database.
pub(super) const SYSTEM_IDENTIFIER: Form = Form {
    pattern: r"^[1-9][0-9]{0,19}$",
    message: "a system identifier, such as `7520157281837826071`",
    longest: None,
    optional: true,
};

/// A timeline.
pub(super) const TIMELINE: Form = Form {
    pattern: r"^([1-9][0-9]*|current|latest)$",
    message: "the number of a timeline, `current` or `latest`",
    longest: Some(10),
    optional: true,
};

/// As [`SIZE`], or nothing at all.
pub(super) const SIZE_OR_ZERO: Form = Form {
    pattern: r"^(0|0\.[0-9]*[1-9][0-9]*|[1-9][0-9]*(\.[0-9]+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$",
    message: "a size such as `10Gi`, or `0`",
    longest: None,
    optional: true,
};

/// A share of processors; more than none.
pub(super) const CPU: Form = Form {
    pattern: r"^([1-9][0-9]*m?|[1-9][0-9]*\.[0-9]+|0\.[0-9]*[1-9][0-9]*)$",
    message: "a number of processors such as `2`, `0.5` or `500m`",
    longest: None,
    optional: false,
};

/// The name of most objects: a DNS subdomain (RFC 1123).
pub(super) const OBJECT_NAME: Form = Form {
    pattern: r"^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$",
    message: "the name of an object: small letters, digits, `-` and `.`",
    longest: Some(253),
    optional: true,
};

/// The name of a namespace or of one part of a name: a DNS label (RFC 1123).
pub(super) const LABEL: Form = Form {
    pattern: r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    message: "a DNS label: small letters, digits and `-`",
    longest: Some(63),
    optional: true,
};

/// The beginning of a Service's name: a DNS label that starts with a letter (RFC 1035).
pub(super) const PREFIX: Form = Form {
    pattern: r"^[a-z]([-a-z0-9]*[a-z0-9])?$",
    message: "the beginning of a name: a small letter, then small letters, digits and `-`",
    longest: Some(50),
    optional: true,
};

/// A key in a Secret or ConfigMap.
pub(super) const DATA_KEY: Form = Form {
    pattern: r"^[-._a-zA-Z0-9]+$",
    message: "a key of a Secret or ConfigMap: letters, digits, `-`, `_` and `.`",
    longest: Some(253),
    optional: false,
};

/// As [`DATA_KEY`], where empty text means "not set".
pub(super) const OPTIONAL_DATA_KEY: Form = Form { optional: true, ..DATA_KEY };

/// The key of a label or an annotation, with or without the prefix that says whose it is.
const QUALIFIED_NAME: Form = Form {
    pattern: r"^([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$",
    message: "the key of a label or annotation, such as `team` or `example.com/team`",
    longest: Some(317),
    optional: false,
};

/// The value of a label.
const LABEL_VALUE: Form = Form {
    pattern: r"^[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$",
    message: "the value of a label: letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
    longest: Some(63),
    optional: true,
};

/// A registry's host.
pub(super) const REGISTRY: Form = Form {
    pattern: r"^[A-Za-z0-9][-.A-Za-z0-9]*(:[0-9]+)?(/[-._/a-z0-9]+)?$",
    message: "the host of a registry, such as `registry.example.com:5000`, without `https://`",
    longest: None,
    optional: true,
};

/// A repository in a registry.
pub(super) const REPOSITORY: Form = Form {
    pattern: r"^[a-z0-9]+([-._/]+[a-z0-9]+)*$",
    message: "a repository such as `postgres` or `team/postgres`; its tag has a key of its own",
    longest: Some(255),
    optional: false,
};

/// A whole reference to an image.
pub(super) const IMAGE: Form = Form {
    pattern: r"^[A-Za-z0-9][-._/:@A-Za-z0-9]*$",
    message: "an image such as `docker.io/postgres:15-bookworm`",
    longest: Some(512),
    optional: true,
};

/// An image's tag.
pub(super) const TAG: Form = Form {
    pattern: r"^[A-Za-z0-9_][-._A-Za-z0-9]*$",
    message: "a tag such as `16-bookworm`",
    longest: Some(128),
    optional: true,
};

/// When a job runs, as `cron` has it: minute, hour, day, month, day of the week, or a word.
pub(super) const SCHEDULE: Form = Form {
    pattern: r"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|[0-9*/,-]+ [0-9*/,-]+ [0-9*/,?-]+ [0-9A-Za-z*/,-]+ [0-9A-Za-z*/,?-]+)$",
    message: "five fields such as `17 * * * *`, or a word such as `@hourly`",
    longest: None,
    optional: false,
};

/// An image's digest.
pub(super) const DIGEST: Form = Form {
    pattern: r"^sha256:[0-9a-f]{64}$",
    message: "`sha256:` and 64 hexadecimal digits",
    longest: None,
    optional: true,
};

/// An address, IPv4 or IPv6.
pub(super) const ADDRESS: Form =
    Form { pattern: r"^[0-9a-fA-F.:]+$", message: "an address such as `10.0.0.7`", longest: None, optional: true };

/// The address of a Service in its cluster, or none.
pub(super) const CLUSTER_ADDRESS: Form = Form {
    pattern: r"^(None|[0-9a-fA-F.:]+)$",
    message: "an address such as `10.0.0.7`, or `None`",
    longest: None,
    optional: true,
};

/// A network in CIDR notation.
pub(super) const NETWORK: Form = Form {
    pattern: r"^[0-9a-fA-F.:]+/[0-9]+$",
    message: "a network such as `10.0.0.0/8`",
    longest: None,
    optional: false,
};

/// How many pods: a number or a share of them.
pub(super) const AMOUNT: Form = Form {
    pattern: r"^(100|[1-9]?[0-9])%$|^[0-9]+$",
    message: "a number or a share such as `50%`",
    longest: None,
    optional: false,
};

/// An address for mail; what stands before and after the `@` is the mail server's business.
pub(super) const EMAIL: Form = Form {
    pattern: r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    message: "an address such as `admin@example.com`",
    longest: None,
    optional: false,
};

/// As [`HOST`], where empty text means "not set".
pub(super) const OPTIONAL_HOST: Form = Form { optional: true, ..HOST };

/// The name of a host, or of all hosts of a domain.
pub(super) const HOST: Form = Form {
    pattern: r"^(\*\.)?[a-z0-9]([-.a-z0-9]*[a-z0-9])?$",
    message: "the name of a host, such as `db.example.com` or `*.db.example.com`",
    longest: Some(253),
    optional: false,
};

/// OpenSSL's list of ciphers.
pub(super) const CIPHERS: Form = Form {
    pattern: r"^[-+!@=:,_A-Za-z0-9]+$",
    message: "a list of ciphers such as `HIGH:!aNULL`",
    longest: None,
    optional: true,
};

/// A time span as Go writes it.
pub(super) const DURATION: Form = Form {
    pattern: r"^([0-9]+(\.[0-9]+)?(h|m|s))+$",
    message: "a time such as `2160h` or `1h30m`",
    longest: None,
    optional: false,
};

/// A day, or a moment in universal time.
pub(super) const MOMENT: Form = Form {
    pattern: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$",
    message: "a day such as `2027-01-31`, or a moment such as `2027-01-31T12:00:00Z`",
    longest: None,
    optional: true,
};

/// A time span as Prometheus writes it.
pub(super) const SPAN: Form = Form {
    pattern: r"^[1-9][0-9]*(ms|s|m|h|d)$",
    message: "a time such as `30s` or `5m`",
    longest: None,
    optional: false,
};

/// A collector of `postgres_exporter` 0.20.1; what it does not know as a flag, it does not start with.
///
/// Source: its README, "Flags", less those of one cloud's servers.
pub(super) const COLLECTOR: Form = Form {
    pattern: concat!(
        "^(buffercache_summary|database|database_wraparound|locks|long_running_transactions|postmaster|process_idle|",
        "replication|replication_slots|roles|settings|stat_activity|stat_activity_autovacuum|stat_archiver|stat_bgwriter|",
        "stat_checkpointer|stat_database|stat_progress_vacuum|stat_replication|stat_statements|stat_user_tables|",
        "stat_wal_receiver|statio_user_indexes|statio_user_tables|wal|xlog_location)$"
    ),
    message: "a collector of the exporter such as `postmaster` or `stat_statements`",
    longest: None,
    optional: false,
};

/// The name of a custom query, which its metrics begin with.
pub(super) const METRIC: Form = Form {
    pattern: r"^[a-zA-Z_][a-zA-Z0-9_]*$",
    message: "the beginning of a metric's name such as `app_orders`",
    longest: None,
    optional: false,
};

/// The name of a database, role or extension: whatever can stand in quotes on one line. The server allows 63 bytes.
pub(super) const IDENTIFIER: Form =
    Form { pattern: r"^[^\x00-\x1f]+$", message: "a name without line breaks", longest: Some(63), optional: false };

/// The name of a role that needs no quotes anywhere.
pub(super) const PLAIN_ROLE: Form = Form {
    pattern: r"^[a-z_][-a-z0-9_]*$",
    message: "a plain name of a role, such as `pgbouncer`: small letters, digits, `-` and `_`",
    longest: Some(63),
    optional: false,
};

/// The name of a database that PgBouncer can have an entry for.
pub(super) const PLAIN_DATABASE: Form = Form {
    pattern: r"^[-._A-Za-z0-9]+$",
    message: "the name of a database such as `reports`: PgBouncer takes letters, digits, `-`, `_` and `.`",
    longest: Some(63),
    optional: false,
};

/// The name of a parameter.
pub(super) const PARAMETER: Form = Form {
    pattern: r"^[A-Za-z_][A-Za-z0-9_.]*$",
    message: "the name of a parameter such as `extra_float_digits`",
    longest: Some(63),
    optional: false,
};

/// An option of a program; its own value follows `=`.
pub(super) const OPTION: Form = Form {
    pattern: r"^--?[a-zA-Z][^\x00-\x1f]*$",
    message: "one option such as `--verbose`, its value after `=`",
    longest: None,
    optional: false,
};

/// A time zone's name.
pub(super) const TIME_ZONE: Form = Form {
    pattern: r"^[A-Za-z][-+_A-Za-z0-9]*(/[-+_A-Za-z0-9]+)*$",
    message: "a time zone such as `Europe/Berlin`",
    longest: Some(64),
    optional: true,
};

/// Where an NFS server is.
pub(super) const NFS_SERVER: Form = Form {
    pattern: r"^[-.:A-Za-z0-9]+$",
    message: "a host or an address such as `nfs.example.com`",
    longest: Some(253),
    optional: true,
};

/// A path from the root.
pub(super) const ABSOLUTE_PATH: Form =
    Form { pattern: r"^/[^\x00-\x1f]*$", message: "a path such as `/exports/backups`", longest: None, optional: true };

/// The name of a bucket.
///
/// Source: Amazon S3 user guide, "General purpose bucket naming rules".
pub(super) const BUCKET: Form = Form {
    pattern: r"^[a-z0-9][-.a-z0-9]+[a-z0-9]$",
    message: "a bucket such as `backups`: small letters, digits, `-` and `.`, without `s3://`",
    longest: Some(63),
    optional: true,
};

/// What names of objects begin with.
pub(super) const OBJECT_PREFIX: Form = Form {
    pattern: r"^[-._=A-Za-z0-9]+(/[-._=A-Za-z0-9]+)*$",
    message: "a prefix such as `site-a/orders`, without `/` at its ends",
    longest: Some(512),
    optional: true,
};

/// Where a store is.
pub(super) const URL: Form = Form {
    pattern: r"^https?://[-.a-zA-Z0-9]+(:[0-9]+)?$",
    message: "an address such as `https://minio.example.com:9000`",
    longest: None,
    optional: true,
};

/// A region of a store.
pub(super) const REGION: Form =
    Form { pattern: r"^[-_a-zA-Z0-9]+$", message: "a region such as `eu-central-1`", longest: None, optional: true };

/// A word of S3's own.
pub(super) const S3_WORD: Form =
    Form { pattern: r"^[A-Z0-9_]+$", message: "a storage class such as `STANDARD_IA`", longest: None, optional: true };

/// The name of a backup: when it began.
pub(super) const BACKUP_NAME: Form = Form {
    pattern: r"^[0-9]{8}T[0-9]{6}Z$",
    message: "the name of a backup such as `20261128T020000Z`",
    longest: None,
    optional: true,
};

/// As [`IDENTIFIER`], where empty text means "not set".
pub(super) const OPTIONAL_IDENTIFIER: Form = Form { pattern: r"^[^\x00-\x1f]*$", ..IDENTIFIER };

impl Form {
    fn write(&self, schema: &mut Map<String, Json>) {
        let pattern = match (self.optional, self.pattern.strip_prefix('^')) {
            (true, Some(rest)) => format!("^$|^{rest}"),
            _ => self.pattern.to_owned(),
        };
        schema.insert("pattern".to_owned(), pattern.into());
        if let Some(longest) = self.longest {
            schema.insert("maxLength".to_owned(), longest.into());
        }
        schema.insert("x-message".to_owned(), self.message.into());
    }

    fn schema(&self, types: &Json) -> Json {
        let mut schema = Map::from_iter([("type".to_owned(), types.clone())]);
        self.write(&mut schema);
        Json::Object(schema)
    }
}

/// Text of this form.
pub(super) fn text(form: Form) -> impl FnMut(&mut Schema) {
    move |schema| form.write(schema.ensure_object())
}

/// A list of texts of this form.
pub(super) fn list(form: Form) -> impl FnMut(&mut Schema) {
    move |schema| {
        schema.insert("items".to_owned(), form.schema(&json!("string")));
    }
}

/// Text of this form, or a number above zero.
pub(super) fn quantity(form: Form) -> impl FnMut(&mut Schema) {
    move |schema| {
        schema.insert("type".to_owned(), json!(["string", "number", "null"]));
        schema.insert("exclusiveMinimum".to_owned(), 0.into());
        form.write(schema.ensure_object());
    }
}

/// Text of this form, or a whole number: a tag such as `16.10`, unquoted, would lose its zero.
pub(super) fn text_or_integer(form: Form) -> impl FnMut(&mut Schema) {
    move |schema| {
        schema.insert("type".to_owned(), json!(["string", "integer", "null"]));
        form.write(schema.ensure_object());
    }
}

/// A password: text or a whole number. Unquoted, `1e5` or `yes` would become another password than was written.
pub(super) fn password(schema: &mut Schema) {
    schema.insert("type".to_owned(), json!(["string", "integer", "null"]));
}

/// Labels: keys and values have forms.
pub(super) fn labels(schema: &mut Schema) {
    annotations(schema);
    schema.insert("additionalProperties".to_owned(), LABEL_VALUE.schema(&json!(["string", "number", "boolean"])));
}

/// Annotations: keys have a form, values are free.
pub(super) fn annotations(schema: &mut Schema) {
    keys(QUALIFIED_NAME)(schema);
}

/// A map whose keys have this form.
pub(super) fn keys(form: Form) -> impl FnMut(&mut Schema) {
    move |schema| {
        schema.insert("propertyNames".to_owned(), form.schema(&json!("string")));
    }
}

/// A list of maps or texts.
pub(super) fn objects_or_texts(schema: &mut Schema) {
    schema.insert("items".to_owned(), json!({"type": ["object", "string"]}));
}
