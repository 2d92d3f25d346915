fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let piece: usize = arguments[2].parse().unwrap();
    let tokens: usize = arguments[3].parse().unwrap();
    let prompt = "List every file in the current directory that is larger than ten megabytes, sorted by size, and move them. ".repeat(12);
    let rates = llmsh::model::llama::bare_decode(arguments[1].as_ref(), &prompt, piece, tokens, 0);
    println!("{piece}: {rates:?}");
}
