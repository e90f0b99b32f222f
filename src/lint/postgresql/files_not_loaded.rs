//! The server's configuration is mounted, and the server does not read it.
//!
//! The image starts `postgres` with the files of the data directory. Every setting, and every line of `pg_hba.conf`, is without
//! effect unless the command names the files.
//!
//! Start with `-c config_file=/etc/postgresql/postgresql.conf -c hba_file=/etc/postgresql/pg_hba.conf`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG074", "files-not-loaded", Error, "files_not_loaded.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let named = |name: &str| {
            let own = server.container.words().filter_map(|word| word.as_str());
            let scripts = subject.texts();
            let in_scripts = scripts.iter().filter(|text| text.is_shell()).map(|text| text.text);
            let mut all = own.chain(in_scripts).map(str::to_owned).collect::<Vec<_>>();
            all.extend(server.settings.iter().map(|set| set.name.clone()));
            all.iter().any(|text| text.contains(name) || text.contains(&name.replace('_', "-")))
        };
        for (ending, name) in [("postgresql.conf", "config_file"), ("pg_hba.conf", "hba_file")] {
            let Some(file) = server.files.iter().find(|file| file.name.ends_with(ending)) else { continue };
            // Scripts may copy it into the data directory.
            let copied = subject.texts().iter().any(|text| text.is_shell() && text.text.contains(file.name));
            // A file may also be mounted over the one that the image reads.
            let over = server.container.list("volumeMounts").iter().any(|mount| {
                let path = text(mount, &["mountPath"]);
                path.contains("/bitnami/")
                    || path.ends_with(&format!("/{ending}"))
                        && server.data_directory().is_some_and(|data| path.starts_with(&data))
            });
            if !named(name) && !copied && !over {
                let message = format!("the server does not read `{}`: nothing sets `{name}`", file.name);
                let finding =
                    RULE.finding(message).at(file.key, "").label(Subject::head(&server.object), "this server");
                found.push(finding.help(format!("start the server with `-c {name}=PATH-OF-THE-MOUNT/{}`", file.name)));
            }
        }
    }
}
