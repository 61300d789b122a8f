//! What `careplan check` prints, as somebody in an office reads it.

use std::path::Path;

use careplan::failure::Exit;

use crate::careplan;

const NAME: &str = "DLTPLAN_202504_0300000100_43_0300000005_11_20250325093000.CSV";
const ROW: &str = "202407,030001,0000000001,202504\r\n";

fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn many_errors_alike_are_told_once_and_listed_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..40)
        .map(|row| format!("202407,x{row},{row:010},202504\r\n"))
        .collect();
    put(folder.path(), &format!("a/{NAME}"), rows);
    let (exit, out, _) = careplan(folder.path(), "check DIR/a");
    assert_eq!(exit, Exit::Refused);
    assert_eq!(out.matches("  field.type").count(), 3, "{out}");
    assert!(
        out.contains("同じ誤りがほかに37件") && out.contains("4-40 行目"),
        "{out}"
    );
    assert!(
        out.contains("37 more errors of this kind, on lines 4-40"),
        "{out}"
    );
    assert!(out.contains("エラー errors 40,"), "{out}");
    let (_, out, _) = careplan(folder.path(), "check --format json DIR/a");
    assert_eq!(out.matches("\"field.type\"").count(), 40);
}

#[test]
fn units_and_files_are_told_by_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &format!("a/{NAME}"), format!("{ROW}\r\n"));
    let (exit, out, _) = careplan(folder.path(), "check DIR/a");
    assert_eq!(exit, Exit::Ok);
    for words in [
        "C-usage_delete  サービス利用票の予定の削除 / withdrawal of planned services",
        &format!("{NAME}\n  第6表（サービス利用票）_削除 計画 / table 6 plan deletion\n"),
        "連番 sequence 20250325093000",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
}

#[test]
fn a_heading_a_renamed_file_and_attachments_alone_are_told() {
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        &format!("a/{NAME}"),
        format!("version,insurer\r\n{ROW}"),
    );
    put(folder.path(), &format!("b/コピー - {NAME}"), ROW);
    let (exit, out, _) = careplan(folder.path(), "check DIR/a");
    assert_eq!(exit, Exit::Ok);
    assert!(out.contains("1行目を見出しとみなし") && out.contains("taken for a heading"));
    assert!(!out.contains("添付だけ"));
    let (exit, out, _) = careplan(folder.path(), "check DIR/b");
    assert_eq!(exit, Exit::Ok);
    assert!(
        out.contains("名前を変えたもの") && out.contains("that was renamed"),
        "{out}"
    );
    assert!(
        out.contains("添付だけの送信") && out.contains("attachments go alone"),
        "{out}"
    );
}

#[test]
fn the_same_sending_in_two_folders_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &format!("all/april/{NAME}"), ROW);
    put(folder.path(), &format!("all/copy/{NAME}"), ROW);
    let (exit, out, _) = careplan(folder.path(), "check DIR/all");
    assert_eq!(exit, Exit::Ok, "{out}");
    assert!(out.contains("注意 warning   sequence.reused"), "{out}");
    assert!(
        out.contains("別の場所にもあります") && out.contains("send one of them only"),
        "{out}"
    );
    put(
        folder.path(),
        &format!("all/copy/{NAME}"),
        ROW.replace("0001,2", "0002,2"),
    );
    let (exit, out, _) = careplan(folder.path(), "check --format json DIR/all");
    assert_eq!(exit, Exit::Ok, "{out}");
    assert!(
        out.contains("\"sequence.reused\"") && out.contains("its contents differ"),
        "{out}"
    );
}

#[test]
fn a_pdf_under_the_name_of_a_csv_is_called_a_pdf() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &format!("a/{NAME}"), b"%PDF-1.7\n\x80\x81");
    let (exit, out, _) = careplan(folder.path(), "check DIR/a");
    assert_eq!(exit, Exit::Refused);
    assert!(
        out.contains("PDFファイルです") && out.contains("it is a PDF"),
        "{out}"
    );
    assert!(!out.contains("encoding."), "{out}");
}

#[test]
fn another_office_than_the_one_named_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &format!("a/{NAME}"), ROW);
    let (exit, out, _) = careplan(folder.path(), "--office 0300000100 check DIR/a");
    assert!(exit == Exit::Ok && !out.contains("--office"), "{out}");
    let (exit, out, _) = careplan(folder.path(), "check --office 0300000200 DIR/a");
    assert_eq!(exit, Exit::Ok);
    assert!(
        out.contains("送信元 0300000100 は --office の事業所 0300000200 ではありません")
            && out.contains("takes its delegation"),
        "{out}"
    );
}
