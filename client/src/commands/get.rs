//! `careplan get`: an envelope's files onto the disk.

use std::path::{Path, PathBuf};

use proto::{EnvelopeId, Limits};

use super::{Context, envelope_id};
use crate::connection::{Ask, Connection};
use crate::failure::{Exit, Failure};
use crate::received;
use crate::view::Standing;

/// What is unpacked at most here: an installation may allow more than the usual limits.
const LIMITS: Limits = Limits {
    envelope_bytes: Limits::ENVELOPE_CEILING,
    files: 1_000,
    unpacked_bytes: 500 * 1024 * 1024,
    ratio: 1_100,
};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 封筒のID / ids of envelopes
    #[arg(required = true, value_parser = envelope_id)]
    ids: Vec<EnvelopeId>,
    /// 保存先フォルダ / folder to write into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 封筒ごとにフォルダを分ける / a folder of its own for each envelope
    #[arg(long)]
    folders: bool,
    /// 封筒そのもの（署名付き原本）も保存する / keep the sealed envelope too
    #[arg(long)]
    keep_envelope: bool,
    /// 保存後に受取を知らせる / tell that it was fetched, once the files are on the disk
    #[arg(long)]
    collect: bool,
}

/// Fetches each envelope, proves that its bytes are the id's, writes the files, and then acknowledges if asked to. A failure
/// with one does not keep the others from being fetched, unless the relay is out of reach.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let connection = context.connect()?;
    let mut worst = Exit::Ok;
    for id in &args.ids {
        match one(context, &connection, args, *id).await {
            Ok(()) => {}
            Err(failure) if failure.exit() >= Exit::Unreachable => return Err(failure),
            Err(failure) => {
                context.terminal.failure(&failure);
                worst = worst.max(failure.exit());
            }
        }
    }
    Ok(worst)
}

async fn one(
    context: &mut Context<'_>,
    connection: &Connection,
    args: &Args,
    id: EnvelopeId,
) -> Result<(), Failure> {
    let bytes = connection.bytes(&Ask::get(format!("/v1/inbox/{id}"))).await?;
    let folder = if args.folders {
        args.out.join(id.to_string())
    } else {
        args.out.clone()
    };
    for path in unpack_into(&folder, id, &bytes, args.keep_envelope)? {
        context.terminal.field("保存 written", path.display().to_string());
    }
    if args.collect {
        let told: Standing = connection
            .json(&Ask::post(format!("/v1/inbox/{id}/collected")))
            .await?;
        context
            .terminal
            .field("状態 status", crate::words::both(&told.status));
    }
    Ok(())
}

/// What is in an envelope, once its bytes are proven to be the id's.
///
/// # Errors
/// Other bytes, or an envelope that cannot be read.
pub(crate) fn opened(id: EnvelopeId, bytes: &[u8]) -> Result<parcel::Unpacked, Failure> {
    if EnvelopeId::of(bytes) != id {
        return Err(Failure::WrongBytes(id.to_string()));
    }
    let zip = seal::content::unverified(bytes).map_err(|problem| Failure::Content(vec![*problem]))?;
    parcel::unpack(&zip, &LIMITS).map_err(Failure::Content)
}

fn unpack_into(
    folder: &Path,
    id: EnvelopeId,
    bytes: &[u8],
    keep_envelope: bool,
) -> Result<Vec<PathBuf>, Failure> {
    let content = opened(id, bytes)?;
    let original = format!("{id}.p7m");
    let mut files: Vec<(&str, &[u8])> = content
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.bytes.as_slice()))
        .collect();
    if keep_envelope {
        files.push((&original, bytes));
    }
    received::write(folder, id, &files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_than_the_ids_are_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let failure = unpack_into(folder.path(), EnvelopeId::of(b"a"), b"b", true).unwrap_err();
        assert!(matches!(failure, Failure::WrongBytes(_)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
