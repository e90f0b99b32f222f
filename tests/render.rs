//! The built-in chart as it renders: every preset and example as a snapshot, the same bytes every time, and nothing but
//! passwords that depends on the secret key.

use std::path::Path;
use std::process::Command;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

fn render(key: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pgchart"))
        .arg("template")
        .args(arguments)
        .env_clear()
        .env("PGCHART_SECRET_KEY", key)
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "nothing to warn about");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The documents of a stream, each beginning with the path of its `# Source:` line.
fn documents(stream: &str) -> Vec<String> {
    let stream = format!("\n{stream}");
    stream.split("\n---\n# Source: ").skip(1).map(|document| format!("{}\n", document.trim_end())).collect()
}

/// A stream for a snapshot: scripts and the dashboard, which are files of their own, are left out, and so is what Secrets hold.
fn reviewable(stream: &str) -> String {
    let mut out = String::new();
    for document in documents(stream) {
        let files = ["configmap-scripts.yaml", "grafana-dashboard.yaml", "tests-configmap.yaml"];
        if files.iter().any(|file| document.starts_with(&format!("postgresql/templates/{file}"))) {
            continue;
        }
        out.push_str("---\n# Source: ");
        let secret = document.contains("\nkind: Secret\n");
        let mut in_data = false;
        for line in document.lines() {
            in_data = (in_data && line.starts_with(' ')) || line == "data:";
            let hidden = secret && in_data && line.starts_with("  ");
            out.push_str(if hidden { line.split(':').next().unwrap_or_default() } else { line });
            out.push_str(if hidden { ": (hidden)\n" } else { "\n" });
        }
    }
    out
}

fn root(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

#[test]
fn every_preset_renders_as_reviewed() {
    for preset in ["edge", "small", "medium", "large", "xlarge"] {
        let stream = render(KEY, &["my-db", "--preset", preset]);
        insta::assert_snapshot!(format!("preset_{preset}"), reviewable(&stream));
    }
}

/// The names of the examples.
fn examples() -> Vec<String> {
    let files = std::fs::read_dir(root("examples")).expect("examples").flatten();
    let name = |entry: std::fs::DirEntry| entry.file_name().to_str()?.strip_suffix(".yaml").map(str::to_owned);
    let mut all: Vec<String> = files.filter_map(name).collect();
    all.sort();
    assert!(all.len() >= 9, "{all:?}");
    all
}

fn example(name: &str) -> String {
    render(KEY, &["my-db", "-n", "data", "-f", &root(&format!("examples/{name}.yaml"))])
}

#[test]
fn every_example_renders_as_reviewed() {
    for name in examples() {
        insta::assert_snapshot!(format!("example_{name}"), reviewable(&example(&name)));
    }
}

#[test]
fn tests_are_a_hook_or_a_job_named_after_its_content() {
    let with = |sets: &str, flags: &[&str]| {
        let sets = format!("tests.enabled=true,{sets}");
        let stream = render(KEY, &[&["my-db", "--set", &sets], flags].concat());
        let job = documents(&stream).into_iter().find(|document| document.contains("\nkind: Job\n"));
        let name = |job: String| job.lines().find_map(|line| Some(line.strip_prefix("  name: ")?.to_owned()));
        (job.clone().and_then(name), job.unwrap_or_default())
    };
    let (name, hook) = with("tests.mode=hook", &[]);
    assert_eq!(name.as_deref(), Some("my-db-postgresql-test"));
    assert!(
        hook.contains("helm.sh/hook: test\n") && hook.contains("helm.sh/hook-delete-policy: before-hook-creation\n")
    );
    for flag in ["--skip-tests", "--no-hooks"] {
        assert_eq!(with("tests.mode=hook", &[flag]).0, None);
        assert!(with("tests.mode=job", &[flag]).0.is_some(), "{flag} is for hooks");
    }
    let (name, job) = with("tests.mode=job", &[]);
    assert!(!job.contains("helm.sh/hook"), "{job}");
    assert_eq!(with("tests.mode=job,service.annotations.a=b", &[]).0, name);
    for other in ["postgresql.config.work_mem=5MB", "tests.waitSeconds=9", "postgresql.version=17"] {
        assert_ne!(with(&format!("tests.mode=job,{other}"), &[]).0, name, "{other}");
    }
    let longest = "tests.mode=job,fullnameOverride=a12345678901234567890123456789012345678901234567";
    assert!(with(longest, &[]).0.unwrap_or_default().len() <= 63);
}

#[test]
fn every_template_is_reached_by_an_example() {
    let streams: Vec<String> = examples().iter().map(|name| example(name)).collect();
    let mut count = 0;
    for entry in std::fs::read_dir(root("chart/templates")).expect("templates") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if name.starts_with('_') || name.starts_with("NOTES") {
            continue;
        }
        let source = format!("# Source: postgresql/templates/{}\n", name.trim_end_matches(".j2"));
        assert!(streams.iter().any(|stream| stream.contains(&source)), "no example reaches {name}");
        count += 1;
    }
    assert!(count > 30, "the templates are read");
}

