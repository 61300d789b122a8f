//! A broker that listens with TLS alone: stations and a vendor connect by `amqps://`, each knowing its CA; who knows another CA
//! does not talk to it, and says why.

use anyhow::ensure;
use harness::vendor::Vendor;
use harness::world::start_tls_broker;
use harness::{Operator, RelayBuilder, Unit, World, eventually};
use proto::Status;
use seal::authority::{Authority, Request, Usage};
use seal::trust::Role;
use standard::generate::Size;
use testcontainers::core::IntoContainerPort;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let authority = Authority::create("Broker CA", Role::Station)?;
    let issued = authority.issue(&Request {
        common_name: "broker".to_owned(),
        server_names: vec!["localhost".to_owned()],
        usage: Usage::Server,
        serial_numbers: Vec::new(),
        ..harness::pki::office_request("0000000000", harness::files::now())
    })?;
    let broker = start_tls_broker(&issued.cert_pem, &issued.key_pem, &authority.cert_pem()).await?;
    let ca = folder.path().join("broker-ca.pem");
    std::fs::write(&ca, authority.cert_pem())?;
    let port = broker.get_host_port_ipv4(5671.tcp()).await?;
    let management = broker.get_host_port_ipv4(15672.tcp()).await?;

    let mut relay = RelayBuilder::default()
        .with_broker(format!("amqps://guest:guest@localhost:{port}/%2f"))
        .with("broker__ca", &ca.display().to_string())
        .with(
            "console__management_url",
            &format!("http://guest:guest@127.0.0.1:{management}/%2f"),
        )
        .start(world)
        .await?;
    let operator = Operator::of(&relay).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let mut vendor = Vendor::add(&relay, &operator, "tls", &[&helper, &manager])?;
    ensure!(vendor.url.starts_with("amqps://"), "{}", vendor.url);
    for (office, right) in [(&helper, "read"), (&manager, "send")] {
        let number = office.number.to_string();
        let arguments = ["--office", &number, "--delegate", "vendor:tls", "--right", right];
        operator.run(0, &[&["delegation", "add"][..], &arguments].concat())?;
    }

    // There and back over TLS.
    vendor.ca = Some(ca);
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let sealed = manager.envelope(&unit)?;
    let id = proto::EnvelopeId::of(&sealed);
    vendor.submit(&sealed).await?;
    vendor
        .receive_until(|message| message["type"] == "envelope" && message["message_id"] == id.to_string())
        .await?;
    ensure!(std::fs::read(vendor.folder().join(format!("{id}.p7m")))? == sealed);
    manager.until(id, Status::Imported).await?;

    // Who trusts another CA talks to nobody: a vendor, and a station, which says what to change.
    let strange = folder.path().join("strange-ca.pem");
    std::fs::write(&strange, relay.pki.strangers.cert_pem())?;
    vendor.ca = Some(strange.clone());
    let refused = vendor.submit(&sealed).await;
    let said = format!(
        "{:#}",
        refused
            .err()
            .unwrap_or_else(|| anyhow::anyhow!("it was not refused"))
    );
    ensure!(said.contains("CERTIFICATE_VERIFY_FAILED"), "{said}");
    let place = strange.display().to_string();
    let wrong = relay.add_with("validation", "broker", "ca", place.into())?;
    let process = &relay.processes[wrong];
    eventually("it says what is wrong", || async {
        let log = process.log();
        ensure!(
            log.contains("certificate is not trusted") && log.contains("broker.ca"),
            "{log}"
        );
        Ok(())
    })
    .await?;
    ensure!(!process.is_ready().await, "ready without its broker");
    relay.processes[wrong].kill()?;

    // A file that is not there is a slip in the configuration: status 64.
    let nowhere = folder.path().join("nowhere.pem").display().to_string();
    let wrong = relay.add_with("validation", "broker", "ca", nowhere.into())?;
    let process = &mut relay.processes[wrong];
    let mut clock = tokio::time::interval(std::time::Duration::from_millis(100));
    let until = tokio::time::Instant::now() + harness::eventually::SOON;
    let status = loop {
        clock.tick().await;
        if let Some(status) = process.ended()? {
            break status;
        }
        ensure!(
            tokio::time::Instant::now() < until,
            "it does not end: {}",
            process.log()
        );
    };
    ensure!(
        status == 64 && process.log().contains("broker.ca"),
        "{status}: {}",
        process.log()
    );

    relay.settled_books().await?;
    broker.rm().await?;
    Ok(())
}
