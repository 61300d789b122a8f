//! Where stories put their pictures: with `DESK_PICTURES=FOLDER` there, for the guides; else nowhere that lasts.

use std::path::PathBuf;

/// A folder of pictures.
pub(crate) struct Album {
    folder: PathBuf,
    _kept: Option<tempfile::TempDir>,
}

impl Album {
    pub(crate) fn open() -> anyhow::Result<Self> {
        if let Some(folder) = std::env::var_os("DESK_PICTURES") {
            std::fs::create_dir_all(&folder)?;
            let folder = folder.into();
            return Ok(Self { folder, _kept: None });
        }
        let folder = tempfile::tempdir()?;
        Ok(Self {
            folder: folder.path().to_owned(),
            _kept: Some(folder),
        })
    }

    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.png"))
    }
}
