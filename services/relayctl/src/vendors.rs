//! `vendors`: products of vendors, their conformance results, and which takes in what which has sent.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use proto::conformance::BYTES;
use proto::desk_products::{ImportMatrix, ProductEntry, ProductList, ResultEntry, ResultPost};

use crate::desk::Desk;
use crate::exit::Failure;
use crate::print;
use crate::requests::{Method, Topic, bare, with_body};

/// A result with its signature and certificates.
const SIGNED_BYTES: u64 = BYTES as u64 + 32 * 1024;

#[derive(Debug, clap::Args)]
pub(crate) struct VendorsArgs {
    #[command(subcommand)]
    command: Option<VendorsCommand>,
}

#[derive(Debug, Subcommand)]
enum VendorsCommand {
    /// Results of conformance tests.
    #[command(subcommand)]
    Results(ResultsCommand),
    /// Who took in what whose software had made, and who could not.
    Matrix {
        /// Print CSV; with --json that is printed instead.
        #[arg(long)]
        csv: bool,
    },
}

#[derive(Debug, Subcommand)]
enum ResultsCommand {
    /// Keep a signed result (`result.p7m` of `careplan conformance run`); its product is named in the matrix from then on.
    Add {
        /// The signed file.
        file: PathBuf,
    },
}

/// Does what was asked; without a command it lists the products with their newest results.
pub(crate) async fn run(desk: &Desk, args: VendorsArgs, json: bool) -> Result<(), Failure> {
    match args.command {
        None => {
            let request = bare(Method::Get, "/v1/products".to_owned(), Topic::Ended);
            let answer = desk.ask(&request).await?;
            if json {
                return print::json(&answer);
            }
            let list: ProductList = print::shaped(&answer)?;
            print::text(&products(&list))
        }
        Some(VendorsCommand::Results(ResultsCommand::Add { file })) => {
            let path = "/v1/products/results".to_owned();
            let request = with_body(Method::Post, path, &signed(&file)?, Topic::Ended)?;
            let answer = desk.ask(&request).await?;
            if json {
                return print::json(&answer);
            }
            let entry: ResultEntry = print::shaped(&answer)?;
            print::text(&format!("{} {}\n", entry.product, result(&entry)))
        }
        Some(VendorsCommand::Matrix { csv }) => {
            let request = bare(Method::Get, "/v1/products/imports".to_owned(), Topic::Ended);
            let answer = desk.ask(&request).await?;
            if json {
                return print::json(&answer);
            }
            let matrix: ImportMatrix = print::shaped(&answer)?;
            print::text(&if csv { as_csv(&matrix) } else { pairs(&matrix) })
        }
    }
}

fn signed(file: &PathBuf) -> Result<ResultPost, Failure> {
    let cannot = |error: std::io::Error| Failure::cannot(&format!("read {}", file.display()), &error);
    let size = std::fs::metadata(file).map_err(cannot)?.len();
    if SIGNED_BYTES < size {
        return Err(Failure::Usage(format!(
            "{}: {size} bytes are more than a signed result has ({SIGNED_BYTES}); give the result.p7m",
            file.display()
        )));
    }
    let bytes = std::fs::read(file).map_err(cannot)?;
    Ok(ResultPost {
        signed: STANDARD.encode(bytes),
    })
}

fn products(list: &ProductList) -> String {
    if list.items.is_empty() {
        return "none; results are added with `relayctl vendors results add`\n".to_owned();
    }
    let line = |product: &ProductEntry| {
        let newest = product
            .newest
            .as_ref()
            .map_or_else(|| "no result".to_owned(), result);
        format!("{} {newest}\n", product.name)
    };
    list.items.iter().map(line).collect()
}

fn result(entry: &ResultEntry) -> String {
    let failed = match entry.failed_cases.as_slice() {
        [] => String::new(),
        cases => format!("\n  failed  {}", cases.join(" ")),
    };
    format!(
        "{}  passed {}, failed {}, not run {}  {}  {}{failed}",
        entry.version, entry.passed, entry.failed, entry.not_run, entry.ended_at, entry.signer
    )
}

fn pairs(matrix: &ImportMatrix) -> String {
    if matrix.items.is_empty() {
        return "none; nobody has reported an import yet\n".to_owned();
    }
    let mut words = String::new();
    for pair in &matrix.items {
        let reason = match &pair.reason {
            Some(reason) => format!("  {reason} ({})", pair.reason_count),
            None => String::new(),
        };
        words.push_str(&format!(
            "{} -> {}  ok {}, failed {}  {}{reason}\n",
            pair.made_with, pair.taken_by, pair.ok, pair.failed, pair.last_at
        ));
    }
    words
}

/// RFC 4180; every field is quoted.
fn as_csv(matrix: &ImportMatrix) -> String {
    let mut text = "made_with,taken_by,ok,failed,last_at,reason,reason_count\r\n".to_owned();
    for pair in &matrix.items {
        let fields = [
            pair.made_with.clone(),
            pair.taken_by.clone(),
            pair.ok.to_string(),
            pair.failed.to_string(),
            pair.last_at.to_string(),
            pair.reason.clone().unwrap_or_default(),
            pair.reason_count.to_string(),
        ];
        let quoted: Vec<_> = fields.iter().map(|field| quoted(field)).collect();
        text.push_str(&quoted.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A name that a spreadsheet would take for a formula is led by an apostrophe.
fn quoted(field: &str) -> String {
    let lead = if field.starts_with(['=', '+', '-', '@']) {
        "'"
    } else {
        ""
    };
    format!("\"{lead}{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use proto::desk_products::ImportPair;

    use super::*;

    #[test]
    fn the_matrix_is_told_in_words_and_as_csv() {
        let pair = ImportPair {
            made_with: "=\"A\"".to_owned(),
            taken_by: "ケア, 21".to_owned(),
            ok: 3,
            failed: 1,
            last_at: "2025-04-01T09:30:00+09:00".parse().unwrap(),
            reason: Some("user.unknown".to_owned()),
            reason_count: 1,
        };
        let matrix = ImportMatrix { items: vec![pair] };
        let csv = as_csv(&matrix);
        let row = csv.lines().nth(1).unwrap();
        assert!(
            row.starts_with("\"'=\"\"A\"\"\",\"ケア, 21\",\"3\",\"1\","),
            "{row}"
        );
        assert!(pairs(&matrix).contains("ok 3, failed 1"));
    }

    #[test]
    fn what_is_no_result_by_its_size_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large");
        std::fs::write(&file, vec![0; 200_000]).unwrap();
        assert!(matches!(signed(&file), Err(Failure::Usage(words)) if words.contains("200000")));
    }
}
