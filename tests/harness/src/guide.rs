//! A page's commands, run as its reader runs them: from top to bottom, in one shell.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::eventually::within;

/// Longest time for the commands of one block.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where nothing of ours is: `python3` is Debian's own, to which its packages belong.
const PATH: &str = "/usr/bin:/bin:/usr/local/bin";

/// A block of commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of its first command in the page, from 1.
    pub line: usize,
    /// Its commands, as they stand there.
    pub commands: String,
}

/// The blocks of a page that are `sh` and nothing else, in its order. Others say who runs them instead (`sh by=…`), or are no
/// commands.
#[must_use]
pub fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = page.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        let Some(word) = line.trim_start().strip_prefix("```") else {
            continue;
        };
        let margin = line.len() - line.trim_start().len();
        let mut commands = String::new();
        for (line, _) in lines.by_ref() {
            if line.trim_start().starts_with("```") {
                break;
            }
            // In a list a block stands further in.
            commands.push_str(line.get(margin..).unwrap_or_default());
            commands.push('\n');
        }
        if word == "sh" {
            found.push(Block {
                line: number + 1,
                commands,
            });
        }
    }
    found
}

/// A shell that stops at the first command that fails.
pub struct Session {
    child: Child,
    stdin: ChildStdin,
    scratch: tempfile::TempDir,
    page: String,
    words: Words,
    heard: usize,
}

/// What a block says when it was done, by a part of its commands; each stands in one block of the page.
pub type Words = &'static [(&'static str, &'static str)];

impl Session {
    /// Begins one for this page in this folder, with programs found in `programs` first, and listens for these words.
    ///
    /// # Errors
    /// When there is no bash.
    pub fn begin(page: &str, folder: &Path, programs: &Path, words: Words) -> anyhow::Result<Self> {
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc"])
            .current_dir(folder)
            .process_group(0)
            .env_clear()
            .env("PATH", format!("{}:{PATH}", programs.display()))
            .env("HOME", folder)
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        if let Some(file) = std::env::var_os("COMMANDS_RUN") {
            command.env("COMMANDS_RUN", file);
        }
        let mut child = command.spawn().context("run bash")?;
        let mut stdin = child.stdin.take().context("a shell with an input")?;
        stdin.write_all(b"set -euo pipefail\n")?;
        Ok(Self {
            child,
            stdin,
            scratch: tempfile::TempDir::with_prefix("session-")?,
            page: page.to_owned(),
            words,
            heard: 0,
        })
    }

    /// Runs a block to its end; what it printed, errors too, has the words listened for.
    ///
    /// # Errors
    /// When it does not, one of its commands fails, or it does not end in time.
    pub async fn run(&mut self, block: &Block) -> anyhow::Result<()> {
        let told = self.output(block).await?;
        for (_, words) in self
            .words
            .iter()
            .filter(|(part, _)| block.commands.contains(part))
        {
            self.heard += 1;
            ensure!(
                told.contains(words),
                "{}:{}: {words} is not in: {told}",
                self.page,
                block.line
            );
        }
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// When words that were listened for were those of no block, or of several.
    pub fn end(self) -> anyhow::Result<()> {
        let (heard, wanted) = (self.heard, self.words.len());
        ensure!(
            heard == wanted,
            "{}: {heard} of {wanted} commands looked for were there, once each",
            self.page
        );
        Ok(())
    }

    async fn output(&mut self, block: &Block) -> anyhow::Result<String> {
        let what = format!("{}:{}", self.page, block.line);
        let file = |ending: &str| -> PathBuf { self.scratch.path().join(format!("{}.{ending}", block.line)) };
        let (commands, output, done) = (file("sh"), file("out"), file("done"));
        std::fs::write(&commands, &block.commands)?;
        // Read from a file: a command that asks its input finds nothing there, and not the commands behind it.
        let line = format!(
            ". '{}' </dev/null >'{}' 2>&1\n: >'{}'\n",
            commands.display(),
            output.display(),
            done.display()
        );
        // A shell that has ended is told of below.
        let _ = self.stdin.write_all(line.as_bytes());
        let child = &mut self.child;
        let ended = within(PATIENCE, &what, || std::future::ready(state(child, &done))).await;
        let told = std::fs::read_to_string(&output).unwrap_or_default();
        let ended = ended.with_context(|| told.clone())?;
        ensure!(
            ended.is_none(),
            "{what}: a command failed, {}: {}{told}",
            ended.map(|status| status.to_string()).unwrap_or_default(),
            block.commands
        );
        Ok(told)
    }
}

/// Nothing when the block was run to its end, how the shell ended when it was not.
fn state(child: &mut Child, done: &Path) -> anyhow::Result<Option<ExitStatus>> {
    if done.exists() {
        return Ok(None);
    }
    match child.try_wait()? {
        Some(status) => Ok(Some(status)),
        None => bail!("it still runs"),
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // All of its group: what a block that hangs has started, too. Already gone is fine.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_sh_is_run_and_lists_are_no_matter() {
        let page = "# A\n\n```sh\none\n  two\n```\n\n```sh by=hand\nthree\n```\n\n1. b\n\n   ```sh\n   four\n   ```\n\n```json\n{}\n```\n";
        let block = |line, commands: &str| Block {
            line,
            commands: commands.to_owned(),
        };
        assert_eq!(blocks(page), [block(4, "one\n  two\n"), block(15, "four\n")]);
    }

    #[tokio::test]
    async fn a_shell_keeps_what_it_was_told_and_stops_at_a_failure() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut session = Session::begin(
            "page.md",
            folder.path(),
            folder.path(),
            &[("echo $a", "1 b"), ("echo 2", "3")],
        )
        .expect("a shell");
        let block = |line, commands: &str| Block {
            line,
            commands: commands.to_owned(),
        };
        let first = session.output(&block(1, "a=1\nmkdir b\ncd b\n")).await;
        assert_eq!(first.expect("it runs"), "");
        let second = session.output(&block(4, "echo $a ${PWD##*/}; cat\n")).await;
        assert_eq!(second.expect("it runs"), "1 b\n");
        session
            .run(&block(4, "echo $a ${PWD##*/}\n"))
            .await
            .expect("it says 1 b");
        let unheard = session
            .run(&block(5, "echo 2\n"))
            .await
            .expect_err("3 is not said");
        assert_eq!(format!("{unheard:#}"), "page.md:5: 3 is not in: 2\n");
        let third = session
            .run(&block(6, "echo before\nfalse | cat\necho after\n"))
            .await;
        let told = format!("{:#}", third.expect_err("it fails"));
        assert!(told.contains("page.md:6") && told.ends_with("before\n"), "{told}");
    }
}
