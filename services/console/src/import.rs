//! An import of the directory: the file is taken in piece by piece, judged as a whole, compared, and only then entered.
//! A file with one wrong line changes nothing.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use chassis::process;
use futures_util::stream::{Stream, StreamExt};
use proto::desk_directory::{DirectoryImport, ImportCounts, ImportReport, ImportState};
use proto::{Problem, codes};
use sha2::{Digest, Sha256};
use store::OfficeWish;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::audit;
use crate::decide::act::Act;
use crate::decide::directory::{Judge, Look, Looked};
use crate::error::DeskError;
use crate::operator::{Operator, Permit};
use crate::state::ConsoleState;

/// Largest file, in bytes.
const MOST_BYTES: u64 = 128 * 1024 * 1024;
/// Bytes of a piece in the store.
const PART: usize = 256 * 1024;
/// Offices of one transaction.
const BATCH: usize = 1_000;
/// Time for the next piece of the file to arrive.
const QUIET: Duration = Duration::from_secs(30);
/// How often an import says how far it is.
const SIGN: Duration = Duration::from_millis(500);

/// A piece of the file; none: its end. A file that breaks off has none.
type Piece = Option<Bytes>;

/// Takes a file to its end and begins with it; the work goes on behind the answer.
pub(crate) async fn take(
    state: &ConsoleState,
    operator: &Operator,
    dry_run: bool,
    pieces: impl Stream<Item = Result<Bytes, DeskError>>,
) -> Result<DirectoryImport, DeskError> {
    let permit = operator.permit(state, Act::ImportDirectory).await?;
    let now = process::now();
    let actor = permit.actor.to_string();
    let id = state.store.begin_import(&actor, dry_run, now).await?;
    let import = DirectoryImport {
        id: id.ok_or(&codes::DIRECTORY_BUSY)?,
        actor,
        dry_run,
        begun_at: now,
        changed_at: now,
        state: ImportState::Arriving,
        done: 0,
        total: 0,
        report: ImportReport::default(),
    };
    let (send, receive) = mpsc::channel::<Piece>(4);
    let work = Work {
        state: state.clone(),
        permit,
        import: import.clone(),
        told: Instant::now(),
    };
    // A browser that goes away takes this request with it, but not the word of what became of the file.
    tokio::spawn(work.run(receive));
    let mut pieces = std::pin::pin!(pieces);
    loop {
        let piece = timeout(QUIET, pieces.next()).await;
        let piece = piece.map_err(|_| &codes::HTTP_TIMEOUT)?.transpose()?;
        let last = piece.is_none();
        if send.send(piece).await.is_err() {
            // It is over before its end came: too large, or the store is away. What it was stands in its report.
            let told = state.store.import(import.id, process::now()).await?;
            return Ok(told.unwrap_or(import));
        }
        if last {
            return Ok(import);
        }
    }
}

struct Work {
    state: ConsoleState,
    permit: Permit,
    import: DirectoryImport,
    told: Instant,
}

impl Work {
    async fn run(mut self, receive: mpsc::Receiver<Piece>) {
        let over = match self.work(receive).await {
            Ok(over) => over,
            Err(error) => {
                tracing::error!(
                    import = self.import.id,
                    error = &error as &dyn std::error::Error,
                    "an import of the directory failed"
                );
                let away = matches!(&error, DeskError::Store(error) if error.is_transient());
                let code = if away {
                    &codes::STORE_UNAVAILABLE
                } else {
                    &codes::HTTP_INTERNAL
                };
                self.import.report.problems.push(Problem::new(code));
                ImportState::Failed
            }
        };
        let report = &self.import.report;
        tracing::info!(
            import = self.import.id,
            state = over.as_str(),
            offices = report.offices,
            new = report.counts.new,
            changed = report.counts.changed,
            errors = report.problems.errors,
            "import of the directory is over"
        );
        if let Err(error) = self.tell(over).await {
            tracing::error!(
                import = self.import.id,
                error = &error as &dyn std::error::Error,
                "the end of an import could not be written down"
            );
        }
    }

    /// The states one after the other; how it ended.
    async fn work(&mut self, receive: mpsc::Receiver<Piece>) -> Result<ImportState, DeskError> {
        let Some(looked) = self.arrive(receive).await? else {
            return Ok(self.import.state);
        };
        self.import.report.line_ends = Some(looked.line_ends);
        self.import.report.encoding = looked.encoding;
        let Some(encoding) = looked.encoding else {
            return Ok(self.refuse(Problem::new(&codes::DIRECTORY_ENCODING)));
        };
        self.tell(ImportState::Checking).await?;
        let mut judge = Judge::of(encoding);
        let mut n = 0;
        while let Some(part) = self.part(n).await? {
            judge.take(&part);
            self.step(&part).await?;
            n += 1;
        }
        self.was_whole()?;
        judge.last();
        self.import.report.offices = judge.offices() as u64;
        self.import.report.problems = judge.into_problems();
        if self.import.report.problems.any_error() {
            return Ok(ImportState::Refused);
        }
        let mut counts = self.each(ImportState::Comparing, encoding).await?;
        let known = self.state.store.count_offices().await?;
        counts.absent = known.saturating_sub(counts.changed + counts.unchanged);
        self.import.report.counts = counts;
        if self.import.dry_run || counts.new + counts.changed == 0 {
            return Ok(ImportState::Done);
        }
        self.write_down().await?;
        let done = self.each(ImportState::Entering, encoding).await?;
        self.import.report.counts = ImportCounts {
            absent: counts.absent,
            ..done
        };
        Ok(ImportState::Done)
    }

