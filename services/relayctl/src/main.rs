//! `relayctl`, the operators' command line.
//!
//! It keeps the installation's own certificate authorities in a folder (`init`, `pki …`) and speaks to the console's
//! door for everything else, with an operator's certificate. `init` opens the store, because the first operator has to be
//! bound by somebody; `backup` and `restore` do, because they are about the store itself.

mod args;
mod backup;
mod broker;
mod desk;
mod directory;
mod exit;
mod held;
mod init;
mod maintenance;
mod missing;
mod notices;
mod operators;
mod parked;
mod pki;
mod print;
mod requests;
mod search;
mod settings;
mod vendor;
mod vendors;
mod way;
mod webhook;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, CertificateCommand, Command, Connection, DelegationCommand, PkiCommand};
use crate::exit::{Failure, USAGE};
use crate::held::Held;

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
        Command::Backup(arguments) => runtime.block_on(backup::backup(&arguments, json)),
        Command::Restore(arguments) => runtime.block_on(backup::restore(&arguments, json)),
        Command::Pki(PkiCommand::Issue(arguments)) => pki::issue::issue(&arguments, json),
        Command::Pki(PkiCommand::Revoke(arguments)) => pki::revoke::revoke(&arguments, json),
        Command::Pki(PkiCommand::Crl(arguments)) => pki::revoke::renew(&arguments, json),
        Command::Parked(command) => {
            let settings = settings::resolve(&connection)?;
            runtime.block_on(async { parked::run(&desk::Desk::open(&settings)?, command, json).await })
        }
        Command::Directory(command) => {
            let settings = settings::resolve(&connection)?;
            runtime.block_on(async { directory::run(&desk::Desk::open(&settings)?, command, json).await })
        }
        Command::Broker(command) => runtime.block_on(broker::run(command, json)),
        Command::Missing { minutes } => {
            let settings = settings::resolve(&connection)?;
            let list = runtime.block_on(missing::list(&desk::Desk::open(&settings)?, minutes))?;
            missing::tell(&list, json)
        }
        Command::Vendor(command) => {
            let settings = settings::resolve(&connection)?;
            runtime.block_on(async { vendor::run(&desk::Desk::open(&settings)?, command, json).await })
        }
        Command::Vendors(args) => {
            let settings = settings::resolve(&connection)?;
            runtime.block_on(async { vendors::run(&desk::Desk::open(&settings)?, args, json).await })
        }
        Command::Webhook(command) => {
            let settings = settings::resolve(&connection)?;
            runtime.block_on(async { webhook::run(&desk::Desk::open(&settings)?, command, json).await })
        }
        Command::Licences { within } => list(&runtime, &connection, &Held::Licences(within), json),
        Command::Certificate(CertificateCommand::List { holder, within }) => {
            list(&runtime, &connection, &Held::Certificates(holder, within), json)
        }
        Command::Delegation(DelegationCommand::List { office, delegate }) => {
            list(&runtime, &connection, &Held::Delegations(office, delegate), json)
        }
        command => {
            let settings = settings::resolve(&connection)?;
            let request = requests::of(command)?;
            let answer = runtime.block_on(async { desk::Desk::open(&settings)?.ask(&request).await })?;
            print::answer(&request, &answer, json)
        }
    }
}

fn list(
    runtime: &tokio::runtime::Runtime,
    connection: &Connection,
    held: &Held,
    json: bool,
) -> Result<(), Failure> {
    let settings = settings::resolve(connection)?;
    runtime.block_on(async { held::run(&desk::Desk::open(&settings)?, held, json).await })
}
