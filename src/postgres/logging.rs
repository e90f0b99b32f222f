//! Where the log goes, in which form, and what an audit adds to it.

use super::industrial;
use crate::schema::types::{AuditClass, LogFormat, Values};

/// Where the server writes JSON, which it cannot write to its own output; `serve.sh` carries it there.
pub const DIRECTORY: &str = "/var/log/postgresql";

/// The library and extension that audits.
pub const AUDIT: &str = "pgaudit";

/// Whether statements are audited: because somebody says so, or because of a regulation, where the image can.
pub fn audits(values: &Values) -> bool {
    values.logging.audit.enabled || values.compliance.cfr_part11.enabled && industrial::image_has(values, AUDIT)
}

/// The server's parameters.
pub fn settings(values: &Values) -> Vec<(&'static str, String)> {
    let mut settings: Vec<(&'static str, String)> = Vec::new();
    let mut set = |name, value: &str| settings.push((name, value.to_owned()));
    match values.logging.format {
        LogFormat::Text => {
            set("log_destination", "stderr");
            set("logging_collector", "off");
        }
        LogFormat::Json => {
            set("log_destination", "jsonlog");
            set("logging_collector", "on");
            set("log_directory", DIRECTORY);
            // A file that is full gets a successor, and is deleted when it has been read.
            set("log_filename", "server-%Y%m%d%H%M%S.log");
            set("log_rotation_size", "8MB");
            set("log_rotation_age", "0");
            set("log_truncate_on_rotation", "off");
        }
    }
    set("log_line_prefix", "%m [%p] %q%u@%d %a %h ");
    set("log_timezone", "UTC");
    if audits(values) {
        let classes: Vec<&str> = values.logging.audit.classes.iter().copied().map(AuditClass::name).collect();
        set("pgaudit.log", &classes.join(","));
        // Catalogs are read by every tool, and a statement says nothing of the tables behind its views.
        set("pgaudit.log_catalog", "off");
        set("pgaudit.log_relation", "on");
        if values.compliance.cfr_part11.enabled {
            set("pgaudit.log_rows", "on");
            set("pgaudit.log_statement_once", "on");
        }
    } else if values.compliance.cfr_part11.enabled {
        // What pgaudit would tell, as far as the server does.
        set("log_statement", "mod");
        set("log_connections", "on");
        set("log_disconnections", "on");
    }
    settings
}
