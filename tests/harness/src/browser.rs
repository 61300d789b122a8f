//! An operator with a browser: a real Chromium, without JavaScript, that trusts the doors' authority alone.
//!
//! Which client certificate a Chromium shows is its owner's choice, or a policy of the whole machine; neither fits a test. So
//! the certificate is shown by a line of the harness: TLS to the browser, TLS with the operator's certificate to the desk, and
//! the bytes between them as they are.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, ensure};
use proto::desk_roles::OperatorRole;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use seal::authority::{Issued, Request, Usage};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::Relay;
use crate::files::now;
use crate::operator::enrolled;
use crate::pki::office_request;
use crate::window::Window;

/// A page that tells whether scripts run.
const SCRIPT: &str =
    "data:text/html,<p id=a>off</p><script>document.getElementById('a').textContent='on'</script>";

/// A browser before the desk of a relay.
pub struct Browser {
    window: Window,
    port: u16,
    line: JoinHandle<()>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.line.abort();
    }
}

impl Browser {
    /// The browser of an operator of this name and role; the relay's console has to run.
    ///
    /// # Errors
    /// When there is no console, the store refuses, or NSS's tools are missing.
    pub async fn of(relay: &Relay, name: &str, role: OperatorRole) -> anyhow::Result<Self> {
        let operator = enrolled(relay, name, role).await?;
        let server = Request {
            common_name: "desk".to_owned(),
            serial_numbers: Vec::new(),
            server_names: vec!["localhost".to_owned()],
            usage: Usage::Server,
            ..office_request("0000000000", now())
        };
        let server = relay.pki.stations.issue(&server)?;
        let authority = relay.pki.stations.cert_pem();
        let url = relay
            .console_urls()
            .into_iter()
            .next()
            .context("a relay with a console")?;
        let target: u16 = url.rsplit(':').next().unwrap_or_default().parse()?;
        let (acceptor, connector) = ends(&server, &operator, &authority)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let line = tokio::spawn(carry(listener, acceptor, connector, target));
        let window = Window::without_scripts()?;
        let browser = Self { window, port, line };
        trust(browser.window.home(), &authority)?;
        let told = browser.window.dom(SCRIPT).await?;
        ensure!(told.contains(">off<"), "scripts run in this browser: {told}");
        Ok(browser)
    }

    /// What a page has become in the browser, as HTML.
    ///
    /// # Errors
    /// When the browser cannot show it.
    pub async fn dom(&self, path: &str) -> anyhow::Result<String> {
        self.window.dom(&self.url(path)).await
    }

    /// Writes a picture (PNG) of a page in a window of this size.
    ///
    /// # Errors
    /// When the browser cannot show it.
    pub async fn picture(&self, path: &str, size: (u32, u32), file: &Path) -> anyhow::Result<()> {
        self.window.picture(&self.url(path), size, file).await
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }
}

/// Has browsers of this home trust the authority, and no client certificate of their own.
fn trust(home: &Path, authority: &[u8]) -> anyhow::Result<()> {
    let folder = home.join(".pki/nssdb");
    std::fs::create_dir_all(&folder)?;
    let file = home.join("ca.pem");
    std::fs::write(&file, authority)?;
    let database = format!("sql:{}", folder.display());
    for arguments in [
        vec!["-N", "-d", &database, "--empty-password"],
        vec![
            "-A",
            "-d",
            &database,
            "-n",
            "doors",
            "-t",
            "C,,",
            "-i",
            file.to_str().context("a path")?,
        ],
    ] {
        let output = Command::new("certutil").args(&arguments).output();
        let output = output.context("run certutil (ops/dev/setup test installs it)")?;
        ensure!(
            output.status.success(),
            "certutil: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

fn ends(server: &Issued, operator: &Issued, authority: &[u8]) -> anyhow::Result<(TlsAcceptor, TlsConnector)> {
    let chain =
        |issued: &Issued| CertificateDer::pem_slice_iter(&issued.cert_pem).collect::<Result<Vec<_>, _>>();
    let key = |issued: &Issued| PrivateKeyDer::from_pem_slice(&issued.key_pem);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut accepts = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain(server)?, key(server)?)?;
    accepts.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority) {
        roots.add(certificate?)?;
    }
    let mut connects = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain(operator)?, key(operator)?)?;
    connects.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((
        TlsAcceptor::from(Arc::new(accepts)),
        TlsConnector::from(Arc::new(connects)),
    ))
}

async fn carry(listener: TcpListener, acceptor: TlsAcceptor, connector: TlsConnector, target: u16) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, connector) = (acceptor.clone(), connector.clone());
        tokio::spawn(async move {
            // A connection that ends is the browser's or the desk's matter; both tell what they miss.
            let _ = carry_one(stream, &acceptor, &connector, target).await;
        });
    }
}

async fn carry_one(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    connector: &TlsConnector,
    target: u16,
) -> anyhow::Result<()> {
    let mut browser = acceptor.accept(stream).await?;
    let desk = TcpStream::connect(("127.0.0.1", target)).await?;
    let mut desk = connector
        .connect(ServerName::try_from("localhost")?, desk)
        .await?;
    tokio::io::copy_bidirectional(&mut browser, &mut desk).await?;
    Ok(())
}
