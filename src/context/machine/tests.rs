use std::fs;
use std::os::unix::fs::symlink;

use super::super::{Context, Index, Place};

/// A machine in a directory: `root` is its `/`, and `here` where the request is made.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for (path, text) in [
            (
                "root/etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\n",
            ),
            ("root/etc/group", "docker:x:999:bob,eve\nvideo:x:998:\n"),
            ("root/usr/lib/systemd/system/nginx.service", ""),
            ("root/usr/lib/systemd/system/getty@.service", ""),
            ("root/etc/systemd/system/sshd.service", ""),
            ("root/var/lib/dpkg/info/ripgrep.list", ""),
            ("root/var/lib/dpkg/info/libc6:amd64.list", ""),
            (
                "root/proc/net/tcp",
                "sl local rem st\n 0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 0 0 777 1\n 1: 0100007F:0BB8 00000000:0000 01 0:0 0:0 0 0 0 778 1\n",
            ),
            ("here/.git/HEAD", "ref: refs/heads/main\n"),
            ("here/.git/refs/heads/main", ""),
            ("here/.git/refs/heads/feature/login", ""),
            (
                "here/.git/packed-refs",
                "# pack-refs\n0123 refs/heads/old-search\n0123 refs/tags/v1\n",
            ),
            ("here/setup-1.2.exe", ""),
            ("here/docker/Dockerfile", ""),
        ] {
            let place = machine.0.path().join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, text).unwrap();
        }
        machine.process(41, "firefox", "/usr/lib/firefox\0--tab\0");
        machine.process(42, "python3", "python3\0server.py\0-p\x008080\0");
        machine.process(43, "setup", "./setup\0");
        machine.process(44, "setup", "./setup\0");
        machine.process(45, "kthread", "");
        fs::create_dir(machine.0.path().join("root/proc/42/fd")).unwrap();
        symlink("socket:[777]", machine.0.path().join("root/proc/42/fd/3")).unwrap();
        machine
    }

    fn process(&self, number: u32, name: &str, command: &str) {
        let place = self.0.path().join(format!("root/proc/{number}"));
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("comm"), format!("{name}\n")).unwrap();
        fs::write(place.join("cmdline"), command).unwrap();
    }

    /// What is told of a request, and the request with names in their places.
    fn told(&self, request: &str) -> (String, Vec<String>) {
        let place = Place {
            directory: self.0.path().join("here"),
            root: Some(self.0.path().join("root")),
            ..Place::default()
        };
        let context = Context::gather(request, &place, &mut Index::default());
        (context.request, context.facts)
    }
}

#[test]
fn what_a_request_asks_for_is_looked_up() {
    let machine = Machine::new();
    for (request, expected) in [
        ("kill firefox", "\"firefox\": process 41 \"/usr/lib/firefox --tab\""),
        ("stop the server.py process", "\"server.py\": process 42 \"python3 server.py -p 8080\""),
        ("how much memory does server use", "\"server\": process 42 \"python3 server.py -p 8080\""),
        ("把 firefox 结束掉", "\"firefox\": process 41 \"/usr/lib/firefox --tab\""),
        ("kill the older setup", "\"setup\": processes 43 44"),
        ("what is listening on port 8080", "port 8080: listened on by process 42 \"python3\""),
        ("谁占用了 3000 端口", "port 3000: nothing listens"),
        ("is port 3000 free", "port 3000: nothing listens"),
        ("restart nginx", "\"nginx.service\": service"),
        ("重启 ssh 服务", "\"sshd.service\": service"),
        ("restart the ngnix service", "\"ngnix\": no service of that name, but \"nginx\""),
        ("files that belong to bob", "\"bob\": user 1001, home \"/home/bob\""),
        ("用户 bob 的主目录在哪", "\"bob\": user 1001, home \"/home/bob\""),
        ("who is in the docker group", "\"docker\": group, members \"bob\", \"eve\""),
        ("who is in the video group", "\"video\": group, no other members"),
        ("uninstall ripgrep", "\"ripgrep\": installed package"),
        ("卸载 libc6", "\"libc6\": installed package"),
        ("is the package ripgerp installed", "\"ripgerp\": no installed package of that name"),
        ("kill the frob process", "\"frob\": no process of that name"),
    ] {
        assert_eq!(machine.told(request).1, [expected], "{request}");
    }
}

#[test]
fn a_branch_stands_in_the_request_by_its_name() {
    let machine = Machine::new();
    for (request, expected) in [
        ("switch to the login branch", "switch to the feature/login branch"),
        ("merge old_search into main", "merge old-search into main"),
        ("切到 login 分支", "切到 feature/login 分支"),
    ] {
        assert_eq!(machine.told(request).0, expected, "{request}");
    }
    let (_, facts) = machine.told("delete the branch logni");
    assert!(facts.contains(&"\"logni\": no branch of that name".to_owned()), "{facts:?}");
}

#[test]
fn what_nobody_asks_for_is_not_told() {
    let machine = Machine::new();
    for request in [
        // A file is meant, or something new.
        "delete setup-1.2.exe",
        "start with the docker folder",
        "create a user eve",
        "add a branch called login2",
        "show the text of firefox",
        // A word for something else: to pack, to group, a place to go to.
        "打包 docker",
        "按 docker 分组",
        "copy the docker folder to bob",
        // A thread of the kernel is no program.
        "stop kthread",
    ] {
        let (_, facts) = machine.told(request);
        let told = ["process", "service", "branch", "user", "group"];
        let other = facts.iter().find(|fact| told.iter().any(|kind| fact.contains(kind)));
        assert_eq!(other, None, "{request}");
    }
}
