//! A preset for any size: resources, volumes and the parameters that follow from them.
//!
//! The five reference sizes come from a field report in which each was parsed and started on real servers; every other
//! size lies between them. The rules are in the comments of each value and in the output of `pgchart tune`.

use std::fmt::Write as _;

use super::memory::{Budget, Demand};
use super::quantity::{self, GIB, MIB};

/// What a server is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    /// A bit of everything.
    #[default]
    Mixed,
    /// Many small transactions.
    Oltp,
    /// Steady inserts from machines, with range queries over time.
    Iot,
    /// Few large queries.
    Dw,
}

/// What data lie on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Storage {
    /// Flash behind SATA or a network.
    #[default]
    Ssd,
    /// Flash on the bus.
    Nvme,
    /// Spinning disks.
    Hdd,
}

/// The size to tune for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Memory limit in bytes.
    pub memory: u64,
    /// Processors in thousandths.
    pub cpu: u64,
    /// Connections to the server; by the memory when not given.
    pub connections: Option<u64>,
    /// Size of the data volume; by the memory when not given.
    pub data: Option<u64>,
    /// Size of the volume of the write-ahead log; by the memory when not given.
    pub wal: Option<u64>,
    /// What data lie on.
    pub storage: Storage,
    /// What the server is for.
    pub workload: Workload,
}

impl Size {
    /// A size of which only memory and processors are known.
    pub fn new(memory: u64, cpu: u64) -> Self {
        let (storage, workload) = (Storage::default(), Workload::default());
        Self { memory, cpu, connections: None, data: None, wal: None, storage, workload }
    }
}

/// The sizes of the built-in presets.
pub const PRESETS: [(&str, u64, u64); 5] = [
    ("edge", GIB, 500),
    ("small", 4 * GIB, 2000),
    ("medium", 16 * GIB, 4000),
    ("large", 32 * GIB, 8000),
    ("xlarge", 64 * GIB, 16000),
];

/// The least memory that a server with this chart's features runs in.
pub const LEAST_MEMORY: u64 = 256 * MIB;
/// The most that the rules are made for.
pub const MOST_MEMORY: u64 = 4 * quantity::TIB;

/// A parameter with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The parameter.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Why.
    pub reason: &'static str,
}

/// A preset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// The size that it is for.
    pub size: Size,
    /// What the parameters may come to use.
    pub budget: Budget,
    /// Processors to reserve, in thousandths.
    pub cpu_request: u64,
    /// Size of the data volume.
    pub data: u64,
    /// Size of the volume of the write-ahead log.
    pub wal: u64,
    /// Whether the log has a volume of its own.
    pub wal_volume: bool,
    /// Size of `/dev/shm`.
    pub shared_memory: u64,
    /// Seconds for a shutdown.
    pub grace: u64,
    /// The parameters.
    pub config: Vec<Choice>,
}

/// Why there is no preset for a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// Less memory than a server needs.
    TooSmall,
    /// More memory than the rules are made for.
    TooLarge,
    /// Even with the least `work_mem` the connections do not fit; so many would.
    TooManyConnections {
        /// What was asked for.
        asked: u64,
        /// What fits.
        fit: u64,
    },
}

impl std::fmt::Display for Impossible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooSmall => write!(f, "a server needs at least {} of memory", quantity::kubernetes(LEAST_MEMORY)),
            Self::TooLarge => write!(f, "sizes above {} of memory are not known", quantity::kubernetes(MOST_MEMORY)),
            Self::TooManyConnections { asked, fit } => {
                write!(f, "{asked} connections do not fit into this memory; {fit} do")
            }
        }
    }
}

/// The preset for a size.
///
/// # Errors
/// When no settings would be safe.
pub fn tune(size: Size) -> Result<Tuning, Impossible> {
    if size.memory < LEAST_MEMORY {
        return Err(Impossible::TooSmall);
    }
    if size.memory > MOST_MEMORY {
        return Err(Impossible::TooLarge);
    }
    let demand = demand(&size)?;
    let volumes = Volumes::new(&size);
    Ok(Tuning {
        size,
        budget: demand.budget(size.memory),
        cpu_request: cpu_request(&size),
        data: volumes.data,
        wal: volumes.wal,
        wal_volume: volumes.separate,
        shared_memory: by_memory(size.memory, [128, 512, 1024, 4096, 8192]) * MIB,
        grace: by_memory(size.memory, [60, 120, 300, 600, 900]),
        config: config(&size, &demand, &volumes),
    })
}

