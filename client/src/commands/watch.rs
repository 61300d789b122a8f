//! `careplan watch`: the folder agent. It sends what is put into one folder and fetches into another, until it is stopped.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use parcel::Rules;

use super::{Context, now};
use crate::connection::Connection;
use crate::failure::{Exit, Failure};
use crate::settings::Settings;
use crate::watch::disk::Lock;
use crate::watch::incoming::Incoming;
use crate::watch::log::{Log, waiting, why};
use crate::watch::options::{Options, Table};
use crate::watch::outgoing::Outgoing;
use crate::{policy, retry};

/// The longest the relay holds a request open, seconds.
const LONG_POLL: u64 = 60;
/// Between two questions of the inbox that were answered at once: a relay that shuts down does not hold them open.
const PAUSE: Duration = Duration::from_secs(1);

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 送信フォルダ / folder of what is to be sent
    #[arg(long, value_name = "DIR")]
    outbox: Option<PathBuf>,
    /// 受信フォルダ / folder of what arrives
    #[arg(long, value_name = "DIR")]
    inbox: Option<PathBuf>,
    /// 受信ファイルを、封筒ごとのフォルダではなく直接置く / received files directly into the inbox, not in a folder each
    #[arg(long)]
    flat: bool,
    /// 一巡して終わる（タスクスケジューラ用） / one round, then end: for schedulers
    #[arg(long)]
    once: bool,
    /// 変化がこの秒数なければ書き終わりとみなす（標準10） / so many seconds without a change and a file is whole (10)
    #[arg(long, value_name = "SECONDS")]
    settle: Option<u32>,
    /// 足りないファイルを待つ秒数（標準300） / so many seconds a unit waits for missing files (300)
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u32>,
    /// 送信フォルダを見る間隔の秒数（標準2） / seconds between two looks at the outbox (2)
    #[arg(long, value_name = "SECONDS")]
    poll: Option<u32>,
    /// 差戻しなどを尋ねる間隔の秒数（標準60） / seconds between two questions what came back (60)
    #[arg(long, value_name = "SECONDS")]
    news: Option<u32>,
    /// 点検の方針：ファイル、または relay / severities of the check: a policy file, or `relay`
    #[arg(long, value_name = "FILE|relay")]
    policy: Option<String>,
    /// 記録を1行1件のJSONで / the log as JSON, one object in each line
    #[arg(long)]
    json: bool,
}

/// Works until a signal, or for one round.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let said = Table {
        outbox: args.outbox.clone(),
        inbox: args.inbox.clone(),
        poll_seconds: args.poll,
        settle_seconds: args.settle,
        wait_seconds: args.wait,
        news_seconds: args.news,
        flat: args.flat.then_some(true),
    };
    let settings = context.settings.clone();
    let options = Options::try_from(said.or(settings.watch.clone()))?;
    let mut locks = Vec::new();
    for folder in [&options.outbox, &options.inbox].into_iter().flatten() {
        locks.push(Lock::take(folder)?);
    }
    // Wrong settings are told at once, not after an hour.
    context.connect()?;
    let rules = policy::rules(context, args.policy.as_deref()).await?;
    let log = Log::new(&mut *context.terminal.out, args.json);
    let agent = Agent {
        options: &options,
        settings: &settings,
        rules: &rules,
        patience: context.patience,
        once: args.once,
        log: &log,
    };
    log.say(("開始", "started"), &[("office", settings.office()?.to_string())]);
    // Every step is safe against a crash, so stopping needs no more care than that.
    let exit = tokio::select! {
        done = agent.work() => done?,
        () = stopped() => Exit::Ok,
    };
    log.say(("終了", "stopped"), &[]);
    Ok(exit)
}

struct Agent<'a, 'b> {
    options: &'a Options,
    settings: &'a Settings,
    rules: &'a Rules,
    patience: Duration,
    once: bool,
    log: &'a Log<'b>,
}

impl Agent<'_, '_> {
    async fn work(&self) -> Result<Exit, Failure> {
        if self.once {
            let sent = self.outbox().await?;
            return Ok(sent.max(self.inbox().await?));
        }
        let (sent, arrived) = tokio::try_join!(self.outbox(), self.inbox())?;
        Ok(sent.max(arrived))
    }

