//! PostgreSQL as it would run: settings, memory, volumes, access, scripts and backups. Some rules look at the values of a
//! chart of the PostgreSQL contract, in `postgres::check`; the others at any rendered object.

mod additions;
mod additions_not_restricted;
mod anybody_counts;
mod application_is_superuser;
mod archive_overwrites;
mod archive_without_command;
mod backup_destination;
mod backup_on_the_data_volume;
mod backup_retention;
mod backup_schedule;
mod backup_source;
mod bad_grant;
mod balancer;
mod broken_alert;
mod cache_size;
mod certificates;
mod claim_without_kind;
mod collation_may_change;
mod compliance_controls;
mod connections_of_poolers;
mod contradiction;
mod copy_again;
mod copy_without_slot;
mod data_at_the_root;
mod data_outside_its_volume;
mod database_made_twice;
mod disruption_budget;
mod encryption_of_lines;
mod encryption_without_key;
mod exporter_without_limits;
mod extension_not_preloaded;
mod external_secret;
mod factory_databases;
mod files_not_loaded;
mod foreign_variables;
mod gateway;
mod grace_period;
mod half_a_backup;
mod hba_line;
mod hidden_logs;
mod huge_pages;
mod image_without_parts;
mod label_with_a_version;
mod locked_out_by_hba;
mod log_against_volume;
mod log_archive;
mod log_in_the_dump;
mod long_name;
mod major_versions;
mod md5;
mod memory_budget;
mod metrics;
mod metrics_in_plain_text;
mod names_before_ready;
mod names_of_roles_and_databases;
mod network_open;
mod network_policy_closed;
mod no_checksum;
mod no_first_boot;
mod no_line_for_standbys;
mod nobody_resolves_names;
mod not_reachable;
mod one_role_for_two_duties;
mod owner_of_every_file;
mod parameter;
mod parameter_of_the_chart;
mod password_in_the_log;
mod password_of_the_first_boot;
mod patroni;
mod pinned_primary;
mod pooler;
mod primary_that_is_not_there;
mod privileges;
mod profile_without_a_name;
mod publications;
mod random_password;
mod recovery_killed;
mod recovery_target;
mod release_tests;
mod replicas_without_replication;
mod repository;
mod restore;
mod role_without_password;
mod server;
mod service_fields;
mod settings_for_standbys;
mod settings_of_roles;
mod shared_buffers;
mod shared_memory;
mod shared_volume;
mod subscriptions;
mod synchronous_standbys;
mod texts;
mod trigger_cancels;
mod trust;
mod unreadable_configuration;
mod upgrade_that_cannot_be;
mod user_of_the_image;
mod volumes_deleted;
mod volumes_of_standbys;
mod wal_volume_unused;
mod wrong_order;

pub(super) use server::{Server, servers};
pub(super) use texts::{Content, texts};

use super::rule::Rule;

/// The rules of this family.
pub(super) const RULES: &[&Rule] = &[
    &shared_buffers::RULE,
    &memory_budget::RULE,
    &cache_size::RULE,
    &huge_pages::RULE,
    &shared_memory::RULE,
    &grace_period::RULE,
    &recovery_killed::RULE,
    &data_at_the_root::RULE,
    &shared_volume::RULE,
    &owner_of_every_file::RULE,
    &label_with_a_version::RULE,
    &claim_without_kind::RULE,
    &long_name::RULE,
    &volumes_deleted::RULE,
    &random_password::RULE,
    &password_of_the_first_boot::RULE,
    &names_before_ready::RULE,
    &replicas_without_replication::RULE,
    &synchronous_standbys::RULE,
    &settings_for_standbys::RULE,
    &archive_without_command::RULE,
    &backup_on_the_data_volume::RULE,
    &log_against_volume::RULE,
    &encryption_without_key::RULE,
    &trust::RULE,
    &application_is_superuser::RULE,
    &major_versions::RULE,
    &collation_may_change::RULE,
    &exporter_without_limits::RULE,
    &no_checksum::RULE,
    &parameter::RULE,
    &hba_line::RULE,
    &image_without_parts::RULE,
    &factory_databases::RULE,
    &compliance_controls::RULE,
    &names_of_roles_and_databases::RULE,
    &privileges::RULE,
    &one_role_for_two_duties::RULE,
    &primary_that_is_not_there::RULE,
    &upgrade_that_cannot_be::RULE,
    &disruption_budget::RULE,
    &service_fields::RULE,
    &metrics::RULE,
    &additions::RULE,
    &pooler::RULE,
    &balancer::RULE,
    &release_tests::RULE,
    &backup_destination::RULE,
    &repository::RULE,
    &log_archive::RULE,
    &certificates::RULE,
    &contradiction::RULE,
    &profile_without_a_name::RULE,
    &nobody_resolves_names::RULE,
    &patroni::RULE,
    &volumes_of_standbys::RULE,
    &locked_out_by_hba::RULE,
    &publications::RULE,
    &subscriptions::RULE,
    &settings_of_roles::RULE,
    &backup_schedule::RULE,
    &backup_retention::RULE,
    &backup_source::RULE,
    &restore::RULE,
    &recovery_target::RULE,
    &connections_of_poolers::RULE,
    &network_policy_closed::RULE,
    &gateway::RULE,
    &additions_not_restricted::RULE,
    &external_secret::RULE,
    &encryption_of_lines::RULE,
    &role_without_password::RULE,
    &parameter_of_the_chart::RULE,
    &files_not_loaded::RULE,
    &unreadable_configuration::RULE,
    &not_reachable::RULE,
    &no_first_boot::RULE,
    &no_line_for_standbys::RULE,
    &md5::RULE,
    &hidden_logs::RULE,
    &wal_volume_unused::RULE,
    &extension_not_preloaded::RULE,
    &database_made_twice::RULE,
    &foreign_variables::RULE,
    &copy_without_slot::RULE,
    &copy_again::RULE,
    &password_in_the_log::RULE,
    &log_in_the_dump::RULE,
    &half_a_backup::RULE,
    &anybody_counts::RULE,
    &user_of_the_image::RULE,
    &archive_overwrites::RULE,
    &metrics_in_plain_text::RULE,
    &broken_alert::RULE,
    &pinned_primary::RULE,
    &wrong_order::RULE,
    &bad_grant::RULE,
    &trigger_cancels::RULE,
    &network_open::RULE,
    &data_outside_its_volume::RULE,
];
