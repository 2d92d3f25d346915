//! llama.cpp: the only place that names `llama-cpp-2`.
//!
//! One context, one sequence. `cached` always says which tokens are in it, and a
//! request keeps the longest beginning it shares with them: the fixed prefix at
//! least, and more when a request goes on from the one before. A prefix that is
//! not there comes from its saved state ([`StateStore`]), or is evaluated and then
//! saved.

mod bare;
mod prompt;
mod threads;

use std::num::NonZeroU32;
use std::time::Instant;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::context::session::LlamaStateSeqFlags;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::token::LlamaToken;

use self::prompt::{Prompt, Prompter};
use super::state::{StateKey, StateStore};
use super::worker::WorkerOptions;
use super::worker::answer::Progress;
use super::worker::engine::{Control, Directive, Ended, Engine, EngineError, Work};

pub use self::bare::{Rates, bare_decode};

/// What makes saved states incompatible; a test keeps it at the version in
/// `Cargo.toml`.
const BUILD: &str = "llama-cpp-2 0.1.160";

/// Prompt tokens evaluated at once. llama.cpp cannot be interrupted inside one
/// evaluation through the crate's interface, so this bounds the time to notice a
/// cancellation; a fixed size also keeps the answers reproducible, because the
/// size changes the last bits of the result (`docs/performance.md`).
const PIECE: usize = 32;

/// A shorter common beginning after the prefix is evaluated again, so that
/// answers do not depend on what was asked before without need.
const WORTH_KEEPING: usize = 16;

/// A prefix of fewer tokens is not worth a file.
const WORTH_SAVING: usize = 32;

/// The one sequence of the context.
const SEQUENCE: i32 = 0;

/// llama.cpp with one model.
pub struct LlamaEngine {
    options: WorkerOptions,
    loaded: Option<Loaded>,
}

struct Loaded {
    model: &'static LlamaModel,
    context: LlamaContext<'static>,
    batch: LlamaBatch<'static>,
    prompter: Prompter,
    states: StateStore,
    model_sha256: String,
    cached: Vec<i32>,
}

impl LlamaEngine {
    /// An engine that loads its model later.
    #[must_use]
    pub fn new(options: &WorkerOptions) -> Self {
        Self { options: options.clone(), loaded: None }
    }
}

impl Engine for LlamaEngine {
    fn load(&mut self, progress: Box<dyn FnMut(f32) -> bool>) -> Result<(), EngineError> {
        let failed = |what: &str| EngineError::Load(what.to_owned());
        let mut backend =
            LlamaBackend::init().map_err(|error| EngineError::Load(error.to_string()))?;
        if self.options.model.to_str().is_none() {
            return Err(failed("its path is not UTF-8"));
        }
        let parameters = LlamaModelParams::default()
            .with_n_gpu_layers(self.options.gpu_layers)
            .with_progress_callback(progress);
        let model = LlamaModel::load_from_file(&backend, &self.options.model, &parameters)
            .map_err(|_| failed("llama.cpp does not accept the file"))?;
        // The model lives as long as the process; a context that borrows from it
        // could not be kept beside it otherwise.
        let model: &'static LlamaModel = Box::leak(Box::new(model));
        let prompter = Prompter::new(model)?;
        let threads = threads::count(self.options.threads);
        let piece = u32::try_from(PIECE).unwrap_or(32);
        let parameters = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(self.options.context_tokens))
            .with_n_batch(piece)
            .with_n_ubatch(piece)
            .with_n_seq_max(1)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let context = model
            .new_context(&backend, parameters)
            .map_err(|_| failed("there is not enough memory for its context"))?;
        // What follows is not worth a line of the log for each request.
        backend.void_logs();
        std::mem::forget(backend);
        let mut loaded = Loaded {
            model,
            context,
            batch: LlamaBatch::new(PIECE, 1),
            prompter,
            states: StateStore::new(self.options.state_store()),
            model_sha256: self.options.model_sha256.clone(),
            cached: Vec::new(),
        };
        loaded.warm_up()?;
        self.loaded = Some(loaded);
        Ok(())
    }

    fn complete(
        &mut self,
        work: &mut Work,
        control: &mut dyn Control,
    ) -> Result<Ended, EngineError> {
        let loaded = self
            .loaded
            .as_mut()
            .ok_or_else(|| EngineError::Broken("the model is not loaded".into()))?;
        let result = loaded.complete(work, control);
        if matches!(result, Err(EngineError::Broken(_))) {
            loaded.forget();
        }
        result
    }
}

