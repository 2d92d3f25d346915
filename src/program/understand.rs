//! From the words of a command to what it does.
//!
//! Options and operands are told apart as the program itself does; a word that
//! the table has no place for ends the understanding.

use bstr::{BString, ByteSlice};

use super::below::move_to;
use super::entry::{Argument, Entry, Opt, Spelling, Style};
use super::fact::{Fact, LATER};
use super::not_understood::NotUnderstood;
use super::signature::{Role, Signature};
use super::understanding::{Note, Understanding};

impl Entry {
    /// Judges the words after the program's name.
    ///
    /// # Errors
    /// [`NotUnderstood`]: the effects are unknown then.
    pub fn understand(&'static self, words: &[BString]) -> Result<Understanding, NotUnderstood> {
        if let [word] = words
            && self.tells_of_itself(word)
        {
            return Ok(Understanding::default());
        }
        let mut reader = Reader::default();
        reader.entry(self, words)?;
        let Reader { mut understanding, directory, .. } = reader;
        if let Some(directory) = directory {
            move_to(&directory, &mut understanding.facts);
        }
        Ok(understanding)
    }
}

#[derive(Default)]
pub(super) struct Reader {
    pub(super) understanding: Understanding,
    /// Where relative names are meant from.
    pub(super) directory: Option<BString>,
    /// Where relative operands are meant from.
    pub(super) from: Option<BString>,
    /// The archive that an option names.
    pub(super) archive: Option<BString>,
    /// What stands in a command for what comes from its input.
    pub(super) replace: Option<BString>,
}

/// What the options of one entry change.
#[derive(Default)]
struct Turn {
    operands: Option<Signature>,
    instead_of: Vec<Role>,
    reads_only: bool,
    archive: Option<Role>,
    effects: Vec<Fact>,
    words: Vec<BString>,
    /// Behind the paths of `find`.
    in_expression: bool,
    /// How many operands stand before the option that moves those behind it.
    unmoved: usize,
}

/// What joins the tests of `find`.
fn is_operator(word: &BString) -> bool {
    matches!(word.as_slice(), b"(" | b")" | b"!" | b",")
}

impl Reader {
    fn entry(&mut self, entry: &'static Entry, words: &[BString]) -> Result<(), NotUnderstood> {
        let bundled: Vec<BString>;
        let mut words = words;
        if entry.style == Style::Bundle
            && let Some(first) = words.first()
            && !first.starts_with(b"-")
            && !first.is_empty()
        {
            bundled = entry.unbundled(first, &words[1..]);
            words = &bundled;
        }
        let mut turn = Turn::default();
        let ends_early = entry.style == Style::Posix
            || !entry.subcommand.is_empty()
            || entry.operands.ends_in_command();
        let mut index = 0;
        while let Some(word) = words.get(index) {
            index += 1;
            if word == "--" && !matches!(entry.style, Style::Find | Style::Words) {
                turn.words.extend_from_slice(&words[index..]);
                break;
            }
            if let Some(key) = entry.key_of(word) {
                self.option(key.0, word, Some(key.1), &mut turn)?;
            } else if entry.style == Style::Find && is_operator(word) {
                turn.in_expression = true;
            } else if word.starts_with(b"-") && word.len() > 1 {
                index = self.dashed(entry, words, index - 1, &mut turn)?;
            } else if turn.in_expression {
                return Err(NotUnderstood::Operand(word.clone()));
            } else {
                turn.words.push(word.clone());
                if ends_early {
                    turn.words.extend_from_slice(&words[index..]);
                    break;
                }
            }
        }
        self.finish(entry, turn)
    }

    /// Takes the option at `index`; gives the index behind it and its argument.
    fn dashed(
        &mut self,
        entry: &'static Entry,
        words: &[BString],
        index: usize,
        turn: &mut Turn,
    ) -> Result<usize, NotUnderstood> {
        let word = &words[index];
        let next = index + 1;
        let unknown = || NotUnderstood::Option(word.clone());
        if let Some(text) = word.strip_prefix(b"--") {
            let (name, value) = match text.split_once_str("=") {
                Some((name, value)) => (name, Some(BString::from(value))),
                None => (text, None),
            };
            let option = entry.option(
                |spelling| matches!(spelling, Spelling::Long(long) if long.as_bytes() == name),
            );
            let option = option.ok_or_else(unknown)?;
            return match (option.argument, value) {
                (Argument::No, Some(_)) => Err(unknown()),
                (Argument::Required(_), None) => self.with_next(option, words, next, turn),
                (_, value) => {
                    self.option(option, word, value, turn)?;
                    Ok(next)
                }
            };
        }
        let letters = &word[1..];
        let whole = entry.option(
            |spelling| matches!(spelling, Spelling::Word(name) if name.as_bytes() == letters),
        );
        if let Some(option) = whole {
            turn.in_expression |= entry.style == Style::Find;
            return match option.argument {
                Argument::Required(Role::Exec) => self.exec(option, words, next, turn),
                Argument::Required(_) => self.with_next(option, words, next, turn),
                _ => {
                    self.option(option, word, None, turn)?;
                    Ok(next)
                }
            };
        }
        if entry.number && letters.iter().all(u8::is_ascii_digit) {
            return Ok(next);
        }
        if entry.style == Style::Words {
            return self.whole_word(entry, words, next, turn);
        }
        for (place, letter) in letters.iter().enumerate() {
            let option = entry.option(|spelling| *spelling == Spelling::Letter(*letter));
            let option = option.ok_or_else(unknown)?;
            let rest = &letters[place + 1..];
            let value = (!rest.is_empty()).then(|| BString::from(rest));
            let written: BString = vec![b'-', *letter].into();
            match (option.argument, value) {
                (Argument::No, _) => self.option(option, &written, None, turn)?,
                (Argument::Required(_), None) => {
                    let value = words.get(next).ok_or(NotUnderstood::Argument(written.clone()))?;
                    self.option(option, &written, Some(value.clone()), turn)?;
                    return Ok(next + 1);
                }
                (_, value) => {
                    self.option(option, &written, value, turn)?;
                    return Ok(next);
                }
            }
        }
        Ok(next)
    }

