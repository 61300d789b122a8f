//! Where the console's door is and with which certificate to knock: option, environment, then `relayctl.toml`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::args::Connection;
use crate::exit::Failure;

/// The name looked for in the working directory when no `--config` is given.
pub(crate) const FILE_NAME: &str = "relayctl.toml";

/// `relayctl.toml`. Relative paths start at the file's own folder, so that the folder can be moved.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// The console's door.
    pub(crate) console_url: Option<String>,
    /// The operator's certificate.
    pub(crate) cert: Option<PathBuf>,
    /// The operator's private key.
    pub(crate) key: Option<PathBuf>,
    /// The CA of the doors.
    pub(crate) ca: Option<PathBuf>,
}

/// Everything needed to knock.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) console_url: String,
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) ca: PathBuf,
}

/// Puts the settings together (options and environment are one to us: clap reads both).
pub(crate) fn resolve(connection: &Connection) -> Result<Settings, Failure> {
    let default = Path::new(FILE_NAME);
    let file = match &connection.config {
        Some(path) => read(path)?,
        None if default.exists() => read(default)?,
        None => File::default(),
    };
    let missing = |what: &str, option: &str, key: &str| {
        Failure::Usage(format!(
            "{what} is not known: give --{option} or `{key}` in {FILE_NAME} (--config)"
        ))
    };
    let settings = Settings {
        console_url: (connection.console_url.clone().or(file.console_url))
            .ok_or_else(|| missing("the console's door", "console-url", "console_url"))?,
        cert: (connection.cert.clone().or(file.cert))
            .ok_or_else(|| missing("the operator's certificate", "cert", "cert"))?,
        key: (connection.key.clone().or(file.key))
            .ok_or_else(|| missing("the operator's key", "key", "key"))?,
        ca: (connection.ca.clone().or(file.ca)).ok_or_else(|| missing("the doors' CA", "ca", "ca"))?,
    };
    if !settings.console_url.starts_with("https://") {
        return Err(Failure::Usage(format!(
            "{}: the console's door begins with https://",
            settings.console_url
        )));
    }
    Ok(settings)
}

fn read(path: &Path) -> Result<File, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::cannot(&format!("read {}", path.display()), &error))?;
    let file: File = toml::from_str(&text)
        .map_err(|error| Failure::Usage(format!("{}: {}", path.display(), error.message())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let beside = |relative: Option<PathBuf>| relative.map(|path| folder.join(path));
    Ok(File {
        console_url: file.console_url,
        cert: beside(file.cert),
        key: beside(file.key),
        ca: beside(file.ca),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_go_before_the_file_and_paths_start_at_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let text =
            "console_url = \"https://a\"\ncert = \"o/cert.pem\"\nkey = \"o/key.pem\"\nca = \"/etc/ca.pem\"\n";
        std::fs::write(&path, text).unwrap();
        let connection = Connection {
            config: Some(path.clone()),
            console_url: Some("https://b".to_owned()),
            ..Connection::default()
        };
        let settings = resolve(&connection).unwrap();
        assert_eq!(settings.console_url, "https://b");
        assert_eq!(settings.cert, folder.path().join("o/cert.pem"));
        assert_eq!(settings.ca, Path::new("/etc/ca.pem"));

        std::fs::write(&path, "console_uri = \"https://a\"\n").unwrap();
        assert!(matches!(resolve(&connection), Err(Failure::Usage(text)) if text.contains("console_uri")));
        std::fs::write(&path, "cert = \"c\"\n").unwrap();
        assert!(matches!(resolve(&connection), Err(Failure::Usage(text)) if text.contains("--key")));
    }

    #[test]
    fn a_door_without_tls_is_refused() {
        let path = || Some(PathBuf::from("x"));
        let connection = Connection {
            config: None,
            console_url: Some("http://localhost".to_owned()),
            cert: path(),
            key: path(),
            ca: path(),
        };
        assert!(matches!(resolve(&connection), Err(Failure::Usage(_))));
    }
}
