//! Encrypted connections: who gets in, whose certificates are believed, and how certificates change while the server runs.

use crate::authority::{Authority, Pair};
use crate::cluster::{Cluster, eventually};
use crate::database::Database;
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

crate::on_every_major! {
    nobody_comes_in_plain_text_and_clients_can_verify_the_server
    keys_that_others_can_read_are_refused
    a_new_certificate_is_served_without_a_restart
}

// The other servers come without the programs that standbys need.
mod standbys_show_their_certificate {
    crate::on_every_major!(@ standbys_show_their_certificate on_15 15, on_17 17);
}

mod standbys_encrypt_with_a_secret_of_the_users_own {
    crate::on_every_major!(@ standbys_encrypt_with_a_secret_of_the_users_own on_15 15, on_17 17);
}

const HOST: &str = "my-db-postgresql.default.svc";
const OWN: &str = "tls.enabled=true,tls.existingSecret=own,tls.certFile=server.pem,tls.keyFile=server.key";
const CERT_MANAGER: &str = "tls.enabled=true,tls.source=cert-manager,tls.certManager.issuerRef.name=ca";

/// A standalone release with a Secret of the user's own; the CA is in it, and whether it is used is up to `more`.
fn own(major: Major, authority: &Authority, pair: &Pair, more: &str) -> Release {
    let data = [("server.pem", &pair.certificate), ("server.key", &pair.key), ("root.pem", &authority.certificate)];
    let data = data.map(|(key, value)| (key, value.as_str()));
    Release::render(major, &["--preset", "edge", "--set", OWN, "--set", more]).with_secret("own", &data)
}

