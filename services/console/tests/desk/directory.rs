//! The directory as a file: exported, imported, refused, by the API and by the page.

use std::time::Duration;

use proto::desk_directory::{DirectoryImport, FileEncoding, ImportState, LineEnds};
use proto::desk_roles::OperatorRole;
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use seal::authority::Usage;

use crate::ground::{Desk, bind, issue};
use crate::pages::Browser;

const FILE: &str =
    "number,name,services,state\r\n0300000100,見本居宅,43,open\r\n0300000118,\"見本,通所\",15,open\r\n";

impl Desk {
    /// Sends a file and waits for the end of its import.
    async fn import(&self, bytes: &[u8], dry_run: bool) -> DirectoryImport {
        let client = self.client(Some(&self.operator));
        let url = format!("{}/v1/directory/imports?dry_run={dry_run}", self.url);
        let request = client.post(url).header(CONTENT_TYPE, "text/csv");
        let answer = request.body(bytes.to_vec()).send().await.unwrap();
        assert_eq!(answer.status(), 202, "{}", answer.text().await.unwrap());
        let begun: DirectoryImport = answer.json().await.unwrap();
        self.over(begun.id).await
    }

    async fn over(&self, id: i64) -> DirectoryImport {
        let client = self.client(Some(&self.operator));
        let url = format!("{}/v1/directory/imports/{id}", self.url);
        let waiting = async {
            loop {
                let import: DirectoryImport = client.get(&url).send().await.unwrap().json().await.unwrap();
                if import.state.is_over() {
                    return import;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting)
            .await
            .unwrap()
    }

    async fn export(&self) -> String {
        let client = self.client(Some(&self.operator));
        let answer = client
            .get(format!("{}/v1/directory", self.url))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/csv; charset=utf-8");
        answer.text().await.unwrap()
    }
}

#[tokio::test]
async fn a_file_is_entered_once_and_comes_out_as_it_went_in() {
    let desk = Desk::open().await;
    let looked = desk.import(FILE.as_bytes(), true).await;
    assert_eq!(
        (looked.state, looked.report.counts.new),
        (ImportState::Done, 2),
        "{looked:?}"
    );
    assert_eq!(desk.acts().await, Vec::<String>::new());
    assert_eq!(desk.store.count_offices().await.unwrap(), 0, "only looked");

    let done = desk.import(FILE.as_bytes(), false).await;
    let counts = done.report.counts;
    assert_eq!(
        (done.state, counts.new, counts.changed),
        (ImportState::Done, 2, 0),
        "{done:?}"
    );
    assert_eq!(
        (done.report.encoding, done.report.line_ends, done.report.bytes),
        (Some(FileEncoding::Utf8), Some(LineEnds::Crlf), FILE.len() as u64)
    );
    let again = desk.import(FILE.as_bytes(), false).await.report.counts;
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 2));
    let trail = desk.store.audit_trail(0, 10).await.unwrap();
    assert_eq!(trail.len(), 1, "what changed nothing is no act: {trail:?}");
    assert_eq!(trail[0].act, "directory.import");
    let sha256 = done.report.sha256.unwrap();
    let told = &trail[0].subject;
    assert!(
        told.contains(&format!("sha256:{sha256}")) && told.contains("offices 2 new 2 changed 0"),
        "{told}"
    );

    // In Shift_JIS, and with one office closed; who is not in it stays.
    let text = "事業所番号,名称,状態,変更後の事業所番号\n0300000118,\"見本,通所\",廃止,\n";
    let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let closed = desk.import(&shift_jis, false).await.report;
    assert_eq!(closed.encoding, Some(FileEncoding::ShiftJis));
    let counts = closed.counts;
    assert_eq!((counts.changed, counts.closed, counts.absent), (1, 1, 1));

    let exported = desk.export().await;
    assert!(
        exported.contains("0300000118,\"見本,通所\",15,closed,,,,,\r\n"),
        "{exported}"
    );
    let back = desk.import(exported.as_bytes(), false).await.report.counts;
    assert_eq!((back.new, back.changed, back.unchanged), (0, 0, 2));
    assert_eq!(desk.export().await, exported);
    let other = Desk::open().await;
    other.import(exported.as_bytes(), false).await;
    assert_eq!(other.export().await, exported, "into another directory too");
}

