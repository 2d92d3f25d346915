//! Every snippet in `tests/dash/` means in llmsh, in POSIX's dialect, what it means in
//! dash. Snippets run twice: as an argument of `-c` and on standard input.

mod support;

use support::Beside;

const DASH: Beside = Beside { shell: "dash", options: &["--posix"] };

macro_rules! like_dash {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                DASH.compare(include_str!(concat!("dash/", stringify!($name), ".sh")));
            }
        )+
    };
}

like_dash!(
    quoting,
    parameters,
    splitting,
    globs,
    arithmetic,
    redirections,
    documents,
    commands,
    functions,
    options,
    builtins,
    signals,
    errors,
);
