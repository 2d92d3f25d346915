//! Parts of the way of a request that can be left out, to measure what each is worth
//! (`llmsh eval --without`).

/// One such part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lever {
    /// What a request mentions is looked for.
    Mentions,
    /// The names of what is mentioned stand in the request.
    InPlace,
    /// What is mentioned is told below the request.
    Facts,
    /// The names of an answer become those that the request mentions.
    Binding,
    /// A plan does what the request asks for.
    Effects,
    /// A request may be answered with words.
    Speech,
    /// A request may go on with the one before it.
    Thread,
    /// Examples that are like the request are shown.
    Library,
}

impl Lever {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Mentions,
        Self::InPlace,
        Self::Facts,
        Self::Binding,
        Self::Effects,
        Self::Speech,
        Self::Thread,
        Self::Library,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mentions => "mentions",
            Self::InPlace => "in-place",
            Self::Facts => "facts",
            Self::Binding => "binding",
            Self::Effects => "effects",
            Self::Speech => "speech",
            Self::Thread => "thread",
            Self::Library => "library",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lever| lever.name() == name)
    }
}

/// Which of them are left out: none, but in a measurement.
#[derive(Clone, Debug, Default)]
pub struct Levers {
    off: Vec<Lever>,
}

impl Levers {
    /// Leaves one out.
    pub fn turn_off(&mut self, lever: Lever) {
        self.off.push(lever);
    }

    /// Whether it is there.
    #[must_use]
    pub fn has(&self, lever: Lever) -> bool {
        !self.off.contains(&lever)
    }
}

/// What requests have cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// How often the model was asked.
    pub questions: u32,
    /// Tokens that it read, those that are the same for every request not among them.
    pub prompt_tokens: u32,
    /// Tokens that it wrote.
    pub generated_tokens: u32,
    /// Milliseconds until it began to write.
    pub prompt_ms: f64,
    /// Milliseconds of writing.
    pub generate_ms: f64,
    /// Milliseconds of looking for what is mentioned.
    pub resolve_ms: f64,
}

impl Spent {
    /// Adds what another request has cost.
    pub fn add(&mut self, other: &Self) {
        self.questions += other.questions;
        self.prompt_tokens += other.prompt_tokens;
        self.generated_tokens += other.generated_tokens;
        self.prompt_ms += other.prompt_ms;
        self.generate_ms += other.generate_ms;
        self.resolve_ms += other.resolve_ms;
    }
}
