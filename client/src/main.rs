//! The program `careplan`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use careplan::cli::Cli;
use careplan::commands::{self, Context};
use careplan::failure::Exit;
use careplan::settings::{ProcessEnvironment, Settings};
use careplan::terminal::Terminal;
use careplan::usage;
use clap::Parser;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // One provider for the whole process; a second installation would only say that it is there.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            // Nothing can be done where even this cannot be told.
            let _ = std::io::stderr().write_all(usage::told(&error).as_bytes());
            return ExitCode::from(Exit::Usage as u8);
        }
        // Help and version, in colours where there are any.
        Err(error) => error.exit(),
    };
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let mut terminal = Terminal {
        out: &mut out,
        err: &mut err,
    };
    let exit = match Settings::load(cli.config.as_deref(), &ProcessEnvironment) {
        Ok(settings) => {
            let mut context = Context {
                settings: settings.for_office(cli.office),
                patience: Duration::from_secs(cli.timeout),
                terminal,
            };
            commands::run(&mut context, cli.command).await
        }
        Err(failure) => {
            terminal.failure(&failure);
            failure.exit()
        }
    };
    ExitCode::from(match exit {
        Exit::Ok => 0,
        Exit::Refused => 1,
        Exit::Usage => 2,
        Exit::Unreachable => 3,
        Exit::Auth => 4,
    })
}
