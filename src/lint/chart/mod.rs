//! Charts by themselves: Helm's own lint rules, and what a chart of this kind adds.

mod api_version;
mod chart_name;
mod chart_version;
mod crds;
mod dependencies;
mod dependencies_in_v1;
mod deprecated_chart;
mod file;
mod icon;
mod kubernetes_version;
mod maintainers;
mod missing_dependency;
mod no_templates;
mod no_values_file;
mod source_urls;
mod template_extension;
mod type_in_v1;
mod undeclared_dependency;
mod unreadable_chart;
mod version_is_a_number;

use super::rule::Rule;

/// The rules of this family.
pub(super) const RULES: &[&Rule] = &[
    &unreadable_chart::RULE,
    &kubernetes_version::RULE,
    &dependencies::RULE,
    &deprecated_chart::RULE,
    &api_version::RULE,
    &chart_name::RULE,
    &chart_version::RULE,
    &version_is_a_number::RULE,
    &maintainers::RULE,
    &source_urls::RULE,
    &icon::RULE,
    &type_in_v1::RULE,
    &dependencies_in_v1::RULE,
    &missing_dependency::RULE,
    &undeclared_dependency::RULE,
    &no_values_file::RULE,
    &no_templates::RULE,
    &crds::RULE,
    &template_extension::RULE,
];
