//! Users and groups, from `/etc/passwd` and `/etc/group` (passwd(5), group(5)).

use std::fs;
use std::path::Path;

use super::super::mention::{MAX_LENGTH, Thing};
use super::super::quote::told;
use super::MOST;

/// The lines of a file of accounts, in fields.
fn lines(root: &Path, file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root.join("etc").join(file)).unwrap_or_default();
    text.lines().map(|line| line.split(':').map(str::to_owned).collect()).collect()
}

fn names(root: &Path, file: &str) -> Vec<String> {
    lines(root, file).into_iter().filter_map(|fields| fields.into_iter().next()).collect()
}

pub(super) fn users(root: &Path) -> Vec<String> {
    names(root, "passwd")
}

pub(super) fn groups(root: &Path) -> Vec<String> {
    names(root, "group")
}

/// The user of a name.
pub(super) fn user(root: &Path, name: &str) -> Option<Thing> {
    let all = lines(root, "passwd");
    let fields = all.iter().find(|fields| fields[0] == name)?;
    let (number, home) = (fields.get(2)?, fields.get(5)?);
    let home = told("", home, MAX_LENGTH);
    let fact = format!("{}: user {number}, home {home}", told("", name, MAX_LENGTH));
    Some(Thing { name: None, fact })
}

/// The group of a name.
pub(super) fn group(root: &Path, name: &str) -> Option<Thing> {
    let all = lines(root, "group");
    let fields = all.iter().find(|fields| fields[0] == name)?;
    let members: Vec<String> = fields
        .get(3)?
        .split(',')
        .filter(|member| !member.is_empty())
        .take(MOST)
        .map(|member| told("", member, MAX_LENGTH))
        .collect();
    let members = match members.as_slice() {
        [] => "no other members".to_owned(),
        all => format!("members {}", all.join(", ")),
    };
    let fact = format!("{}: group, {members}", told("", name, MAX_LENGTH));
    Some(Thing { name: None, fact })
}
