//! `careplan gen`: synthetic, valid sending units of invented persons, or broken in one named way; the same arguments
//! give the same bytes.

use std::path::PathBuf;

use proto::OfficeNumber;
use standard::generate::{self, MonthEnd, OfficeMonth, Partner};
use standard::{CODES, Edition, GenSpec, GeneratedUnit, Size, UnitKind, lists};

use super::{Context, plausible};
use crate::failure::{Exit, Failure};
use crate::received;

/// Persons in each unit, or in an office's month, unless another number is given.
const PERSONS: usize = 3;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 乱数の種 / seed: the same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 種類ごとの送信単位の数（--profile では全体の数） / units of each kind (with --profile: in all)
    #[arg(long)]
    pub(super) units: Option<usize>,
    /// 送信単位の種類 / kinds of units
    #[arg(long, value_enum, value_delimiter = ',', default_value = "usage")]
    kinds: Vec<Kind>,
    /// 標準仕様の版 / edition of the standard
    #[arg(long, value_enum, default_value = "v4.1")]
    edition: Version,
    /// 事業所の一月、または月末の多数の事業所 / an office's whole month, or many offices at month-end
    #[arg(long, value_enum, conflicts_with = "kinds")]
    pub(super) profile: Option<Profile>,
    /// 問題コードを一つだけ起こす（LIST で一覧） / break one rule, named by its code (LIST: all of them)
    #[arg(long = "break", value_name = "RULE", conflicts_with_all = ["profile", "kinds", "edition"])]
    rule: Option<String>,
    /// 利用者の数（既定3） / persons in each unit (of an office's month: in all; 3 by default)
    #[arg(long)]
    pub(super) persons: Option<usize>,
    /// 月末の居宅介護支援事業所の数（既定10） / care support offices at month-end (10 by default)
    #[arg(long)]
    pub(super) offices: Option<usize>,
    /// 居宅介護支援事業所 / the care support office
    #[arg(long, default_value = "0300000100")]
    pub(super) care_office: OfficeNumber,
    /// そのサービス種類（介護予防支援は46） / its service kind (46: prevention support)
    #[arg(long, default_value = "43")]
    pub(super) care_kind: String,
    /// サービス事業所 / the service office
    #[arg(long, default_value = "0300000005")]
    pub(super) provider: OfficeNumber,
    /// そのサービス種類（予防の種類では既定A2） / its service kind (A2 by default for kinds of prevention)
    #[arg(long)]
    pub(super) provider_kind: Option<String>,
    /// サービス提供年月 / service month
    #[arg(long, default_value = "202504")]
    pub(super) month: String,
    /// 最初の連番 / sequence of the first unit
    #[arg(long, default_value = "20250401093000")]
    pub(super) sequence: String,
    /// 保存先フォルダ / folder to write into
    #[arg(long, value_name = "DIR", required_unless_present = "rule")]
    out: Option<PathBuf>,
}

/// Kinds of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Plan,
    Usage,
    Results,
    DeletePlan,
    DeleteUsage,
    DeleteResults,
    PreventionBasic,
    PreventionPlanBasic,
    PreventionPlan,
    PreventionUsage,
    PreventionResults,
    DeletePreventionBasic,
    DeletePreventionPlan,
    DeletePreventionUsage,
    DeletePreventionResults,
    /// すべて / every kind of the edition
    All,
}

/// Editions.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Version {
    #[value(name = "v3")]
    V3,
    #[value(name = "v4.1")]
    V41,
}

/// Profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Profile {
    OfficeMonth,
    MonthEnd,
}

/// Makes them and writes them as loose files.
pub(super) fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    plausible::check(args)?;
    if let Some(rule) = &args.rule {
        return break_rule(context, args, rule);
    }
    let edition = match args.edition {
        Version::V3 => Edition::V3,
        Version::V41 => Edition::V41,
    };
    let units = args.units.unwrap_or(match args.profile {
        Some(_) => usize::MAX,
        None => 1,
    });
    match args.profile {
        Some(Profile::OfficeMonth) => write(
            context,
            args,
            office_month(args, edition).units(args.seed).take(units),
        ),
        Some(Profile::MonthEnd) => {
            let month_end = MonthEnd::invented(args.offices.unwrap_or(10), &args.month, edition);
            write(context, args, month_end.units(args.seed).take(units))
        }
        None => {
            let kinds = Kind::wanted(&args.kinds, edition)?;
            // A sequence for each: some kinds share names of files.
            let specs = kinds.into_iter().enumerate().map(|(at, kind)| GenSpec {
                sequence: generate::later(&args.sequence, at.saturating_mul(units)),
                ..kind.spec(args, edition, units)
            });
            write(
                context,
                args,
                specs.flat_map(|spec| generate::generate(args.seed, &spec)),
            )
        }
    }
}

/// Writes the files of these units.
fn write(
    context: &mut Context<'_>,
    args: &Args,
    units: impl Iterator<Item = GeneratedUnit>,
) -> Result<Exit, Failure> {
    let Some(out) = &args.out else {
        return Err(Failure::usage(
            "--out フォルダが要ります。",
            "--out DIR is needed",
        ));
    };
    std::fs::create_dir_all(out).map_err(Failure::write(out))?;
    for unit in units {
        for (name, bytes) in &unit.files {
            let path = received::place(out, name)?;
            received::write_new(&path, bytes).map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => Failure::Exists(path.clone()),
                _ => Failure::write(&path)(error),
            })?;
            context.terminal.line(path.display().to_string());
        }
    }
    Ok(Exit::Ok)
}