    async fn outbox(&self) -> Result<Exit, Failure> {
        let Some(folder) = &self.options.outbox else {
            return Ok(Exit::Ok);
        };
        let mut outgoing = Outgoing::open(folder, self.options.terms, self.settings, self.rules)?;
        let mut line = Line::default();
        let mut asked: Option<Instant> = None;
        loop {
            let mut moving = false;
            let tried = async {
                moving = outgoing.look(now())?;
                outgoing.check(self.log, now())?;
                let connection = line.connection(self)?;
                outgoing.send(connection, self.log, now).await?;
                let is_last = self.once && !moving;
                if is_last || !self.once && asked.is_none_or(|asked| self.options.news <= asked.elapsed()) {
                    outgoing.news(connection, self.log, now()).await?;
                    asked = Some(Instant::now());
                }
                Ok(())
            }
            .await;
            match line.wait(self.once, self.log, tried) {
                Err(failure) if self.once => return Err(failure),
                Ok(()) if self.once && !moving => return Ok(refused(outgoing.refused)),
                Ok(()) => tokio::time::sleep(self.options.poll).await,
                Err(_) => tokio::time::sleep(line.pause()).await,
            }
        }
    }

    async fn inbox(&self) -> Result<Exit, Failure> {
        let Some(folder) = &self.options.inbox else {
            return Ok(Exit::Ok);
        };
        let mut incoming = Incoming::open(folder, self.options.flat)?;
        let mut line = Line::default();
        let wait = if self.once { 0 } else { LONG_POLL };
        loop {
            let begin = Instant::now();
            let tried = async {
                let connection = line.connection(self)?;
                incoming.round(connection, wait, self.log, now).await
            }
            .await;
            let count = *tried.as_ref().unwrap_or(&0);
            match line.wait(self.once, self.log, tried.map(drop)) {
                Err(failure) if self.once => return Err(failure),
                Ok(()) if self.once && count == 0 => return Ok(refused(incoming.refused)),
                Ok(()) if count == 0 && begin.elapsed() < PAUSE => tokio::time::sleep(PAUSE).await,
                Ok(()) => {}
                Err(_) => tokio::time::sleep(line.pause()).await,
            }
        }
    }
}

fn refused(count: u64) -> Exit {
    match count {
        0 => Exit::Ok,
        _ => Exit::Refused,
    }
}

/// The line to the relay: opened anew after a failure, for certificates are renewed; a failure is told once.
#[derive(Default)]
struct Line {
    connection: Option<Connection>,
    failures: u32,
    told: Option<(Exit, String)>,
}

impl Line {
    fn connection(&mut self, agent: &Agent<'_, '_>) -> Result<&Connection, Failure> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(Connection::open(agent.settings, agent.patience)?)),
        }
    }

    /// Notes how a round went.
    fn wait(&mut self, once: bool, log: &Log<'_>, tried: Result<(), Failure>) -> Result<(), Failure> {
        let Err(failure) = tried else {
            if self.told.take().is_some() {
                log.say(("再開", "working again"), &[]);
            }
            self.failures = 0;
            return Ok(());
        };
        self.connection = None;
        self.failures = self.failures.saturating_add(1);
        let (ja, en) = why(&failure);
        let exit = failure.exit();
        // Refused for another reason, as after a renewal, is told again; a relay that is away in another way is not.
        let words = if matches!(exit, Exit::Auth | Exit::Refused) {
            ja.clone()
        } else {
            String::new()
        };
        let telling = Some((exit, words));
        if !once && self.told != telling {
            self.told = telling;
            log.say(waiting(&failure), &[("reason", ja), ("error", en)]);
        }
        Err(failure)
    }

    fn pause(&self) -> Duration {
        retry::wait(self.failures, None, Duration::MAX).unwrap_or(PAUSE)
    }
}

/// Ctrl-C, and what a service manager sends.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Where signals cannot be heard the process is simply ended.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::{ProblemDocument, codes};

    #[test]
    fn a_failure_is_told_once_and_a_refused_certificate_in_its_own_words() {
        let refused = |code| Err(Failure::Refused(Box::new(ProblemDocument::new(code))));
        let away = |how: &str| Err(Failure::Unreachable(how.to_owned()));
        let mut text = Vec::new();
        let log = Log::new(&mut text, false);
        let mut line = Line::default();
        for tried in [
            away("timed out"),
            away("reset"),
            refused(&codes::AUTH_CERTIFICATE_EXPIRED),
            refused(&codes::AUTH_CERTIFICATE_EXPIRED),
            refused(&codes::AUTH_CERTIFICATE_UNBOUND),
            Ok(()),
            Ok(()),
        ] {
            let _ = line.wait(false, &log, tried);
        }
        let text = String::from_utf8(text).unwrap();
        let told: Vec<&str> = text.lines().collect();
        let of = |code| ProblemDocument::new(code).detail;
        for (at, event, words) in [
            (0, "waiting", "timed out".to_owned()),
            (1, "not admitted", of(&codes::AUTH_CERTIFICATE_EXPIRED)),
            (2, "not admitted", of(&codes::AUTH_CERTIFICATE_UNBOUND)),
            (3, "working again", String::new()),
        ] {
            assert!(
                told[at].contains(event) && told[at].contains(&words),
                "{at}: {text}"
            );
        }
        assert_eq!(told.len(), 4, "{text}");
    }
}
