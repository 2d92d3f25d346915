//! Every snippet in `tests/bash/` means in llmsh what it means in bash. Snippets run twice:
//! as an argument of `-c` and on standard input.

mod support;

use support::Beside;

const BASH: Beside = Beside { shell: "bash", options: &[] };

macro_rules! like_bash {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                BASH.compare(include_str!(concat!("bash/", stringify!($name), ".sh")));
            }
        )+
    };
}

like_bash!(arrays, expansions, conditions, declarations, commands, patterns, builtins);