impl Loaded {
    /// Evaluates one token, so that weights and threads are there when a request
    /// comes.
    fn warm_up(&mut self) -> Result<(), EngineError> {
        self.evaluate(&[0], true)?;
        self.forget();
        Ok(())
    }

    fn complete(
        &mut self,
        work: &mut Work,
        control: &mut dyn Control,
    ) -> Result<Ended, EngineError> {
        let begin = Instant::now();
        let Prompt { prefix, rest } = self.prompter.prompt(self.model, &work.request)?;
        let room = (self.context.n_ctx() as usize).saturating_sub(prefix.len() + rest.len());
        if room == 0 {
            return Err(EngineError::Refused(format!(
                "the request has {} tokens, and the model's context holds {}",
                prefix.len() + rest.len(),
                self.context.n_ctx()
            )));
        }
        let longest = room.min(work.request.max_tokens as usize);
        let resumed = !work.generated.is_empty();
        if !resumed {
            work.statistics.prefix_tokens = count(prefix.len());
            work.statistics.prompt_tokens = count(rest.len());
        }
        let all = [prefix.as_slice(), &rest, &work.generated].concat();
        let read = self.read(&all, prefix.len(), work, control)?;
        #[allow(clippy::cast_precision_loss, reason = "milliseconds are far below 2^52")]
        let elapsed = begin.elapsed().as_micros() as f64 / 1000.0;
        work.statistics.prompt_ms += elapsed;
        if let Some(ended) = read {
            return Ok(ended);
        }
        let begin = Instant::now();
        let ended = self.generate(longest, work, control);
        work.statistics.generate_ms += begin.elapsed().as_secs_f64() * 1000.0;
        work.statistics.generated_tokens = count(work.generated.len());
        ended
    }

    /// Brings the context to hold `all`, with the result for its last token.
    /// `Some`: it was told to stop.
    fn read(
        &mut self,
        all: &[i32],
        fixed: usize,
        work: &mut Work,
        control: &mut dyn Control,
    ) -> Result<Option<Ended>, EngineError> {
        let prefix = &all[..fixed];
        let mut keep = common(&self.cached, all);
        let key = StateKey::new(&self.model_sha256, prefix, BUILD);
        if keep < fixed {
            if fixed >= WORTH_SAVING && self.restore(&key, prefix) {
                keep = fixed;
            } else {
                keep = self.keep(keep);
                if let Some(ended) = self.evaluate_pieces(&all[keep..fixed], all.len(), control)? {
                    return Ok(Some(ended));
                }
                work.statistics.prefix_evaluated += count(fixed - keep);
                keep = fixed;
                if fixed >= WORTH_SAVING {
                    self.save(&key);
                }
            }
        }
        // The last token is always evaluated: its result is what comes next.
        keep = keep.min(all.len() - 1);
        if keep < fixed + WORTH_KEEPING && work.generated.is_empty() {
            keep = keep.min(fixed);
        }
        keep = self.keep(keep);
        if keep < fixed {
            // A model whose past cannot be cut: everything again.
            work.statistics.prefix_evaluated += count(fixed - keep);
        }
        work.statistics.prompt_evaluated += count(all.len() - keep.max(fixed));
        self.evaluate_pieces(&all[keep..], all.len(), control)
    }

    /// Generates until the answer ends.
    fn generate(
        &mut self,
        longest: usize,
        work: &mut Work,
        control: &mut dyn Control,
    ) -> Result<Ended, EngineError> {
        loop {
            match control.directive() {
                Directive::Continue => {}
                Directive::Cancel => return Ok(Ended::Cancelled),
                Directive::Pause => return Ok(Ended::Paused),
            }
            if work.generated.len() >= longest {
                control.text(work.answer.finish());
                return Ok(Ended::Length);
            }
            let token = self.most_likely();
            let vocabulary = self.model.vocab();
            if vocabulary.is_eog(token) {
                control.text(work.answer.finish());
                return Ok(Ended::Stop);
            }
            work.generated.push(token.0);
            let piece = vocabulary.token_to_piece(token, false, None);
            let (text, progress) = work.answer.push(&piece);
            control.text(text);
            if progress == Progress::Stopped {
                return Ok(Ended::Stop);
            }
            if work.generated.len() < longest {
                self.evaluate(&[token.0], true)?;
            }
        }
    }

