//! `careplan gen`: synthetic, valid sending units of invented persons; the same arguments give the same bytes.

use std::path::PathBuf;

use proto::OfficeNumber;
use proto::manifest::is_sequence;
use standard::{Edition, GenSpec, Size, UnitKind, generate};

use super::Context;
use crate::failure::{Exit, Failure};
use crate::received;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 乱数の種 / seed: the same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 種類ごとの送信単位の数 / units of each kind
    #[arg(long, default_value_t = 1)]
    units: usize,
    /// 送信単位の種類 / kinds of units
    #[arg(long, value_enum, value_delimiter = ',', default_value = "usage")]
    kinds: Vec<Kind>,
    /// 利用者の数 / persons in each unit
    #[arg(long, default_value_t = 3)]
    persons: usize,
    /// 居宅介護支援事業所 / the care support office
    #[arg(long, default_value = "0300000100")]
    care_office: OfficeNumber,
    /// サービス事業所 / the service office
    #[arg(long, default_value = "0300000005")]
    provider: OfficeNumber,
    /// そのサービス種類 / its service kind
    #[arg(long, default_value = "11")]
    provider_kind: String,
    /// サービス提供年月 / service month
    #[arg(long, default_value = "202504")]
    month: String,
    /// 最初の連番 / sequence of the first unit
    #[arg(long, default_value = "20250401093000")]
    sequence: String,
    /// 保存先フォルダ / folder to write into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Kinds of units.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Plan,
    Usage,
    Results,
    DeletePlan,
    DeleteUsage,
    DeleteResults,
}

/// Makes them and writes them as loose files.
pub(super) fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    if !is_sequence(&args.sequence) {
        return Err(Failure::usage(
            "連番は14桁の日時です。",
            "the sequence is a date and time of 14 digits",
        ));
    }
    std::fs::create_dir_all(&args.out).map_err(Failure::write(&args.out))?;
    for kind in &args.kinds {
        for unit in generate(args.seed, &spec(args, *kind)) {
            for (name, bytes) in &unit.files {
                let path = received::place(&args.out, name)?;
                received::write_new(&path, bytes).map_err(|error| match error.kind() {
                    std::io::ErrorKind::AlreadyExists => Failure::Exists(path.clone()),
                    _ => Failure::write(&path)(error),
                })?;
                context.terminal.line(path.display().to_string());
            }
        }
    }
    Ok(Exit::Ok)
}

fn spec(args: &Args, kind: Kind) -> GenSpec {
    let unit = match kind {
        Kind::Plan => UnitKind::Plan,
        Kind::Usage => UnitKind::Usage,
        Kind::Results => UnitKind::Results,
        Kind::DeletePlan => UnitKind::DeletePlan,
        Kind::DeleteUsage => UnitKind::DeleteUsage,
        Kind::DeleteResults => UnitKind::DeleteResults,
    };
    let care = (args.care_office.to_string(), "43".to_owned());
    let provider = (args.provider.to_string(), args.provider_kind.clone());
    let (from, to) = if unit.from_provider() {
        (provider, care)
    } else {
        (care, provider)
    };
    GenSpec {
        edition: Edition::V41,
        sender: from.0,
        sender_kind: from.1,
        destination: to.0,
        destination_kind: to.1,
        unit,
        month: args.month.clone(),
        sequence: args.sequence.clone(),
        size: Size::Persons(args.persons),
        units: args.units,
    }
}
