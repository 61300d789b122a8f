//! The cases in `docs/conformance.md` are those of the catalogue. After a change run with `UPDATE_GOLDEN=1`.

use std::path::Path;

use careplan::conformance::catalogue::CASES;
use careplan::conformance::wording::{checked, side, title, to_do};

#[test]
fn the_conformance_cases_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let begin = text.find("<!-- cases:").unwrap();
    let begin = begin + text[begin..].find("-->\n").unwrap() + "-->\n".len();
    let end = text.find("<!-- end of cases -->").unwrap();
    let mut table = "| 項目 case | すること to do | 確かめること checked |\n|---|---|---|\n".to_owned();
    for case in CASES {
        let (what, act, look) = (title(case), to_do(case), checked(case));
        let side = side(case.side());
        table.push_str(&format!(
            "| <code>{}</code><br>{} / {}<br>{} / {} | {}<br>{} | {}<br>{} |\n",
            case.id, what.0, what.1, side.0, side.1, act.0, act.1, look.0, look.1
        ));
    }
    let wanted = format!("{}{table}{}", &text[..begin], &text[end..]);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written, wanted, "docs/conformance.md differs from the catalogue");
}
