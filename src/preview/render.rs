//! The difference as lines of text. Signs say what colours would.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::difference::{Changed, Difference, Entry, What};
use super::text_diff::{Content, Line};
use crate::escape::visible;
use crate::language::Language;
use crate::review::fact::size;
use crate::system::node::FileKind;

/// What lines of a file and the rest of long lines begin with.
const INDENT: &str = "    ";

/// From so many changes on they are counted before they are listed.
const MANY: usize = 30;

/// How many directories are told of then.
const MOST_DIRECTORIES: usize = 10;

/// The least that lines are cut to.
const NARROWEST: usize = 20;

impl Difference {
    /// One line for each name, with the lines of text that changed below it; none
    /// wider than `width` columns. Names are never cut, but go on in the next line.
    #[must_use]
    pub fn render(&self, language: Language, width: usize) -> String {
        let width = width.max(NARROWEST);
        let mut lines = Vec::new();
        if self.is_empty() {
            lines.push(language.choose("Nothing would change.", "不会有任何改变。").to_owned());
        }
        if self.entries.len() > MANY {
            lines.extend(self.summary(language));
        }
        for (index, entry) in self.entries.iter().enumerate() {
            if let Some((old, _)) = self.renamed.iter().find(|(_, new)| *new == index) {
                let (old, new) = (show(&self.entries[*old].path), show(&entry.path));
                let renamed = language.choose("renamed", "重命名");
                lines.push(format!("> {old} → {new}  {renamed}"));
            } else if !self.renamed.iter().any(|(old, _)| *old == index) {
                entry_lines(entry, language, &mut lines);
            }
        }
        if let Some(path) = &self.unread {
            let path = show(path);
            lines.push(language.choose(
                format!("! {path} could not be read: there may be more"),
                format!("! 无法读取 {path}：可能还有更多"),
            ));
        }
        let mut text = String::new();
        for line in lines {
            // Lines of a file are cut, so that they stay under each other.
            let shown =
                if line.starts_with(INDENT) { cut(&line, width) } else { wrap(&line, width) };
            text.push_str(&shown);
            text.push('\n');
        }
        text
    }
}

impl Difference {
    /// How much there is of what in which directory: before a list that nobody reads to its
    /// end.
    fn summary(&self, language: Language) -> Vec<String> {
        let mut directories: BTreeMap<&Path, [usize; 3]> = BTreeMap::new();
        for entry in &self.entries {
            let place = entry.path.parent().unwrap_or(Path::new("/"));
            let counts = directories.entry(place).or_default();
            counts[match entry.what {
                What::Created { .. } => 0,
                What::Changed(_) => 1,
                What::Deleted { .. } => 2,
            }] += 1;
        }
        let words = |counts: [usize; 3]| {
            let names = language.choose(["new", "changed", "deleted"], ["新建", "更改", "删除"]);
            let some = counts.iter().zip(names).filter(|(count, _)| **count > 0);
            let some: Vec<String> = some.map(|(count, name)| format!("{count} {name}")).collect();
            some.join(language.choose(", ", "，"))
        };
        let all = directories
            .values()
            .fold([0; 3], |all, counts| std::array::from_fn(|index| all[index] + counts[index]));
        let all = words(all);
        let mut lines = vec![language.choose(
            format!("{} changes: {all}", self.entries.len()),
            format!("共 {} 处更改：{all}", self.entries.len()),
        )];
        let mut most: Vec<(&Path, [usize; 3])> = directories.into_iter().collect();
        most.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<usize>()));
        let rest = most.len().saturating_sub(MOST_DIRECTORIES);
        for (path, counts) in most.into_iter().take(MOST_DIRECTORIES) {
            lines.push(format!("  {}  {}", show(path), words(counts)));
        }
        if rest > 0 {
            lines.push(
                language.choose(
                    format!("  and {rest} more directories"),
                    format!("  另有 {rest} 个目录"),
                ),
            );
        }
        lines.push(language.choose("Each of them:", "逐项：").to_owned());
        lines
    }
}

fn show(path: &Path) -> String {
    visible(path.as_os_str().as_bytes())
}

fn noun(kind: FileKind, language: Language) -> &'static str {
    match kind {
        FileKind::File => language.choose("file", "文件"),
        FileKind::Directory => language.choose("directory", "目录"),
        FileKind::Symlink => language.choose("symbolic link", "符号链接"),
        FileKind::Other => language.choose("special file", "特殊文件"),
    }
}

