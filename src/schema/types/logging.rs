//! What the server writes down, and in which form.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the server writes down, beyond `postgresql.config`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Logging {
    /// `text`: lines with a prefix. `json`: an object a line, with the server's own keys.
    pub format: LogFormat,
    /// Who did what, as the extension pgaudit tells it; the image has to have it.
    pub audit: Audit,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LogFormat {
    /// Lines with a prefix.
    #[default]
    Text,
    /// An object a line.
    Json,
}

/// Who did what, as the extension pgaudit tells it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Audit {
    /// Whether it is written down.
    pub enabled: bool,
    /// Classes of statements that are.
    #[schemars(length(min = 1))]
    pub classes: Vec<AuditClass>,
}

/// A class of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditClass {
    /// `SELECT`, `COPY` from a table.
    Read,
    /// `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, `COPY` to a table.
    Write,
    /// Calls of functions and `DO`.
    Function,
    /// Roles and rights.
    Role,
    /// Everything else that changes what there is.
    Ddl,
    /// `DISCARD`, `FETCH`, `CHECKPOINT`, `VACUUM`, `SET`.
    Misc,
    /// `SET` alone, as far as `misc` has it.
    MiscSet,
    /// All of them.
    All,
}

impl AuditClass {
    /// Its name as pgaudit has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Function => "function",
            Self::Role => "role",
            Self::Ddl => "ddl",
            Self::Misc => "misc",
            Self::MiscSet => "misc_set",
            Self::All => "all",
        }
    }
}
