//! `--policy`: by what is judged, a file's word or the relay's.

use std::io::Write;
use std::path::Path;

use parcel::Rules;
use parcel::policy::{PolicyFile, read, read_served};

use crate::commands::Context;
use crate::connection::{Ask, Door};
use crate::failure::Failure;

/// The value that means the relay's policy in force; a file of this name is `./relay`.
const RELAY: &str = "relay";

/// The rules to judge by: the usual ones, a policy file's, or the relay's own.
///
/// # Errors
/// The file cannot be read or cannot stand; the relay is out of reach.
pub(crate) async fn rules(context: &mut Context<'_>, named: Option<&str>) -> Result<Rules, Failure> {
    let file = match named {
        None => PolicyFile::default(),
        Some(RELAY) => {
            let ask = Ask::get("/v1/policy").at(Door::Ingest);
            let served = context.connect()?.bytes(&ask).await?;
            read_served(&served).map_err(|fault| Failure::Answer(fault.to_string()))?
        }
        Some(path) => from_file(Path::new(path))?,
    };
    if !file.left_out.is_empty() {
        let names = crate::words::harmless(&file.left_out.join(" "));
        let err = &mut context.terminal.err;
        let _ = writeln!(
            err,
            "注意：中継の方針のうち、この版の careplan が知らない規則は使いません：{names}"
        );
        let _ = writeln!(
            err,
            "warning: rules of the relay's policy that this version does not know were left out: {names}"
        );
    }
    Ok(Rules {
        limits: file.limits.unwrap_or_default(),
        policy: Some(file.policy),
    })
}

fn from_file(path: &Path) -> Result<PolicyFile, Failure> {
    let json = std::fs::read(path).map_err(Failure::read(path))?;
    read(&json).map_err(|fault| {
        Failure::usage(
            format!("方針ファイル {}：{}", path.display(), fault.ja()),
            format!("policy file {}: {fault}", path.display()),
        )
    })
}