fn entry_lines(entry: &Entry, language: Language, lines: &mut Vec<String>) {
    let mut facts = Vec::new();
    let sign = match &entry.what {
        What::Created { .. } => '+',
        What::Changed(_) => '~',
        What::Deleted { .. } => '-',
    };
    match &entry.what {
        What::Created { bytes, mode, target, same_as, .. } => {
            let noun = noun(entry.kind, language);
            facts.push(language.choose(format!("new {noun}"), format!("新建{noun}")));
            if let Some(other) = same_as {
                let other = show(other);
                facts.push(
                    language.choose(
                        format!("another name of {other}"),
                        format!("{other} 的另一个名称"),
                    ),
                );
            } else if let Some(target) = target {
                facts.push(format!("→ {}", show(target)));
            } else {
                if entry.kind == FileKind::File {
                    facts.push(size(*bytes, language));
                }
                facts.push(permissions(*mode));
            }
        }
        What::Changed(changed) => facts_of_change(changed, language, &mut facts),
        What::Deleted { entries, bytes } => {
            let noun = noun(entry.kind, language);
            facts.push(language.choose(format!("{noun} deleted"), format!("删除{noun}")));
            if entry.kind == FileKind::Directory && *entries > 1 {
                let inside = entries - 1;
                let some = if inside == 1 { "entry" } else { "entries" };
                facts.push(
                    language.choose(format!("{inside} {some} in it"), format!("其中 {inside} 项")),
                );
            }
            if entry.kind != FileKind::Symlink && *bytes > 0 {
                facts.push(size(*bytes, language));
            }
        }
    }
    if entry.labelled {
        facts.push(language.choose("other attributes", "其他属性").to_owned());
    }
    let facts = facts.join(language.choose(", ", "，"));
    lines.push(format!("{sign} {}  {facts}", show(&entry.path)));
    if let What::Changed(Changed { content: Some(content), .. }) = &entry.what {
        content_lines(content, language, lines);
    }
}

fn facts_of_change(changed: &Changed, language: Language, facts: &mut Vec<String>) {
    if changed.content.is_some() {
        let (old, new) = changed.bytes;
        facts.push(if old == new {
            let size = size(old, language);
            language.choose(format!("content, still {size}"), format!("内容，仍为 {size}"))
        } else {
            let (old, new) = (size(old, language), size(new, language));
            language.choose(format!("content, {old} → {new}"), format!("内容，{old} → {new}"))
        });
    }
    if changed.unlinked {
        facts.push(
            language.choose("its other names keep the old one", "其他名称保留旧内容").to_owned(),
        );
    }
    if let Some((old, new)) = changed.mode {
        let (old, new) = (permissions(old), permissions(new));
        facts.push(language.choose(format!("mode {old} → {new}"), format!("权限 {old} → {new}")));
    }
    if let Some(((user, group), (new_user, new_group))) = changed.owner {
        let change = format!("{user}:{group} → {new_user}:{new_group}");
        facts.push(language.choose(format!("owner {change}"), format!("属主 {change}")));
    }
    if changed.modified.is_some() {
        facts.push(language.choose("modification time", "修改时间").to_owned());
    }
}

fn content_lines(content: &Content, language: Language, lines: &mut Vec<String>) {
    let said = match content {
        Content::Lines(changed) => {
            lines.extend(changed.iter().map(|line| text_line(line, language)));
            return;
        }
        Content::Binary => language.choose("no text", "非文本"),
        Content::Long => language.choose("too long to compare here", "过长，此处不作比较"),
        Content::Unreadable => language.choose("not readable for you", "您无权读取"),
    };
    lines.push(format!("    {said}"));
}

fn text_line(line: &Line, language: Language) -> String {
    let plain = |sign: char, text: &[u8]| format!("    {sign}{}", tabs(text));
    match line {
        Line::Kept(text) => plain(' ', text),
        Line::Removed(text) => plain('-', text),
        Line::Added(text) => plain('+', text),
        Line::Gap(old, new) if old == new => {
            language.choose(format!("    @ line {new}"), format!("    @ 第 {new} 行"))
        }
        Line::Gap(old, new) => language.choose(
            format!("    @ line {new}, was {old}"),
            format!("    @ 第 {new} 行，原第 {old} 行"),
        ),
        Line::NoNewline => {
            language.choose("    \\ no newline at the end", "    \\ 末尾没有换行").to_owned()
        }
        Line::More(count) => {
            language.choose(format!("    … {count} more lines"), format!("    … 还有 {count} 行"))
        }
    }
}

/// A tab has no width of its own, and is no danger.
fn tabs(text: &[u8]) -> String {
    text.split(|byte| *byte == b'\t').map(visible).collect::<Vec<_>>().join("    ")
}

