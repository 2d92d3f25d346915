//! How alike two requests are, without a model and in any language: the share
//! of words and of pairs of characters that they have in common (Dice's
//! coefficient).

use std::collections::HashSet;

/// From here two requests are similar enough for one to be an example for the
/// other.
pub const THRESHOLD: f64 = 0.5;

/// From 0 (nothing in common) to 1 (the same).
#[must_use]
pub fn similarity(left: &str, right: &str) -> f64 {
    let (left, right) = (features(left), features(right));
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let common = left.intersection(&right).count();
    #[allow(clippy::cast_precision_loss, reason = "requests have far fewer than 2^52 features")]
    let share = 2.0 * common as f64 / (left.len() + right.len()) as f64;
    share
}

fn features(text: &str) -> HashSet<String> {
    let text = text.to_lowercase();
    let mut features = HashSet::new();
    for word in text.split(|character: char| !character.is_alphanumeric()) {
        if word.is_empty() {
            continue;
        }
        let characters: Vec<char> = word.chars().collect();
        if word.is_ascii() {
            features.insert(word.to_owned());
        }
        for pair in characters.windows(2) {
            features.insert(pair.iter().collect());
        }
        if characters.len() == 1 {
            features.insert(word.to_owned());
        }
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rephrased_requests_are_similar_and_others_are_not() {
        assert!(
            similarity("list the largest files here", "list largest files in here") > THRESHOLD
        );
        assert!(similarity("列出最大的文件", "列出当前目录最大的文件") > THRESHOLD);
        assert!(similarity("list the largest files here", "kill the web server") < THRESHOLD);
        assert!(similarity("列出最大的文件", "停止网络服务") < THRESHOLD);
        assert!((similarity("a b", "a b") - 1.0).abs() < 1e-9);
        assert!(similarity("", "x") < 1e-9);
    }
}