    /// A word that is one option, with what is attached to it: `-std=c11`, `-O2`, `-lm`.
    fn whole_word(
        &mut self,
        entry: &'static Entry,
        words: &[BString],
        next: usize,
        turn: &mut Turn,
    ) -> Result<usize, NotUnderstood> {
        let word = &words[next - 1];
        let letters = &word[1..];
        let unknown = || NotUnderstood::Option(word.clone());
        let is_word = |spelling: &Spelling, name| matches!(spelling, Spelling::Word(own) if own.as_bytes() == name);
        let named = letters.split_once_str("=").and_then(|(name, value)| {
            let option = entry.option(|spelling| is_word(spelling, name))?;
            Some((option, Some(BString::from(value))))
        });
        let (option, value) = match named {
            Some(found) => found,
            None => {
                let option = entry.option(|spelling| *spelling == Spelling::Letter(letters[0]));
                let value = (letters.len() > 1).then(|| BString::from(&letters[1..]));
                (option.ok_or_else(unknown)?, value)
            }
        };
        match (option.argument, value) {
            (Argument::No, Some(_)) => Err(unknown()),
            (Argument::Required(_), Some(_))
                if !letters
                    .first()
                    .is_some_and(|letter| entry.attached.as_bytes().contains(letter)) =>
            {
                Err(unknown())
            }
            (Argument::Required(_), None) => self.with_next(option, words, next, turn),
            (_, value) => {
                self.option(option, word, value, turn)?;
                Ok(next)
            }
        }
    }

    /// An option whose argument is the next word.
    fn with_next(
        &mut self,
        option: &'static Opt,
        words: &[BString],
        next: usize,
        turn: &mut Turn,
    ) -> Result<usize, NotUnderstood> {
        let written = &words[next - 1];
        let value = words.get(next).ok_or_else(|| NotUnderstood::Argument(written.clone()))?;
        self.option(option, written, Some(value.clone()), turn)?;
        Ok(next + 1)
    }

    /// `-exec COMMAND ;` and `-exec COMMAND {} +`
    fn exec(
        &mut self,
        option: &'static Opt,
        words: &[BString],
        next: usize,
        turn: &mut Turn,
    ) -> Result<usize, NotUnderstood> {
        let rest = &words[next..];
        let end = (0..rest.len())
            .find(|at| rest[*at] == ";" || rest[*at] == "+" && *at > 0 && rest[*at - 1] == "{}");
        let Some(end) = end.filter(|end| *end > 0) else {
            return Err(NotUnderstood::Argument(words[next - 1].clone()));
        };
        let command = rest[..end].iter().map(|word| word.replace("{}", [LATER]).into()).collect();
        self.understanding.facts.push(Fact::Runs(command));
        self.option(option, &words[next - 1], None, turn)?;
        Ok(next + end + 1)
    }

    fn option(
        &mut self,
        option: &'static Opt,
        written: &BString,
        value: Option<BString>,
        turn: &mut Turn,
    ) -> Result<(), NotUnderstood> {
        if let (Argument::Required(role) | Argument::Optional(role), Some(value)) =
            (option.argument, &value)
        {
            self.word(role, std::slice::from_ref(value))?;
            if role == Role::From {
                turn.unmoved = turn.words.len();
            }
        }
        turn.effects.extend(option.effects.iter().cloned());
        turn.reads_only |= option.reads_only;
        if option.archive.is_some() {
            turn.archive = option.archive;
        }
        turn.instead_of.extend(option.instead_of);
        if let Some(signature) = &option.operands {
            // Which of two options has its way, the table does not say.
            if turn.operands.as_ref().is_some_and(|other| other != signature) {
                return Err(NotUnderstood::Option(written.clone()));
            }
            turn.operands = Some(signature.clone());
        }
        let mut text = written.clone();
        if let Some(value) = &value
            && !written.ends_with(value)
        {
            // An argument that may be absent is attached.
            if matches!(option.argument, Argument::Required(_)) {
                text.push(b' ');
            }
            text.extend_from_slice(value);
        }
        self.understanding.notes.push(Note { written: text, value: value.clone(), option });
        self.understanding.options.push((option.name(), value));
        Ok(())
    }

