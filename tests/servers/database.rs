//! A server that runs in its container, asked the way users ask it.

use std::process::ExitStatus;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::container::{Running, text};
use crate::release::Release;

/// A server whose startup probe succeeded.
#[derive(Debug)]
pub(crate) struct Database {
    server: Running,
    beside: Option<Running>,
    grace: Duration,
}

/// Who asks, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Login<'a> {
    /// The role.
    pub(crate) role: &'a str,
    /// Its password.
    pub(crate) password: &'a str,
    /// The database.
    pub(crate) database: &'a str,
}

impl Database {
    /// Waits for the startup probe; then the other probes must succeed too.
    pub(crate) fn new(mut server: Running, release: &Release) -> Self {
        let spec = &release.pod()["containers"][0];
        let deadline = Instant::now() + Duration::from_secs(240);
        while !probe(&server, &spec["startupProbe"]) {
            assert!(server.ended().is_none(), "the server ended:\n{}", server.log());
            assert!(Instant::now() < deadline, "the server does not start:\n{}", server.log());
            sleep(Duration::from_millis(50));
        }
        assert!(probe(&server, &spec["livenessProbe"]));
        // A server that is up is ready; whoever has a manager is ready when that says so.
        while !probe(&server, &spec["readinessProbe"]) {
            assert!(spec["readinessProbe"].get("httpGet").is_some(), "up and not ready:\n{}", server.log());
            assert!(server.ended().is_none() && Instant::now() < deadline, "it is not ready:\n{}", server.log());
            sleep(Duration::from_millis(100));
        }
        let grace = Duration::from_secs(release.pod()["terminationGracePeriodSeconds"].as_u64().unwrap());
        Self { server, beside: None, grace }
    }

    /// The same with a container beside it, which ends when the server does.
    pub(crate) fn with(self, beside: Running) -> Self {
        Self { beside: Some(beside), ..self }
    }

    /// What the container beside it wrote so far.
    pub(crate) fn said_beside(&self) -> String {
        self.beside.as_ref().unwrap().log()
    }

    /// Kills the container beside it.
    pub(crate) fn kill_beside(&mut self) {
        self.beside.take().unwrap().kill();
    }

    /// This moment, as the target of a restore: what is committed before is before it, and so is a backup, which counts from
    /// the next whole second.
    pub(crate) fn moment(&self) -> String {
        sleep(Duration::from_millis(1100));
        let text = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'";
        let moment = self.superuser("postgres", text).trim().to_owned();
        sleep(Duration::from_millis(50));
        moment
    }

    /// Runs SQL over TCP.
    pub(crate) fn over_network(&self, login: Login<'_>, sql: &str) -> Result<String, String> {
        let environment = [
            ("PGHOST", "127.0.0.1"),
            ("PGUSER", login.role),
            ("PGPASSWORD", login.password),
            ("PGDATABASE", login.database),
        ];
        self.psql(sql, &environment)
    }

    /// Runs SQL as superuser in the container, as `kubectl exec … psql` does.
    pub(crate) fn superuser(&self, database: &str, sql: &str) -> String {
        let environment = [("PGDATABASE", database)];
        self.psql(sql, &environment).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The table `acked` has these rows.
    pub(crate) fn has_rows(&self, rows: &[u64]) {
        let all = self.superuser("app", "SELECT n FROM acked");
        let all: std::collections::BTreeSet<u64> = all.lines().map(|row| row.parse().unwrap()).collect();
        let lost: Vec<_> = rows.iter().filter(|row| !all.contains(row)).collect();
        assert!(lost.is_empty(), "of {} acknowledged rows these are lost: {lost:?}", rows.len());
    }

    /// Starts a query in a session whose shell is gone at once, as a broken `kubectl exec` leaves it; gives its process.
    pub(crate) fn orphan(&self, database: &str, sql: &str) -> String {
        let background = format!("psql -X -d {database} -c '{sql}' >/dev/null 2>&1 & echo $!");
        let output = self.server.exec(&["sh", "-c", &background], &[]);
        let running = format!("SELECT count(*) FROM pg_stat_activity WHERE query = '{sql}'");
        while self.superuser("postgres", &running) != "1\n" {
            sleep(Duration::from_millis(10));
        }
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Runs a command in the container.
    pub(crate) fn exec(&self, command: &[&str]) -> bool {
        self.server.exec(command, &[]).status.success()
    }

    /// The catalogs of all databases, each row with the transaction that wrote it.
    pub(crate) fn catalogs(&self) -> String {
        let names = self.superuser("postgres", "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname");
        names.lines().map(|name| self.superuser(name, include_str!("catalogs.sql"))).collect()
    }

    /// Stops it as a kubelet does: the image's signal, at most the grace period.
    pub(crate) fn stop(self) -> String {
        self.stop_with("INT")
    }

    /// Stops it with the signal of some image.
    pub(crate) fn stop_with(mut self, signal: &str) -> String {
        self.server.signal(signal);
        let status = self.server.wait(self.grace);
        let log = self.server.log();
        assert!(status.success() && log.contains("database system is shut down"), "no clean stop:\n{log}");
        log
    }

    /// Waits for its own end.
    pub(crate) fn end(mut self, patience: Duration) -> ExitStatus {
        self.server.wait(patience)
    }

    /// Ends it as a power cut does.
    pub(crate) fn crash(mut self) {
        self.server.kill();
    }

    /// What a command in the container writes.
    pub(crate) fn output(&self, command: &[&str]) -> String {
        String::from_utf8(self.server.exec(command, &[]).stdout).unwrap()
    }

    /// The file of the pod's network namespace.
    pub(crate) fn network(&self) -> String {
        self.server.network()
    }

    /// What the server wrote so far.
    pub(crate) fn log(&self) -> String {
        self.server.log()
    }

    /// Runs SQL in a session that libpq's variables describe.
    pub(crate) fn psql(&self, sql: &str, environment: &[(&str, &str)]) -> Result<String, String> {
        let output =
            self.server.exec(&["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql], environment);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

fn probe(server: &Running, probe: &Value) -> bool {
    let Some(get) = probe.get("httpGet") else {
        return server.exec(&words(&probe["exec"]["command"]), &[]).status.success();
    };
    let request = format!("GET {} HTTP/1.0\r\n\r\n", text(&get["path"]));
    let ask = match text(&get["scheme"]).as_str() {
        "HTTPS" => "openssl s_client -quiet -connect 127.0.0.1:8008 2>/dev/null",
        _ => "exec 3<>/dev/tcp/127.0.0.1/8008; cat >&3; cat <&3",
    };
    let command = format!("printf '{request}' | {{ {ask}; }}");
    let answer = server.exec(&["timeout", "5", "bash", "-c", &command], &[]);
    String::from_utf8_lossy(&answer.stdout).lines().next().is_some_and(|line| line.contains(" 200 "))
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(text).collect()
}
