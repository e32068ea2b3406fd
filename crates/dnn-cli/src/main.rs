//! The `dnn` command, with nothing added to it.

fn main() -> std::process::ExitCode {
    dnn_cli::Program::new().run()
}
