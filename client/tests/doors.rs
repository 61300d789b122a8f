//! The commands against a door that is slow to agree: busy, cut off, refusing, lying.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use careplan::cli::Cli;
use careplan::commands::{Context, run};
use careplan::failure::Exit;
use careplan::settings::{Environment, Settings};
use careplan::terminal::Terminal;
use clap::Parser;
use proto::{EnvelopeId, Time};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use seal::authority::{Authority, Issued, KeyKind, Request, Usage};
use seal::trust::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What the door does with a request.
#[derive(Clone)]
enum Answer {
    /// Status line, headers and body.
    Say(&'static str, &'static str, Vec<u8>),
    /// 202 with the right id.
    Accept,
    /// Nothing at all.
    Hang,
}

/// Request lines in lower case, and bodies.
type Requests = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

struct Office {
    folder: tempfile::TempDir,
    requests: Requests,
}

struct Nothing;

impl Environment for Nothing {
    fn get(&self, _: &str) -> Option<String> {
        None
    }
}

fn issue(authority: &Authority, usage: Usage) -> Issued {
    let now = Time::from_micros(1_790_000_000_000_000);
    let request = Request {
        common_name: "KJ000000000001".to_owned(),
        serial_numbers: vec!["JGNO:0300000100".to_owned()],
        organisation: None,
        server_names: vec!["127.0.0.1".to_owned()],
        key: KeyKind::P256,
        not_before: now.plus_seconds(-86_400 * 2_000),
        not_after: now.plus_seconds(86_400 * 2_000),
        usage,
    };
    authority.issue(&request).unwrap()
}

impl Office {
    /// An office and a door that gives these answers, one a connection.
    async fn before(answers: Vec<Answer>, ca_is_known: bool) -> Self {
        let authority = Authority::create("test CA", Role::Station).unwrap();
        let (server, client) = (
            issue(&authority, Usage::Server),
            issue(&authority, Usage::ClientAndSign),
        );
        let stranger = Authority::create("other CA", Role::Station).unwrap();
        let ca = if ca_is_known {
            authority.cert_pem()
        } else {
            stranger.cert_pem()
        };
        let chain = CertificateDer::pem_slice_iter(&server.cert_pem)
            .collect::<Result<_, _>>()
            .unwrap();
        let key = PrivateKeyDer::from_pem_slice(&server.key_pem).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("ca.pem", &ca);
        write("cert.pem", &client.cert_pem);
        write("key.pem", &client.key_pem);
        write("memo.txt", "よろしくお願いします。\n".as_bytes());
        let toml = format!(
            "office = \"0300000100\"\ningest_url = \"{url}\"\ndelivery_url = \"{url}\"\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\nca = \"ca.pem\"\n"
        );
        write("careplan.toml", toml.as_bytes());
        let requests = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(door(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            answers,
            requests.clone(),
        ));
        Self { folder, requests }
    }

    /// Runs a command line in which `@` stands for the office's folder.
    async fn run(&self, line: &str) -> (Exit, String, String) {
        let folder = format!("{}/", self.folder.path().display());
        let words = line.split(' ').map(|word| word.replace('@', &folder));
        let cli = Cli::parse_from(std::iter::once("careplan".to_owned()).chain(words));
        let file = self.folder.path().join("careplan.toml");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut context = Context {
            settings: Settings::load(Some(&file), &Nothing).unwrap(),
            patience: Duration::from_secs(cli.timeout),
            terminal: Terminal {
                out: &mut out,
                err: &mut err,
            },
        };
        let exit = run(&mut context, cli.command).await;
        (
            exit,
            String::from_utf8(out).unwrap(),
            String::from_utf8(err).unwrap(),
        )
    }

    fn requests(&self) -> Vec<(String, Vec<u8>)> {
        self.requests.lock().unwrap().clone()
    }
}

async fn door(listener: TcpListener, tls: TlsAcceptor, answers: Vec<Answer>, requests: Requests) {
    for answer in answers {
        let (socket, _) = listener.accept().await.unwrap();
        let Ok(mut stream) = tls.accept(socket).await else {
            continue;
        };
        let mut bytes = Vec::new();
        let (head, body) = loop {
            let mut more = [0; 16_384];
            let length = stream.read(&mut more).await.unwrap();
            assert!(length > 0, "the client went away");
            bytes.extend_from_slice(&more[..length]);
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let expected = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if bytes.len() - end - 4 == expected {
                break (head, bytes[end + 4..].to_vec());
            }
        };
        requests
            .lock()
            .unwrap()
            .push((head.lines().next().unwrap_or_default().to_owned(), body.clone()));
        let (status, headers, body) = match answer {
            Answer::Hang => continue,
            Answer::Say(status, headers, body) => (status, headers, body),
            Answer::Accept => {
                let id = EnvelopeId::of(&body);
                let json = format!(
                    r#"{{"id":"{id}","accepted_at":"2026-11-22T09:00:00+09:00","status_url":"/v1/sent/{id}","receipt":"AA==","new_field":1}}"#
                );
                (
                    "202 Accepted",
                    "content-type: application/json\r\n",
                    json.into_bytes(),
                )
            }
        };
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
        let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
        let _ = stream.shutdown().await;
    }
}