/// Permissions as `ls` writes them.
fn permissions(mode: u32) -> String {
    let special = [(0o4000, 's'), (0o2000, 's'), (0o1000, 't')];
    let mut text = String::with_capacity(9);
    for (place, (bit, letter)) in special.into_iter().enumerate() {
        let bits = mode >> (6 - 3 * place);
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & bit != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// The line, cut to the width; that it was is shown.
fn cut(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let mut text = String::new();
    let mut columns = 0;
    for character in line.chars() {
        columns += character.width().unwrap_or(0);
        if columns >= width {
            break;
        }
        text.push(character);
    }
    text.push('…');
    text
}

/// The line in pieces of at most the width.
fn wrap(line: &str, width: usize) -> String {
    let mut text = String::new();
    let mut columns = 0;
    for character in line.chars() {
        let own = character.width().unwrap_or(0);
        if columns + own > width {
            text.push('\n');
            text.push_str(INDENT);
            columns = INDENT.len();
        }
        columns += own;
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::system::node::Timestamp;

    fn entry(path: &str, kind: FileKind, what: What) -> Entry {
        let path = PathBuf::from(path);
        Entry { path, kind, what, before: None, upper: PathBuf::new(), labelled: false }
    }

    fn created(bytes: u64, target: Option<&str>) -> What {
        let target = target.map(PathBuf::from);
        What::Created { bytes, mode: 0o644, owner: (0, 0), target, same_as: None }
    }

    fn render(entries: Vec<Entry>, language: Language, width: usize) -> String {
        let since = Timestamp { seconds: 0, nanoseconds: 0 };
        let (renamed, uppers) = (Vec::new(), Vec::new());
        Difference { entries, renamed, since, uppers, unread: None }.render(language, width)
    }

    fn entries() -> Vec<Entry> {
        let content = Content::Lines(vec![
            Line::Gap(3, 3),
            Line::Kept("same".into()),
            Line::Removed("old\tline".into()),
            Line::Added("new\u{202e}line".into()),
            Line::NoNewline,
        ]);
        vec![
            entry("/a", FileKind::File, created(5, None)),
            entry("/b\x1b", FileKind::Symlink, created(0, Some("/a"))),
            entry(
                "/c",
                FileKind::File,
                What::Changed(Changed {
                    content: Some(content),
                    bytes: (10, 1200),
                    mode: Some((0o644, 0o4755)),
                    ..Changed::default()
                }),
            ),
            entry("/d", FileKind::Directory, What::Deleted { entries: 3, bytes: 2_000_000 }),
        ]
    }

    #[test]
    fn each_change_is_said() {
        let expected = "\
+ /a  new file, 5 bytes, rw-r--r--
+ /b\\x1b  new symbolic link, → /a
~ /c  content, 10 bytes → 1.2 kB, mode rw-r--r-- → rwsr-xr-x
    @ line 3
     same
    -old    line
    +new\\u{202e}line
    \\ no newline at the end
- /d  directory deleted, 2 entries in it, 2.0 MB
";
        assert_eq!(render(entries(), Language::English, 80), expected);
        let nothing = render(Vec::new(), Language::English, 80);
        assert_eq!(nothing, "Nothing would change.\n");
    }

    #[test]
    fn it_is_said_in_chinese() {
        let text = render(entries(), Language::Chinese, 80);
        assert!(
            text.contains("~ /c  内容，10 字节 → 1.2 kB，权限 rw-r--r-- → rwsr-xr-x\n"),
            "{text}"
        );
        assert!(text.contains("- /d  删除目录，其中 2 项，2.0 MB\n"), "{text}");
    }

    #[test]
    fn many_changes_are_counted_first() {
        let file = |number: usize| {
            let path = format!("/{}/{number}", if number < 40 { "a" } else { "b" });
            entry(&path, FileKind::File, created(5, None))
        };
        let text = render((0..45).map(file).collect(), Language::English, 80);
        let head: Vec<&str> = text.lines().take(4).collect();
        assert_eq!(head, ["45 changes: 45 new", "  /a  40 new", "  /b  5 new", "Each of them:"]);
        assert_eq!(text.lines().count(), 4 + 45);
    }

    #[test]
    fn a_name_is_never_cut() {
        let name = "/".to_owned() + &"宽".repeat(40);
        let text =
            render(vec![entry(&name, FileKind::File, created(5, None))], Language::English, 30);
        assert!(text.lines().all(|line| line.width() <= 30), "{text}");
        assert!(text.replace("\n    ", "").contains(&name), "{text}");
    }
}