/// A value that is known at 1, 4, 16, 32 and 64 GiB and lies on straight lines between; outside it grows or shrinks with
/// the memory, at most to four times the last.
fn by_memory(memory: u64, anchors: [u64; 5]) -> u64 {
    const AT: [u64; 5] = [GIB, 4 * GIB, 16 * GIB, 32 * GIB, 64 * GIB];
    if memory <= AT[0] {
        return (anchors[0] * (memory / MIB) / 1024).max(1);
    }
    for index in 1..5 {
        if memory <= AT[index] {
            let (low, high) = (anchors[index - 1], anchors[index]);
            let (from, to) = (AT[index - 1] / MIB, AT[index] / MIB);
            return low + (high - low) * (memory / MIB - from) / (to - from);
        }
    }
    (anchors[4] * (memory / MIB) / (AT[4] / MIB)).min(anchors[4] * 4)
}

/// Down to a number that people write: two significant digits, the second even or five.
fn round(value: u64) -> u64 {
    let mut step = 1;
    while value / step >= 100 {
        step *= 10;
    }
    value / step * step
}

/// A server with little memory, where processes are dear.
fn is_tiny(size: &Size) -> bool {
    size.memory < 2 * GIB
}

fn processors(size: &Size) -> u64 {
    size.cpu.div_ceil(1000).max(1)
}

/// Half of the limit; a quarter in the middle, where servers share nodes and idle most of the day.
fn cpu_request(size: &Size) -> u64 {
    let divisor = if !is_tiny(size) && size.memory < 16 * GIB { 4 } else { 2 };
    (size.cpu / divisor).max(50)
}

/// The connections and memory areas that fit into nine tenths of the limit.
fn demand(size: &Size) -> Result<Demand, Impossible> {
    let mebibytes = |bytes: u64| bytes / MIB * MIB;
    let own_connections = match size.workload {
        Workload::Mixed | Workload::Oltp | Workload::Iot => {
            round(by_memory(size.memory, [50, 100, 200, 300, 400]).min(500))
        }
        Workload::Dw => round(by_memory(size.memory, [20, 40, 60, 80, 100]).min(150)),
    }
    .max(10);
    let connections = size.connections.unwrap_or(own_connections);
    let maintenance = mebibytes(size.memory / 16).clamp(16 * MIB, 2 * GIB);
    let autovacuum = if size.memory < 16 * GIB { maintenance / 4 * 3 } else { maintenance / 2 };
    // Fewer connections may each take more, more connections must each take less.
    let reference = by_memory(size.memory, [4, 8, 16, 24, 48]).max(1) * MIB;
    let usual = by_memory(size.memory, [50, 100, 200, 300, 400]).max(10);
    let share = reference * usual / connections.max(1);
    let mut demand = Demand {
        connections,
        shared_buffers: mebibytes(size.memory / 4),
        work_mem: mebibytes(share.min(reference * 4)).max(MIB),
        maintenance_work_mem: maintenance,
        autovacuum_workers: if is_tiny(size) {
            2
        } else if processors(size) >= 16 {
            4
        } else {
            3
        },
        autovacuum_work_mem: mebibytes(autovacuum).max(16 * MIB),
    };
    while demand.budget(size.memory).is_tight() && demand.work_mem > MIB {
        demand.work_mem -= (demand.work_mem / 8 / MIB * MIB).max(MIB);
    }
    if demand.budget(size.memory).is_tight() {
        let mut fit = demand;
        while fit.connections > 1 && fit.budget(size.memory).is_tight() {
            fit.connections -= 1;
        }
        if size.connections.is_some() {
            return Err(Impossible::TooManyConnections { asked: connections, fit: fit.connections });
        }
        demand = fit;
    }
    Ok(demand)
}

/// Volumes and what of the write-ahead log they may hold.
struct Volumes {
    data: u64,
    wal: u64,
    separate: bool,
    max_wal: u64,
    min_wal: u64,
    slots: u64,
}

