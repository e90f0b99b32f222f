//! Which template a name means.

use std::borrow::Cow;
use std::collections::HashSet;

/// The path of the chart that a template belongs to: `app/charts/redis` of `app/charts/redis/templates/a.j2`.
pub(super) fn chart_of(template: &str) -> &str {
    let mut rest = template;
    loop {
        let Some((_, below)) = rest.split_once('/') else { return template };
        match below.strip_prefix("charts/") {
            Some(sub) => rest = sub,
            None => return &template[..template.len() - below.len() - 1],
        }
    }
}

/// Finds the template that another one names: a file of its own `templates/`, a path in its chart, `NAME/file` of a
/// subchart or of one beside it or further out, or a whole path such as `app/charts/lib/templates/_a.j2`.
///
/// What is nowhere is taken for a file of the own `templates/`.
pub(super) fn resolver(
    names: HashSet<String>,
) -> impl for<'s> Fn(&'s str, &'s str) -> Cow<'s, str> + Send + Sync + 'static {
    move |name, parent| {
        let chart = chart_of(parent);
        let local = format!("{chart}/templates/{}", name.strip_prefix("templates/").unwrap_or(name));
        if names.contains(&local) {
            return local.into();
        }
        let inside = format!("{chart}/{name}");
        let found = [inside, name.to_owned()].into_iter().chain(libraries(chart, name)).find(|one| names.contains(one));
        found.unwrap_or(local).into()
    }
}

/// `NAME/file` in the subcharts of a chart, then in those of the charts around it.
fn libraries(chart: &str, name: &str) -> Vec<String> {
    let Some((sub, file)) = name.split_once('/') else { return Vec::new() };
    let around = std::iter::successors(Some(chart), |at| at.rsplit_once("/charts/").map(|(outer, _)| outer));
    around.map(|at| format!("{at}/charts/{sub}/templates/{file}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_the_own_chart_first_then_to_subcharts_from_the_inside_out() {
        let names = [
            "app/templates/a.j2",
            "app/charts/lib/templates/_n.j2",
            "app/charts/db/templates/a.j2",
            "app/charts/db/templates/templates/x.j2",
            "app/charts/db/charts/lib/templates/_n.j2",
        ];
        let resolve = resolver(names.iter().map(|name| (*name).to_owned()).collect());
        for (name, parent, found) in [
            ("a.j2", names[0], names[0]),
            ("templates/a.j2", names[2], names[2]),
            ("lib/_n.j2", names[0], names[1]),
            ("lib/_n.j2", names[2], names[4]),
            ("charts/lib/templates/_n.j2", names[0], names[1]),
            ("app/templates/a.j2", names[2], names[0]),
            ("templates/x.j2", names[2], "app/charts/db/templates/x.j2"),
        ] {
            assert_eq!(resolve(name, parent), found, "{name} from {parent}");
        }
    }

    #[test]
    fn a_template_knows_its_chart() {
        assert_eq!(chart_of("app/templates/templates/a.j2"), "app");
        assert_eq!(chart_of("app/charts/charts/templates/a.j2"), "app/charts/charts");
    }
}
