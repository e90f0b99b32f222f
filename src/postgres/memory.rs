//! How much memory a server may come to use, against its limit.

use super::quantity::{MIB, approximate};

/// What an idle connection costs: measured 3 to 4.5 MB of private memory on PostgreSQL 16, more with many relations.
const CONNECTION: u64 = 5 * MIB;

/// What the memory of a server is made of; bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// `max_connections`.
    pub connections: u64,
    /// `shared_buffers`.
    pub shared_buffers: u64,
    /// `work_mem`.
    pub work_mem: u64,
    /// `maintenance_work_mem`.
    pub maintenance_work_mem: u64,
    /// `autovacuum_max_workers`.
    pub autovacuum_workers: u64,
    /// `autovacuum_work_mem`.
    pub autovacuum_work_mem: u64,
}

/// The sum of a [`Demand`] against a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The parts, largest first: what and how many bytes.
    pub parts: Vec<(String, u64)>,
    /// Their sum.
    pub total: u64,
    /// The memory limit.
    pub limit: u64,
    /// Whether the parts that every busy server reaches are already more than the limit.
    pub exceeds: bool,
}

impl Demand {
    /// The demand of settings that are looked up by name, as counts and as bytes; nothing when one of them is not known.
    ///
    /// Without an `autovacuum_work_mem` of its own (-1) each worker may take `maintenance_work_mem`.
    pub fn of(count: impl Fn(&str) -> Option<u64>, bytes: impl Fn(&str) -> Option<u64>) -> Option<Self> {
        let maintenance = bytes("maintenance_work_mem")?;
        Some(Self {
            connections: count("max_connections")?,
            shared_buffers: bytes("shared_buffers")?,
            work_mem: bytes("work_mem")?,
            maintenance_work_mem: maintenance,
            autovacuum_workers: count("autovacuum_max_workers")?,
            autovacuum_work_mem: bytes("autovacuum_work_mem").unwrap_or(maintenance),
        })
    }

    /// What is used when every connection runs one sort or hash of `work_mem`, autovacuum and one maintenance command are
    /// at work, and connections have touched a quarter of the shared buffers (page tables with 4 kB pages).
    ///
    /// The shared part is 3 % more than `shared_buffers`: lock tables, WAL buffers and the like.
    pub fn budget(&self, limit: u64) -> Budget {
        let shared = self.shared_buffers + self.shared_buffers * 3 / 100;
        let backends = self.connections * CONNECTION;
        let sorts = self.connections * self.work_mem;
        let vacuum = self.autovacuum_workers * self.autovacuum_work_mem;
        let tables = self.connections * (self.shared_buffers / 512) / 4;
        let size = approximate;
        let mut parts = vec![
            (format!("shared memory (shared_buffers {})", size(self.shared_buffers)), shared),
            (format!("{} connections x 5 MB", self.connections), backends),
            (format!("{} connections x work_mem {}", self.connections, size(self.work_mem)), sorts),
            (format!("{} autovacuum workers x {}", self.autovacuum_workers, size(self.autovacuum_work_mem)), vacuum),
            ("maintenance_work_mem".to_owned(), self.maintenance_work_mem),
            ("page tables".to_owned(), tables),
        ];
        let total = parts.iter().map(|(_, bytes)| bytes).sum();
        parts.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        let exceeds = self.shared_buffers + backends + sorts + vacuum > limit;
        Budget { parts, total, limit, exceeds }
    }
}

impl Budget {
    /// The sum in percent of the limit.
    pub fn percent(&self) -> u64 {
        self.total * 100 / self.limit.max(1)
    }

    /// Whether so little is left that a busy hour can end with the out-of-memory killer. Presets aim at 90 %.
    pub fn is_tight(&self) -> bool {
        self.percent() > 90
    }

    /// The arithmetic, one part a line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.parts.iter().map(|(what, bytes)| format!("{:>8}  {what}", approximate(*bytes))).collect();
        lines.push(format!(
            "{:>8}  in all: {} % of the limit of {}",
            approximate(self.total),
            self.percent(),
            approximate(self.limit)
        ));
        lines
    }
}

/// The largest share of a volume that write-ahead log may fill by its settings, in percent.
pub const WAL_SHARE: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::quantity::GIB;

    #[test]
    fn the_sum_is_that_of_the_field_report() {
        // The medium preset: 69 % at one work_mem for each connection.
        let demand = Demand {
            connections: 200,
            shared_buffers: 4 * GIB,
            work_mem: 16 * MIB,
            maintenance_work_mem: GIB,
            autovacuum_workers: 3,
            autovacuum_work_mem: 512 * MIB,
        };
        let budget = demand.budget(16 * GIB);
        assert_eq!((budget.percent(), budget.exceeds), (69, false));
        // A preset of the charts this one replaces: 1000 connections with 32 MB each on 32 GiB.
        let old = Demand {
            connections: 1000,
            shared_buffers: 8 * GIB,
            work_mem: 32 * MIB,
            maintenance_work_mem: 2 * GIB,
            autovacuum_work_mem: 2 * GIB,
            ..demand
        };
        assert!(old.budget(32 * GIB).exceeds);
    }
}
