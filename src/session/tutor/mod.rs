//! What teaches a person llmsh at the prompt: it says what to do, looks at what was done,
//! and goes on. The shell beneath is the ordinary one.

mod lessons;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use self::lessons::{LESSONS, Lesson, Needs};
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::system::descriptor::{STDERR, write_all};
use crate::tui::screen;
use crate::wrap::wrap;

/// How wide the text is at most.
const WIDTH: usize = 76;

/// What lies in the directory of the lessons.
pub(super) const FILES: [(&str, &str); 6] = [
    ("shopping-list.txt", "bread\nmilk\napples\n"),
    ("letter.txt", "Dear Ada,\n\nthe summer was long.\n"),
    ("old-draft.txt", "Dear A\n"),
    ("beach.jpg", "not really a picture\n"),
    ("forest.jpg", "not really a picture either\n"),
    ("harbour.jpg", "nor this\n"),
];

/// Where the pictures go.
const PHOTOS: &str = "photos";

/// A line that was entered, and how it ended.
#[derive(Debug)]
pub struct Entered<'a> {
    /// The line.
    pub line: &'a str,
    /// It was a command.
    pub is_command: bool,
    /// How it ended.
    pub status: ExitStatus,
}

/// What there is for the lessons.
#[derive(Debug)]
pub struct Setting {
    /// Their directory, with what is in [`FILES`].
    pub directory: PathBuf,
    /// The database of preferences; `None`: nothing is learned here.
    pub preferences: Option<PathBuf>,
    /// A model answers requests.
    pub has_model: bool,
    /// In which language the lessons are.
    pub language: Language,
    /// Whether the headings stand out.
    pub colour: bool,
}

/// The lessons, and how far the person is.
#[derive(Debug)]
pub struct Tutor {
    setting: Setting,
    lessons: Vec<&'static Lesson>,
    /// The lesson that is given.
    at: usize,
    /// The lines of before.
    lines: Vec<String>,
    /// What is to be said before the next prompt.
    to_say: String,
}

impl Tutor {
    /// A tutor who has said nothing yet.
    #[must_use]
    pub fn new(setting: Setting) -> Self {
        let is_there = |lesson: &&Lesson| match lesson.needs {
            Needs::Nothing => true,
            Needs::Model => setting.has_model,
            Needs::Preferences => setting.preferences.is_some(),
        };
        let lessons = LESSONS.iter().filter(is_there).collect();
        let mut tutor = Self { setting, lessons, at: 0, lines: Vec::new(), to_say: String::new() };
        tutor.greet();
        tutor.present();
        tutor
    }

    /// Says what there is to say, before a prompt.
    pub fn speak(&mut self) {
        let text = std::mem::take(&mut self.to_say);
        let _ = write_all(STDERR, text.as_bytes());
    }

    /// Takes a line that is for the tutor; whether it is one.
    pub fn takes(&mut self, line: &str) -> bool {
        match line.trim() {
            "skip" | "跳过" if self.at < self.lessons.len() => {
                self.at += 1;
                self.present();
            }
            "lesson" | "课程" => self.present(),
            // Nobody would continue it: its parent waits for its end.
            "suspend" => self.say(self.setting.language.choose(
                "\nThis shell cannot be suspended; \"exit\" leaves it.",
                "\n这个 shell 不能挂起；输入 \"exit\" 离开。",
            )),
            _ => return false,
        }
        true
    }

    /// Looks at what a line has done.
    pub fn look(&mut self, entered: &Entered<'_>) {
        let line = entered.line.trim();
        let Some(lesson) = self.lessons.get(self.at).filter(|_| !line.is_empty()) else { return };
        let seen = lessons::Seen {
            entered,
            is_again: self.lines.iter().any(|before| before == line),
            directory: &self.setting.directory,
            preferences: self.setting.preferences.as_deref(),
        };
        if (lesson.is_done)(&seen) {
            let praise = self.setting.language.choose("Well done.", "做得好。");
            self.to_say.push('\n');
            self.to_say.push_str(&self.bold(praise));
            self.to_say.push('\n');
            self.at += 1;
            self.present();
        } else {
            let language = self.setting.language;
            let [english, chinese] = lesson.not_yet;
            let hint = language.choose(
                "\"lesson\" shows the lesson again, \"skip\" goes on.",
                "输入 \"lesson\" 再看一遍，输入 \"skip\" 跳过。",
            );
            let said =
                format!("\n[{}] {}\n{hint}", self.number(), language.choose(english, chinese));
            self.say(&said);
        }
        self.lines.push(line.to_owned());
    }

    fn greet(&mut self) {
        let language = self.setting.language;
        self.say(language.choose(
            "Ten minutes with llmsh. This shell and its directory are only for trying things \
             out, and are gone when you leave. \"skip\" goes on to the next lesson, \"lesson\" \
             shows one again, \"exit\" leaves.",
            "用十分钟认识 llmsh。这个 shell 和这个目录只供练习，离开后就会删除。输入 \"skip\" 跳到\
             下一课，输入 \"lesson\" 再看一遍，输入 \"exit\" 离开。",
        ));
        if !self.setting.has_model {
            self.say(language.choose(
                "No model is installed, so the lessons about requests are left out: \"llmsh model \
                 pull\" fetches one.",
                "还没有安装模型，因此略去关于请求的课程：用 \"llmsh model pull\" 可以获取模型。",
            ));
        }
    }

    /// Puts the lesson into what is to be said; behind the last one, the end.
    fn present(&mut self) {
        // What a person has deleted is there for the next lesson.
        let _ = furnish(&self.setting.directory);
        let language = self.setting.language;
        let Some(lesson) = self.lessons.get(self.at).copied() else {
            self.say(language.choose(
                "\nThat was the last lesson. \"help\" says more, \"llmsh doctor\" whether all is \
                 well here, and \"exit\" leaves.",
                "\n课程到此结束。\"help\" 有更多说明，\"llmsh doctor\" 检查一切是否正常，\"exit\" 离开。",
            ));
            return;
        };
        let chosen = |texts: [&'static str; 2]| language.choose(texts[0], texts[1]);
        let heading = self.bold(&format!("{} · {}", self.number(), chosen(lesson.name)));
        let _ = writeln!(self.to_say, "\n{heading}");
        self.say(chosen(lesson.text));
        let _ = writeln!(self.to_say, "\n    {}\n", self.bold(chosen(lesson.line)));
    }

    /// Which lesson it is, of how many.
    fn number(&self) -> String {
        format!("{}/{}", self.at + 1, self.lessons.len())
    }

    fn say(&mut self, text: &str) {
        // A terminal may be narrower, and may have become so since the last lesson.
        let width = WIDTH.min(screen::size().0);
        for line in wrap(text, width) {
            let _ = writeln!(self.to_say, "{}", line.trim());
        }
    }

    fn bold(&self, text: &str) -> String {
        if self.setting.colour { format!("\x1b[1m{text}\x1b[m") } else { text.to_owned() }
    }
}

/// Puts the files of the lessons into their directory, where they were not moved to another.
///
/// # Errors
/// The directory cannot be written.
pub(super) fn furnish(directory: &Path) -> io::Result<()> {
    FILES.iter().try_for_each(|(name, text)| {
        let there = [directory.join(name), directory.join(PHOTOS).join(name)];
        if there.iter().any(|path| path.symlink_metadata().is_ok()) {
            return Ok(());
        }
        fs::write(&there[0], text)
    })
}

#[cfg(test)]
mod tests;
