//! Which subcharts are on, what a parent imports from them, and the values of the whole family: Helm's order (names
//! and aliases, tags, conditions, imports, defaults) and Helm's rules for each.

use super::{Chart, Dependency, Import, satisfies};
use crate::diagnostic::{Diagnostic, Span};
use crate::values::{Nulls, ValuePath, at_path, clean_nulls, coalesce_tables};
use crate::yaml::{Entry, Mapping, Node, Value};

type Warnings<'a> = &'a mut Vec<Diagnostic>;

/// Drops the subcharts that are off, gives the others their aliases, and adds what parents import to their defaults.
///
/// # Errors
/// A declared subchart that is not in `charts/`, or values of a subchart that are no map.
pub fn resolve(chart: &mut Chart, user: &Mapping, warnings: Warnings<'_>) -> Result<(), Box<Diagnostic>> {
    check_presence(chart)?;
    // Merging says the same things again when it is done for the last time.
    enable(chart, user, "", warnings)?;
    import(chart, warnings)
}

/// The values of a chart and, below their names, of its subcharts: the user's over the parents' over each chart's own.
///
/// # Errors
/// When what should be a subchart's values is no map.
pub fn coalesce(chart: &Chart, user: Mapping, warnings: Warnings<'_>) -> Result<Mapping, Box<Diagnostic>> {
    let mut values = user;
    fill(chart, &mut values, Nulls::Delete, &ValuePath::root(), warnings)?;
    Ok(values)
}

fn check_presence(chart: &Chart) -> Result<(), Box<Diagnostic>> {
    let here = |dependency: &&Dependency| chart.subcharts.iter().any(|sub| sub.metadata.name == dependency.name);
    let missing: Vec<&Dependency> = chart.metadata.dependencies.iter().filter(|one| !here(one)).collect();
    let Some(first) = missing.first() else { return Ok(()) };
    let names: Vec<&str> = missing.iter().map(|dependency| dependency.name.as_str()).collect();
    let message = format!("found in Chart.yaml, but missing in charts/ directory: {}", names.join(", "));
    let error = Diagnostic::error(message).help("fetch them: `helm dependency build`");
    Err(Box::new(at_entry(error, first)))
}

/// Points at the entry in Chart.yaml.
fn at_entry(diagnostic: Diagnostic, dependency: &Dependency) -> Diagnostic {
    match dependency.span {
        Some(span) => diagnostic.at(span, ""),
        None => diagnostic,
    }
}

/// Whether a subchart is the one that an entry means.
fn is_meant(sub: &Chart, dependency: &Dependency) -> bool {
    let version = super::lenient_version(&sub.metadata.version);
    sub.metadata.name == dependency.name
        && version.is_some_and(|version| dependency.version.is_empty() || satisfies(&dependency.version, &version))
}

fn enable(chart: &mut Chart, values: &Mapping, prefix: &str, warnings: Warnings<'_>) -> Result<(), Box<Diagnostic>> {
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    chart.subcharts = named(chart);
    for dependency in &mut chart.metadata.dependencies {
        if !dependency.alias.is_empty() {
            dependency.name.clone_from(&dependency.alias);
        }
    }
    let values = coalesce(chart, values.clone(), &mut Vec::new())?;
    for dependency in &mut chart.metadata.dependencies {
        by_tags(dependency, &values, warnings);
        by_condition(dependency, &values, prefix, warnings);
    }
    let off = |name: &str| chart.metadata.dependencies.iter().any(|one| one.name == name && !one.enabled);
    let kept: Vec<bool> = chart.subcharts.iter().map(|sub| !off(&sub.metadata.name)).collect();
    let mut kept = kept.into_iter();
    chart.subcharts.retain(|_| kept.next().unwrap_or(true));
    chart.metadata.dependencies.retain(|dependency| dependency.enabled);
    for sub in &mut chart.subcharts {
        let prefix = format!("{prefix}{}.", sub.metadata.name);
        enable(sub, &values, &prefix, warnings)?;
    }
    Ok(())
}

/// The subcharts that nobody declares, then one for each declaration, under its alias.
fn named(chart: &Chart) -> Vec<Chart> {
    let declared = &chart.metadata.dependencies;
    let undeclared = chart.subcharts.iter().filter(|sub| !declared.iter().any(|one| is_meant(sub, one)));
    let mut all: Vec<Chart> = undeclared.cloned().collect();
    for dependency in declared {
        if let Some(sub) = chart.subcharts.iter().find(|sub| is_meant(sub, dependency)) {
            let mut sub = sub.clone();
            if !dependency.alias.is_empty() {
                sub.metadata.name.clone_from(&dependency.alias);
            }
            all.push(sub);
        }
    }
    all
}

