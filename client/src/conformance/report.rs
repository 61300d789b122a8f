//! The report for people: one HTML file without scripts that asks nobody for anything.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use proto::conformance::{CaseResult, ConformanceResult, Outcome};

use super::catalogue::{self, Case};
use super::wording;
use crate::words::time;

const STYLE: &str = "body{font-family:system-ui,'Noto Sans JP',sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;\
line-height:1.6;color:#1b1b1b;background:#fff}table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;\
padding:.4rem .6rem;text-align:left;vertical-align:top}th{background:#f0f0f0}.passed{color:#005a9c}.failed{color:#a33000;\
font-weight:bold}.not_run{color:#555}.small{font-size:.85em;color:#444}code{font-size:.9em;overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}";

/// The page of a result.
#[must_use]
pub fn page(result: &ConformanceResult) -> String {
    let facts = [
        ("製品 product", format!("{} {}", result.product, result.version)),
        (
            "製品の事業所 the product's office",
            result.product_office.to_string(),
        ),
        ("試験した事業所 the tester's office", result.office.to_string()),
        ("中継 relay", result.relay.clone()),
        (
            "ツール tool",
            format!("{}, catalogue {}", result.tool, result.catalogue),
        ),
        ("開始 began", time(&result.began_at.to_string())),
        ("終了 ended", time(&result.ended_at.to_string())),
    ];
    let markup = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "適合試験 conformance " (result.product) " " (result.version) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "適合試験の結果 " span lang="en" { "Conformance result" } }
                table { tbody { @for (name, value) in &facts { tr { th scope="row" { (name) } td { (value) } } } } }
                p { @for outcome in Outcome::ALL {
                    strong class=(class(outcome)) { (both(outcome)) " " (result.count(outcome)) } "　"
                } }
                table {
                    thead { tr { th { "項目 case" } th { "結果 outcome" } th { "分かったこと findings" } } }
                    tbody { @for case in &result.cases { (row(case)) } }
                }
                p.small { "署名付きの結果は result.p7m です。この画面に署名はありません。 "
                    span lang="en" { "The signed result is result.p7m; this page bears no signature." } }
            }
        }
    };
    markup.into_string()
}

fn row(case: &CaseResult) -> Markup {
    let known: Option<&Case> = catalogue::find(&case.case);
    html! {
        tr {
            td {
                code { (case.case) }
                @if let Some(known) = known {
                    @let (title, checked) = (wording::title(known), wording::checked(known));
                    br; (title.0) br; span lang="en" { (title.1) }
                    p.small { (checked.0) br; span lang="en" { (checked.1) } }
                }
            }
            td class=(class(case.outcome)) { (both(case.outcome)) }
            td {
                @for finding in &case.findings { p { (finding.ja) br; span lang="en" { (finding.en) } } }
                @for id in &case.envelopes { p.small { code { (id) } } }
                @if let Some(at) = case.ended_at { p.small { (time(&at.to_string())) } }
            }
        }
    }
}

fn both(outcome: Outcome) -> String {
    let (ja, en) = outcome.words();
    format!("{ja} {en}")
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::NotRun => "not_run",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_product_calls_itself_is_only_text() {
        let value = json!({
            "format": proto::conformance::FORMAT, "product": "<script>alert(1)</script>", "version": "1", "tool": "careplan 0",
            "catalogue": 1, "office": "0300000100", "product_office": "0300000005", "relay": "https://relay.example",
            "began_at": "2025-04-01T09:30:00+09:00", "ended_at": "2025-04-01T09:40:00+09:00",
            "cases": [{ "case": "sends.usage", "outcome": "failed", "findings": [{ "ja": "誤り<b>", "en": "wrong" }] }],
        });
        let result = ConformanceResult::read(value.to_string().as_bytes()).unwrap();
        let page = page(&result);
        assert!(
            page.contains("&lt;script&gt;") && !page.contains("<script"),
            "{page}"
        );
        assert!(page.contains("誤り&lt;b&gt;") && page.contains("不合格 failed"));
        assert!(!page.contains("http://") && !page.contains("src="));
    }
}