#[test]
fn every_example_has_notes_as_reviewed() {
    let mut text = String::new();
    for name in examples() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pgchart"));
        let path = root(&format!("examples/{name}.yaml"));
        let output = command.args(["notes", "my-db", "-n", "data", "-f", &path]).env_clear();
        let output = output.env("PGCHART_SECRET_KEY", KEY).output().expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        text += &format!("================ {name}\n{}\n", String::from_utf8_lossy(&output.stdout));
    }
    insta::assert_snapshot!("notes", text);
}

#[test]
fn two_renders_give_the_same_bytes() {
    let arguments = ["my-db", "--preset", "large", "--set", "statefulset.enabled=true"];
    assert_eq!(render(KEY, &arguments), render(KEY, &arguments));
}

#[test]
fn another_secret_key_changes_passwords_and_verifiers_only() {
    let (first, second) = (render(KEY, &["my-db"]), render(OTHER_KEY, &["my-db"]));
    let different: Vec<(&str, &str)> = first.lines().zip(second.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(first.lines().count(), second.lines().count());
    let mut keys: Vec<&str> = different.iter().filter_map(|(line, _)| line.trim().split(':').next()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["password", "password-verifier", "postgres-password", "postgres-password-verifier"]);
}

#[test]
fn no_password_leaves_the_secret() {
    let stream = render(KEY, &["my-db", "--set", "postgresql.password=correct-horse"]);
    for document in documents(&stream).into_iter().filter(|document| !document.contains("\nkind: Secret\n")) {
        assert!(!document.contains("correct-horse") && !document.contains("SCRAM-SHA-256$4096:"), "{document}");
    }
    let trace = render(KEY, &["my-db", "--set", "postgresql.password=correct-horse", "--trace-values"]);
    assert!(trace.contains("postgresql.password = ********") && !trace.contains("correct-horse"));
}

/// The objects of a release with these values.
fn objects(name: &str, values: &str) -> Vec<serde_json::Value> {
    let world = tempfile::tempdir().expect("a directory");
    let file = world.path().join("values.yaml");
    std::fs::write(&file, values).expect("written");
    let stream = render(KEY, &[name, "-o", "json", "-f", &file.display().to_string()]);
    let list: serde_json::Value = serde_json::from_str(&stream).expect("JSON");
    list["items"].as_array().expect("a list").clone()
}

fn of_kind<'a>(objects: &'a [serde_json::Value], kind: &str) -> Vec<&'a serde_json::Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