/// On when one of its tags is true, off when none is and one is false.
fn by_tags(dependency: &mut Dependency, values: &Mapping, warnings: Warnings<'_>) {
    let Some(tags) = values.get("tags").and_then(|entry| entry.node.as_map()) else { return };
    let mut seen = Vec::new();
    for node in dependency.tags.iter().filter_map(|tag| Some(&tags.get(tag)?.node)) {
        match node.as_bool() {
            Some(flag) => seen.push(flag),
            None => warnings.push(no_switch(&dependency.name, "tag", node)),
        }
    }
    dependency.enabled = seen.is_empty() || seen.contains(&true);
}

/// As the first path says that leads to a boolean. Paths are not trimmed, and one that leads to a map leads nowhere.
fn by_condition(dependency: &mut Dependency, values: &Mapping, prefix: &str, warnings: Warnings<'_>) {
    for path in dependency.condition.trim().split(',').filter(|path| !path.is_empty()) {
        let found = at_path(values, &format!("{prefix}{path}")).filter(|node| node.as_map().is_none());
        match found.map(|node| (node, node.as_bool())) {
            Some((_, Some(flag))) => {
                dependency.enabled = flag;
                return;
            }
            Some((node, None)) => warnings.push(no_switch(&dependency.name, "condition", node)),
            None if path.starts_with(' ') => {
                let message = format!(
                    "the condition `{path}` of `{}` begins with a space, and so names nothing",
                    dependency.name
                );
                let warning = Diagnostic::warning(message).help("write conditions with `,` and no space between them");
                warnings.push(at_entry(warning, dependency));
            }
            None => {}
        }
    }
}

fn no_switch(name: &str, what: &str, node: &Node) -> Diagnostic {
    let message = format!("the {what} of subchart `{name}` must be true or false, found {}", node.value.kind());
    Diagnostic::warning(message).at(node.span, "passed over")
}

/// Adds what `import-values` name to the defaults of the parents, from the inside out. Imports see defaults only, and
/// the parent's own defaults win.
fn import(chart: &mut Chart, warnings: Warnings<'_>) -> Result<(), Box<Diagnostic>> {
    for sub in &mut chart.subcharts {
        import(sub, warnings)?;
    }
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    let (root, place) = (ValuePath::root(), place(chart, &chart.values));
    let mut defaults = Mapping::new();
    fill(chart, &mut defaults, Nulls::Keep, &root, &mut Vec::new())?;
    let mut imported = Mapping::new();
    for dependency in &chart.metadata.dependencies {
        for Import { child, parent } in &dependency.import_values {
            let path = format!("{}.{child}", dependency.name);
            if let Some(table) = at_path(&defaults, &path).and_then(Node::as_map) {
                coalesce_tables(&mut imported, below(parent, table, place), Nulls::Keep, &root, warnings);
            } else {
                let message = format!("`{}` has no table `{child}` to import", dependency.name);
                warnings.push(at_entry(Diagnostic::warning(message), dependency));
            }
        }
    }
    coalesce_tables(&mut defaults, imported, Nulls::Keep, &root, warnings);
    chart.values = defaults;
    Ok(())
}

/// A table as it stands at a path of the parent; `.` is the root.
fn below(path: &str, table: &Mapping, place: Span) -> Mapping {
    if path == "." {
        return table.clone();
    }
    path.rsplit('.').fold(table.clone(), |table, key| Mapping::from_iter([(key.to_owned(), entry(table, place))]))
}

fn entry(table: Mapping, place: Span) -> Entry {
    Entry { key: place, node: Node::new(Value::Map(table), place) }
}

/// Where a chart's tables stand that nobody wrote.
fn place(chart: &Chart, values: &Mapping) -> Span {
    let written = || values.values().next().map(|entry| entry.key);
    chart.metadata.place.or_else(written).unwrap_or(Span::new(crate::diagnostic::SourceId::default(), 0..0))
}

