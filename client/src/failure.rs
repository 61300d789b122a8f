//! What can go wrong, in words for a care office, and the exit code each gets.

use std::path::PathBuf;

use proto::{Problem, ProblemDocument};

/// How a run ended; the number is the process's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// Refused: the files are not fit to be sent, or the relay said no.
    Refused = 1,
    /// A file cannot be read or written, or the command line or the settings are wrong.
    Usage = 2,
    /// The relay cannot be reached or is busy; try again later.
    Unreachable = 3,
    /// The certificate is missing, expired, unknown or not allowed to do this.
    Auth = 4,
}

/// Why a command could not do its work. `Display` is the English sentence, [`Failure::ja`] the Japanese one.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The settings are incomplete or cannot be read.
    #[error("setting {key}: {en}")]
    Setting {
        /// Key of the settings file.
        key: String,
        /// What is wrong and what to do, in Japanese.
        ja: String,
        /// The same in English.
        en: String,
    },
    /// The command line cannot be followed.
    #[error("{en}")]
    Usage {
        /// What is wrong and what to do, in Japanese.
        ja: String,
        /// The same in English.
        en: String,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file of that name is already there; nothing was written over it.
    #[error("{} is already there and was left as it is", .0.display())]
    Exists(PathBuf),
    /// The files are not fit to be sent.
    #[error("the files have problems; nothing was sent")]
    Problems(Vec<Problem>),
    /// A received envelope cannot be read.
    #[error("the envelope received cannot be read; nothing was written")]
    Content(Vec<Problem>),
    /// The relay refused.
    #[error("{}", .0.title)]
    Refused(Box<ProblemDocument>),
    /// The relay did not answer in time, or not at all.
    #[error("the relay cannot be reached ({0}); try again later")]
    Unreachable(String),
    /// The TLS connection was refused for its certificates.
    #[error("the secure connection was refused ({0}); check certificate and ca in the settings")]
    Tls(String),
    /// The answer cannot be understood.
    #[error("the relay's answer cannot be understood ({0})")]
    Answer(String),
    /// What came is not what was asked for.
    #[error("the bytes received are not the envelope {0}; nothing was written")]
    WrongBytes(String),
    /// The seal cannot be made.
    #[error("cannot seal: {0}")]
    Seal(#[from] seal::SealError),
}

impl Failure {
    /// What is wrong and what to do, in Japanese.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::Setting { key, ja, .. } => format!("設定 {key}：{ja}"),
            Self::Usage { ja, .. } => ja.clone(),
            Self::Read { path, .. } => format!("読み取れません：{}", path.display()),
            Self::Write { path, .. } => format!("書き込めません：{}", path.display()),
            Self::Exists(path) => format!(
                "同じ名前のファイルがすでにあるため、上書きせずに残しました：{}",
                path.display()
            ),
            Self::Content(_) => {
                "受信した封筒を読み取れません。送信元に確認してください。何も書き込んでいません。".to_owned()
            }
            Self::Problems(_) => "ファイルに誤りがあるため、送信していません。".to_owned(),
            Self::Refused(document) => document.detail.clone(),
            Self::Unreachable(_) => {
                "中継サーバーに接続できません。しばらくしてから、同じ操作をもう一度行ってください。"
                    .to_owned()
            }
            Self::Tls(_) => {
                "安全な接続ができません。設定の電子証明書（certificate、key、ca）を確認してください。"
                    .to_owned()
            }
            Self::Answer(_) => "中継サーバーの応答を読み取れません。URLの設定を確認してください。".to_owned(),
            Self::WrongBytes(_) => {
                "受信したデータが壊れています。もう一度受信してください。何も書き込んでいません。".to_owned()
            }
            Self::Seal(_) => "署名できません。電子証明書と秘密鍵の設定を確認してください。".to_owned(),
        }
    }

    /// The exit code.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Setting { .. }
            | Self::Usage { .. }
            | Self::Read { .. }
            | Self::Write { .. }
            | Self::Exists(_) => Exit::Usage,
            Self::Problems(_) | Self::Content(_) => Exit::Refused,
            Self::Refused(document) => match document.status {
                401 | 403 => Exit::Auth,
                408 | 429 | 500.. => Exit::Unreachable,
                _ => Exit::Refused,
            },
            Self::Unreachable(_) | Self::Answer(_) | Self::WrongBytes(_) => Exit::Unreachable,
            Self::Tls(_) => Exit::Auth,
            Self::Seal(_) => Exit::Usage,
        }
    }

    /// The problems to list, if there are any.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Problems(problems) | Self::Content(problems) => problems,
            Self::Refused(document) => document.problems.as_deref().unwrap_or_default(),
            _ => &[],
        }
    }

    /// A usage failure.
    pub(crate) fn usage(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Usage {
            ja: ja.into(),
            en: en.into(),
        }
    }

    /// The failure of reading this path.
    pub(crate) fn read(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    /// The failure of writing this path.
    pub(crate) fn write(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }
}
