//! Two large sets of manifests, compared: reading, normal form, comparison, report.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pgchart::diagnostic::Sources;
use pgchart::diff::report::{Format, View, write};
use pgchart::diff::{Known, Options, against, assemble, read_objects};

/// About five megabytes: StatefulSets with everything that they usually have.
fn text(image: &str) -> String {
    let object = |at: usize| {
        let image = if at.is_multiple_of(50) { image } else { "postgres:16.4" };
        let env = (0..20).fold(String::new(), |all, n| {
            all + &format!("            - name: VARIABLE_{n}\n              value: \"value {n} of {at}\"\n")
        });
        format!(
            "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db-{at}\n  labels:\n    app.kubernetes.io/instance: db\nspec:\n  \
             replicas: 3\n  serviceName: db\n  template:\n    spec:\n      containers:\n        - name: postgresql\n          image: {image}\n          \
             resources:\n            limits:\n              cpu: \"1\"\n              memory: 1Gi\n          env:\n{env}"
        )
    };
    (0..2900).map(object).collect()
}

fn compare(c: &mut Criterion) {
    let (old, new) = (text("postgres:16.4"), text("postgres:16.6"));
    assert!(old.len() > 5_000_000, "{}", old.len());
    let mut group = c.benchmark_group("diff");
    group.sample_size(10);
    group.bench_function("two files of 5 MB", |b| {
        b.iter(|| {
            let mut sources = Sources::default();
            let sides = [&old, &new].map(|text| sources.add("manifests", text.as_str()));
            let mut known = Known::default();
            let [old, new] = sides.map(|id| read_objects(&sources, id, "default", &mut known).expect("manifests"));
            let report = assemble(against(new, old), &Options::default());
            black_box(write(&report, Format::Human, View::default()))
        });
    });
    group.finish();
}

criterion_group!(benches, compare);
criterion_main!(benches);
