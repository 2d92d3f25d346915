//! English words by what they tell of a line. The lists are sorted, because they
//! are searched at every key.

/// Words that stand in sentences and hardly ever as operands.
pub(super) const FUNCTION_WORDS: &[&str] = &[
    "a",
    "about",
    "after",
    "all",
    "also",
    "an",
    "and",
    "any",
    "anything",
    "are",
    "as",
    "at",
    "be",
    "because",
    "before",
    "between",
    "both",
    "but",
    "by",
    "called",
    "can",
    "could",
    "did",
    "do",
    "does",
    "each",
    "every",
    "everything",
    "everywhere",
    "for",
    "from",
    "has",
    "have",
    "her",
    "here",
    "his",
    "how",
    "i",
    "i'm",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "just",
    "larger",
    "least",
    "less",
    "me",
    "more",
    "most",
    "my",
    "named",
    "not",
    "of",
    "on",
    "only",
    "or",
    "our",
    "out",
    "please",
    "recently",
    "should",
    "smaller",
    "so",
    "some",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "to",
    "today",
    "under",
    "until",
    "us",
    "use",
    "using",
    "was",
    "we",
    "what",
    "whats",
    "when",
    "where",
    "which",
    "who",
    "whose",
    "why",
    "will",
    "with",
    "within",
    "without",
    "would",
    "yesterday",
    "you",
    "your",
];

/// Those of them after which the thing itself follows.
pub(super) const DETERMINERS: &[&str] = &[
    "each", "every", "its", "my", "our", "that", "the", "their", "these", "this", "those", "your",
];

/// Things that people ask about; weaker than function words.
pub(super) const TOPICS: &[&str] = &[
    "biggest",
    "changes",
    "contain",
    "container",
    "containers",
    "containing",
    "contents",
    "current",
    "directories",
    "directory",
    "disk",
    "empty",
    "executable",
    "extension",
    "file",
    "files",
    "first",
    "five",
    "folder",
    "folders",
    "four",
    "hidden",
    "image",
    "images",
    "largest",
    "last",
    "latest",
    "line",
    "lines",
    "log",
    "logged",
    "logs",
    "memory",
    "modified",
    "name",
    "names",
    "newest",
    "next",
    "oldest",
    "one",
    "package",
    "packages",
    "page",
    "pdf",
    "pdfs",
    "permission",
    "permissions",
    "photo",
    "photos",
    "picture",
    "pictures",
    "port",
    "previous",
    "process",
    "processes",
    "python",
    "running",
    "service",
    "services",
    "size",
    "sizes",
    "smallest",
    "space",
    "speed",
    "subdirectories",
    "ten",
    "text",
    "three",
    "two",
    "usage",
    "used",
    "user",
    "users",
    "uses",
    "video",
    "videos",
    "week",
    "word",
    "words",
];

/// What people ask for. Some are programs as well: these need more of a sentence.
pub(super) const VERBS: &[&str] = &[
    "add",
    "archive",
    "back",
    "backup",
    "bring",
    "calculate",
    "change",
    "check",
    "clean",
    "close",
    "combine",
    "compare",
    "compress",
    "configure",
    "connect",
    "convert",
    "copy",
    "count",
    "create",
    "crop",
    "decompress",
    "decrypt",
    "delete",
    "describe",
    "disable",
    "disconnect",
    "display",
    "download",
    "enable",
    "encrypt",
    "erase",
    "explain",
    "extract",
    "fetch",
    "fill",
    "find",
    "fix",
    "generate",
    "get",
    "give",
    "go",
    "help",
    "hide",
    "highlight",
    "insert",
    "install",
    "join",
    "kill",
    "list",
    "lock",
    "look",
    "merge",
    "monitor",
    "move",
    "mute",
    "open",
    "organize",
    "pack",
    "plot",
    "print",
    "put",
    "read",
    "record",
    "remove",
    "rename",
    "replace",
    "resize",
    "restart",
    "reverse",
    "revert",
    "rotate",
    "run",
    "save",
    "scale",
    "search",
    "send",
    "set",
    "show",
    "shrink",
    "shut",
    "sort",
    "split",
    "start",
    "stop",
    "sum",
    "summarize",
    "sync",
    "take",
    "tell",
    "tidy",
    "translate",
    "trim",
    "turn",
    "uncompress",
    "undo",
    "uninstall",
    "unlock",
    "unpack",
    "update",
    "upload",
    "view",
    "write",
];