fn fill(
    chart: &Chart,
    values: &mut Mapping,
    nulls: Nulls,
    path: &ValuePath,
    warnings: Warnings<'_>,
) -> Result<(), Box<Diagnostic>> {
    fill_own(chart, values, nulls, path, warnings);
    for sub in &chart.subcharts {
        let name = &sub.metadata.name;
        let place = place(sub, values);
        let global = values.get("global").cloned().unwrap_or_else(|| entry(Mapping::new(), place));
        let own = values.entry(name.clone()).or_insert_with(|| entry(Mapping::new(), place));
        let found = own.node.value.kind();
        let Value::Map(below) = &mut own.node.value else {
            let message = format!("type mismatch on {name}: the values of a subchart are an object, found {found}");
            return Err(Box::new(Diagnostic::error(message).at(own.node.span, "")));
        };
        pass_globals(below, &global, path, warnings);
        fill(sub, below, nulls, &path.key(name), warnings)?;
    }
    Ok(())
}

/// Fills values with one chart's own defaults.
fn fill_own(chart: &Chart, values: &mut Mapping, nulls: Nulls, path: &ValuePath, warnings: Warnings<'_>) {
    for (key, default) in &chart.values {
        let mut default = default.clone();
        let is_subchart = chart.subcharts.iter().any(|sub| sub.metadata.name == *key);
        match values.get_mut(key).map(|entry| (entry.node.span, &mut entry.node.value)) {
            None => {
                if nulls == Nulls::Delete {
                    if default.node.is_null() {
                        continue;
                    }
                    default.node.as_map_mut().map(clean_nulls);
                }
                values.insert(key.clone(), default);
            }
            Some((_, Value::Null)) => {
                if nulls == Nulls::Delete {
                    values.shift_remove(key);
                }
            }
            Some((_, Value::Map(below))) if matches!(default.node.value, Value::Map(_)) => {
                // A null of the parent is for the subchart's defaults, which come later.
                let nulls = if is_subchart { Nulls::Keep } else { nulls };
                let Value::Map(mut table) = default.node.value else { continue };
                if nulls == Nulls::Delete {
                    clean_nulls(&mut table);
                }
                coalesce_tables(below, table, nulls, &path.key(key), warnings);
            }
            Some((span, value)) => {
                let mixed = matches!(value, Value::Map(_)) != matches!(default.node.value, Value::Map(_));
                if mixed && !default.node.is_null() {
                    let (found, wanted) = (value.kind(), default.node.value.kind());
                    let message = format!("`{}` is {found}, the chart has {wanted}", path.key(key));
                    warnings.push(
                        Diagnostic::warning(message)
                            .of_rule("VAL006")
                            .at(span, "this one is used")
                            .label(default.node.span, "the default that it replaces"),
                    );
                }
            }
        }
    }
}

/// Hands the parent's `global` down: its scalars replace, its tables win key by key.
fn pass_globals(values: &mut Mapping, from: &Entry, path: &ValuePath, warnings: Warnings<'_>) {
    let place = from.key;
    let no_table = |node: &Node| {
        let message = format!("`global` must be an object to reach subcharts, found {}", node.value.kind());
        Diagnostic::warning(message).at(node.span, "passed over")
    };
    let Value::Map(source) = &from.node.value else {
        warnings.push(no_table(&from.node));
        return;
    };
    let own = values.entry("global".to_owned()).or_insert_with(|| entry(Mapping::new(), place));
    if own.node.as_map().is_none() {
        warnings.push(no_table(&own.node));
        return;
    }
    let Value::Map(target) = &mut own.node.value else { return };
    for (key, mut entry) in source.clone() {
        let own = target.get_mut(&key);
        let own_table = own.as_ref().is_some_and(|own| own.node.as_map().is_some());
        match (&mut entry.node.value, own) {
            (Value::Map(table), Some(own)) if own_table => {
                if let Value::Map(below) = std::mem::replace(&mut own.node.value, Value::Null) {
                    let path = path.key("global").key(&key);
                    coalesce_tables(table, below, Nulls::Keep, &path, warnings);
                }
                *own = entry;
            }
            (Value::Map(_), Some(own)) => warnings.push(
                Diagnostic::warning(format!(
                    "`global.{key}` is {} here and an object in the parent",
                    own.node.value.kind()
                ))
                .at(own.node.span, "this one is used")
                .label(entry.node.span, "the parent's"),
            ),
            (_, Some(own)) if own_table => warnings.push(
                Diagnostic::warning(format!(
                    "`global.{key}` is an object here and {} in the parent",
                    entry.node.value.kind()
                ))
                .at(own.node.span, "this one is used")
                .label(entry.node.span, "the parent's"),
            ),
            _ => {
                target.insert(key, entry);
            }
        }
    }
}
