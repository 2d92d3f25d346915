//! Services (systemd.unit(5)) and packages (dpkg(1)), by the files that they have.

use std::fs;
use std::path::Path;

use super::super::mention::{MAX_LENGTH, Thing};
use super::super::quote::told;

/// Where units are, those that hide others first.
const UNITS: [&str; 3] = ["etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"];

/// A file for each installed package.
const PACKAGES: &str = "var/lib/dpkg/info";

/// The names of the services that the machine has.
pub(super) fn services(root: &Path) -> Vec<String> {
    let mut names: Vec<String> = UNITS
        .iter()
        .filter_map(|place| fs::read_dir(root.join(place)).ok())
        .flat_map(|entries| entries.flatten())
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            // What ends in `@` is a pattern for services.
            name.strip_suffix(".service").filter(|name| !name.ends_with('@')).map(str::to_owned)
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The service that somebody means: `ssh` for `sshd`, and the other way round.
pub(super) fn service(root: &Path, name: &str) -> Option<Thing> {
    let name = name.strip_suffix(".service").unwrap_or(name).to_lowercase();
    let all = services(root);
    let called = |name: &str| all.iter().find(|service| service.to_lowercase() == name);
    let one = called(&name)
        .or_else(|| called(&format!("{name}d")))
        .or_else(|| called(name.strip_suffix('d')?))?;
    let fact = format!("{}: service", told("", &format!("{one}.service"), MAX_LENGTH));
    Some(Thing { name: None, fact })
}

/// The package of a name, where it is installed.
pub(super) fn package(root: &Path, name: &str) -> Option<Thing> {
    if name.contains('/') {
        return None;
    }
    let place = root.join(PACKAGES);
    let of_an_architecture = || {
        let beginning = format!("{name}:");
        fs::read_dir(&place).ok()?.flatten().find(|entry| {
            entry
                .file_name()
                .to_str()
                .is_some_and(|file| file.starts_with(&beginning) && file.ends_with(".list"))
        })
    };
    let is_installed =
        place.join(format!("{name}.list")).exists() || of_an_architecture().is_some();
    let fact = format!("{}: installed package", told("", name, MAX_LENGTH));
    is_installed.then_some(Thing { name: None, fact })
}