/// The snippets are those of the architecture summary, byte for byte; what must hold is what its text says about them.
#[test]
fn the_scenarios_of_the_founding_documents_render_as_written_and_mean_what_the_text_says() {
    // Quick start: a database for developers that goes with its pod.
    let quick = objects(
        "dev",
        "postgresql:\n  database: \"devdb\"\n  username: \"devuser\"\n  password: \"devpass\"\n\
         persistence:\n  enabled: false\n",
    );
    let deployment = of_kind(&quick, "Deployment")[0];
    assert_eq!(deployment["spec"]["strategy"]["type"], "Recreate");
    let volumes = deployment["spec"]["template"]["spec"]["volumes"].as_array().expect("volumes");
    let data = volumes.iter().find(|volume| volume["name"] == "data").expect("a volume for the data");
    assert!(data.get("emptyDir").is_some(), "{data}");
    assert!(of_kind(&quick, "PersistentVolumeClaim").is_empty() && of_kind(&quick, "StatefulSet").is_empty());
    assert_eq!(of_kind(&quick, "Secret")[0]["data"]["password"], "ZGV2cGFzcw==");
    let maps = serde_json::to_string(&of_kind(&quick, "ConfigMap")).expect("JSON");
    assert!(maps.contains("devdb") && maps.contains("devuser") && !maps.contains("devpass"));

    // Production, one server: a Secret of the user's own, a fast volume, backups, metrics.
    let production = objects(
        "prod",
        "postgresql:\n  existingSecret: \"postgres-credentials\"\npersistence:\n  enabled: true\n  storageClass: \"fast-ssd\"\n  \
         size: 100Gi\nbackup:\n  enabled: true\nmetrics:\n  enabled: true\nmonitoring:\n  serviceMonitor:\n    enabled: true\n",
    );
    let deployment = of_kind(&production, "Deployment")[0].to_string();
    assert!(deployment.contains("postgres-credentials") && deployment.contains("\"exporter\""));
    let claims = of_kind(&production, "PersistentVolumeClaim");
    let data =
        claims.iter().find(|claim| claim["metadata"]["name"] == "prod-postgresql-data").expect("a claim for the data");
    assert_eq!(data["spec"]["storageClassName"], "fast-ssd");
    assert_eq!(data["spec"]["resources"]["requests"]["storage"], "100Gi");
    assert!(!of_kind(&production, "CronJob").is_empty() && !of_kind(&production, "ServiceMonitor").is_empty());
    assert!(of_kind(&production, "Secret").iter().all(|secret| secret["data"].get("password").is_none()));

    // High availability: a primary and two replicas, of which a drain leaves two.
    let available = objects(
        "ha",
        "statefulset:\n  enabled: true\nreplication:\n  enabled: true\n  readReplicas: 2\n\
         pdb:\n  enabled: true\n  minAvailable: 2\n",
    );
    let set = of_kind(&available, "StatefulSet")[0];
    assert_eq!(set["spec"]["replicas"], 3);
    assert!(of_kind(&available, "Deployment").is_empty());
    let budget = &of_kind(&available, "PodDisruptionBudget")[0]["spec"];
    assert_eq!((&budget["minAvailable"], budget.get("maxUnavailable")), (&serde_json::json!(2), None));
    let labels = set["spec"]["template"]["metadata"]["labels"].as_object().expect("labels");
    let selector = budget["selector"]["matchLabels"].as_object().expect("labels");
    assert!(selector.iter().all(|(key, value)| labels.get(key) == Some(value)), "the budget is for these pods");
    let services: Vec<_> = of_kind(&available, "Service").iter().map(|one| one["metadata"]["name"].clone()).collect();
    for name in ["ha-postgresql", "ha-postgresql-ro", "ha-postgresql-headless"] {
        assert!(services.iter().any(|service| service == name), "{services:?}");
    }
    assert!(set["spec"]["template"]["spec"]["affinity"].to_string().contains("podAntiAffinity"));
}

#[test]
fn everything_switched_on_renders_as_reviewed_and_reaches_every_template() {
    let everything = root("tests/kubernetes/everything.yaml");
    let stream = render(KEY, &["my-db", "-n", "data", "-f", &everything]);
    insta::assert_snapshot!("everything", reviewable(&stream));
    // These are only for another shape of the release.
    let others = [
        render(KEY, &["my-db", "--set", "postgresql.initScripts.a=SELECT 1"]),
        render(KEY, &["my-db", "--set", "mode=ha,replication.readReplicas=1"]),
        render(KEY, &["my-db", "--set", "backup.enabled=true"]),
        render(KEY, &["my-db", "-f", &root("examples/patroni.yaml")]),
    ];
    for entry in std::fs::read_dir(root("chart/templates")).expect("templates") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if name.starts_with('_') || name.starts_with("NOTES") {
            continue;
        }
        let source = format!("# Source: postgresql/templates/{}\n", name.trim_end_matches(".j2"));
        assert!(others.iter().chain([&stream]).any(|stream| stream.contains(&source)), "{name} renders nothing");
    }
}

/// The names under `key` in a rendered document, such as those of its volumes.
fn names_under(document: &str, key: &str, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut list = None;
    for line in document.lines() {
        let indent = line.len() - line.trim_start().len();
        if line.trim() == key {
            list = Some(indent);
        } else if list.is_some_and(|list| indent <= list) {
            list = None;
        }
        if list.is_some()
            && let Some(text) = line.trim_start_matches([' ', '-']).strip_prefix(name)
        {
            all.push(text.trim().to_owned());
        }
    }
    all
}

