//! The whole judgement of an envelope's content, all problems at once: ZIP, manifest, attachments, the standard.

use proto::api::UnitSummary;
use proto::manifest::MANIFEST_NAME;
use proto::versions::Group;
use proto::{FileRole, Limits, Manifest, Problem, Problems, Sending, Time, Versions, codes};
use standard::{Context, FileName, Policy, Subject, UnitSummary as Unit, looks_standard};

use crate::attachment::attachment_kind;
use crate::finding;
use crate::name::{is_plain_name, shown};
use crate::unpack::{self, UnpackedFile};

/// By what is judged beside the standard itself.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Limits of an envelope.
    pub limits: Limits,
    /// Rules of the standard with another severity than the usual one.
    pub policy: Option<Policy>,
}

/// What was found in an envelope or among files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The manifest, if it could be read; also when something else is wrong.
    pub manifest: Option<Manifest>,
    /// The sending units of the standard.
    pub units: Vec<UnitSummary>,
    /// Every problem; no error among them means accept.
    pub problems: Problems,
    /// What delivery needs to know; there is none when the files are not one sending.
    pub sending: Option<SendingFacts>,
}

/// What the envelope holds, for the ledger. The signer is added by whoever opened the seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendingFacts {
    /// 連番, 14 digits.
    pub sequence: String,
    /// File kinds of the standard files, sorted; empty with attachments alone.
    pub kinds: Vec<String>,
    /// Service month `YYYYMM`.
    pub month: Option<String>,
    /// CSV version (`202407`) of the standard files' edition.
    pub version: Option<String>,
    /// The manifest's message.
    pub message: Option<String>,
    /// Names of the standard files, sorted.
    pub names: Vec<String>,
    /// [`Sending::digest_of`] all files and the message.
    pub digest: String,
    /// The software that made the files, as the manifest says.
    pub software: Option<String>,
    /// The records, for the version chain.
    pub versions: Option<Versions>,
}

impl Judged {
    /// Nothing found stops the envelope.
    #[must_use]
    pub fn is_accept(&self) -> bool {
        !self.problems.any_error()
    }
}

impl SendingFacts {
    /// The stamp of this sending, sealed by this holder's certificate.
    #[must_use]
    pub fn signed_by(self, signer: String) -> Sending {
        Sending {
            sequence: self.sequence,
            kinds: self.kinds,
            month: self.month,
            version: self.version,
            message: self.message,
            names: self.names,
            digest: self.digest,
            signer,
            software: self.software,
            versions: self.versions,
        }
    }
}

/// [`Rules::judge`] with the usual severities.
#[must_use]
pub fn judge(zip: &[u8], limits: &Limits, accepted_at: Time) -> Judged {
    let rules = Rules {
        limits: *limits,
        policy: None,
    };
    rules.judge(zip, accepted_at)
}

/// [`Rules::judge_files`] with the usual severities.
#[must_use]
pub fn judge_files(files: &[(String, Vec<u8>)]) -> Judged {
    Rules::default().judge_files(files)
}

impl Rules {
    /// Judges the content of an envelope accepted at this time.
    #[must_use]
    pub fn judge(&self, zip: &[u8], accepted_at: Time) -> Judged {
        judge_content(zip, self, accepted_at)
    }

    /// Judges loose files: names and bytes. Several sending units among them are judged one by one.
    #[must_use]
    pub fn judge_files(&self, files: &[(String, Vec<u8>)]) -> Judged {
        self.judge_files_telling(files, |_| {})
    }

    /// The same; `told` hears after each step how many files were judged in it.
    #[must_use]
    pub fn judge_files_telling(&self, files: &[(String, Vec<u8>)], told: impl FnMut(usize)) -> Judged {
        judge_loose(files, self.policy.as_ref(), Judged::default(), told)
    }
}

fn judge_content(zip: &[u8], rules: &Rules, accepted_at: Time) -> Judged {
    let reading = unpack::read(zip, &rules.limits);
    let mut problems = Problems::from(reading.problems);
    let Some(manifest) = reading.manifest else {
        return judge_unaddressed(zip, rules, problems);
    };
    if !manifest.created_in_time(accepted_at) {
        problems.push(
            Problem::new(&codes::MANIFEST_CREATED_AT)
                .in_file(MANIFEST_NAME)
                .at_field("created_at"),
        );
    }
    let mut files = Vec::new();
    for file in &reading.files {
        let is_standard = looks_standard(&file.name);
        if is_standard != (file.role == FileRole::Standard) {
            problems.push(Problem::new(&codes::MANIFEST_ROLE).in_file(&file.name));
        }
        if is_standard {
            sequence(file, &manifest, &mut problems);
            files.push(standard_file(&file.name, &file.bytes));
        } else {
            attachment(&file.name, &file.bytes, &mut problems);
        }
    }
    let context = Context {
        sender: Some(manifest.sender.as_str()),
        destination: Some(manifest.destination.as_str()),
        // Told above, by the manifest's own code.
        sequence: None,
        policy: rules.policy.as_ref(),
    };
    let report = standard::check(&files, &context);
    let sending = facts(&manifest, &reading.files, &report);
    let units = report.units.iter().map(finding::unit).collect();
    finding::add(report, &mut problems);
    Judged {
        manifest: Some(manifest),
        units,
        problems,
        sending,
    }
}

