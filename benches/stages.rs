//! The stages from a chart to manifests, one by one and together.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pgchart::chart::{Builtin, Chart};
use pgchart::diagnostic::Sources;
use pgchart::engine::{Capabilities, ReleaseInfo};
use pgchart::lint::{Selection, inspect};
use pgchart::manifest::{Format, sort, stream};
use pgchart::release::{ChartSource, KeyPolicy, Request, Session, configure, render};
use pgchart::schema::{fits, validate};
use pgchart::values::{Input, Nulls, ValueFlags, ValuePath, coalesce_tables};
use pgchart::yaml::{Limits, read};

/// Values files that are made up on the spot: a hundred maps of ten keys each.
struct Generated {
    /// Which thousand leaves each file has.
    texts: Vec<String>,
}

impl Generated {
    fn new(files: usize) -> Self {
        let text = |file: usize| {
            let mut text = String::new();
            for outer in 0..100 {
                text.push_str(&format!("key{}:\n", (outer + file) % 150));
                for inner in 0..10 {
                    text.push_str(&format!("  leaf{inner}: value {file}\n"));
                }
            }
            text
        };
        Self { texts: (0..files).map(text).collect() }
    }
}

impl Input for Generated {
    fn read(&mut self, path: &str) -> Result<String, String> {
        path.parse()
            .ok()
            .and_then(|index: usize| self.texts.get(index).cloned())
            .ok_or_else(|| "no such file".to_owned())
    }
}

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
        seed: None,
        now: 0,
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
    criterion.bench_function("validate", |bencher| {
        bencher.iter(|| assert!(fits(&configured.chart.tree, black_box(&configured.values))));
    });
    let schema = configured.chart.schema().expect("a schema");
    criterion.bench_function("validate to say what is wrong", |bencher| {
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
    let selection = Selection::new(&[], &[]).expect("all rules");
    let versions = [request.capabilities.kube_version.clone()];
    criterion.bench_function("lint", |bencher| {
        bencher.iter(|| {
            let mut input = NoFiles;
            let mut session = Session::new(&mut input);
            inspect(&request, &versions, &selection, &mut session).expect("linted")
        });
    });
}

/// What users can make large: each figure belongs to the double one, and the second should be twice the first.
fn growth(criterion: &mut Criterion) {
    for files in [100, 200] {
        let mut input = Generated::new(files);
        let flags = ValueFlags { files: (0..files).map(|file| file.to_string()).collect(), ..ValueFlags::default() };
        criterion.bench_function(&format!("merge {files} files of 1000 leaves"), |bencher| {
            bencher.iter(|| flags.layer(&mut input, &mut Sources::default(), &mut Vec::new()).expect("values"));
        });
    }
    for entries in [10_000, 20_000] {
        let positions: Vec<String> = (0..entries).map(|index| format!("list[{index}]=x")).collect();
        let braces = format!("list={{{}}}", vec!["x"; entries].join(","));
        for (name, argument) in [("positions", positions.join(",")), ("braces", braces)] {
            let flags = ValueFlags { set: vec![argument], ..ValueFlags::default() };
            criterion.bench_function(&format!("--set with {entries} entries in {name}"), |bencher| {
                bencher.iter(|| flags.layer(&mut NoFiles, &mut Sources::default(), &mut Vec::new()).expect("values"));
            });
        }
    }
}

criterion_group!(benches, stages, growth);
criterion_main!(benches);