#[test]
fn a_users_volume_can_take_no_name_and_no_place_of_the_charts() {
    let shape = "mode=ha,persistence.wal.enabled=true,postgresql.initScripts.a=SELECT 1,tls.enabled=true,tls.source=cert-manager,\
                 tls.certManager.issuerRef.name=ca,tls.replicationClientCertificate.enabled=true";
    let stream = render(KEY, &["my-db", "--set", shape]);
    let set = documents(&stream).into_iter().find(|document| document.contains("\nkind: StatefulSet\n")).expect("one");
    let mut volumes = names_under(&set, "volumes:", "name: ");
    volumes.retain(|name| !name.starts_with("my-db") && !name.starts_with("kube-"));
    let places = names_under(&set, "volumeMounts:", "mountPath: ");
    assert!(volumes.len() >= 6 && places.len() >= 8, "{volumes:?} {places:?}");
    let attempts = volumes.iter().map(|name| format!("extraVolumes[0].name={name}")).chain(
        places.iter().map(|place| format!("extraVolumeMounts[0].name=tmp,extraVolumeMounts[0].mountPath={place}")),
    );
    for attempt in attempts {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pgchart"));
        let output = command.args(["template", "my-db", "--set", shape, "--set", &attempt]).env_clear();
        let output = output.env("PGCHART_SECRET_KEY", KEY).output().expect("the binary runs");
        assert!(!output.status.success(), "{attempt} is taken");
    }
}

#[test]
fn a_policy_an_external_secret_or_a_diagnosis_replaces_what_it_should() {
    let base = ["my-db", "--set", "mode=ha,replication.readReplicas=2"];
    let with = |more: &str| render(KEY, &[&base[..], &["--set", more]].concat());
    let plain = with("pdb.enabled=true");
    assert!(plain.contains("  maxUnavailable: 1\n"), "one at a time by default");
    assert_eq!(plain, with("pdb.enabled=null"), "which standbys switch on");
    assert!(!with("pdb.enabled=false").contains("PodDisruptionBudget"));
    assert!(!with("podAntiAffinity=none").contains("podAntiAffinity"));
    assert!(plain.contains("preferredDuringScheduling") && plain.contains("ScheduleAnyway"));
    let sleeping = with("diagnosticMode.enabled=true");
    assert!(sleeping.contains("sleep infinity") && !sleeping.contains("name: boot") && !sleeping.contains("Probe:"));
    let external = "externalSecrets.enabled=true,externalSecrets.secretStoreRef.name=vault,\
                    externalSecrets.dataFrom[0].extract.key=db";
    let external = with(external);
    let roles = with("development.enabled=true,postgresql.roles[0].name=pgadmin");
    let secrets: Vec<String> = documents(&roles).into_iter().filter(|one| one.contains("\nkind: Secret\n")).collect();
    let password =
        |key: &str| secrets.iter().flat_map(|one| one.lines()).find_map(|line| line.trim().strip_prefix(key));
    assert_ne!(password("role-pgadmin: "), password("password: "), "pgAdmin's is no role's");
    assert!(external.contains("kind: ExternalSecret") && !external.contains("\nkind: Secret\n"));
}

#[test]
fn the_trace_names_the_line_of_each_value() {
    let world = tempfile::tempdir().expect("a directory");
    let site = world.path().join("site.yaml");
    std::fs::write(&site, "service:\n  port: 6432\n").expect("written");
    let trace = render(KEY, &["-f", &site.display().to_string(), "--set", "mode=standalone", "--trace-values"]);
    let line = |name: &str| trace.lines().find(|line| line.starts_with(name)).expect("a line").to_owned();
    assert!(line("service.port").ends_with("site.yaml:2"), "{}", line("service.port"));
    assert!(line("mode").ends_with("# --set:1"));
    assert!(line("resources.limits.memory").ends_with("presets/medium.yaml:14"));
    assert!(line("image.registry").contains("built-in/values.yaml:"));
}

#[test]
fn changed_limits_take_the_tuning_with_them() {
    let stream =
        render(KEY, &["--preset", "small", "--set", "resources.limits.memory=8Gi,resources.requests.memory=8Gi"]);
    assert!(stream.contains("shared_buffers = '2GB'"), "a quarter of the new limit");
}