impl Volumes {
    /// With a volume of its own the log may be 16 % of it and standbys may hold back another 40 %; without one both stay
    /// within a tenth of the data volume, a fifth together.
    fn new(size: &Size) -> Self {
        let separate = size.wal.is_some() || size.memory >= 16 * GIB;
        let data = size.data.unwrap_or_else(|| by_memory(size.memory, [10, 50, 200, 500, 1024]).max(5) * GIB);
        let wal = size.wal.unwrap_or_else(|| by_memory(size.memory, [5, 10, 50, 100, 200]).max(5) * GIB);
        let whole =
            |bytes: u64| if bytes >= GIB { bytes / GIB * GIB } else { (bytes / (64 * MIB) * 64 * MIB).max(64 * MIB) };
        let (max_wal, slots) = if separate {
            (whole(wal * 16 / 100), whole(wal * 40 / 100))
        } else {
            (whole((size.memory / 2).max(GIB).min(data / 10)), whole(size.memory.max(GIB).min(data / 10)))
        };
        let min_wal = whole(if separate { max_wal / 8 } else { (size.memory / 8).min(max_wal / 2) });
        Self { data, wal, separate, max_wal, min_wal: min_wal.min(max_wal / 2).max(32 * MIB), slots }
    }
}

/// The parameters, with their reasons.
fn config(size: &Size, demand: &Demand, volumes: &Volumes) -> Vec<Choice> {
    let mut list = memory_settings(size, demand);
    list.extend(worker_settings(size));
    list.extend(wal_settings(volumes));
    list.extend(storage_settings(size));
    list.extend(operation_settings(size));
    list
}

fn choice(name: &'static str, value: impl Into<String>, reason: &'static str) -> Choice {
    Choice { name, value: value.into(), reason }
}

fn memory_settings(size: &Size, demand: &Demand) -> Vec<Choice> {
    let written = quantity::postgres;
    let cache = if size.memory < 16 * GIB { size.memory / 1000 * 625 } else { size.memory / 10000 * 6875 };
    let cache = if size.memory.is_multiple_of(16 * MIB) {
        if size.memory < 16 * GIB { size.memory / 8 * 5 } else { size.memory / 16 * 11 }
    } else {
        cache
    };
    let huge = if is_tiny(size) { "off" } else { "try" };
    let locks = match size.memory / GIB {
        0..16 => 128,
        16..32 => 256,
        32..64 => 512,
        _ => 1024,
    };
    vec![
        choice(
            "max_connections",
            demand.connections.to_string(),
            "each costs 5 MB and one work_mem at a time; more clients go through a pooler",
        ),
        choice("shared_buffers", written(demand.shared_buffers), "a quarter of the memory limit"),
        choice(
            "effective_cache_size",
            written(cache / MIB * MIB),
            "what the planner may expect of shared buffers and page cache together",
        ),
        choice(
            "work_mem",
            written(demand.work_mem),
            "for each sort or hash; every connection may run one within 90 % of the limit",
        ),
        choice("maintenance_work_mem", written(demand.maintenance_work_mem), "a sixteenth of the memory, at most 2 GB"),
        choice(
            "autovacuum_max_workers",
            demand.autovacuum_workers.to_string(),
            "more on 16 processors, fewer in little memory",
        ),
        choice(
            "autovacuum_work_mem",
            written(demand.autovacuum_work_mem),
            "for each worker, so that all together stay bounded",
        ),
        choice("huge_pages", huge, "used where the node has them; page tables shrink by 512"),
        choice("max_locks_per_transaction", locks.to_string(), "partitions and chunks take a lock each"),
    ]
}

fn worker_settings(size: &Size) -> Vec<Choice> {
    let cpus = processors(size);
    let parallel = if is_tiny(size) { (cpus / 2).max(1) } else { cpus };
    let gather = match size.workload {
        Workload::Dw => parallel.div_ceil(2),
        _ => (parallel / 2).min(4),
    };
    let workers = if is_tiny(size) { 4 } else { (parallel + 4).max(8) };
    vec![
        choice("max_worker_processes", workers.to_string(), "parallel workers and four for extensions"),
        choice("max_parallel_workers", parallel.to_string(), "one for each processor"),
        choice("max_parallel_workers_per_gather", gather.to_string(), "half of them for one query, at most four"),
        choice("max_parallel_maintenance_workers", gather.clamp(1, 4).to_string(), "for index builds"),
    ]
}

fn wal_settings(volumes: &Volumes) -> Vec<Choice> {
    let written = quantity::postgres;
    vec![
        choice("max_wal_size", written(volumes.max_wal), "room between two checkpoints, well below the volume"),
        choice("min_wal_size", written(volumes.min_wal), "kept for reuse"),
        choice(
            "max_slot_wal_keep_size",
            written(volumes.slots),
            "a standby or archiver that is gone cannot fill the volume",
        ),
        choice("checkpoint_timeout", "15min", "fewer full pages in the log than with 5 minutes"),
        choice("checkpoint_completion_target", "0.9", "writes are spread over the interval"),
        choice(
            "wal_compression",
            "on",
            "full pages shrink; works in every build, lz4 is faster where the image has it",
        ),
        choice("wal_log_hints", "on", "lets pg_rewind bring back a former primary"),
    ]
}