#[tokio::test]
async fn one_wrong_line_and_nothing_is_changed() {
    let desk = Desk::open().await;
    let file = format!("{FILE}300000126,見本,43,open\r\n0300000100,見本,99,open\r\n");
    let refused = desk.import(file.as_bytes(), false).await;
    assert_eq!(refused.state, ImportState::Refused);
    let problems = &refused.report.problems;
    let told: Vec<_> = problems
        .problems
        .iter()
        .map(|one| (one.code.as_str(), one.line, one.field_no))
        .collect();
    assert_eq!(
        told,
        [
            ("directory.number", Some(4), Some(1)),
            ("directory.service", Some(5), Some(3))
        ]
    );
    assert_eq!(problems.errors, 2);
    assert_eq!(desk.store.count_offices().await.unwrap(), 0);
    assert_eq!(desk.acts().await, Vec::<String>::new());
    let empty = desk.import(b"", false).await;
    assert_eq!(empty.report.problems.problems[0].code, "directory.empty");
}

#[tokio::test]
async fn who_may_not_administer_may_export_and_not_import() {
    let desk = Desk::open().await;
    let ito = issue(&desk.operators, "ito", &[], Usage::ClientOnly);
    bind(&desk.store, "operator:ito", &ito).await;
    let now = chassis::process::now();
    (desk
        .store
        .put_operator_role("ito", OperatorRole::Operate, now)
        .await)
        .unwrap();
    let client = desk.client(Some(&ito));
    let url = format!("{}/v1/directory", desk.url);
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    let post = client
        .post(format!("{url}/imports"))
        .header(CONTENT_TYPE, "text/csv");
    assert_eq!(post.body(FILE).send().await.unwrap().status(), 403);
    let json = client.post(format!("{url}/imports")).body(FILE);
    assert_eq!(json.send().await.unwrap().status(), 400, "not said to be CSV");
    // A client that breaks off leaves an import that says so.
    desk.store
        .begin_import("operator:sato", false, now)
        .await
        .unwrap()
        .unwrap();
    let client = desk.client(Some(&desk.operator));
    let post = client
        .post(format!("{url}/imports"))
        .header(CONTENT_TYPE, "text/csv");
    let busy = post.body(FILE).send().await.unwrap();
    assert_eq!(busy.status(), 409);
    assert!(busy.text().await.unwrap().contains("directory.busy"));
}

#[tokio::test]
async fn a_form_without_javascript_imports_a_file() {
    let desk = Desk::open().await;
    let browser = Browser::open(&desk, &desk.operator).await;
    let token = browser.get("/directory").await.token();
    let send = async |token: &str, dry_run: &str, origin: &str, text: &str| {
        let part = |name: &str, more: &str, value: &str| {
            format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
        };
        let body = [
            part("token", "", token),
            part("dry_run", "", dry_run),
            part("file", "; filename=\"a.csv\"\r\nContent-Type: text/csv", text),
            "--frontier--\r\n".to_owned(),
        ]
        .concat();
        let request = browser
            .client
            .post(format!("{}/directory", desk.url))
            .header(COOKIE, &browser.cookie)
            .header(ORIGIN, origin)
            .header(CONTENT_TYPE, "multipart/form-data; boundary=frontier");
        crate::pages::read(request.body(body).send().await.unwrap()).await
    };
    for (token, origin) in [("", desk.url.as_str()), (token.as_str(), "https://evil.example")] {
        let page = send(token, "false", origin, FILE).await;
        assert_eq!(page.status, 403, "{}", page.text);
        assert!(page.text.contains("desk.form"));
    }
    // Larger than any other form of the desk.
    let many: String = (0..40_000)
        .map(|n| format!("{n:010},事業所その{n}の名称はこのように長い,43,open\r\n"))
        .collect();
    let large = format!("number,name,services,state\r\n{many}");
    assert!(2 * 1024 * 1024 < large.len());
    let looked = send(&token, "true", &desk.url, &large).await;
    assert_eq!(looked.status, 303, "{}", looked.text);
    desk.over(1).await;
    let page = browser.get(looked.place()).await;
    assert!(
        page.text.contains("まだ何も変えていません") && page.text.contains("40,000"),
        "{}",
        page.text
    );
    let wrong = send(&token, "false", &desk.url, &format!("{FILE}12,x,43,open\r\n")).await;
    desk.over(2).await;
    let page = browser.get(wrong.place()).await;
    assert!(
        page.text.contains("何も変えていません") && page.text.contains("directory.number"),
        "{}",
        page.text
    );
    let done = send(&token, "false", &desk.url, FILE).await;
    desk.over(3).await;
    assert!(browser.get(done.place()).await.text.contains("取り込みました"));
    assert!(browser.get("/directory").await.text.contains("operator:sato"));
    let file = browser.get("/directory/offices.csv").await;
    assert!(file.text.starts_with("\u{feff}number,name") && file.text.contains("見本居宅"));
    assert_eq!(desk.acts().await, ["directory.import"]);
}
