//! `careplan check`: whatever form the files come in, the verdict and the problems are the judge's own; and what it prints.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::path::Path;

use careplan::cli::Cli;
use careplan::commands::{Context, run};
use careplan::failure::Exit;
use careplan::settings::{Environment, Settings};
use careplan::terminal::Terminal;
use clap::Parser;
use parcel::{Draft, judge, pack};
use proptest::prelude::*;
use proto::api::CheckReport;
use proto::{Limits, Problem, Time};
use seal::Sealer;
use seal::authority::{Authority, KeyKind, Request, Usage};
use seal::trust::Role;
use standard::Edition;
use standard::generate::{GenSpec, Size, UnitKind, generate};

const NAME: &str = "DLTPLAN_202504_0300000100_43_0300000005_11_20250325093000.CSV";

struct Nothing;

impl Environment for Nothing {
    fn get(&self, _: &str) -> Option<String> {
        None
    }
}

/// Exit, standard output and standard error of `careplan check` in a folder.
fn check(folder: &Path, arguments: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| match argument.strip_prefix('@') {
            Some(name) => folder.join(name).display().to_string(),
            None => (*argument).to_owned(),
        })
        .collect();
    let cli = Cli::parse_from(
        ["careplan", "check"]
            .into_iter()
            .map(str::to_owned)
            .chain(arguments),
    );
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut context = Context {
        settings: Settings::load(None, &Nothing).unwrap(),
        patience: std::time::Duration::ZERO,
        terminal: Terminal {
            out: &mut out,
            err: &mut err,
        },
    };
    let exit = runtime.block_on(run(&mut context, cli.command));
    (
        exit,
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    )
}

fn json(folder: &Path, arguments: &[&str]) -> CheckReport {
    let (exit, out, err) = check(folder, &[&["--format", "json"], arguments].concat());
    let report: CheckReport = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    let accepted = report.verdict == proto::api::Verdict::Accept;
    assert_eq!(exit == Exit::Ok, accepted, "exit and verdict");
    report
}

fn now() -> Time {
    Time::from(jiff::Timestamp::now())
}

fn unit(seed: u64, unit: UnitKind) -> Draft {
    let provider = ("0300000005".to_owned(), "11".to_owned());
    let manager = ("0300000100".to_owned(), "43".to_owned());
    let (from, to) = match unit {
        UnitKind::Results => (provider, manager),
        _ => (manager, provider),
    };
    let spec = GenSpec {
        edition: Edition::V41,
        sender: from.0.clone(),
        sender_kind: from.1,
        destination: to.0.clone(),
        destination_kind: to.1,
        unit,
        month: "202504".to_owned(),
        sequence: "20250325093000".to_owned(),
        size: Size::Persons(2),
        units: 1,
    };
    Draft {
        sender: from.0.parse().unwrap(),
        destination: to.0.parse().unwrap(),
        sequence: spec.sequence.clone(),
        created_at: now(),
        message: None,
        software: None,
        files: generate(seed, &spec).swap_remove(0).files,
    }
}

fn sealer() -> Sealer {
    let now = now();
    let request = Request {
        common_name: "KJ000000000001".to_owned(),
        serial_numbers: vec!["JGNO:0300000100".to_owned()],
        organisation: None,
        server_names: Vec::new(),
        key: KeyKind::P256,
        not_before: now.plus_seconds(-86_400),
        not_after: now.plus_seconds(86_400),
        usage: Usage::ClientAndSign,
    };
    let issued = Authority::create("test CA", Role::Office)
        .unwrap()
        .issue(&request)
        .unwrap();
    Sealer::from_pem(&issued.cert_pem, &issued.key_pem).unwrap()
}

/// A change to one of a unit's files.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Byte(usize, usize, u8),
    Without(usize),
    Cut(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        1 => Just(Change::Nothing),
        6 => (any::<usize>(), any::<usize>(), any::<u8>()).prop_map(|(file, at, byte)| Change::Byte(file, at, byte)),
        1 => any::<usize>().prop_map(Change::Without),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(file, at)| Change::Cut(file, at)),
    ]
}

fn changed(draft: &mut Draft, change: &Change) {
    let count = draft.files.len();
    match change {
        Change::Nothing => {}
        Change::Byte(file, at, byte) => {
            let bytes = &mut draft.files[file % count].1;
            let at = at % bytes.len().max(1);
            if let Some(place) = bytes.get_mut(at) {
                *place = *byte;
            }
        }
        Change::Without(file) if 1 < count => drop(draft.files.remove(file % count)),
        Change::Without(_) => {}
        Change::Cut(file, at) => {
            let bytes = &mut draft.files[file % count].1;
            bytes.truncate(at % bytes.len().max(1));
        }
    }
}