/// Logs in as a client elsewhere does: by name, over TCP, with these variables of libpq besides.
fn log_in(database: &Database, release: &Release, more: &[(&str, &str)]) -> Result<String, String> {
    let password = release.password();
    let base = [("PGHOST", HOST), ("PGHOSTADDR", "127.0.0.1"), ("PGUSER", "app"), ("PGDATABASE", "app")];
    let environment = [&base[..], &[("PGPASSWORD", &password)], more].concat();
    database.psql("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &environment)
}

fn nobody_comes_in_plain_text_and_clients_can_verify_the_server(major: Major) {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let pair = authority.sign("", &[HOST], "serverAuth");
    let node = Node::new();
    let open = "postgresql.hba={host all all all scram-sha-256,host replication all all scram-sha-256}";
    let release = own(major, &authority, &pair, &format!("tls.caFile=root.pem,tls.minVersion=TLSv1.3,{open}"));
    let database = node.start(&release);
    let verified = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", "/etc/postgresql-tls/ca.crt")];
    assert_eq!(log_in(&database, &release, &verified).unwrap(), "t|TLSv1.3\n");

    let plain = log_in(&database, &release, &[("PGSSLMODE", "disable")]).unwrap_err();
    assert!(plain.contains("pg_hba.conf rejects connection") && plain.contains("no encryption"), "{plain}");
    // `all` in a line of the file means no connection of a standby.
    let command = format!(
        "PGPASSWORD='{}' psql -h 127.0.0.1 -U app -d 'replication=true sslmode=disable' 2>&1",
        release.password()
    );
    let replication = database.output(&["sh", "-c", &command]);
    assert!(replication.contains("pg_hba.conf rejects replication connection"), "{replication}");
    let old = [("PGSSLMODE", "require"), ("PGSSLMAXPROTOCOLVERSION", "TLSv1.2")];
    let old = log_in(&database, &release, &old).unwrap_err();
    assert!(old.contains("protocol version"), "{old}");
    let other = [("PGHOST", "other.default.svc")];
    let other = log_in(&database, &release, &[&verified[..], &other].concat()).unwrap_err();
    assert!(other.contains("does not match host name"), "{other}");

    let write = format!("printf %s '{}' >/tmp/stranger.crt", stranger.certificate);
    assert!(database.exec(&["sh", "-c", &write]));
    let strange = [("PGSSLMODE", "verify-ca"), ("PGSSLROOTCERT", "/tmp/stranger.crt")];
    let strange = log_in(&database, &release, &strange).unwrap_err();
    assert!(strange.contains("certificate verify failed"), "{strange}");
    database.stop();

    // Without a CA, and with plain text for who wants it.
    let release = own(major, &authority, &pair, "tls.required=false");
    let database = node.start(&release);
    assert_eq!(database.superuser("postgres", "SHOW ssl_ca_file"), "\n");
    assert_eq!(log_in(&database, &release, &[("PGSSLMODE", "disable")]).unwrap(), "f|\n");
    assert_eq!(log_in(&database, &release, &[]).unwrap(), "t|TLSv1.3\n");
    database.stop();
}

fn keys_that_others_can_read_are_refused(major: Major) {
    let authority = Authority::new();
    let pair = authority.sign("", &[HOST], "serverAuth");
    let node = Node::new();
    let mut release = own(major, &authority, &pair, "mode=standalone");
    assert!(node.boot(&release).success);
    for (mode, accepted) in [
        (0o400, true),
        (0o440, true),
        (0o600, true),
        (0o640, true),
        (0o644, false),
        (0o604, false),
        (0o444, false),
        (0o660, false),
    ] {
        release.set_mode("tls", mode);
        let boot = node.boot(&release);
        assert_eq!(boot.success, accepted, "{mode:o}: {}", boot.log);
        assert!(accepted || boot.log.contains("has group or world access"), "{mode:o}: {}", boot.log);
    }
}

/// The serial number of the certificate that the server shows.
fn shown(database: &Database) -> String {
    let ask = "openssl s_client -starttls postgres -connect 127.0.0.1:5432 </dev/null 2>/dev/null | openssl x509 -noout -serial";
    database.output(&["sh", "-c", ask])
}

fn a_new_certificate_is_served_without_a_restart(major: Major) {
    let authority = Authority::new();
    let pairs: [Pair; 3] = std::array::from_fn(|_| authority.sign("", &[HOST], "serverAuth"));
    let node = Node::new();
    let release = own(major, &authority, &pairs[0], "tls.caFile=root.pem");
    let database = node.start(&release);
    let began = database.superuser("postgres", "SELECT pg_postmaster_start_time()");
    assert_eq!(shown(&database), pairs[0].serial());
    // What waits for new certificates does not hold the volume's lock.
    let files = "for p in /proc/[0-9]*; do read -r _ name _ parent _ <$p/stat; [ \"$name\" != '(sleep)' ] || ls -l $p/fd /proc/$parent/fd; done";
    let files = database.output(&["sh", "-c", files]);
    assert!(files.contains("0 -> /dev/null") && !files.contains("pgchart.lock"), "{files}");

    node.update_secrets(&own(major, &authority, &pairs[1], "tls.caFile=root.pem"));
    eventually("the new certificate is served", || shown(&database) == pairs[1].serial());

    // Of a pair that does not fit, nothing is taken.
    let torn = Pair { key: pairs[0].key.clone(), ..pairs[2].clone() };
    node.update_secrets(&own(major, &authority, &torn, "tls.caFile=root.pem"));
    eventually("the server refuses the pair", || database.log().contains("SSL configuration was not reloaded"));
    assert_eq!(shown(&database), pairs[1].serial());
    let verified = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", "/etc/postgresql-tls/ca.crt")];
    assert!(log_in(&database, &release, &verified).is_ok());

    node.update_secrets(&own(major, &authority, &pairs[2], "tls.caFile=root.pem"));
    eventually("the next certificate is served", || shown(&database) == pairs[2].serial());
    assert_eq!(database.superuser("postgres", "SELECT pg_postmaster_start_time()"), began);
    database.stop();
}

/// A primary and a standby, as cert-manager completes them.
fn pair(major: Major, authority: &Authority, sets: &str) -> Release {
    let wait = r#"extraEnv=[{"name": "PGCHART_PEER_WAIT", "value": "1"}]"#;
    let sets = format!("mode=ha,replication.readReplicas=1,persistence.size=10Gi,{sets}");
    authority.issue(Release::render(major, &["--preset", "edge", "--set", &sets, "--set-json", wait]))
}

/// How the standby is connected to the primary, once it is.
fn connection(primary: &Database) -> String {
    let ask = "SELECT ssl, client_dn FROM pg_stat_ssl JOIN pg_stat_replication USING (pid) WHERE state = 'streaming'";
    eventually("the standby streams", || !primary.superuser("postgres", ask).is_empty());
    primary.superuser("postgres", ask)
}

fn standbys_show_their_certificate(major: Major) {
    let authority = Authority::new();
    let release = pair(major, &authority, &format!("{CERT_MANAGER},tls.replicationClientCertificate.enabled=true"));
    let cluster = Cluster::new(2);
    let pods = cluster.start(&release);
    assert_eq!(connection(&pods[0]), "t|/CN=replicator\n");
    let name = pods[1].superuser("postgres", "SELECT sender_host FROM pg_stat_wal_receiver");
    assert_eq!(name, "my-db-postgresql-0.my-db-postgresql-headless.default.svc\n");

    // The password alone does not open the door, and neither does the certificate of somebody else.
    let password = release.secret("my-db-postgresql", "replication-password").unwrap();
    let as_standby = |more: &[(&str, &str)]| {
        let base = [("PGHOST", "my-db-postgresql-0"), ("PGUSER", "replicator"), ("PGPASSWORD", password.as_str())];
        pods[1].psql("SELECT 1", &[&base[..], &[("PGDATABASE", "postgres"), ("PGSSLMODE", "require")], more].concat())
    };
    let own = "/etc/postgresql-replication-tls";
    let (certificate, key) = (format!("{own}/tls.crt"), format!("{own}/tls.key"));
    assert_eq!(as_standby(&[("PGSSLCERT", &certificate), ("PGSSLKEY", &key)]).unwrap(), "1\n");
    let without = as_standby(&[]).unwrap_err();
    assert!(without.contains("requires a valid client certificate"), "{without}");
    let theirs = authority.sign("app", &[], "clientAuth");
    let write = |name: &str, text: &str| format!("(umask 077; printf %s '{text}' >/tmp/{name})");
    let write = format!("{}; {}", write("app.crt", &theirs.certificate), write("app.key", &theirs.key));
    assert!(pods[1].exec(&["sh", "-c", &write]));
    assert!(as_standby(&[("PGSSLCERT", "/tmp/app.crt"), ("PGSSLKEY", "/tmp/app.key")]).is_err());
    let log = pods[0].log();
    assert!(log.contains("certificate validation (clientcert=verify-full) failed for user \"replicator\""), "{log}");
    for pod in pods {
        pod.stop();
    }
}

fn standbys_encrypt_with_a_secret_of_the_users_own(major: Major) {
    let authority = Authority::new();
    // Its certificate names the Service alone, as most do.
    let server = authority.sign("", &[HOST], "serverAuth");
    let data = [("server.pem", &server.certificate), ("server.key", &server.key), ("root.pem", &authority.certificate)];
    let data = data.map(|(key, value)| (key, value.as_str()));
    for ca in ["root.pem", "-"] {
        let release = pair(major, &authority, &format!("{OWN},tls.caFile={ca}")).with_secret("own", &data);
        let cluster = Cluster::new(2);
        let pods = cluster.start(&release);
        assert_eq!(connection(&pods[0]), "t|\n");
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_running_release_turns_encryption_on_and_off() {
    let (off, both) = ("tls.enabled=false".to_owned(), format!("{CERT_MANAGER},tls.required=false"));
    let on = CERT_MANAGER.to_owned();
    // Pods are replaced from the highest number down. A primary that is the first has to ask pods that have the old values.
    for (primary, steps) in [(0, vec![&off, &on, &off]), (1, vec![&off, &both, &on, &off])] {
        let (major, authority) = (Major(17), Authority::new());
        let render = |tls: &str| pair(major, &authority, &format!("replication.primaryOrdinal={primary},{tls}"));
        let cluster = Cluster::new(2);
        let mut pods: Vec<Option<Database>> = cluster.start(&render(steps[0])).into_iter().map(Some).collect();
        for step in &steps[1..] {
            let release = render(step);
            for number in [1, 0] {
                pods[number].take().unwrap().stop();
                pods[number] = Some(cluster.nodes[number].start(&release));
            }
            let wanted = if **step == off { "f|\n" } else { "t|\n" };
            assert_eq!(connection(pods[primary].as_ref().unwrap()), wanted, "{step}");
        }
    }
}
