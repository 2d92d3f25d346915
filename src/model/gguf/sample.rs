//! Small GGUF files for tests: a valid head and tensors of zeros.

/// What a sample file says.
pub(crate) struct Sample<'a> {
    pub(crate) name: &'a str,
    pub(crate) chat_template: Option<&'a str>,
    pub(crate) parts: u16,
    pub(crate) tensor_elements: u64,
}

impl Default for Sample<'_> {
    fn default() -> Self {
        Self {
            name: "Sample",
            chat_template: Some("{% for message in messages %}{{ message.content }}{% endfor %}"),
            parts: 1,
            tensor_elements: 64,
        }
    }
}

impl Sample<'_> {
    /// The bytes of the file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut entries = vec![
            entry("general.architecture", 8, &string("qwen2")),
            entry("general.name", 8, &string(self.name)),
            entry("qwen2.context_length", 4, &32_768_u32.to_le_bytes()),
            entry("split.count", 2, &self.parts.to_le_bytes()),
            entry("tokenizer.ggml.tokens", 9, &array(8, &[string("a"), string("bc")])),
            entry("tokenizer.ggml.scores", 9, &array(6, &[vec![0; 4], vec![0; 4]])),
        ];
        if let Some(template) = self.chat_template {
            entries.push(entry("tokenizer.chat_template", 8, &string(template)));
        }
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(1_u64.to_le_bytes());
        bytes.extend((entries.len() as u64).to_le_bytes());
        bytes.extend(entries.concat());
        bytes.extend(string("token_embd.weight"));
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(self.tensor_elements.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(0_u64.to_le_bytes());
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        bytes.resize(bytes.len() + 4 * self.tensor_elements as usize, 0);
        bytes
    }
}

fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}

fn entry(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    [&string(key), kind.to_le_bytes().as_slice(), value].concat()
}

fn array(kind: u32, elements: &[Vec<u8>]) -> Vec<u8> {
    let head = [kind.to_le_bytes().as_slice(), &(elements.len() as u64).to_le_bytes()].concat();
    [head, elements.concat()].concat()
}
