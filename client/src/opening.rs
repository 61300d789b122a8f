//! Files as the relay would see them: loose ones, the content of an envelope (ZIP), and whole envelopes (CMS), told apart
//! by what is in them. Each is judged as the relay judges it.

use parcel::{Judged, Rules, attachment_kind};
use proto::{Problem, Problems, Severity, Time, codes};
use standard::looks_standard;

use crate::failure::Failure;
use crate::fitting;
use crate::hints;
use crate::selection;
use crate::subjects::Subject;

/// OBJECT IDENTIFIER of PKCS#7 and CMS, 1.2.840.113549.1.7 without its last arc.
const PKCS7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
/// In a CMS the identifier stands behind one header of at most ten bytes and its own of two.
const HEAD: usize = 20;
/// What a file is by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file of the standard, or an attachment.
    File,
    /// A ZIP that is no attachment.
    Zip,
    /// A CMS, or what calls itself one.
    Envelope,
}

/// One thing judged, with what is needed to show it.
#[derive(Debug)]
pub struct Opened {
    /// Folder or file it was found in; empty for files named one by one.
    pub place: String,
    /// What it is.
    pub kind: Kind,
    /// Names and bytes of its files, as far as they can be read.
    pub files: Vec<(String, Vec<u8>)>,
    /// The judgement.
    pub judged: Judged,
    /// What the person should know beside it, in Japanese and English.
    pub notes: Vec<(String, String)>,
}

/// Reads a set and judges what is in it: the loose files together, every ZIP and every envelope by itself. `told` hears how
/// many files were judged in each step.
///
/// # Errors
/// A file cannot be read.
pub fn open(
    subject: &Subject,
    rules: &Rules,
    now: Time,
    mut told: impl FnMut(usize),
) -> Result<Vec<Opened>, Failure> {
    let (mut loose, mut huge, mut packed) = (Vec::new(), Vec::new(), Vec::new());
    for path in &subject.paths {
        let size = std::fs::metadata(path).map_err(Failure::read(path))?.len();
        if rules.limits.unpacked_bytes.max(rules.limits.envelope_bytes) < size {
            let name = selection::name(path)?;
            let problem = Problem::new(&codes::ZIP_UNPACKED).in_file(&name);
            huge.push((name, problem.with_value(size.to_string())));
            told(1);
            continue;
        }
        let (name, bytes) = selection::file(path)?;
        match kind(&name, &bytes) {
            Kind::File => loose.push((name, bytes)),
            kind => packed.push((path.display().to_string(), kind, bytes)),
        }
    }
    let mut opened = Vec::new();
    if !loose.is_empty() || !huge.is_empty() {
        let mut judged = rules.judge_files_telling(&loose, &mut told);
        for problem in fitting::problems(&loose, &rules.limits, now) {
            judged.problems.push(problem);
        }
        for (name, problem) in huge {
            judged.problems.push(problem);
            loose.push((name, Vec::new()));
        }
        let mut notes = hints::of(&loose);
        notes.extend(hints::of_attachments_alone(&loose));
        opened.push(Opened {
            place: subject.place.clone(),
            kind: Kind::File,
            files: loose,
            judged,
            notes,
        });
    }
    for (place, kind, bytes) in packed {
        opened.push(match kind {
            Kind::Envelope => envelope(place, &bytes, rules, now),
            Kind::Zip | Kind::File => zip(place, &bytes, rules, now),
        });
        told(1);
    }
    Ok(opened)
}

/// What these bytes are. A name of the standard is taken at its word.
#[must_use]
pub fn kind(name: &str, bytes: &[u8]) -> Kind {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let is_cms = bytes.first() == Some(&0x30) && head.windows(PKCS7.len()).any(|window| window == PKCS7);
    let lower = name.to_ascii_lowercase();
    let called_cms = [".p7m", ".p7s", ".p7c", ".cms"]
        .iter()
        .any(|end| lower.ends_with(end));
    let is_pem = ["-----BEGIN CMS", "-----BEGIN PKCS7"]
        .iter()
        .any(|begin| bytes.starts_with(begin.as_bytes()));
    if looks_standard(name) {
        Kind::File
    } else if is_cms || called_cms || is_pem {
        Kind::Envelope
    } else if bytes.starts_with(b"PK") && attachment_kind(bytes).is_none() {
        Kind::Zip
    } else {
        Kind::File
    }
}