/// Other words with which a request begins.
pub(super) const OPENERS: &[&str] = &[
    "all", "are", "can", "could", "did", "do", "does", "each", "every", "for", "hello", "hey",
    "hi", "how", "hows", "i", "i'd", "i'm", "in", "is", "let", "let's", "lets", "my", "please",
    "pls", "should", "the", "there", "they", "was", "we", "what", "whats", "when", "where",
    "wheres", "which", "who", "whos", "whose", "why", "would", "you",
];

/// Function words after which a sentence goes on.
pub(super) const UNENDING: &[&str] =
    &["a", "an", "and", "every", "from", "in", "my", "of", "or", "the", "to", "with", "your"];

/// Commands whose names are verbs too, beside those among [`VERBS`].
pub(super) const VERBAL: &[&str] = &[
    "cut", "diff", "free", "mount", "patch", "play", "test", "time", "type", "unzip", "wait",
    "watch", "zip",
];

/// Commands whose names ask.
pub(super) const ASKING: &[&str] = &["how", "what", "when", "where", "which", "who", "why"];

/// Commands that give names to what is not there yet.
pub(super) const NAMING: &[&str] =
    &["code", "cp", "emacs", "ln", "mkdir", "mv", "nano", "nvim", "tee", "touch", "vi", "vim"];

/// Commands of many commands, and those whose operands name what they are to do.
pub(super) const SUBCOMMANDS: &[&str] = &[
    "apt",
    "apt-get",
    "brew",
    "bun",
    "cargo",
    "conda",
    "deno",
    "dnf",
    "docker",
    "dotnet",
    "flatpak",
    "gh",
    "git",
    "go",
    "helm",
    "hg",
    "ip",
    "jj",
    "journalctl",
    "kubectl",
    "llmsh",
    "make",
    "mvn",
    "nix",
    "npm",
    "npx",
    "pacman",
    "pip",
    "pip3",
    "pnpm",
    "podman",
    "rustup",
    "service",
    "snap",
    "svn",
    "systemctl",
    "terraform",
    "tmux",
    "ufw",
    "uv",
    "yarn",
    "yum",
    "zypper",
];

/// Programs whose operands hold a command, and those that begin with a pattern or a
/// script, as the tables of programs say. These are asked at every key, and a table
/// takes milliseconds to be read.
pub(super) const WRAPPERS: &[&str] = &[
    "chroot", "chrt", "doas", "env", "flock", "ionice", "nice", "nohup", "pkexec", "run0",
    "setsid", "stdbuf", "sudo", "taskset", "time", "timeout", "unshare", "watch", "xargs",
];

/// See [`WRAPPERS`].
pub(super) const BEGIN_WITH_A_PATTERN: &[&str] =
    &["awk", "egrep", "fgrep", "gawk", "grep", "gsed", "mawk", "nawk", "rg", "rgrep", "sed"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{self, Entry};

    #[test]
    fn what_is_said_of_programs_is_what_their_tables_say() {
        let mut names = Vec::new();
        for file in
            std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/program/tables")).unwrap()
        {
            let file = file.unwrap().path();
            // A directory has the parts of git's table, one program that no list names.
            if file.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(file).unwrap();
            let table: toml::Table = toml::from_str(&text).unwrap();
            for program in table["program"].as_array().unwrap() {
                for name in program["names"].as_array().unwrap() {
                    names.push(name.as_str().unwrap().to_owned());
                }
            }
        }
        names.sort();
        names.dedup();
        let those = |holds: fn(&Entry) -> bool| -> Vec<&str> {
            let holds = |name: &&str| program::find(name.as_bytes()).is_some_and(holds);
            names.iter().map(String::as_str).filter(holds).collect()
        };
        assert_eq!(those(Entry::runs_a_command), WRAPPERS);
        assert_eq!(those(Entry::begins_with_a_pattern), BEGIN_WITH_A_PATTERN);
    }

    #[test]
    fn the_lists_are_sorted() {
        for list in [
            FUNCTION_WORDS,
            DETERMINERS,
            TOPICS,
            VERBS,
            OPENERS,
            UNENDING,
            VERBAL,
            ASKING,
            NAMING,
            SUBCOMMANDS,
        ] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
