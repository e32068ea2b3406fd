//! `dnn completions`: what a shell needs to complete commands and flags.

use clap::Args;
use clap_complete::Shell;

use crate::Result;
use crate::output::print;

/// Print what a shell needs to complete commands and flags
///
/// bash: dnn completions bash > ~/.local/share/bash-completion/completions/dnn
/// zsh: dnn completions zsh > a file _dnn in a folder of $fpath
/// fish: dnn completions fish > ~/.config/fish/completions/dnn.fish
/// PowerShell: dnn completions powershell | Out-String | Invoke-Expression
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    ///
    /// # Errors
    /// As [`print`].
    pub(super) fn run(self, mut whole: clap::Command) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut whole, "dnn", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}
