//! The shortest llama.cpp loop there is, for the benchmark to compare with.

use std::num::NonZeroU32;
use std::path::Path;
use std::time::Instant;

use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::sampling::LlamaSampler;

use super::threads;

/// How fast a model is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Milliseconds to load the model.
    pub load_ms: f64,
    /// Prompt tokens.
    pub prompt_tokens: usize,
    /// Prompt tokens a second.
    pub prompt_rate: f64,
    /// Generated tokens.
    pub generated_tokens: usize,
    /// Generated tokens a second.
    pub decode_rate: f64,
}

/// Loads a model, evaluates `prompt` in pieces of `piece` tokens and generates
/// `tokens` tokens after it, with nothing around it. `threads` as in
/// [`WorkerOptions`](crate::model::worker::WorkerOptions). Not to be called in a
/// process that goes on: it needs the model's memory twice over.
///
/// # Errors
/// A sentence.
pub fn bare_decode(
    model: &Path,
    prompt: &str,
    piece: usize,
    tokens: usize,
    threads: u32,
) -> Result<Rates, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let begin = Instant::now();
    let mut backend = LlamaBackend::init().map_err(|error| text(&error))?;
    backend.void_logs();
    let parameters = LlamaModelParams::default().with_n_gpu_layers(0);
    let model =
        LlamaModel::load_from_file(&backend, model, &parameters).map_err(|error| text(&error))?;
    let load_ms = begin.elapsed().as_secs_f64() * 1000.0;
    let prompt = model.vocab().tokenize(prompt.as_bytes(), true, true);
    let size = u32::try_from(piece).map_err(|error| text(&error))?;
    let threads = threads::count(threads);
    let length = u32::try_from(prompt.len() + tokens + 1).map_err(|error| text(&error))?;
    let parameters = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(length.max(512)))
        .with_n_batch(size)
        .with_n_ubatch(size)
        .with_n_threads(threads)
        .with_n_threads_batch(threads);
    let mut context = model.new_context(&backend, parameters).map_err(|error| text(&error))?;
    let mut batch = LlamaBatch::new(piece, 1);
    // Not measured: the first evaluation touches every page of the weights.
    batch.add(prompt[0], 0, &[0], true).map_err(|error| text(&error))?;
    context.decode(&mut batch).map_err(|error| text(&error))?;
    context.clear_kv_cache();

    let begin = Instant::now();
    let mut position = 0;
    for tokens in prompt.chunks(piece) {
        batch.clear();
        for (index, &token) in tokens.iter().enumerate() {
            let last = index + 1 == tokens.len();
            batch.add(token, position, &[0], last).map_err(|error| text(&error))?;
            position += 1;
        }
        context.decode(&mut batch).map_err(|error| text(&error))?;
    }
    let prompt_seconds = begin.elapsed().as_secs_f64();

    let begin = Instant::now();
    let mut sampler = LlamaSampler::greedy();
    for _ in 0..tokens {
        let token = sampler.sample(&context, batch.n_tokens() - 1);
        batch.clear();
        batch.add(token, position, &[0], true).map_err(|error| text(&error))?;
        position += 1;
        context.decode(&mut batch).map_err(|error| text(&error))?;
    }
    context.synchronize();
    let decode_seconds = begin.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a context has far fewer than 2^52 tokens")]
    let rate = |count: usize, seconds: f64| count as f64 / seconds;
    Ok(Rates {
        load_ms,
        prompt_tokens: prompt.len(),
        prompt_rate: rate(prompt.len(), prompt_seconds),
        generated_tokens: tokens,
        decode_rate: rate(tokens, decode_seconds),
    })
}
