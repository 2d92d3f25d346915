//! How much stack is left, so that recursion in a script is an error and not the
//! end of the shell.

use nix::sys::resource::{Resource, getrlimit};

/// Where there is no limit, or a very large one, no more than this is used.
const MOST: u64 = 64 << 20;
/// Linux's usual limit.
const USUAL: u64 = 8 << 20;

/// The stack of the thread that made the value.
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    base: usize,
    allowed: usize,
}

impl Stack {
    /// The stack from here on. Half of it may be used: the rest is for what is
    /// called last and does not nest without end, such as the parser.
    #[must_use]
    pub fn here() -> Self {
        let limit = getrlimit(Resource::RLIMIT_STACK).map_or(USUAL, |(soft, _)| soft.min(MOST));
        Self { base: position(), allowed: usize::try_from(limit / 2).unwrap_or(usize::MAX) }
    }

    /// Whether nothing more may be nested.
    #[must_use]
    pub fn is_low(self) -> bool {
        self.used() > self.allowed
    }

    /// Whether even what is called last must not nest further: half of the rest
    /// is used.
    #[must_use]
    pub fn is_very_low(self) -> bool {
        self.used() > self.allowed + self.allowed / 2
    }

    fn used(self) -> usize {
        self.base.abs_diff(position())
    }
}

/// About where the stack's end is.
#[inline(never)]
fn position() -> usize {
    let mark = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&mark)).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(is_low: &dyn Fn() -> bool, limit: usize) -> usize {
        let frame = std::hint::black_box([0_u8; 4096]);
        if is_low() || limit == 0 {
            return 0;
        }
        depth(is_low, limit - 1) + 1 + usize::from(frame[limit % 4096])
    }

    #[test]
    fn it_is_low_after_the_allowed_part() {
        let stack = Stack { allowed: 256 << 10, ..Stack::here() };
        assert!(!stack.is_low());
        let low = depth(&|| stack.is_low(), 1000);
        let very_low = depth(&|| stack.is_very_low(), 1000);
        assert!((1..=64).contains(&low), "{low}");
        assert!(low < very_low && very_low <= 96, "{low} {very_low}");
    }
}
