//! The stages from a chart to manifests, one by one and together.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pgchart::chart::{Builtin, Chart};
use pgchart::diagnostic::Sources;
use pgchart::engine::{Capabilities, ReleaseInfo};
use pgchart::manifest::{Format, sort, stream};
use pgchart::release::{ChartSource, KeyPolicy, Request, Session, configure, render};
use pgchart::schema::validate;
use pgchart::values::{Input, Nulls, ValueFlags, ValuePath, coalesce_tables};
use pgchart::yaml::{Limits, read};

struct NoFiles;

impl Input for NoFiles {
    fn read(&mut self, _: &str) -> Result<String, String> {
        Err("no files here".to_owned())
    }
}

fn request() -> Request {
    Request {
        chart: ChartSource::Builtin,
        release: ReleaseInfo { name: "my-db".into(), namespace: "default".into(), is_upgrade: false },
        capabilities: Capabilities::default(),
        values: ValueFlags::default(),
        skip_schema_validation: false,
        secret_key: KeyPolicy::Throwaway,
    }
}

fn stages(criterion: &mut Criterion) {
    let tree = Builtin::tree();
    let chart = Chart::load(tree.clone(), &mut Sources::default(), &mut Vec::new()).expect("the chart holds");
    let values = tree.text("values.yaml").expect("text");
    criterion.bench_function("read values.yaml", |bencher| {
        let mut sources = Sources::default();
        let id = sources.add("values.yaml", values.as_str());
        bencher.iter(|| read(black_box(&sources), id, Limits::default()).expect("valid"));
    });
    criterion.bench_function("load the chart", |bencher| {
        bencher.iter(|| Chart::load(tree.clone(), &mut Sources::default(), &mut Vec::new()).expect("it holds"));
    });
    criterion.bench_function("merge values with themselves", |bencher| {
        bencher.iter(|| {
            let mut merged = chart.values.clone();
            coalesce_tables(&mut merged, chart.values.clone(), Nulls::Delete, &ValuePath::root(), &mut Vec::new());
            merged
        });
    });
    let request = request();
    let mut input = NoFiles;
    let mut session = Session::new(&mut input);
    let configured = configure(&request, &mut session).expect("configured");
    let schema = configured.chart.schema.as_ref().expect("a schema");
    criterion.bench_function("validate", |bencher| {
        bencher.iter(|| validate(black_box(schema), &configured.values, &configured.chart.tree).expect("it holds"));
    });
    criterion.bench_function("render", |bencher| {
        bencher.iter(|| {
            let mut input = NoFiles;
            let mut own = Session::new(&mut input);
            own.sources = session.sources.clone();
            render(&configured, &request, &mut own).expect("rendered")
        });
    });
    let release = {
        let mut input = NoFiles;
        let mut own = Session::new(&mut input);
        own.sources = session.sources.clone();
        render(&configured, &request, &mut own).expect("rendered")
    };
    criterion.bench_function("order", |bencher| {
        bencher.iter(|| {
            let mut manifests = release.manifests.clone();
            manifests.reverse();
            sort(&mut manifests);
            manifests
        });
    });
    criterion.bench_function("the whole", |bencher| {
        bencher.iter(|| {
            let mut input = NoFiles;
            let mut session = Session::new(&mut input);
            let configured = configure(&request, &mut session).expect("configured");
            let release = render(&configured, &request, &mut session).expect("rendered");
            stream(&release.manifests, Format::Yaml)
        });
    });
}

criterion_group!(benches, stages);
criterion_main!(benches);