fn envelope(place: String, bytes: &[u8], rules: &Rules, now: Time) -> Opened {
    let mut opened = Opened {
        place,
        kind: Kind::Envelope,
        files: Vec::new(),
        judged: Judged::default(),
        notes: Vec::new(),
    };
    if too_large(bytes, rules, &mut opened.judged.problems) {
        return opened;
    }
    let alone = match seal::open_alone(bytes, now) {
        Ok(alone) => alone,
        Err(problems) => {
            opened.judged.problems = Problems::from(problems);
            return opened;
        }
    };
    content(&mut opened, &alone.content, rules, now);
    let office = alone
        .office
        .map_or_else(|| "-".to_owned(), |office| office.to_string());
    opened.notes.push((
        format!(
            "署名は中身と一致します（証明書の事業所番号 {office}）。発行元、失効、署名の権限はここでは確認していません。中継が確認します。"
        ),
        format!(
            "the seal fits its content (office in the certificate: {office}); its issuer, revocation and right to sign were not checked here, the relay does"
        ),
    ));
    if let Some(manifest) = &opened.judged.manifest
        && alone.office.is_some_and(|office| office != manifest.sender)
    {
        opened.notes.push((
            "証明書の事業所は送信元ではありません。署名の委任がなければ差し戻されます。".to_owned(),
            "the certificate is not the sender's: without a delegation to sign the relay will refuse"
                .to_owned(),
        ));
    }
    opened
}

fn zip(place: String, bytes: &[u8], rules: &Rules, now: Time) -> Opened {
    let mut opened = Opened {
        place,
        kind: Kind::Zip,
        files: Vec::new(),
        judged: Judged::default(),
        notes: Vec::new(),
    };
    if !too_large(bytes, rules, &mut opened.judged.problems) {
        content(&mut opened, bytes, rules, now);
    }
    opened
}

/// Judges the content of an envelope, or what was meant to become one.
fn content(opened: &mut Opened, zip: &[u8], rules: &Rules, now: Time) {
    opened.judged = rules.judge(zip, now);
    let found = parcel::found(zip, &rules.limits);
    let problems = &opened.judged.problems.problems;
    let has = |code: &str| problems.iter().any(|problem| problem.code == code);
    let is_envelope = !has(codes::ZIP_MANIFEST_MISSING.code);
    opened.files = match is_envelope {
        true => found.files,
        false => found.loose(),
    };
    opened.notes.extend(hints::of(&opened.files));
    if is_envelope {
        return;
    }
    let is_of_files =
        |problem: &&Problem| problem.severity == Severity::Error && !problem.code.starts_with("zip.");
    let (fit_ja, fit_en) = match problems.iter().find(is_of_files) {
        None => (
            "中のファイルに誤りはありません。",
            "; there are no errors in the files themselves",
        ),
        Some(_) => ("", ""),
    };
    opened.notes.push((
        format!(
            "封筒の中身ではありません（manifest.json がない）。中のファイルだけを、ばらのファイルとして点検しました。{fit_ja}送るときは、展開したフォルダを careplan send に渡してください。"
        ),
        format!(
            "not an envelope (no manifest.json); only its files were checked, as loose ones{fit_en}; to send them unpack it and give the folder to careplan send"
        ),
    ));
}

/// The door reads no further than this.
fn too_large(bytes: &[u8], rules: &Rules, problems: &mut Problems) -> bool {
    let is_too_large = rules.limits.envelope_bytes < bytes.len() as u64;
    if is_too_large {
        problems.push(Problem::new(&codes::HTTP_TOO_LARGE).with_value(bytes.len().to_string()));
    }
    is_too_large
}
