# What .ci/run does, in pieces.

# All that must hold before a commit.
check: format lint test docs deny

format:
    cargo fmt --all --check

lint:
    cargo clippy --workspace --all-targets -- -D warnings

test:
    cargo test --workspace

docs:
    RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps

# The gradient check against patches that break the backward pass.
mutants:
    crates/dnn-testkit/mutants/run

# Round trips with PyTorch, onnxruntime and NumPy, which it installs.
interop:
    crates/dnn-io/tests/interop/run

# Reports in headless Chromium, those of `dnn report` too, and a run watched live in tmux; installs both.
screens:
    crates/dnn-observe/tests/browser/run
    crates/dnn-cli/tests/screens/run
    crates/dnn-observe/tests/live/run

deny:
    cargo deny check bans licenses sources
