//! Which class a tree is of, and whose home directory it is.

use super::*;

#[test]
fn a_tree_is_of_a_class_only_where_all_that_is_in_it_is() {
    let places = Places::new(Some(Path::new("/nonexistent/home")), &["/nonexistent/own".into()]);
    for (path, class, expected) in [
        ("/etc", Class::System, true),
        ("/etc/x/y", Class::System, true),
        ("/", Class::System, false),
        ("/nonexistent/home/a", Class::InsideHome, true),
        ("/nonexistent/home/a/b", Class::InsideHome, true),
        ("/nonexistent/home", Class::InsideHome, false),
        ("/nonexistent", Class::InsideHome, false),
        ("/tmp/x", Class::Temporary, true),
        ("/tmp", Class::Temporary, false),
        ("/nonexistent/own/x", Class::Shell, true),
        ("/nonexistent", Class::Shell, false),
        // The directory is of the class; what is in it is not.
        ("/nonexistent/home", Class::Home, false),
        ("/", Class::Root, false),
    ] {
        assert_eq!(places.is_with_all(Path::new(path), class), expected, "{path} {class:?}");
    }
}

#[test]
fn the_home_of_the_user_database_is_the_one_of_the_user_who_runs_this() {
    let database = std::fs::read_to_string("/etc/passwd").unwrap();
    let own = identity::real_user().to_string();
    let entry = database.lines().map(|line| line.split(':').collect::<Vec<_>>());
    // name:password:user:group:comment:home:shell (passwd(5))
    let mut homes = entry.filter(|fields| fields.get(2) == Some(&own.as_str()));
    let home = homes.next().map(|fields| PathBuf::from(fields[5]));
    // Where users are kept elsewhere, there is nothing to compare with.
    assert!(home.is_none() || home_in_database() == home, "{home:?}");
}

#[test]
fn a_disk_is_one_wherever_its_file_lies() {
    // Only root can make such a file.
    if identity::effective_user() != 0 {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let disk = root.path().join("disk");
    let mut make = std::process::Command::new("mknod");
    assert!(make.arg(&disk).args(["b", "7", "99"]).status().unwrap().success());
    let places = Places::new(None, &[]);
    assert!(places.is(&disk, Class::BlockDevice));
    let file = root.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(!places.is(&file, Class::BlockDevice));
}
