//! The settings: one small TOML file, each key of which an environment variable may replace.

use std::path::{Path, PathBuf};

use proto::{OfficeNumber, Traceparent};
use serde::Deserialize;

use crate::failure::Failure;
use crate::watch::options::Table;

/// Name of the settings file.
const FILE: &str = "careplan.toml";

/// Where the environment comes from; tests bring their own.
pub trait Environment {
    /// The value of a variable.
    fn get(&self, name: &str) -> Option<String>;
}

/// The process's environment.
#[derive(Debug)]
pub struct ProcessEnvironment;

/// What the commands work with. A key that is missing is asked for only by the commands that need it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The file they were read from.
    pub file: Option<PathBuf>,
    acting_for: Option<String>,
    office: Option<String>,
    ingest_url: Option<String>,
    delivery_url: Option<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    ca: Option<PathBuf>,
    state_dir: Option<PathBuf>,
    proxy: Option<String>,
    software: Option<String>,
    traces_url: Option<String>,
    traceparent: Option<Traceparent>,
    /// Of the folder agent.
    pub watch: Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    office: Option<String>,
    ingest_url: Option<String>,
    delivery_url: Option<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    ca: Option<PathBuf>,
    state_dir: Option<PathBuf>,
    proxy: Option<String>,
    software: Option<String>,
    traces_url: Option<String>,
    #[serde(default)]
    watch: Table,
}

impl Environment for ProcessEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

