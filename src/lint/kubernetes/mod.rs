//! Objects against the schema of Kubernetes, against each other, and against what keeps pods safe.

mod bad_name;
mod bad_quantity;
mod bad_schedule;
mod budget_blocks_drains;
mod capabilities;
mod concurrent_jobs;
mod dangling_reference;
mod database_behind_http;
mod deprecated_api;
mod duplicate_name;
mod fields;
mod floating_image;
mod governing_service;
mod host_path;
mod labelling;
mod memory_limit;
mod missing_field;
mod monitor_without_service;
mod mount_without_volume;
mod pod_security_level;
mod policy_forbids_dns;
mod policy_selects_nothing;
mod privilege_escalation;
mod privileged;
mod probe_port;
mod rbac_secrets;
mod rbac_wildcard;
mod removed_api;
mod rendered_twice;
mod restart_policy;
mod runs_as_root;
mod scale_target;
mod schema;
mod seccomp;
mod secret_in_the_open;
mod selector_mismatch;
mod selector_too_wide;
mod service_account_token;
mod service_selects_nothing;
mod several_writers;
mod target_port;
mod unknown_field;
mod unknown_kind;
mod vertical_autoscaler;
mod writable_root;
mod wrong_type;

use labelling::pods_label_themselves;

use super::rule::Rule;

/// The rules of this family.
pub(super) const RULES: &[&Rule] = &[
    &unknown_field::RULE,
    &wrong_type::RULE,
    &missing_field::RULE,
    &unknown_kind::RULE,
    &removed_api::RULE,
    &deprecated_api::RULE,
    &rendered_twice::RULE,
    &selector_mismatch::RULE,
    &service_selects_nothing::RULE,
    &target_port::RULE,
    &dangling_reference::RULE,
    &scale_target::RULE,
    &duplicate_name::RULE,
    &mount_without_volume::RULE,
    &probe_port::RULE,
    &memory_limit::RULE,
    &privileged::RULE,
    &privilege_escalation::RULE,
    &runs_as_root::RULE,
    &capabilities::RULE,
    &seccomp::RULE,
    &writable_root::RULE,
    &floating_image::RULE,
    &host_path::RULE,
    &service_account_token::RULE,
    &secret_in_the_open::RULE,
    &rbac_wildcard::RULE,
    &rbac_secrets::RULE,
    &budget_blocks_drains::RULE,
    &selector_too_wide::RULE,
    &bad_name::RULE,
    &bad_quantity::RULE,
    &bad_schedule::RULE,
    &concurrent_jobs::RULE,
    &restart_policy::RULE,
    &policy_selects_nothing::RULE,
    &governing_service::RULE,
    &pod_security_level::RULE,
    &database_behind_http::RULE,
    &monitor_without_service::RULE,
    &several_writers::RULE,
    &vertical_autoscaler::RULE,
    &policy_forbids_dns::RULE,
];
