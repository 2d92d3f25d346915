use std::io::Cursor;

use proptest::prelude::*;

use super::sample::Sample;
use super::*;

fn read_bytes(bytes: &[u8]) -> Result<Summary, GgufError> {
    read(Cursor::new(bytes), bytes.len() as u64)
}

#[test]
fn a_whole_file_is_summarised() {
    let bytes = Sample { chat_template: Some("{{ x }}"), ..Sample::default() }.bytes();
    let expected = Summary {
        version: 3,
        architecture: Some("qwen2".into()),
        name: Some("Sample".into()),
        chat_template: Some("{{ x }}".into()),
        context_length: Some(32_768),
        parts: 1,
        tensors: 1,
        minimum_bytes: bytes.len() as u64,
    };
    assert_eq!(read_bytes(&bytes).unwrap(), expected);
}

#[test]
fn a_missing_chat_template_is_none() {
    let bytes = Sample { chat_template: None, ..Sample::default() }.bytes();
    assert_eq!(read_bytes(&bytes).unwrap().chat_template, None);
}

#[test]
fn every_shorter_file_is_refused() {
    let bytes = Sample::default().bytes();
    for length in 0..bytes.len() {
        let error = read_bytes(&bytes[..length]).unwrap_err();
        match error {
            GgufError::NotGguf => assert!(length < 4, "{length}"),
            GgufError::Truncated { actual, needed } => {
                assert_eq!(actual, length as u64);
                assert!(needed > actual);
            }
            other => panic!("{length}: {other}"),
        }
    }
}

#[test]
fn other_files_and_versions_are_named() {
    assert!(matches!(read_bytes(b"PK\x03\x04 and so on"), Err(GgufError::NotGguf)));
    assert!(matches!(read_bytes(b"GGUF\x01\0\0\0"), Err(GgufError::Version(1))));
    // The same number in the other byte order.
    assert!(matches!(read_bytes(b"GGUF\0\0\0\x03"), Err(GgufError::Version(0x0300_0000))));
}

#[test]
fn counts_beyond_the_file_are_refused_before_they_are_used() {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(u64::MAX.to_le_bytes());
    bytes.extend(u64::MAX.to_le_bytes());
    assert!(matches!(read_bytes(&bytes), Err(GgufError::Damaged(_))));
    bytes.truncate(16);
    bytes.extend(1_000_u64.to_le_bytes());
    assert!(matches!(read_bytes(&bytes), Err(GgufError::Truncated { actual: 24, needed: 13_024 })));
}

#[test]
fn arrays_nested_without_end_are_refused() {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(0_u64.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.push(b'k');
    bytes.extend(9_u32.to_le_bytes());
    for _ in 0..1000 {
        bytes.extend(9_u32.to_le_bytes());
        bytes.extend(1_u64.to_le_bytes());
    }
    assert!(matches!(read_bytes(&bytes), Err(GgufError::Damaged("arrays are nested too deep"))));
}

#[test]
fn a_quantised_tensor_has_the_size_of_its_blocks() {
    assert_eq!(tensor_bytes(12, 512), Some(288));
    assert_eq!(tensor_bytes(0, u64::MAX), None);
    assert_eq!(tensor_bytes(9999, 512), Some(0));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(tail in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_bytes(&tail);
        let _ = read_bytes(&[b"GGUF\x03\0\0\0".as_slice(), &tail].concat());
    }

    #[test]
    fn damaged_files_never_panic_and_keep_little(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = Sample::default().bytes();
        for (index, byte) in &damage {
            let position = index.index(bytes.len());
            bytes[position] = *byte;
        }
        bytes.truncate(length.index(bytes.len()) + 1);
        if let Ok(summary) = read_bytes(&bytes) {
            let kept = [summary.architecture, summary.name, summary.chat_template];
            let kept: usize = kept.iter().flatten().map(String::len).sum();
            // A lossy conversion makes at most three bytes of one.
            prop_assert!(kept <= 3 * bytes.len());
            prop_assert!(summary.minimum_bytes <= bytes.len() as u64);
        }
    }
}
