//! A database follows what another one publishes, as long as both declare it.

use crate::cluster::{Cluster, eventually};
use crate::database::{Database, Login};
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

const PASSWORD: &str = "the follower's \"own\" \\ password";

fn render(major: Major, postgresql: &str) -> Release {
    let json = format!("postgresql={postgresql}");
    Release::render(major, &["--preset", "edge", "--set-json", &json]).with_secret("theirs", &[("password", PASSWORD)])
}

fn publisher(publications: &str) -> Release {
    let postgresql = format!(
        r#"{{
            "roles": [{{"name": "follower", "replication": true, "existingSecret": "theirs"}}],
            "privileges": [{{"role": "follower", "objects": "tables", "grant": ["SELECT"]}}],
            "publications": {publications}
        }}"#
    );
    render(Major(15), &postgresql)
}

fn subscriber(subscriptions: &str) -> Release {
    render(Major(17), &format!(r#"{{"subscriptions": {subscriptions}}}"#))
}

fn subscription(publications: &str, enabled: bool) -> Release {
    subscriber(&format!(
        r#"[{{"name": "from_factory", "publications": {publications}, "enabled": {enabled}, "publisher": {{
            "host": "my-db-postgresql.default.svc", "database": "app", "username": "follower", "existingSecret": "theirs",
            "sslmode": "prefer"}}}}]"#
    ))
}

fn apply(node: &Node, release: &Release) {
    node.update_secrets(release);
    node.update_config(release, "declared");
}

fn orders(database: &Database) -> String {
    database.superuser("app", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM orders").trim().to_owned()
}

fn slots(database: &Database) -> String {
    database.superuser("postgres", "SELECT count(*) FROM pg_replication_slots").trim().to_owned()
}

fn published(database: &Database) -> String {
    let tables = "SELECT pubname, tablename, pubinsert, pubdelete FROM pg_publication_tables JOIN pg_publication USING (pubname) ORDER BY 1, 2";
    database.superuser("app", tables)
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_database_follows_another_one_while_both_declare_it() {
    let cluster = Cluster::new(2);
    let (there, here) = (&cluster.nodes[0], &cluster.nodes[1]);
    let orders_only = publisher(r#"[{"name": "orders", "tables": ["orders"]}]"#);
    let factory = there.start(&orders_only);
    assert_eq!(factory.superuser("postgres", "SHOW wal_level"), "logical\n");
    let app = |release: &Release| release.password();
    let tables = "CREATE TABLE orders (n int PRIMARY KEY); CREATE TABLE items (n int PRIMARY KEY)";
    let login = |password: &str, database: &Database, sql: &str| {
        database.over_network(Login { role: "app", password, database: "app" }, sql).unwrap();
    };
    // The table was not there when it was declared: the declaration is tried again.
    login(&app(&orders_only), &factory, tables);
    factory.superuser("app", "INSERT INTO orders VALUES (1)");
    eventually("the table is published", || published(&factory) == "orders|orders|t|t\n");

    // A boot does not ask the publisher.
    let following = subscription(r#"["orders"]"#, true);
    cluster.link(0, false);
    let copy = here.start(&following);
    login(&app(&following), &copy, tables);
    cluster.link(0, true);
    eventually("what was there is copied", || orders(&copy) == "1");
    factory.superuser("app", "INSERT INTO orders VALUES (2); DELETE FROM orders WHERE n = 1");
    eventually("changes arrive", || orders(&copy) == "2");
    let catalogs = copy.catalogs();
    here.update_config(&following, "declared");
    eventually("it is applied again", || copy.said_beside().matches("the server is as declared").count() > 1);
    assert_eq!(copy.catalogs(), catalogs);

    // While it is switched off the publisher keeps what comes.
    apply(here, &subscription(r#"["orders"]"#, false));
    let state = "SELECT subenabled FROM pg_subscription";
    eventually("it rests", || copy.superuser("postgres", state) == "f\n");
    factory.superuser("app", "INSERT INTO orders VALUES (3)");

    apply(here, &subscription(r#"["orders"]"#, true));
    eventually("what was kept arrives", || orders(&copy) == "2 3");

    // More is published, and followed.
    apply(
        there,
        &publisher(
            r#"[{"name": "orders", "tables": ["orders"], "publish": ["insert"]}, {"name": "items", "schemas": ["public"]}]"#,
        ),
    );
    eventually("more is published", || published(&factory) == "items|items|t|t\nitems|orders|t|t\norders|orders|t|f\n");
    apply(here, &subscription(r#"["orders", "items"]"#, true));
    factory.superuser("app", "INSERT INTO items VALUES (7)");
    eventually("the other table is followed", || copy.superuser("app", "SELECT n FROM items") == "7\n");
    assert_eq!(slots(&factory), "1");
    let everybody = "SELECT has_column_privilege('app', 'pg_subscription', 'subconninfo', 'SELECT')";
    assert_eq!(copy.superuser("app", everybody), "f\n");
    assert!(!copy.log().contains("own\\\"") && !copy.said_beside().contains("the follower's"), "{}", copy.log());

    // What is declared no more goes, with its slot in the publisher.
    apply(here, &subscriber("[]"));
    eventually("the subscription is dropped", || slots(&factory) == "0");
    assert_eq!(copy.superuser("postgres", "SELECT count(*) FROM pg_subscription"), "0\n");
    apply(there, &publisher("[]"));
    eventually("nothing is published", || published(&factory).is_empty());
    copy.stop();
    factory.stop();
}
