//! What the agent is told: the command line first, then `[watch]` of the settings file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::piles::Terms;
use crate::failure::Failure;

/// The table `[watch]` of the settings file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Folder of what is to be sent.
    pub outbox: Option<PathBuf>,
    /// Folder of what arrives.
    pub inbox: Option<PathBuf>,
    /// Seconds between two looks at the outbox; 2 unless said.
    pub poll_seconds: Option<u32>,
    /// Seconds without a change until a file counts as whole; 10 unless said.
    pub settle_seconds: Option<u32>,
    /// Seconds that a unit waits for missing files; 300 unless said.
    pub wait_seconds: Option<u32>,
    /// Seconds between two questions what became of what was sent; 60 unless said.
    pub news_seconds: Option<u32>,
    /// Files directly into the inbox, instead of a folder for each envelope.
    pub flat: Option<bool>,
}

impl Table {
    /// The same with its paths relative to this folder.
    #[must_use]
    pub fn beside(mut self, folder: &Path) -> Self {
        self.outbox = self.outbox.map(|path| folder.join(path));
        self.inbox = self.inbox.map(|path| folder.join(path));
        self
    }

    /// This, and where it says nothing what the other says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            outbox: self.outbox.or(other.outbox),
            inbox: self.inbox.or(other.inbox),
            poll_seconds: self.poll_seconds.or(other.poll_seconds),
            settle_seconds: self.settle_seconds.or(other.settle_seconds),
            wait_seconds: self.wait_seconds.or(other.wait_seconds),
            news_seconds: self.news_seconds.or(other.news_seconds),
            flat: self.flat.or(other.flat),
        }
    }
}

/// What is in force.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder of what is to be sent.
    pub outbox: Option<PathBuf>,
    /// Folder of what arrives.
    pub inbox: Option<PathBuf>,
    /// Between two looks at the outbox.
    pub poll: Duration,
    /// How long to wait for files.
    pub terms: Terms,
    /// Between two questions what became of what was sent.
    pub news: Duration,
    /// Files directly into the inbox.
    pub flat: bool,
}

impl TryFrom<Table> for Options {
    type Error = Failure;

    fn try_from(table: Table) -> Result<Self, Failure> {
        if table.outbox.is_none() && table.inbox.is_none() {
            return Err(Failure::usage(
                "--outbox か --inbox、または設定の [watch] でフォルダを指定してください。",
                "name a folder with --outbox or --inbox, or in [watch] of the settings",
            ));
        }
        let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        if let (Some(outbox), Some(inbox)) = (table.outbox.as_ref().map(real), table.inbox.as_ref().map(real))
            && (outbox.starts_with(&inbox) || inbox.starts_with(&outbox))
        {
            return Err(Failure::usage(
                "送信フォルダと受信フォルダは、互いの中にない別のフォルダにしてください。",
                "outbox and inbox must be two folders, none of them in the other",
            ));
        }
        let seconds = |said: Option<u32>, usual: u32| said.unwrap_or(usual).max(1);
        Ok(Self {
            outbox: table.outbox,
            inbox: table.inbox,
            poll: Duration::from_secs(seconds(table.poll_seconds, 2).into()),
            terms: Terms {
                settle: seconds(table.settle_seconds, 10).into(),
                wait: seconds(table.wait_seconds, 300).into(),
            },
            news: Duration::from_secs(seconds(table.news_seconds, 60).into()),
            flat: table.flat.unwrap_or(false),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn folders_are_needed_and_apart() {
        assert!(Options::try_from(Table::default()).is_err());
        for (outbox, inbox) in [("/a", "/a"), ("/a", "/a/b"), ("/a/b", "/a")] {
            let both = table(&format!("outbox = '{outbox}'\ninbox = '{inbox}'"));
            assert!(Options::try_from(both).is_err(), "{outbox} {inbox}");
        }
        let apart = table("outbox = '/a/out'\ninbox = '/a/in'").or(table("settle_seconds = 3\nflat = true"));
        let options = Options::try_from(apart).unwrap();
        assert!(options.flat && options.terms.settle == 3.0 && options.terms.wait == 300.0);
        assert!(toml::from_str::<Table>("outbocks = 'x'").is_err());
    }
}