    /// Keeps the file as it comes; none: it did not come whole, and how that ends is said.
    async fn arrive(&mut self, mut receive: mpsc::Receiver<Piece>) -> Result<Option<Looked>, DeskError> {
        let (mut look, mut digest) = (Look::default(), Sha256::new());
        let (mut part, mut n) = (Vec::with_capacity(PART), 0);
        loop {
            let Some(piece) = receive.recv().await else {
                self.import
                    .report
                    .problems
                    .push(Problem::new(&codes::HTTP_TIMEOUT));
                self.import.state = ImportState::Failed;
                return Ok(None);
            };
            let last = piece.is_none();
            let piece = piece.unwrap_or_default();
            self.import.report.bytes += piece.len() as u64;
            if MOST_BYTES < self.import.report.bytes {
                self.import.state = self.refuse(Problem::new(&codes::DIRECTORY_TOO_LARGE));
                return Ok(None);
            }
            look.take(&piece);
            digest.update(&piece);
            self.import.done = self.import.report.bytes;
            self.sign().await?;
            for bytes in piece.chunks(PART) {
                part.extend_from_slice(bytes);
                if PART <= part.len() {
                    self.keep(&mut part, &mut n).await?;
                }
            }
            if last {
                break;
            }
        }
        if !part.is_empty() {
            self.keep(&mut part, &mut n).await?;
        }
        self.import.report.sha256 = Some(hex::encode(digest.finalize()));
        self.import.total = self.import.report.bytes;
        Ok(Some(look.end()))
    }

    async fn keep(&mut self, part: &mut Vec<u8>, n: &mut i64) -> Result<(), DeskError> {
        let id = self.import.id;
        self.state.store.put_import_part(id, *n, part).await?;
        *n += 1;
        part.clear();
        Ok(())
    }

    async fn part(&self, n: i64) -> Result<Option<Vec<u8>>, DeskError> {
        Ok(self.state.store.import_part(self.import.id, n).await?)
    }

    /// Reads the file, which is known to be good, and compares or enters its offices.
    async fn each(
        &mut self,
        state: ImportState,
        encoding: proto::desk_directory::FileEncoding,
    ) -> Result<ImportCounts, DeskError> {
        self.tell(state).await?;
        let mut judge = Judge::of(encoding);
        let (mut counts, mut waiting, mut n) = (ImportCounts::default(), Vec::new(), 0);
        while let Some(part) = self.part(n).await? {
            waiting.extend(judge.take(&part));
            while BATCH <= waiting.len() {
                let rest = waiting.split_off(BATCH);
                self.batch(&waiting, &mut counts).await?;
                waiting = rest;
            }
            self.step(&part).await?;
            n += 1;
        }
        self.was_whole()?;
        waiting.extend(judge.last());
        self.batch(&waiting, &mut counts).await?;
        Ok(counts)
    }

    async fn batch(&self, wishes: &[OfficeWish], counts: &mut ImportCounts) -> Result<(), DeskError> {
        let store = &self.state.store;
        for wishes in wishes.chunks(BATCH) {
            let now = if self.import.state == ImportState::Entering {
                store.enter_offices(wishes).await?
            } else {
                store.compare_offices(wishes).await?
            };
            counts.new += now.new;
            counts.changed += now.changed;
            counts.unchanged += now.unchanged;
            counts.closed += now.closed;
        }
        Ok(())
    }

    /// Before the first office is entered: an act nobody can find again must not happen.
    async fn write_down(&self) -> Result<(), DeskError> {
        let report = &self.import.report;
        let counts = &report.counts;
        let subject = format!(
            "#{} sha256:{} offices {} new {} changed {} unchanged {} closed {}",
            self.import.id,
            report.sha256.as_deref().unwrap_or_default(),
            report.offices,
            counts.new,
            counts.changed,
            counts.unchanged,
            counts.closed
        );
        audit::write(&self.state, &self.permit, &subject, process::now()).await
    }

    fn refuse(&mut self, problem: Problem) -> ImportState {
        self.import.report.problems.push(problem);
        ImportState::Refused
    }

    /// After the last piece: one that gave no sign of life for long enough loses its file to the next import.
    fn was_whole(&self) -> Result<(), DeskError> {
        if self.import.done == self.import.total {
            Ok(())
        } else {
            Err((&codes::HTTP_INTERNAL).into())
        }
    }

    async fn step(&mut self, part: &[u8]) -> Result<(), DeskError> {
        self.import.done += part.len() as u64;
        self.sign().await
    }

    /// A sign of life, now and then.
    async fn sign(&mut self) -> Result<(), DeskError> {
        if SIGN <= self.told.elapsed() {
            self.write().await?;
        }
        Ok(())
    }

    /// Enters a state and says so.
    async fn tell(&mut self, state: ImportState) -> Result<(), DeskError> {
        self.import.state = state;
        self.import.done = if state.is_over() { self.import.total } else { 0 };
        self.write().await
    }

    async fn write(&mut self) -> Result<(), DeskError> {
        self.told = Instant::now();
        self.import.changed_at = process::now();
        if self.state.store.tell_import(&self.import).await? {
            return Ok(());
        }
        Err((&codes::DIRECTORY_BUSY).into())
    }
}