#[test]
fn an_ejected_chart_renders_the_same() {
    let world = tempfile::tempdir().expect("a directory");
    let chart = world.path().join("chart").display().to_string();
    let ejected = Command::new(env!("CARGO_BIN_EXE_pgchart")).args(["eject", &chart]).output().expect("it runs");
    assert!(ejected.status.success());
    assert_eq!(render(KEY, &["my-db", &chart, "--preset", "edge"]), render(KEY, &["my-db", "--preset", "edge"]));
}

#[test]
fn the_whole_help_is_as_reviewed() {
    let mut text = String::new();
    let mut command = pgchart::cli::command().term_width(100);
    text.push_str(&command.render_long_help().to_string());
    for verb in command.get_subcommands_mut() {
        let help = verb.clone().term_width(100).render_long_help();
        text.push_str(&format!("\n================ pgchart {}\n{help}", verb.get_name()));
    }
    insta::assert_snapshot!("help", text);
}

#[test]
fn an_output_directory_holds_the_same_documents_and_hides_secrets() {
    let world = tempfile::tempdir().expect("a directory");
    let out = world.path().join("out");
    let told = render(KEY, &["my-db", "--preset", "edge", "--output-dir", &out.display().to_string()]);
    assert!(told.lines().all(|line| line.starts_with("wrote ")));
    let secret = out.join("postgresql/templates/secret.yaml");
    let mode = std::os::unix::fs::PermissionsExt::mode(&secret.metadata().expect("a file").permissions());
    assert_eq!(mode & 0o777, 0o600);
    let stream = render(KEY, &["my-db", "--preset", "edge"]);
    for document in documents(&stream) {
        let path = document.lines().next().expect("a path");
        let file = std::fs::read_to_string(out.join(path)).expect("its file");
        assert!(file.contains(&document), "{path}");
    }
}

#[test]
fn null_unsets_what_is_empty_by_default() {
    let plain = render(KEY, &["my-db"]);
    let settings = "postgresql.existingSecret=null,podLabels=null,tolerations=null,image.tag=null";
    assert_eq!(render(KEY, &["my-db", "--set", settings]), plain);
}

#[test]
fn the_chart_works_as_a_dependency_even_twice() {
    let world = tempfile::tempdir().expect("a directory");
    let shop = world.path().join("shop");
    std::fs::create_dir_all(shop.join("charts")).expect("writable");
    let ejected = shop.join("charts/postgresql").display().to_string();
    let eject = Command::new(env!("CARGO_BIN_EXE_pgchart")).args(["eject", &ejected]).env_clear().output();
    assert!(eject.expect("the binary runs").status.success());
    let chart = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n\
        - {name: postgresql, version: 0.1.0, condition: postgresql.enabled}\n\
        - {name: postgresql, version: 0.1.0, alias: history, condition: history.active}\n";
    std::fs::write(shop.join("Chart.yaml"), chart).expect("writable");
    let values =
        "global: {region: eu}\npostgresql: {enabled: true, preset: small}\nhistory: {active: true, preset: edge}\n";
    std::fs::write(shop.join("values.yaml"), values).expect("writable");
    let shop = shop.display().to_string();

    let both = documents(&render(KEY, &["r", &shop]));
    let of = |path: &str| {
        let found = both.iter().find(|document| document.starts_with(path));
        found.cloned().unwrap_or_else(|| panic!("no {path}"))
    };
    assert!(of("shop/charts/history/templates/deployment.yaml").contains("name: r-history\n"));
    assert!(of("shop/charts/postgresql/templates/deployment.yaml").contains("name: r-postgresql\n"));
    let password = |path: &str| {
        let secret = of(path);
        secret.lines().find(|line| line.trim().starts_with("postgres-password:")).map(str::to_owned)
    };
    let (one, other) = (
        password("shop/charts/history/templates/secret.yaml"),
        password("shop/charts/postgresql/templates/secret.yaml"),
    );
    assert!(one.is_some() && other.is_some() && one != other, "two databases, two passwords");

    let alone = documents(&render(KEY, &["r", &shop, "--set", "history.active=false"]));
    assert!(!alone.iter().any(|document| document.contains("charts/history")));
}