fn storage_settings(size: &Size) -> Vec<Choice> {
    let (random, concurrency) = match size.storage {
        Storage::Ssd => ("1.1", "200"),
        Storage::Nvme => ("1.1", "1000"),
        Storage::Hdd => ("4", "2"),
    };
    let statistics = if size.workload == Workload::Dw { "500" } else { "100" };
    vec![
        choice("random_page_cost", random, "what a page out of order costs on this storage"),
        choice("effective_io_concurrency", concurrency, "requests that this storage serves at once"),
        choice("default_statistics_target", statistics, "more detail for large queries"),
        choice(
            "jit",
            if size.workload == Workload::Dw { "on" } else { "off" },
            "compiling costs more than it saves on short queries",
        ),
    ]
}

fn operation_settings(size: &Size) -> Vec<Choice> {
    let vacuum_log = if is_tiny(size) { "-1" } else { "10s" };
    vec![
        choice("idle_in_transaction_session_timeout", "10min", "a forgotten transaction stops vacuum everywhere"),
        choice("tcp_keepalives_idle", "60", "a client that vanished is noticed within two minutes"),
        choice("tcp_keepalives_interval", "10", ""),
        choice("tcp_keepalives_count", "6", ""),
        choice("track_io_timing", "on", "shows where time goes"),
        choice("log_checkpoints", "on", "why the disk is busy"),
        choice("log_lock_waits", "on", "who waits for whom"),
        choice("log_temp_files", "0", "queries that want more work_mem"),
        choice("log_autovacuum_min_duration", vacuum_log, "long runs of autovacuum"),
    ]
}

impl Tuning {
    /// The preset file; with `reasons`, each value carries why, and the memory arithmetic stands on top.
    pub fn to_yaml(&self, reasons: bool) -> String {
        let mut out = String::new();
        let size = &self.size;
        let kubernetes = quantity::kubernetes;
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        if reasons {
            line(format!("# For {}, made by `pgchart tune`.", describe(size)));
            line("#".to_owned());
            line("# Memory when every connection is busy:".to_owned());
            self.budget.lines().into_iter().for_each(|text| line(format!("#   {text}")));
            line(String::new());
        }
        line("resources:".to_owned());
        line(format!("  requests: {{cpu: {}, memory: {}}}", cores(self.cpu_request), kubernetes(size.memory)));
        line(format!("  limits: {{cpu: {}, memory: {}}}", cores(size.cpu), kubernetes(size.memory)));
        line("persistence:".to_owned());
        line(format!("  size: {}", kubernetes(self.data)));
        line(format!("  wal: {{enabled: {}, size: {}}}", self.wal_volume, kubernetes(self.wal)));
        line(format!("sharedMemory: {{sizeLimit: {}}}", kubernetes(self.shared_memory)));
        line(format!("terminationGracePeriodSeconds: {}", self.grace));
        line("postgresql:".to_owned());
        line("  config:".to_owned());
        for choice in &self.config {
            if reasons && !choice.reason.is_empty() {
                line(format!("    # {}", choice.reason));
            }
            line(format!("    {}: {}", choice.name, scalar(&choice.value)));
        }
        out
    }
}

/// Processors as people write them: `2`, `250m`.
fn cores(thousandths: u64) -> String {
    if thousandths.is_multiple_of(1000) { format!("\"{}\"", thousandths / 1000) } else { format!("{thousandths}m") }
}

/// Words that YAML takes for booleans are booleans here.
fn scalar(value: &str) -> &str {
    match value {
        "on" => "true",
        "off" => "false",
        other => other,
    }
}