fn sorted(mut problems: Vec<Problem>) -> Vec<String> {
    problems.retain(|problem| !problem.code.starts_with("manifest."));
    let mut texts: Vec<String> = problems
        .iter()
        .map(|problem| serde_json::to_string(problem).unwrap())
        .collect();
    texts.sort_unstable();
    texts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn zip_envelope_and_loose_files_are_judged_as_the_relay_judges(
        seed in 0_u64..1_000, changes in proptest::collection::vec(change(), 1..4), results in any::<bool>(),
    ) {
        let kind = if results { UnitKind::Results } else { UnitKind::Usage };
        let mut draft = unit(seed, kind);
        changes.iter().for_each(|change| changed(&mut draft, change));
        let folder = tempfile::tempdir().unwrap();
        let zip = pack(&draft).unwrap();
        let judged = judge(&zip, &Limits::default(), now());
        let expected = CheckReport::new(judged.units, judged.problems);
        std::fs::write(folder.path().join("any name"), &zip).unwrap();
        prop_assert_eq!(&json(folder.path(), &["@any name"]), &expected);
        std::fs::write(folder.path().join("sealed"), sealer().seal(&zip).unwrap()).unwrap();
        prop_assert_eq!(&json(folder.path(), &["@sealed"]), &expected);
        let loose = folder.path().join("loose");
        std::fs::create_dir(&loose).unwrap();
        for (name, bytes) in &draft.files {
            std::fs::write(loose.join(name), bytes).unwrap();
        }
        let found = json(folder.path(), &["@loose"]);
        prop_assert_eq!(found.verdict, expected.verdict);
        prop_assert_eq!(sorted(found.problems), sorted(expected.problems));
    }
}

#[test]
fn a_broken_seal_is_told_as_the_relay_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let sealed = sealer().seal(&pack(&unit(1, UnitKind::Usage)).unwrap()).unwrap();
    let mut altered = sealed.clone();
    let middle = altered.len() / 3;
    altered[middle] ^= 1;
    put("altered", &altered);
    put("longer", &[sealed.as_slice(), b"x"].concat());
    put("a.p7m", b"no envelope");
    for (name, code) in [
        ("@altered", "seal.signature"),
        ("@longer", "seal.trailing"),
        ("@a.p7m", "seal.not_cms"),
    ] {
        let codes: Vec<String> = json(folder.path(), &[name])
            .problems
            .into_iter()
            .map(|one| one.code)
            .collect();
        assert_eq!(codes, [code], "{name}");
    }
    // A text that begins with the byte of a SEQUENCE is a text.
    put("0.txt", "0時の報告".as_bytes());
    put("good", &sealed);
    let (exit, out, _) = check(folder.path(), &["@0.txt", "@good"]);
    assert_eq!(exit, Exit::Ok, "{out}");
    assert!(
        out.contains("発行元、失効") && out.contains("0300000100") && out.contains("not checked here"),
        "{out}"
    );
}

#[test]
fn a_zip_without_a_manifest_is_refused_as_by_the_relay_and_its_files_judged() {
    let folder = tempfile::tempdir().unwrap();
    let good = b"202407,030001,0000000001,202504\r\n";
    let zip = |inside: &str, bytes: &[u8]| {
        let options = zip::write::SimpleFileOptions::default();
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file(format!("{inside}{NAME}"), options).unwrap();
        std::io::Write::write_all(&mut writer, bytes).unwrap();
        writer.finish().unwrap().into_inner()
    };
    for (name, bytes) in [
        ("good.zip", zip("", good)),
        ("bad.zip", zip("月/", b"202407,030001\r\n")),
    ] {
        std::fs::write(folder.path().join(name), &bytes).unwrap();
        // The relay's check says the same of the same bytes.
        let judged = judge(&bytes, &Limits::default(), now());
        let report = json(folder.path(), &[&format!("@{name}")]);
        assert_eq!(report, CheckReport::new(judged.units, judged.problems), "{name}");
        assert!(
            report
                .problems
                .iter()
                .any(|one| one.code == "zip.manifest_missing")
        );
    }
    let (exit, out, err) = check(folder.path(), &["@good.zip"]);
    assert_eq!(exit, Exit::Refused, "{out}{err}");
    assert!(
        out.contains("封筒の中身ではありません") && out.contains("not an envelope"),
        "{out}"
    );
    assert!(
        out.contains("ファイルに誤りはありません") && out.contains("no errors in the files"),
        "{out}"
    );
    let (_, out, _) = check(folder.path(), &["@bad.zip"]);
    assert!(
        out.contains("csv.field_count") && !out.contains("no errors in"),
        "{out}"
    );
    let report = json(folder.path(), &["@bad.zip"]);
    let inner = report.problems.iter().find(|one| one.code == "csv.field_count");
    assert_eq!(inner.unwrap().file.as_deref(), Some(NAME));
}

