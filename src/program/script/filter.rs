//! Filters of ffmpeg: `scale=640:-1,fps=10` (ffmpeg-filters(1)).

/// Filters that change pictures or sound and reach for nothing else.
const HARMLESS: [&str; 32] = [
    "afade",
    "aformat",
    "aresample",
    "atempo",
    "boxblur",
    "colorchannelmixer",
    "crop",
    "eq",
    "fade",
    "format",
    "fps",
    "gblur",
    "hflip",
    "hue",
    "negate",
    "null",
    "palettegen",
    "pad",
    "reverse",
    "rotate",
    "scale",
    "setdar",
    "setpts",
    "setsar",
    "split",
    "thumbnail",
    "tile",
    "transpose",
    "trim",
    "unsharp",
    "vflip",
    "volume",
];

/// Whether a chain of filters is made of such ones, without names of files: quotation
/// marks, and arguments by the names `file` and `filename`, are not looked into.
pub(crate) fn filter_is_harmless(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    if text.contains(['\'', '"', '\\', '/', '@']) || text.contains("file") {
        return false;
    }
    text.split([',', ';']).all(|filter| {
        let name = filter.split('=').next().unwrap_or_default();
        // `[in] scale=2:2 [out]`: labels are names of streams.
        let name = name.rsplit(']').next().unwrap_or_default();
        HARMLESS.contains(&name.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::filter_is_harmless;

    #[test]
    fn filters_that_reach_for_files_are_not_harmless() {
        for text in ["scale=640:-1", "fps=10,scale=320:-2", "[0:v]crop=2:2:0:0[a]", "volume=0.5"] {
            assert!(filter_is_harmless(text.as_bytes()), "{text}");
        }
        for text in [
            "movie=x",
            "scale=1:1,metadata=print:file=x",
            "subtitles=a.srt",
            "",
            "ass=x",
            "loudnorm",
            "fps='10'",
            "deshake=-1:-1:-1:-1:16:16:mirror:8:125:exhaustive:notes.txt",
        ] {
            assert!(!filter_is_harmless(text.as_bytes()), "{text}");
        }
    }
}