    /// The most likely next token.
    fn most_likely(&self) -> LlamaToken {
        let logits = self.context.get_logits_ith(self.batch.n_tokens() - 1);
        let mut best = (0, f32::NEG_INFINITY);
        for (index, &logit) in (0..).zip(logits) {
            if logit > best.1 {
                best = (index, logit);
            }
        }
        LlamaToken(best.0)
    }

    /// Evaluates tokens in pieces, looking between them whether to stop.
    fn evaluate_pieces(
        &mut self,
        tokens: &[i32],
        total: usize,
        control: &mut dyn Control,
    ) -> Result<Option<Ended>, EngineError> {
        for piece in tokens.chunks(PIECE) {
            match control.directive() {
                Directive::Continue => {}
                Directive::Cancel => return Ok(Some(Ended::Cancelled)),
                Directive::Pause => return Ok(Some(Ended::Paused)),
            }
            self.evaluate(piece, true)?;
            control.reading(count(self.cached.len()), count(total));
        }
        Ok(None)
    }

    /// Evaluates at most [`PIECE`] tokens after those that are cached.
    fn evaluate(&mut self, tokens: &[i32], result: bool) -> Result<(), EngineError> {
        let broken = |error: &dyn std::fmt::Display| EngineError::Broken(error.to_string());
        self.batch.clear();
        for (index, &token) in tokens.iter().enumerate() {
            let position = i32::try_from(self.cached.len() + index).unwrap_or(i32::MAX);
            let last = index + 1 == tokens.len();
            self.batch
                .add(LlamaToken(token), position, &[SEQUENCE], result && last)
                .map_err(|error| broken(&error))?;
        }
        self.context.decode(&mut self.batch).map_err(|error| broken(&error))?;
        self.cached.extend_from_slice(tokens);
        Ok(())
    }

    /// Removes what is cached after the first `length` tokens. Returns how many are
    /// cached now: none for a model whose past cannot be cut.
    fn keep(&mut self, length: usize) -> usize {
        if length < self.cached.len() {
            let from = u32::try_from(length).unwrap_or(0);
            if length == 0 || self.context.kv_cache_seq_rm(SEQUENCE, Some(from), None).is_err() {
                self.forget();
            } else {
                self.cached.truncate(length);
            }
        }
        self.cached.len()
    }

    fn forget(&mut self) {
        self.context.clear_kv_cache();
        self.cached.clear();
    }

    /// Takes the state of a prefix from its file.
    fn restore(&mut self, key: &StateKey, prefix: &[i32]) -> bool {
        let Some(state) = self.states.load(key) else { return false };
        self.forget();
        // SAFETY: the bytes were written by `save`, for this model and this build of
        // llama.cpp; the store has checked all of that and their hash.
        let taken = unsafe {
            self.context.state_seq_set_data_ext(&state, SEQUENCE, LlamaStateSeqFlags::empty())
        };
        if taken {
            self.cached.extend_from_slice(prefix);
        } else {
            self.states.discard(key);
            self.forget();
        }
        taken
    }

    /// Saves the state of what is cached; a disk that is full costs time later and
    /// nothing now.
    fn save(&self, key: &StateKey) {
        let flags = LlamaStateSeqFlags::empty();
        let mut state = vec![0; self.context.state_seq_get_size_ext(SEQUENCE, flags)];
        // SAFETY: the buffer has the size that llama.cpp asked for.
        let written =
            unsafe { self.context.state_seq_get_data_ext(state.as_mut_ptr(), SEQUENCE, flags) };
        if written == state.len() {
            let _ = self.states.save(key, &state);
        }
    }
}

/// The length of the common beginning.
fn common(one: &[i32], two: &[i32]) -> usize {
    one.iter().zip(two).take_while(|(one, two)| one == two).count()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_is_the_one_in_the_manifest() {
        let manifest: toml::Table = include_str!("../../../Cargo.toml").parse().unwrap();
        let version = manifest["dependencies"]["llama-cpp-2"]["version"].as_str().unwrap();
        assert_eq!(BUILD, format!("llama-cpp-2 {}", version.trim_start_matches('=')));
    }

    #[test]
    fn the_common_beginning_is_counted() {
        assert_eq!(common(&[1, 2, 3], &[1, 2, 4, 5]), 2);
        assert_eq!(common(&[], &[1]), 0);
        assert_eq!(common(&[1, 2], &[1, 2]), 2);
    }
}
