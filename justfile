# The steps of .ci/run, and what needs a browser or other programs.

# All that must hold before a commit: every step of .ci/run, or those that are named, as `just check lint structure`.
check *steps:
    .ci/run {{steps}}

# Round trips with PyTorch, onnxruntime and NumPy, which it installs.
interop:
    crates/dnn-io/tests/interop/run

# Reports in headless Chromium, those of `dnn report` too, and a run watched live in tmux; installs both.
screens:
    crates/dnn-observe/tests/browser/run
    crates/dnn-cli/tests/screens/run
    crates/dnn-observe/tests/live/run
