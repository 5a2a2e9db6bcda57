# Shorthands; `just` lists them. They are optional: each is a single command, and CI runs `.ci/run`.

_:
    @just --list --unsorted

# runs everything on this machine: Postgres, carrier simulator, API, worker, a demo organization
dev *arguments:
    cargo run -- dev {{ arguments }}

# runs all tests; `just test -p sms-domain` for one package
test *arguments="--workspace":
    cargo test {{ arguments }}

# checks formatting, clippy and dependencies, as CI does
lint:
    bash .ci/run format lint dependencies

# formats the code
fmt:
    cargo fmt --all

# writes the generated files: docs/openapi.json, docs/lifecycle.md, docs/rules.md, snapshots
generate:
    cargo run --quiet -- openapi > target/openapi.json
    mv target/openapi.json docs/openapi.json
    UPDATE_DOCS=1 INSTA_UPDATE=always cargo test --quiet --package sms-domain

# injects faults at random moments under load: `just faults --seeds 20`, `just faults --only worker --seed 7 --keep`
faults *arguments:
    cargo test --package sms-tests --test faults -- {{ arguments }}

# runs all CI steps, or the named ones
ci *steps:
    bash .ci/run {{ steps }}

# builds the release binary, with its debug information beside it in sms-api.debug
release:
    CARGO_PROFILE_RELEASE_STRIP=none cargo build --release
    objcopy --only-keep-debug target/release/sms-api target/release/sms-api.debug
    objcopy --strip-debug --add-gnu-debuglink=target/release/sms-api.debug target/release/sms-api

# follows the README word for word on the last commit, as a newcomer would
fresh-machine *arguments:
    tests/fresh-machine/run {{ arguments }}

# compares our segmentation and our simulator with third-party libraries
oracles:
    bash .ci/run oracles

# checks bans, licenses and sources; needs no network once the tool is installed
deny:
    bash .ci/run dependencies

# checks for known vulnerabilities; asks GitHub
advisories:
    .ci/cargo-deny check advisories

# measures the product against plain Postgres on this machine; see docs/performance.md
bench *arguments:
    tests/bench/run {{ arguments }}

# measures one decision, in microseconds
bench-decide *arguments:
    cargo bench --package sms-domain --bench decide {{ arguments }}

# lists mutants of the rules that no test notices: `just mutants --re numbers/gates.rs`; see docs/mutation-testing.md
mutants *arguments:
    cargo mutants --package sms-domain {{ arguments }}
