# What a person types; `make help` lists it. Everything is built once, optimised
# and with the default features: llama.cpp alone takes minutes to compile, so
# running, testing, installing and checking all share one profile and one
# directory. That directory is outside the clone, so that a new clone finds it;
# `target` links to it.

.POSIX:
.SUFFIXES:
.NOTPARALLEL:
.PHONY: run test soak fuzz mutants pictures bench check-tables install uninstall lint deps deps-test build model help clean

PREFIX = /usr/local
DESTDIR =
BENCH =

# One cache for all clones; LLMSH_TARGET_DIR or CARGO_TARGET_DIR moves it.
cache = $${XDG_CACHE_HOME:-$$HOME/.cache}/llmsh
target = $${CARGO_TARGET_DIR:-$${LLMSH_TARGET_DIR:-$(cache)/target}}
cargo = CARGO_TARGET_DIR="$(target)" cargo
llmsh = "$(target)/release/llmsh"

sample_request = show the five largest files under this directory

# How a session ends says how its last command did, and is no failure of make.
run: build model
	@if [ -t 0 ] && [ -t 1 ]; then \
		env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS $(llmsh) || true; \
	else \
		$(llmsh) ask --dry-run '$(sample_request)'; \
	fi

test: deps-test build model
	$(cargo) test --locked --release

# Random tests ten times as long, and the terminals under load (needs stress).
soak: deps-test build model
	LLMSH_SOAK=1 $(cargo) test --locked --release
	CARGO_TARGET_DIR="$(target)" scripts/terminals-under-load 10 --release

# The parser, by libFuzzer; SECONDS=3600 for an hour.
SECONDS = 60
fuzz: deps-test
	scripts/fuzz $(SECONDS)

# Policy with each of its lines changed: a change that no test notices is a missing test.
# SHARD=0/8 takes an eighth; about ten seconds a change, 500 of them. Needs cargo-mutants.
SHARD = 0/1
mutants: deps-test
	scripts/mutants $(SHARD)

# The pictures of docs/, made from real runs.
pictures: deps-test
	$(cargo) test --locked --no-default-features --test pictures -- --ignored

# BENCH chooses among: startup memory loops typing judge intent undo model.
bench: deps-test build model
	@$(cargo) bench --locked --profile release --bench bench -- $(BENCH)

# The tables of programs beside those that are installed: what is not listed, and the share.
check-tables: deps-test
	$(cargo) test --locked --no-default-features --lib program::installed -- --ignored --nocapture

lint:
	cargo fmt --check
	$(cargo) clippy --locked --release --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(cargo) doc --locked --release --no-deps --document-private-items
	@scripts/cargo-deny

build: deps
	$(cargo) build --locked --release
	@[ -d target ] && [ ! -L target ] || ln -sfn "$(target)" target

# The default model of the catalogue; nothing is fetched when it is there.
model: build
	@$(llmsh) model pull

deps:
	@scripts/install-build-dependencies

deps-test:
	@scripts/install-build-dependencies --test

# What sudo runs has another home and no Rust: it installs what was built before.
install:
	@[ -n "$$SUDO_USER" ] || $(MAKE) build
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' scripts/install "$(target)"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/llmsh" "$(DESTDIR)$(PREFIX)/share/man/man1/llmsh.1" \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/llmsh" \
		"$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_llmsh" \
		"$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/llmsh.fish"

clean:
	$(cargo) clean
	@[ ! -L target ] || rm target

help:
	@echo 'make run      install what is missing, build, fetch the model, open llmsh'
	@echo 'make test     the same, then run all tests, the real model included'
	@echo 'make soak     all random tests in full, terminals ten times under load (an hour)'
	@echo 'make fuzz     fuzz the parser for a minute (SECONDS=)'
	@echo 'make mutants  change each line of policy and see whether a test notices (SHARD=)'
	@echo 'make bench    measure start-up, memory, loops and the model; print a table'
	@echo 'make check-tables  options of the installed programs that the tables do not list'
	@echo 'make lint     formatting, clippy, documentation, licences of dependencies'
	@echo 'make install  install the program, man page and completions (PREFIX=, DESTDIR=)'
	@echo 'make uninstall'
	@echo 'make build    build only        make model    fetch the default model only'
	@echo 'make clean    remove what was built; the model stays'