/// A ZIP that has no manifest is refused; who made it by hand reads in the same answer what is wrong with its files. They
/// are judged as if they lay in one folder: folders in the ZIP have their own problem.
fn judge_unaddressed(zip: &[u8], rules: &Rules, problems: Problems) -> Judged {
    let found = unpack::found(zip, &rules.limits);
    let judged = Judged {
        problems,
        ..Judged::default()
    };
    if found.has_manifest {
        return judged;
    }
    judge_loose(&found.loose(), rules.policy.as_ref(), judged, |_| {})
}

/// Adds to `judged` what there is to say of these files.
fn judge_loose(
    files: &[(String, Vec<u8>)],
    policy: Option<&Policy>,
    mut judged: Judged,
    mut told: impl FnMut(usize),
) -> Judged {
    let (mut names, mut named, mut nameless) = (Vec::new(), Vec::new(), Vec::new());
    for (name, bytes) in files {
        if !looks_standard(name) {
            if !is_plain_name(name) {
                let problem = Problem::new(&codes::ZIP_NAME).in_file(shown(name.as_bytes()));
                judged.problems.push(problem);
            }
            attachment(name, bytes, &mut judged.problems);
            continue;
        }
        match FileName::parse(name) {
            Ok(parsed) => {
                names.push(parsed);
                named.push(standard_file(name, bytes));
            }
            Err(_) => nameless.push(standard_file(name, bytes)),
        }
    }
    let mut piles: Vec<Vec<standard::File<'_>>> = standard::group(&names)
        .into_iter()
        .map(|group| {
            group
                .files
                .iter()
                .filter_map(|at| named.get(*at))
                .copied()
                .collect()
        })
        .collect();
    told(files.len() - named.len() - nameless.len());
    piles.insert(0, nameless);
    let context = Context {
        policy,
        ..Context::default()
    };
    for pile in piles {
        let report = standard::check(&pile, &context);
        told(pile.len());
        judged.units.extend(report.units.iter().map(finding::unit));
        finding::add(report, &mut judged.problems);
    }
    judged
}

fn standard_file<'a>(name: &'a str, bytes: &'a [u8]) -> standard::File<'a> {
    standard::File { name, bytes }
}

fn sequence(file: &UnpackedFile, manifest: &Manifest, problems: &mut Problems) {
    let differs = FileName::parse(&file.name).is_ok_and(|name| name.sequence != manifest.sequence);
    if differs {
        problems.push(Problem::new(&codes::MANIFEST_SEQUENCE_DIFFERS).in_file(&file.name));
    }
}

fn attachment(name: &str, bytes: &[u8], problems: &mut Problems) {
    if attachment_kind(bytes).is_none() {
        problems.push(Problem::new(&codes::ATTACHMENT_TYPE).in_file(shown(name.as_bytes())));
    }
}

fn facts(manifest: &Manifest, files: &[UnpackedFile], report: &standard::Report) -> Option<SendingFacts> {
    let mut names: Vec<String> = files
        .iter()
        .filter(|file| looks_standard(&file.name))
        .map(|file| file.name.clone())
        .collect();
    names.sort_unstable();
    let unit = match report.units.as_slice() {
        [] if names.is_empty() => None,
        [unit] => Some(unit),
        _ => return None,
    };
    let mut kinds = unit.map(|unit| unit.kinds.clone()).unwrap_or_default();
    kinds.sort_unstable();
    let digests = files
        .iter()
        .map(|file| (file.name.as_str(), file.sha256.as_str()));
    Some(SendingFacts {
        sequence: manifest.sequence.clone(),
        kinds,
        month: unit.and_then(|unit| unit.month.clone()),
        version: unit.map(|unit| unit.edition.csv_version().to_owned()),
        message: manifest.message.clone(),
        names,
        digest: Sending::digest_of(digests, manifest.message.as_deref()),
        software: manifest.software.clone(),
        versions: unit.and_then(|unit| versions(manifest, unit, &report.subjects)),
    })
}

/// The records of a unit; all are brought, or all are withdrawn.
fn versions(manifest: &Manifest, unit: &Unit, subjects: &[Subject]) -> Option<Versions> {
    let group = Group {
        sender: manifest.sender,
        destination: manifest.destination,
        service_kinds: &unit.service_kinds,
        month: unit.month.as_deref(),
    };
    let withdraws = subjects.first()?.withdraws;
    let records = subjects.iter().map(|subject| {
        let [insurer, insured, third, fourth] = subject.parts();
        [subject.kind.as_str(), insurer, insured, third, fourth]
    });
    Versions::of(&group, withdraws, records)
}