/// The size behind some text for comments: memory and processors.
pub fn describe(size: &Size) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "{} of memory, {} processors",
        quantity::kubernetes(size.memory),
        cores(size.cpu).trim_matches('"')
    );
    if let Some(connections) = size.connections {
        let _ = write!(text, ", {connections} connections");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::{Major, setting};
    use proptest::prelude::*;

    fn value<'a>(tuning: &'a Tuning, name: &str) -> &'a str {
        &tuning.config.iter().find(|choice| choice.name == name).expect("a parameter").value
    }

    #[test]
    fn the_five_sizes_are_those_of_the_field_report() {
        let rows: [(&str, [&str; 5]); 18] = [
            ("max_connections", ["50", "100", "200", "300", "400"]),
            ("shared_buffers", ["256MB", "1GB", "4GB", "8GB", "16GB"]),
            ("effective_cache_size", ["640MB", "2560MB", "11GB", "22GB", "44GB"]),
            ("work_mem", ["4MB", "8MB", "16MB", "24MB", "48MB"]),
            ("maintenance_work_mem", ["64MB", "256MB", "1GB", "2GB", "2GB"]),
            ("autovacuum_max_workers", ["2", "3", "3", "3", "4"]),
            ("autovacuum_work_mem", ["48MB", "192MB", "512MB", "1GB", "1GB"]),
            ("max_wal_size", ["1GB", "2GB", "8GB", "16GB", "32GB"]),
            ("min_wal_size", ["128MB", "512MB", "1GB", "2GB", "4GB"]),
            ("max_slot_wal_keep_size", ["1GB", "4GB", "20GB", "40GB", "80GB"]),
            ("max_worker_processes", ["4", "8", "8", "12", "20"]),
            ("max_parallel_workers", ["1", "2", "4", "8", "16"]),
            ("max_parallel_workers_per_gather", ["0", "1", "2", "4", "4"]),
            ("max_parallel_maintenance_workers", ["1", "1", "2", "4", "4"]),
            ("max_locks_per_transaction", ["128", "128", "256", "512", "1024"]),
            ("huge_pages", ["off", "try", "try", "try", "try"]),
            ("checkpoint_timeout", ["15min"; 5]),
            ("log_autovacuum_min_duration", ["-1", "10s", "10s", "10s", "10s"]),
        ];
        for (index, (name, memory, cpu)) in PRESETS.into_iter().enumerate() {
            let tuning = tune(Size::new(memory, cpu)).expect("a reference size");
            for (parameter, expected) in rows {
                assert_eq!(value(&tuning, parameter), expected[index], "{parameter} of {name}");
            }
            assert_eq!(tuning.cpu_request, [250, 500, 2000, 4000, 8000][index], "{name}");
            assert_eq!(tuning.data / GIB, [10, 50, 200, 500, 1024][index], "{name}");
            assert_eq!(tuning.wal_volume, index >= 2, "{name}");
            assert_eq!(tuning.shared_memory / MIB, [128, 512, 1024, 4096, 8192][index], "{name}");
            assert_eq!(tuning.grace, [60, 120, 300, 600, 900][index], "{name}");
            assert_eq!(tuning.budget.percent(), [85, 79, 69, 71, 72][index], "{name}");
        }
    }

    #[test]
    fn the_committed_presets_are_what_tune_makes() {
        for (name, memory, cpu) in PRESETS {
            let path = format!("{}/presets/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
            let text = tune(Size::new(memory, cpu)).expect("a reference size").to_yaml(true);
            if std::env::var_os("PGCHART_UPDATE_PRESETS").is_some() {
                std::fs::write(&path, &text).expect("a preset can be written");
            }
            let committed = std::fs::read_to_string(&path).expect("the preset is committed");
            assert!(committed == text, "run `PGCHART_UPDATE_PRESETS=1 cargo test committed_presets`");
        }
    }

    proptest! {
        #[test]
        fn every_size_is_safe_and_accepted_by_every_major(
            memory in 256u64..1_048_576,
            cpu in 100u64..128_000,
            connections in prop::option::of(1u64..5000),
            workload in prop::sample::select(vec![Workload::Mixed, Workload::Oltp, Workload::Iot, Workload::Dw]),
            storage in prop::sample::select(vec![Storage::Ssd, Storage::Nvme, Storage::Hdd]),
        ) {
            let size = Size { memory: memory * MIB, cpu, connections, data: None, wal: None, storage, workload };
            match tune(size) {
                Err(Impossible::TooManyConnections { asked, fit }) => prop_assert!(fit < asked),
                Err(other) => prop_assert!(false, "{other}"),
                Ok(tuning) => {
                    prop_assert!(!tuning.budget.is_tight() && !tuning.budget.exceeds, "{:?}", tuning.budget.lines());
                    for choice in &tuning.config {
                        for major in Major::ALL {
                            let checked = setting::check(major, choice.name, &choice.value);
                            prop_assert!(checked.is_ok(), "{choice:?} {checked:?}");
                        }
                    }
                }
            }
        }
    }
}