fn busy() -> Answer {
    Answer::Say("503 Service Unavailable", "retry-after: 0\r\n", b"{}".to_vec())
}

#[tokio::test]
async fn every_retry_sends_the_same_bytes_and_so_does_a_second_run() {
    let office = Office::before(vec![busy(), Answer::Hang, Answer::Accept, Answer::Accept], true).await;
    let (exit, out, err) = office.run("send @memo.txt --to 0300000005 --json").await;
    assert_eq!(exit, Exit::Ok, "{err}");
    let (again, ..) = office.run("send @memo.txt --to 0300000005").await;
    assert_eq!(again, Exit::Ok);
    let requests = office.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests.iter().all(|(line, body)| {
        line.starts_with("post /v1/envelopes?office=0300000100") && *body == requests[0].1
    }));
    let printed: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(printed[0]["id"], EnvelopeId::of(&requests[0].1).to_string());
    assert_eq!(printed[0]["result"], "accepted");
}

#[tokio::test]
async fn a_refusal_is_told_once_and_not_tried_again() {
    let document = |code: &proto::Code| serde_json::to_vec(&proto::ProblemDocument::new(code)).unwrap();
    for (status, code, expected) in [
        (
            "401 Unauthorized",
            &proto::codes::AUTH_CERTIFICATE_EXPIRED,
            Exit::Auth,
        ),
        ("403 Forbidden", &proto::codes::AUTH_SUBMITTER, Exit::Auth),
        ("400 Bad Request", &proto::codes::SEAL_NOT_CMS, Exit::Refused),
    ] {
        let office = Office::before(
            vec![Answer::Say(status, "", document(code)), Answer::Accept],
            true,
        )
        .await;
        let (exit, _, err) = office.run("send @memo.txt --to 0300000005").await;
        assert_eq!(exit, expected);
        assert!(err.contains(code.ja) && err.contains(code.en), "{err}");
        assert_eq!(office.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_relay_of_an_unknown_ca_is_not_talked_to() {
    let office = Office::before(vec![Answer::Accept], false).await;
    let (exit, _, err) = office.run("inbox").await;
    assert_eq!(exit, Exit::Auth, "{err}");
    assert!(office.requests().is_empty());
}

#[tokio::test]
async fn patience_ends() {
    let office = Office::before(vec![busy(), busy(), busy(), busy(), busy()], true).await;
    let (exit, ..) = office.run("--timeout 1 me").await;
    assert_eq!(exit, Exit::Unreachable);
}

#[tokio::test]
async fn received_files_are_proven_written_and_acknowledged() {
    let office = Office::before(vec![Answer::Accept], true).await;
    office.run("send @memo.txt --to 0300000005").await;
    let envelope = office.requests().remove(0).1;
    let id = EnvelopeId::of(&envelope);
    let collected = format!(r#"{{"id":"{id}","status":"collected","at":"2026-11-22T09:00:00+09:00"}}"#);
    let bytes = |bytes: &[u8]| Answer::Say("200 OK", "", bytes.to_vec());
    let tampered = [envelope.as_slice(), b"x"].concat();
    let answers = vec![bytes(&envelope), bytes(collected.as_bytes()), bytes(&tampered)];
    let office = Office::before(answers, true).await;
    let (exit, out, err) = office.run(&format!("get {id} --out @in --collect")).await;
    assert_eq!(exit, Exit::Ok, "{err}");
    assert!(
        out.contains("memo.txt") && out.contains("受取済 collected"),
        "{out}"
    );
    let written = std::fs::read_to_string(office.folder.path().join("in/memo.txt")).unwrap();
    assert_eq!(written, "よろしくお願いします。\n");
    let (exit, ..) = office.run(&format!("--timeout 0 get {id} --out @other")).await;
    assert_eq!(exit, Exit::Unreachable);
    assert!(!office.folder.path().join("other").exists());
}

#[tokio::test]
async fn a_status_of_a_later_relay_is_shown_as_it_is() {
    let item = r#"{"id":"ab","destination":"0300000005","status":"beamed","accepted_at":"2026-11-22T09:00:00+09:00",
        "changed_at":"2026-11-22T09:00:00+09:00","kinds":["UPJSK"],"month":null,"new":{},"history":[{"status":"beamed","at":"x"}],
        "problems":[{"code":"a.b","severity":"error","message":"日本語","message_en":"english"}]}"#;
    let office = Office::before(vec![Answer::Say("200 OK", "", item.into())], true).await;
    let (exit, out, err) = office.run(&format!("status {}", "ab".repeat(32))).await;
    assert_eq!(exit, Exit::Ok, "{err}");
    assert!(
        out.contains("beamed") && out.find("日本語") < out.find("english"),
        "{out}"
    );
}
