//! Encryption is on, and the key's file is not there or open to others.
//!
//! The server does not start without its key, nor with one that everybody may read: 0600, or 0640 when it belongs to root.
//!
//! Mount the Secret with `defaultMode: 0640` and an `fsGroup`, and name the file in `ssl_key_file`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule =
    rule!("PG024", "encryption-without-key", Error, "encryption_without_key.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers().iter().filter(|server| server.is_on("ssl")) {
        let Some(on) = server.place("ssl") else { continue };
        let Some((key, place)) = server.text("ssl_key_file") else {
            found.push(
                RULE.finding("`ssl` is on and no `ssl_key_file` is named")
                    .at(on, "the server looks for server.key in its data"),
            );
            continue;
        };
        let mount = server.container.list("volumeMounts").iter().find(|mount| {
            let path = text(mount, &["mountPath"]);
            !path.is_empty() && key.starts_with(path)
        });
        let Some(mount) = mount else {
            if key.starts_with('/') {
                let finding = RULE.finding(format!("nothing is mounted where `{key}` would be")).at(place, "");
                found.push(finding.help("mount the Secret there, with `defaultMode: 0640` and an `fsGroup`"));
            }
            continue;
        };
        let volume = server.pod.volumes().iter().find(|volume| text(volume, &["name"]) == text(mount, &["name"]));
        let Some(secret) = volume.and_then(|volume| volume.get("secret")) else { continue };
        let mode = secret.get("defaultMode");
        let allowed = mode.and_then(Node::as_int).is_some_and(|mode| matches!(mode, 0o600 | 0o640 | 0o400 | 0o440));
        if !allowed && secret.get("items").is_none() {
            let place = mode.map_or(secret.span, |node| node.span);
            found.push(RULE.finding("everybody may read the server's key").at(place, "expected `defaultMode: 0640`"));
        }
    }
}