    fn finish(&mut self, entry: &'static Entry, turn: Turn) -> Result<(), NotUnderstood> {
        let mut words = turn.words;
        if words.is_empty()
            && let Some(default) = &entry.default
        {
            words.push(default.as_str().into());
        }
        if !entry.subcommand.is_empty()
            && let Some(name) = words.first()
        {
            let sub = entry.subcommand.iter().find(|sub| sub.names.iter().any(|own| name == own));
            if let Some(sub) = sub {
                self.understanding.subcommand = Some(&sub.about);
                if !turn.reads_only {
                    self.understanding.facts.extend(entry.effects.iter().cloned());
                }
                self.understanding.facts.extend(turn.effects);
                return self.entry(sub, &words[1..]);
            }
            if entry.operands == Signature::default() {
                return Err(NotUnderstood::Subcommand(name.clone()));
            }
        }
        let mut signature = turn.operands.unwrap_or_else(|| entry.operands.clone());
        for role in turn.instead_of {
            signature = signature.without(role);
        }
        let assigned = signature.assign(&words).map_err(|word| match word {
            Some(word) => NotUnderstood::Operand(word.clone()),
            None => NotUnderstood::Missing,
        })?;
        let first = self.understanding.facts.len();
        if !turn.reads_only {
            self.understanding.facts.extend(entry.effects.iter().cloned());
        }
        self.understanding.facts.extend(turn.effects);
        if let Some(from) = &self.from {
            move_to(from, &mut self.understanding.facts[first..]);
        }
        match (turn.archive, self.archive.take()) {
            (Some(role), Some(archive)) => self.word(role, &[archive])?,
            (None, None) => {}
            (None, Some(archive)) => return Err(NotUnderstood::Operand(archive)),
            (Some(_), None) => return Err(NotUnderstood::Missing),
        }
        let mut operands = 0;
        for (role, words) in assigned {
            let first = self.understanding.facts.len();
            self.word(role, words)?;
            if let Some(from) = self.from.as_ref().filter(|_| operands >= turn.unmoved) {
                move_to(from, &mut self.understanding.facts[first..]);
            }
            operands += words.len();
        }
        self.understanding.operands = words;
        Ok(())
    }
}

impl Entry {
    /// Whether the word after this one is the argument of an option.
    #[must_use]
    pub fn takes_next(&'static self, word: &[u8]) -> bool {
        let required = |is: &dyn Fn(&Spelling) -> bool| {
            self.option(is).is_some_and(|option| matches!(option.argument, Argument::Required(_)))
        };
        if let Some(name) = word.strip_prefix(b"--") {
            return required(
                &|spelling| matches!(spelling, Spelling::Long(own) if own.as_bytes() == name),
            );
        }
        let Some(letters) = word.strip_prefix(b"-") else { return false };
        if required(
            &|spelling| matches!(spelling, Spelling::Word(own) if own.as_bytes() == letters),
        ) {
            return true;
        }
        let first =
            letters.iter().position(|letter| required(&|one| *one == Spelling::Letter(*letter)));
        first.is_some_and(|place| place + 1 == letters.len())
    }

    /// Options that are written without a dash, each by itself, with their arguments,
    /// which follow in the order of the letters (`tar cfz out.tar d`).
    fn unbundled(&'static self, letters: &BString, rest: &[BString]) -> Vec<BString> {
        let mut rest = rest.iter().cloned();
        let mut words = Vec::new();
        for letter in letters.iter() {
            let option = self.option(|spelling| *spelling == Spelling::Letter(*letter));
            words.push(vec![b'-', *letter].into());
            if matches!(option.map(|option| option.argument), Some(Argument::Required(_))) {
                words.extend(rest.next());
            }
        }
        words.extend(rest);
        words
    }

    fn option(&'static self, is: impl Fn(&Spelling) -> bool) -> Option<&'static Opt> {
        self.options.iter().find(|option| option.spellings.iter().any(&is))
    }

    /// The option that a `key=value` operand is.
    fn key_of(&'static self, word: &BString) -> Option<(&'static Opt, BString)> {
        if self.style != Style::Keys {
            return None;
        }
        let (key, value) = word.split_once_str("=")?;
        let option = self
            .option(|spelling| matches!(spelling, Spelling::Key(name) if name.as_bytes() == key))?;
        Some((option, value.into()))
    }
}

impl Opt {
    /// The last spelling, as it is written.
    fn name(&self) -> String {
        match self.spellings.last() {
            Some(Spelling::Letter(letter)) => format!("-{}", char::from(*letter)),
            Some(Spelling::Long(name)) => format!("--{name}"),
            Some(Spelling::Word(name)) => format!("-{name}"),
            Some(Spelling::Key(name)) => format!("{name}="),
            None => String::new(),
        }
    }
}
