# Shorthands; `just` lists them. Nothing here is needed: each is one command, and CI has its own
# entry, `.ci/run`.

_:
    @just --list --unsorted

# everything on this machine: Postgres, carrier simulator, API, worker, a demo organization
dev *arguments:
    cargo run -- dev {{ arguments }}

# all tests; `just test -p sms-domain` for one package
test *arguments="--workspace":
    cargo test {{ arguments }}

# formatting, clippy, dependencies: what CI refuses
lint:
    bash .ci/run format lint dependencies

# writes the formatting
fmt:
    cargo fmt --all

# writes all generated files: docs/openapi.json, docs/lifecycle.md, docs/rules.md, snapshots
generate:
    cargo run --quiet -- openapi > target/openapi.json
    mv target/openapi.json docs/openapi.json
    UPDATE_DOCS=1 INSTA_UPDATE=always cargo test --quiet --package sms-domain

# breaks the running system at random moments under load: `just faults --seeds 20`, `just faults --only worker --seed 7 --keep`
faults *arguments:
    cargo test --package sms-tests --test faults -- {{ arguments }}

# everything CI does, or some of its steps
ci *steps:
    bash .ci/run {{ steps }}

# the binary as it is shipped, and its debug information beside it in sms-api.debug
release:
    CARGO_PROFILE_RELEASE_STRIP=none cargo build --release
    objcopy --only-keep-debug target/release/sms-api target/release/sms-api.debug
    objcopy --strip-debug --add-gnu-debuglink=target/release/sms-api.debug target/release/sms-api

# what a newcomer does, word for word, on the last commit
fresh-machine *arguments:
    tests/fresh-machine/run {{ arguments }}

# our segmentation and our simulator against libraries of others
oracles:
    bash .ci/run oracles

# bans, licenses, sources; no network once the tool is there
deny:
    bash .ci/run dependencies

# known vulnerabilities; asks GitHub
advisories:
    .ci/cargo-deny check advisories

# the whole product beside what Postgres can do here; docs/performance.md
bench *arguments:
    tests/bench/run {{ arguments }}

# one decision, in microseconds
bench-decide *arguments:
    cargo bench --package sms-domain --bench decide {{ arguments }}

# mutants of the rules that no test notices: `just mutants --re numbers/gates.rs`; docs/mutation-testing.md
mutants *arguments:
    cargo mutants --package sms-domain {{ arguments }}