impl Settings {
    /// Every key, with what it is.
    pub const KEYS: &'static [(&'static str, &'static str, &'static str)] = &[
        ("office", "事業所番号（10桁）", "the office's number, ten digits"),
        (
            "ingest_url",
            "送信窓口のURL",
            "URL of the door envelopes are sent to",
        ),
        (
            "delivery_url",
            "受信窓口のURL",
            "URL of the door of inbox and sent list",
        ),
        (
            "certificate",
            "電子証明書（PEM）",
            "the office's certificate, PEM",
        ),
        (
            "key",
            "秘密鍵（PEM、パスワードなし）",
            "its private key, PEM without password",
        ),
        (
            "ca",
            "中継サーバーの認証局（PEM）",
            "CA of the relay's own certificates, PEM",
        ),
        (
            "state_dir",
            "送信控えのフォルダ",
            "folder of the sealed envelopes kept for a retry",
        ),
        (
            "proxy",
            "プロキシのURL（任意）",
            "URL of an HTTP proxy, if one is needed",
        ),
        (
            "software",
            "介護ソフト名と版",
            "the care software, name and version",
        ),
        (
            "traces_url",
            "トレース収集先のURL（任意）",
            "URL of an OpenTelemetry collector (OTLP over HTTP), if sendings are to be traced",
        ),
    ];

    /// Reads the file (`--config`, `CAREPLAN_CONFIG`, `./careplan.toml`, `~/.config/careplan/careplan.toml`, the first of
    /// these; none is fine too), then `CAREPLAN_<KEY>` of the environment. Relative paths in the file are relative to it.
    ///
    /// # Errors
    /// A file that was named cannot be read, has unknown keys or is not TOML.
    pub fn load(named: Option<&Path>, environment: &impl Environment) -> Result<Self, Failure> {
        let named = named
            .map(Path::to_owned)
            .or_else(|| environment.get("CAREPLAN_CONFIG").map(PathBuf::from));
        let usual = || {
            let home = environment.get("HOME").or_else(|| environment.get("USERPROFILE"));
            let in_home = home.map(|home| Path::new(&home).join(".config/careplan").join(FILE));
            [Some(PathBuf::from(FILE)), in_home]
                .into_iter()
                .flatten()
                .find(|path| path.is_file())
        };
        let path = named.or_else(usual);
        let mut settings = match &path {
            Some(path) => Self::read(path)?,
            None => Self::default(),
        };
        let value = |key: &str| environment.get(&format!("CAREPLAN_{}", key.to_uppercase()));
        let text = |key: &str, old: &mut Option<String>| *old = value(key).or_else(|| old.take());
        text("office", &mut settings.office);
        text("ingest_url", &mut settings.ingest_url);
        text("delivery_url", &mut settings.delivery_url);
        text("proxy", &mut settings.proxy);
        text("software", &mut settings.software);
        text("traces_url", &mut settings.traces_url);
        // The name all programs that trace commands use.
        settings.traceparent = environment.get("TRACEPARENT").and_then(|text| text.parse().ok());
        let place = |key: &str, old: &mut Option<PathBuf>| {
            *old = value(key).map(PathBuf::from).or_else(|| old.take())
        };
        place("certificate", &mut settings.certificate);
        place("key", &mut settings.key);
        place("ca", &mut settings.ca);
        place("state_dir", &mut settings.state_dir);
        Ok(settings)
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(Failure::read(path))?;
        let file: File = toml::from_str(&text).map_err(|error| Failure::Setting {
            key: path.display().to_string(),
            ja: format!("設定ファイルを読み取れません（{}）", error.message()),
            en: error.to_string(),
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let beside = |place: Option<PathBuf>| place.map(|place| folder.join(place));
        Ok(Self {
            file: Some(path.to_owned()),
            acting_for: None,
            office: file.office,
            ingest_url: file.ingest_url,
            delivery_url: file.delivery_url,
            certificate: beside(file.certificate),
            key: beside(file.key),
            ca: beside(file.ca),
            state_dir: beside(file.state_dir),
            proxy: file.proxy,
            software: file.software,
            traces_url: file.traces_url,
            traceparent: None,
            watch: file.watch.beside(&folder),
        })
    }

    /// The same for another office, such as one this certificate may act for.
    #[must_use]
    pub fn for_office(mut self, office: Option<OfficeNumber>) -> Self {
        self.acting_for = office.map(|office| office.to_string());
        self.office = self.acting_for.clone().or(self.office);
        self
    }

    /// The office that was named beside the settings.
    #[must_use]
    pub fn acting_for(&self) -> Option<&str> {
        self.acting_for.as_deref()
    }

    /// The office's number.
    ///
    /// # Errors
    /// Missing, or not ten digits.
    pub fn office(&self) -> Result<OfficeNumber, Failure> {
        let text = required("office", self.office.as_deref())?;
        text.parse().map_err(|_| Failure::Setting {
            key: "office".to_owned(),
            ja: format!("事業所番号は10桁の数字です（{text}）"),
            en: format!("an office number is ten digits, not {text:?}"),
        })
    }

    /// Base address of an OTLP receiver, if there is one.
    #[must_use]
    pub fn traces_url(&self) -> Option<&str> {
        self.traces_url.as_deref()
    }

    /// The trace this command is part of, if whoever started it said so.
    #[must_use]
    pub fn traceparent(&self) -> Option<Traceparent> {
        self.traceparent
    }

    /// URL of ingest's door, without a slash at its end.
    ///
    /// # Errors
    /// Missing, or no https URL.
    pub fn ingest_url(&self) -> Result<&str, Failure> {
        url("ingest_url", self.ingest_url.as_deref())
    }

    /// URL of delivery's door, without a slash at its end.
    ///
    /// # Errors
    /// Missing, or no https URL.
    pub fn delivery_url(&self) -> Result<&str, Failure> {
        url("delivery_url", self.delivery_url.as_deref())
    }

    /// The certificate's PEM.
    ///
    /// # Errors
    /// Missing or unreadable.
    pub fn certificate(&self) -> Result<Vec<u8>, Failure> {
        pem("certificate", self.certificate.as_deref())
    }

    /// The private key's PEM.
    ///
    /// # Errors
    /// Missing or unreadable.
    pub fn key(&self) -> Result<Vec<u8>, Failure> {
        pem("key", self.key.as_deref())
    }

    /// PEM of the CA of the relay's own certificates.
    ///
    /// # Errors
    /// Missing or unreadable.
    pub fn ca(&self) -> Result<Vec<u8>, Failure> {
        pem("ca", self.ca.as_deref())
    }

    /// URL of the proxy.
    #[must_use]
    pub fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// The software that makes and takes in the files; this program unless told otherwise.
    #[must_use]
    pub fn software(&self) -> String {
        let usual = || concat!("careplan ", env!("CARGO_PKG_VERSION")).to_owned();
        self.software.clone().unwrap_or_else(usual)
    }

    /// The folder of sealed envelopes; beside the settings file unless told otherwise.
    #[must_use]
    pub fn state_dir(&self) -> PathBuf {
        let beside = |file: &PathBuf| file.parent().unwrap_or(Path::new("")).join("careplan-state");
        let usual = || {
            self.file
                .as_ref()
                .map_or_else(|| PathBuf::from("careplan-state"), beside)
        };
        self.state_dir.clone().unwrap_or_else(usual)
    }

    /// Every key and its value in force; there is no secret among them, only its path.
    #[must_use]
    pub fn effective(&self) -> Vec<(&'static str, Option<String>)> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        Self::KEYS
            .iter()
            .map(|(key, ..)| {
                let value = match *key {
                    "office" => self.office.clone(),
                    "ingest_url" => self.ingest_url.clone(),
                    "delivery_url" => self.delivery_url.clone(),
                    "certificate" => path(&self.certificate),
                    "key" => path(&self.key),
                    "ca" => path(&self.ca),
                    "proxy" => self.proxy.clone(),
                    "software" => Some(self.software()),
                    "traces_url" => self.traces_url.clone(),
                    _ => Some(self.state_dir().display().to_string()),
                };
                (*key, value)
            })
            .collect()
    }
}

fn required<'a>(key: &str, value: Option<&'a str>) -> Result<&'a str, Failure> {
    value.ok_or_else(|| missing(key))
}

/// A door's URL; anything but https could never be reached, however often it is tried.
fn url<'a>(key: &str, value: Option<&'a str>) -> Result<&'a str, Failure> {
    let text = required(key, value)?;
    if text.starts_with("https://") {
        return Ok(text.trim_end_matches('/'));
    }
    Err(Failure::Setting {
        key: key.to_owned(),
        ja: format!("https:// で始まるURLを書いてください（{text}）。"),
        en: format!("must be a URL that begins with https://, not {text:?}"),
    })
}

fn pem(key: &str, path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let path = path.ok_or_else(|| missing(key))?;
    std::fs::read(path).map_err(Failure::read(path))
}

fn missing(key: &str) -> Failure {
    let variable = format!("CAREPLAN_{}", key.to_uppercase());
    Failure::Setting {
        key: key.to_owned(),
        ja: format!("設定されていません。{FILE} または環境変数 {variable} に書いてください。"),
        en: format!("is missing; write it into {FILE} or into the variable {variable}"),
    }
}

#[cfg(test)]
mod tests;
