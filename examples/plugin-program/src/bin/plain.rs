//! The `dnn` command with nothing added to it, for the tests to compare with.

fn main() -> std::process::ExitCode {
    dnn_cli::Program::new().run()
}
