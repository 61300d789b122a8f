//! The national care plan data standard (ケアプランデータ連携標準仕様 V4.1 and V3), pure: bytes in, findings out.
//!
//! Here: the facts of the standard (`tables/`, read once), the grammar of file names, which files travel together,
//! how bytes become records, what each field may hold, and a generator of synthetic valid data. It reads like a
//! receiver: it finds every problem and says what to do about it.
//!
//! Not here: I/O, clocks, logs, ZIP, manifests, signatures. Attachments are not looked at either.
//!
//! Source of the tables: the Ministry of Health, Labour and Welfare's V4.1 (October 2024) and V3.2 (June 2023).

mod changed;
pub mod check;
pub mod codes;
pub mod csv;
mod date;
mod encoding;
mod field;
mod file;
pub mod finding;
pub mod generate;
pub mod group;
pub mod kind;
pub mod layout;
pub mod lists;
pub mod ms932;
pub mod name;
pub mod policy;
mod rules;
mod subject;
mod tsv;
pub mod unit;
mod version;

pub use check::{Context, File, Report, UnitSummary, check};
pub use codes::{CODES, CodeInfo};
pub use file::has_heading;
pub use finding::{Finding, Severity};
pub use generate::{GenSpec, GeneratedUnit, Size, UnitKind, generate};
pub use group::{Group, group};
pub use kind::{Edition, FileKind};
pub use name::{FileName, NameFinding, looks_standard};
pub use policy::Policy;
pub use subject::Subject;
pub use unit::{Unit, identify};