#[test]
fn limits_of_an_envelope_hold_for_folders_and_zips() {
    let folder = tempfile::tempdir().unwrap();
    let many = folder.path().join("many");
    std::fs::create_dir(&many).unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..52 {
        std::fs::write(many.join(format!("{at}.txt")), b"x").unwrap();
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(format!("{at}.txt"), options).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    std::fs::write(folder.path().join("many.zip"), bytes).unwrap();
    for name in ["@many", "@many.zip"] {
        let report = json(folder.path(), &[name]);
        let found: Vec<_> = report.problems.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(found, ["zip.too_many"], "{name}");
    }
}

#[test]
fn the_text_quotes_rows_marks_fields_and_sums_up() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "202407,030001,0000000001,202504\r\n\r\n202407,保険者,0000000002,202504\r\n";
    std::fs::create_dir_all(folder.path().join("month/second")).unwrap();
    let bytes = standard::ms932::encode(rows).unwrap();
    std::fs::write(folder.path().join("month").join(NAME), &bytes).unwrap();
    std::fs::write(
        folder.path().join("month/second").join(NAME),
        b"202407,030001,0000000001,202504\r\n",
    )
    .unwrap();
    let (exit, out, err) = check(folder.path(), &["@month"]);
    assert_eq!(exit, Exit::Refused, "{out}{err}");
    assert!(
        out.contains("      | 202407,保険者,0000000002,202504\n      |        ^^^^^^\n"),
        "{out}"
    );
    assert!(
        out.find("field.type") < out.find("csv.blank_line"),
        "errors first: {out}"
    );
    assert!(
        out.contains("エラー errors 1, 注意 warnings 2, ファイル files 2"),
        "{out}"
    );
    assert!(
        out.contains("month/second") && out.contains("--no-quote"),
        "{out}"
    );
    let (_, plain, _) = check(folder.path(), &["--no-quote", "@month"]);
    assert!(
        !plain.contains("      |") && !plain.contains("保険者,") && plain.contains("field.type"),
        "{plain}"
    );
    // For programs: no row, the place in front of the name, as there are two sets.
    let report = json(folder.path(), &["@month"]);
    let file = report.problems[0].file.clone().unwrap();
    assert!(file.ends_with(&format!("month/{NAME}")), "{file}");
    let (_, xml, _) = check(folder.path(), &["--format", "junit", "@month"]);
    assert!(
        xml.contains("tests=\"3\" failures=\"1\"") && !xml.contains("0000000002"),
        "{xml}"
    );
}

#[test]
fn a_policy_file_changes_verdicts_and_a_wrong_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put(NAME, "202407,03000x,0000000001,202504\r\n");
    let file = format!("@{NAME}");
    assert_eq!(check(folder.path(), &[&file]).0, Exit::Refused);
    put(
        "lower.json",
        r#"{"format":"careplan-policy/1","rules":{"field.type":"warning"}}"#,
    );
    let (exit, out, _) = check(folder.path(), &["--policy", "@lower.json", &file]);
    assert_eq!(exit, Exit::Ok, "{out}");
    assert!(out.contains("注意 warning   field.type"), "{out}");
    put(
        "wrong.json",
        r#"{"format":"careplan-policy/1","rules":{"unit.mixed":"warning"}}"#,
    );
    let (exit, _, err) = check(folder.path(), &["--policy", "@wrong.json", &file]);
    assert_eq!(exit, Exit::Usage);
    assert!(
        err.contains("unit.mixed") && err.contains("warning にできません"),
        "{err}"
    );
    let (exit, _, err) = check(folder.path(), &["--policy", "@nothing.json", &file]);
    assert_eq!(exit, Exit::Usage, "{err}");
    // Without settings there is no relay to ask.
    let (exit, _, err) = check(folder.path(), &["--policy", "relay", &file]);
    assert_eq!(exit, Exit::Usage, "{err}");
}
