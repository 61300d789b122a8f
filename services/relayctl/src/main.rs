//! `relayctl`, the operators' command line.
//!
//! It keeps the installation's own certificate authorities in a folder (`init`, `pki …`) and speaks to the console's
//! door for everything else, with an operator's certificate. Only `init` opens the store: the first operator has to be
//! bound by somebody.

mod args;
mod desk;
mod exit;
mod init;
mod parked;
mod pki;
mod print;
mod requests;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command, PkiCommand};
use crate::exit::{Failure, USAGE};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are answers, not faults; clap's own code 2 for usage would collide with ours.
            let wanted = !error.use_stderr();
            return match (error.print(), wanted) {
                (Ok(()), true) => ExitCode::SUCCESS,
                _ => ExitCode::from(USAGE),
            };
        }
    };
    let json = args.json;
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            print::failure(&failure, json);
            ExitCode::from(failure.code())
        }
    }
}

/// Does what was asked; every way to end is a [`Failure`] or nothing.
fn run(args: Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::cannot("start the runtime", &error))?;
    let Args {
        connection,
        json,
        command,
    } = args;
    match command {
        Command::Init(arguments) => runtime.block_on(init::init(&arguments, json)),
        Command::Pki(PkiCommand::Issue(arguments)) => pki::issue::issue(&arguments, json),
        Command::Pki(PkiCommand::Revoke(arguments)) => pki::revoke::revoke(&arguments, json),
        Command::Pki(PkiCommand::Crl(arguments)) => pki::revoke::renew(&arguments, json),
        Command::Parked(command) => {
            let settings = settings::resolve(&connection)?;
            runtime.block_on(async { parked::run(&desk::Desk::open(&settings)?, command, json).await })
        }
        command => {
            let settings = settings::resolve(&connection)?;
            let request = requests::of(command)?;
            let answer = runtime.block_on(async { desk::Desk::open(&settings)?.ask(&request).await })?;
            print::answer(&request, &answer, json)
        }
    }
}