/// Units broken in one way, or the list of the ways.
fn break_rule(context: &mut Context<'_>, args: &Args, rule: &str) -> Result<Exit, Failure> {
    if rule == "LIST" {
        for info in generate::breakable() {
            let text = format!("{:<26} {} / {}", info.code, info.meaning_ja, info.meaning_en);
            context.terminal.line(text);
        }
        return Ok(Exit::Ok);
    }
    if CODES.iter().all(|info| info.code != rule) {
        let codes: Vec<&str> = CODES.iter().map(|info| info.code).collect();
        let codes = codes.join(" ");
        return Err(Failure::usage(
            format!("{rule} という問題コードはありません。次のどれかにしてください：{codes}"),
            format!("there is no code {rule}; choose one of: {codes}"),
        ));
    }
    let units = args.units.unwrap_or(1);
    let mut broken = Vec::new();
    for (at, seed) in (args.seed..).take(units).enumerate() {
        let mut spec = Kind::Usage.spec(args, Edition::V41, 1);
        spec.sequence = generate::later(&args.sequence, at);
        let Some(made) = generate::broken_like(rule, seed, &spec) else {
            return Err(Failure::usage(
                format!("この指定では {rule} を起こせません。--seed を変えてください。"),
                format!("{rule} cannot be broken in these units; try another --seed"),
            ));
        };
        if made.unit.files.is_empty() {
            context.terminal.line(
                "標準仕様のファイルがない送信です。書くファイルはありません。 / a sending without files of the standard: nothing to write",
            );
        }
        if rule.ends_with("_mismatch") {
            let unit = &made.unit;
            let (from, to, sequence) = (&unit.sender, &unit.destination, &unit.sequence);
            context.terminal.line(format!(
                "送信元{from}、宛先{to}、連番{sequence}の封筒に入れると見つかります。 / found in an envelope of sender {from}, destination {to}, sequence {sequence}",
            ));
        }
        broken.push(made.unit);
    }
    write(context, args, broken.into_iter())
}

fn office_month(args: &Args, edition: Edition) -> OfficeMonth {
    let provider = args.provider_kind.as_deref().unwrap_or("11");
    let partner = |number: String, kind: &str| Partner {
        number,
        kind: kind.to_owned(),
    };
    // The office named, and some invented ones of other kinds.
    let others = ["15", "17", "21", "A2", "67"].iter().enumerate();
    let others = others.map(|(at, kind)| partner(format!("980000000{at}"), kind));
    OfficeMonth {
        office: partner(args.care_office.to_string(), &args.care_kind),
        partners: std::iter::once(partner(args.provider.to_string(), provider))
            .chain(others)
            .collect(),
        persons: args.persons.unwrap_or(PERSONS),
        month: args.month.clone(),
        edition,
    }
}

impl Kind {
    /// The kinds asked for; all that the edition has for `all`.
    fn wanted(asked: &[Kind], edition: Edition) -> Result<Vec<Kind>, Failure> {
        use clap::ValueEnum as _;
        let has = |kind: &Kind| edition == Edition::V41 || !kind.is_prevention();
        if asked.contains(&Kind::All) {
            let every = Kind::value_variants().iter().copied();
            return Ok(every.filter(|kind| *kind != Kind::All && has(kind)).collect());
        }
        if asked.iter().all(has) {
            return Ok(asked.to_vec());
        }
        Err(Failure::usage(
            "介護予防のファイルはV3にはありません。",
            "V3 has no files of prevention",
        ))
    }

    fn is_prevention(self) -> bool {
        !matches!(
            self,
            Kind::Plan
                | Kind::Usage
                | Kind::Results
                | Kind::DeletePlan
                | Kind::DeleteUsage
                | Kind::DeleteResults
                | Kind::All
        )
    }

    fn spec(self, args: &Args, edition: Edition, units: usize) -> GenSpec {
        let unit = match self {
            Kind::Plan => UnitKind::Plan,
            Kind::Usage | Kind::PreventionUsage | Kind::All => UnitKind::Usage,
            Kind::Results | Kind::PreventionResults => UnitKind::Results,
            Kind::DeletePlan => UnitKind::DeletePlan,
            Kind::DeleteUsage | Kind::DeletePreventionUsage => UnitKind::DeleteUsage,
            Kind::DeleteResults | Kind::DeletePreventionResults => UnitKind::DeleteResults,
            Kind::PreventionBasic => UnitKind::PreventionBasic,
            Kind::PreventionPlanBasic => UnitKind::PreventionPlanBasic,
            Kind::PreventionPlan => UnitKind::PreventionPlan,
            Kind::DeletePreventionBasic => UnitKind::DeletePreventionBasic,
            Kind::DeletePreventionPlan => UnitKind::DeletePreventionPlan,
        };
        // A kind of care is of no use to people in prevention.
        let prevention =
            |kind: &&str| lists::service_kinds(kind.as_bytes()).any(|kind| kind.group != lists::Group::Care);
        let provider_kind = match args.provider_kind.as_deref() {
            asked if self.is_prevention() => asked.filter(prevention).unwrap_or("A2"),
            asked => asked.unwrap_or("11"),
        };
        let care = (args.care_office.to_string(), args.care_kind.clone());
        let provider = (args.provider.to_string(), provider_kind.to_owned());
        let (from, to) = if unit.from_provider() {
            (provider, care)
        } else {
            (care, provider)
        };
        GenSpec {
            edition,
            sender: from.0,
            sender_kind: from.1,
            destination: to.0,
            destination_kind: to.1,
            unit,
            month: args.month.clone(),
            sequence: args.sequence.clone(),
            size: Size::Persons(args.persons.unwrap_or(PERSONS)),
            units,
        }
    }
}
