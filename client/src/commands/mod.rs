//! The commands, a file each.

use std::time::Duration;

use proto::{EnvelopeId, OfficeNumber, Time};

use crate::cli::Command;
use crate::connection::Connection;
use crate::failure::{Exit, Failure};
use crate::settings::Settings;
use crate::terminal::Terminal;

mod alike;
pub mod check;
mod checked;
pub mod collected;
pub mod config;
pub mod conformance;
pub mod generate;
pub mod get;
pub mod imported;
pub mod inbox;
mod junit;
pub mod me;
pub mod offices;
mod plausible;
pub mod recall;
pub mod receipt;
pub mod resend;
pub mod send;
pub mod sent;
pub mod status;
pub mod watch;

/// What every command has at hand.
pub struct Context<'a> {
    /// The settings in force.
    pub settings: Settings,
    /// How long to try again while the relay is away or busy.
    pub patience: Duration,
    /// Where results go.
    pub terminal: Terminal<'a>,
}

impl Context<'_> {
    /// A connection to the doors.
    ///
    /// # Errors
    /// The settings do not allow one.
    pub fn connect(&self) -> Result<Connection, Failure> {
        Connection::open(&self.settings, self.patience)
    }
}

/// Runs a command; failures are printed here.
pub async fn run(context: &mut Context<'_>, command: Command) -> Exit {
    let result = match command {
        Command::Check(args) => check::run(context, &args).await,
        Command::Send(args) => send::run(context, &args).await,
        Command::Resend(args) => resend::run(context, &args).await,
        Command::Inbox(args) => inbox::run(context, &args).await,
        Command::Get(args) => get::run(context, &args).await,
        Command::Collected(args) => collected::run(context, &args).await,
        Command::Imported(args) => imported::run(context, &args).await,
        Command::Sent(args) => sent::run(context, &args).await,
        Command::Watch(args) => watch::run(context, &args).await,
        Command::Status(args) => status::run(context, &args).await,
        Command::Recall(args) => recall::run(context, &args).await,
        Command::Receipt(args) => receipt::run(context, &args).await,
        Command::Offices(args) => offices::run(context, &args).await,
        Command::Me(args) => me::run(context, &args).await,
        Command::Config(args) => config::run(context, &args),
        Command::Conformance(args) => conformance::run(context, &args).await,
        Command::Gen(args) => generate::run(context, &args),
    };
    result.unwrap_or_else(|failure| {
        context.terminal.failure(&failure);
        failure.exit()
    })
}

fn now() -> Time {
    Time::from(jiff::Timestamp::now())
}

fn envelope_id(text: &str) -> Result<EnvelopeId, String> {
    text.parse()
        .map_err(|_| "IDは64桁の16進数です / an id has 64 lower-case hexadecimal digits".to_owned())
}

pub(crate) fn office_number(text: &str) -> Result<OfficeNumber, String> {
    text.parse()
        .map_err(|_| "事業所番号は10桁の数字です / an office number has ten digits".to_owned())
}
