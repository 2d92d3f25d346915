//! Colloquial words in the words that a small model knows: what takes up the most space is
//! the largest.

/// What is said, and what it is in plain words. A longer one stands before those in it.
const COLLOQUIAL: &[(&str, &str)] = &[
    ("最占地方的", "最大的"),
    ("最占空间的", "最大的"),
    ("最占磁盘的", "最大的"),
    ("最占地方", "最大"),
    ("最占空间", "最大"),
    ("最占磁盘", "最大"),
    ("挪到", "移动到"),
    ("挪进", "移动到"),
    ("搬到", "移动到"),
    ("搬进", "移动到"),
    ("拿来看看", "的内容"),
    ("打个压缩包", "打包压缩"),
    ("打个包", "打包"),
    ("有啥不同", "有什么不同"),
    ("啥", "什么"),
    ("咋", "怎么"),
    ("takes up the most space", "is largest"),
    ("take up the most space", "are largest"),
    ("taking up the most space", "that are largest"),
    ("hogging the most space", "that are largest"),
];

/// The text in plain words. What is in quotation marks stays as it is.
pub(super) fn plain(text: &str) -> String {
    if text.contains(['"', '\'', '“', '‘', '「', '《', '`']) {
        return text.to_owned();
    }
    COLLOQUIAL.iter().fold(text.to_owned(), |text, (said, plain)| text.replace(said, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_becomes_plain_and_what_is_quoted_stays() {
        assert_eq!(plain("最占地方的三个"), "最大的三个");
        assert_eq!(plain("which take up the most space"), "which are largest");
        assert_eq!(plain("写一行“这是啥”"), "写一行“这是啥”");
    }
}
