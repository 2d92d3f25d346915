//! What is decided about plans and steps, what is asked about whatever a ceiling says, and
//! what may be approved for good.

use std::path::Path;

use super::*;
use crate::plan::effect::{Extent, Reversal};
use crate::policy::{Class, example_compiler};

fn places() -> Places {
    Places::new(Some(Path::new("/nonexistent/home")), &[])
}

fn policy() -> Policy {
    Policy::embedded(places())
}

fn plan(line: &str) -> Plan {
    example_compiler(&places())(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn judged(line: &str) -> Verdict {
    policy().judge(&plan(line))
}

#[test]
fn a_plan_too_large_to_read_and_an_empty_one_are_refused_as_a_whole() {
    let steps = |count: usize| {
        let mut plan = plan("true");
        let step = plan.steps.remove(0);
        plan.steps = vec![step; count];
        plan
    };
    assert_eq!(policy().judge(&steps(MAX_STEPS)).refused, None);
    for count in [0, MAX_STEPS + 1] {
        let verdict = policy().judge(&steps(count));
        assert_eq!((verdict.decision, verdict.risk_name()), (Decision::Forbid, "forbidden"));
        let refusals: Vec<_> = verdict.refusals().collect();
        assert_eq!(refusals.len(), 1);
        assert_eq!((refusals[0].0, refusals[0].1.rule.as_str()), (None, "judgeable"));
        assert!(!verdict.runs_unasked(Some(Ceiling::All)));
    }
}

#[test]
fn only_what_is_refused_is_a_refusal() {
    let verdict = judged("ls; rm -rf /usr; su -c ls");
    let refusals: Vec<_> = verdict.refusals().collect();
    assert!(!refusals.is_empty());
    for (step, because) in refusals {
        assert_eq!((step, because.decision), (Some(2), Decision::Forbid), "{}", because.rule);
    }
    let reasons: Vec<_> = verdict
        .steps
        .iter()
        .map(|step| step.refused_because().map(|because| because.rule.as_str()))
        .collect();
    assert_eq!(reasons, [None, Some("forbid-system-directories"), None]);
    assert_eq!(verdict.risk_name(), "forbidden");
    assert_eq!(judged("ls").risk_name(), "read");
    assert_eq!(judged("touch x").risk_name(), "write");
}

#[test]
fn a_step_that_leads_elsewhere_by_now_is_refused() {
    for (line, refused) in
        [("rm -rf /usr", true), ("su -c ls", false), ("touch /tmp/x", false), ("ls", false)]
    {
        let plan = plan(line);
        let checked = policy().recheck(&plan.steps[0]);
        assert_eq!(checked.is_err(), refused, "{line}");
        if let Err(because) = checked {
            assert_eq!(because.decision, Decision::Forbid, "{line}");
        }
    }
}

#[test]
fn a_ceiling_answers_for_what_it_covers_and_never_for_what_nobody_has_seen() {
    use Ceiling::{All, Read, Write};
    let ceilings = [None, Some(Read), Some(Write), Some(All)];
    let (no, yes) = (false, true);
    for (line, sound, damaged) in [
        ("ls", [no, yes, yes, yes], [no, yes, yes, yes]),
        ("touch x", [no, no, yes, yes], [no, no, no, no]),
        ("rm /tmp/none-such", [no, no, no, yes], [no, no, no, no]),
        ("su -c ls", [no, no, no, yes], [no, no, no, no]),
        ("rm $(cat list)", [no, no, no, no], [no, no, no, no]),
        ("rm -rf /usr", [no, no, no, no], [no, no, no, no]),
    ] {
        let plan = plan(line);
        let broken = Policy { damaged: true, ..policy() };
        for (policy, expected) in [(policy(), sound), (broken, damaged)] {
            let verdict = policy.judge(&plan);
            let answers = ceilings.map(|ceiling| verdict.runs_unasked(ceiling));
            assert_eq!(answers, expected, "{line}, damaged: {}", policy.is_damaged());
        }
    }
    assert!(judged("rm $(cat list)").is_unseen());
    assert!(!judged("su -c ls").is_unseen() && !judged("ls").is_unseen());
}

#[test]
fn only_the_questions_about_everything_are_everyday() {
    let because = |line: &str| judged(line).steps[0].because.clone();
    assert!(because("ls").iter().all(Because::is_everyday));
    assert!(because("touch x").iter().all(Because::is_everyday));
    assert!(!because("su -c ls").iter().all(Because::is_everyday));
    assert!(!because("cat ~/.ssh/id_rsa").iter().all(Because::is_everyday));
    // A rule of a person's own is not, whatever its name.
    let own = Because { source: Source::User, ..because("ls")[0].clone() };
    assert!(!own.is_everyday());
}

#[test]
fn how_much_is_lost_is_counted_to_the_last() {
    let lost = |extent: Option<Extent>| {
        let mut plan = plan("rm -rf /tmp/none-such");
        plan.steps[0].extent = extent;
        plan.steps[0].reversal = Reversal::No("gone".to_owned());
        let verdict = policy().judge(&plan);
        verdict.steps[0].because.iter().any(|because| because.rule == "type-lost-much")
    };
    let extent = |files, directories, bytes, more| Some(Extent { files, directories, bytes, more });
    assert!(!lost(None) && !lost(extent(0, 0, 0, false)));
    assert!(!lost(extent(99, 1, 1 << 30, false)));
    assert!(lost(extent(99, 2, 0, false)));
    assert!(lost(extent(0, 0, (1 << 30) + 1, false)));
    assert!(lost(extent(1, 0, 0, true)));
}

#[test]
fn a_disk_is_one_wherever_its_file_is_and_nothing_else() {
    use std::os::unix::fs::FileTypeExt;
    let places = places();
    let mut devices = std::fs::read_dir("/dev").unwrap().flatten().map(|entry| entry.path());
    // A machine may show none.
    let is_disk = |path: &std::path::PathBuf| {
        path.metadata().is_ok_and(|data| data.file_type().is_block_device())
    };
    let disk = devices.find(is_disk);
    if let Some(disk) = disk {
        for class in [Class::Root, Class::Home, Class::Secrets, Class::Temporary] {
            assert!(!places.is(&disk, class), "{class:?}");
        }
        assert!(places.is(&disk, Class::BlockDevice));
    }
    assert!(!places.is(Path::new("/etc/passwd"), Class::BlockDevice));
}

#[test]
fn the_home_of_the_user_database_counts_whatever_the_environment_says() {
    use crate::system::identity;
    let home = identity::user_name().and_then(|name| identity::home_of(name.as_bytes()));
    let home = home.map(|home| String::from_utf8(home).unwrap()).expect("the user has a home");
    for named in [None, Some(Path::new("/nonexistent/home"))] {
        let places = Places::new(named, &[]);
        // Of root it is one of the well-known ones: it must be found by itself.
        assert!(places.is(Path::new(&home), Class::Home), "{home}");
    }
}

/// What is decided for a person with this home.
fn decided(home: &Path, line: &str) -> Decision {
    let places = Places::new(Some(home), &[]);
    let plan = example_compiler(&places)(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    Policy::embedded(places).judge(&plan).decision
}

#[test]
fn what_a_link_led_to_is_known_after_the_link_has_moved() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().canonicalize().unwrap();
    std::os::unix::fs::symlink("/etc", place.join("link")).unwrap();
    let at = place.display();
    let moved = format!("mv {at}/link {at}/moved; rm {at}/moved/passwd");
    assert_eq!(judged(&moved).decision, Decision::Forbid);
    let other = format!("mv {at}/link {at}/moved; rm {at}/other");
    assert!(judged(&other).decision < Decision::Forbid);
}

#[test]
fn a_path_from_which_nothing_can_be_told_is_refused() {
    for path in ["relative", "/a\0b"] {
        let mut plan = plan("ls");
        plan.steps[0].effects =
            crate::plan::effect::Effects::to(crate::plan::effect::Deed::Reads, [path.into()]);
        let verdict = policy().judge(&plan);
        assert_eq!(verdict.decision, Decision::Forbid, "{path:?}");
        assert_eq!(verdict.steps[0].because[0].rule, "judgeable");
    }
}

#[test]
fn a_home_is_not_emptied_file_by_file() {
    let root = tempfile::tempdir().unwrap();
    let home = root.path().canonicalize().unwrap();
    for (directory, file) in [("a", "x"), ("b", "y")] {
        std::fs::create_dir(home.join(directory)).unwrap();
        std::fs::write(home.join(directory).join(file), "").unwrap();
    }
    let at = home.display();
    for all in [
        format!("rm {at}/a/x {at}/b/y"),
        format!("rm -r {at}/*"),
        format!("chmod -R 777 {at}/a {at}/b"),
    ] {
        assert_eq!(decided(&home, &all), Decision::Forbid, "{all}");
    }
    std::fs::write(home.join("kept"), "").unwrap();
    for part in [format!("rm {at}/a/x {at}/b/y"), format!("chmod -R 777 {at}/a {at}/b")] {
        assert!(decided(&home, &part) < Decision::Forbid, "{part}");
    }
}
