//! The faults, one after the other, each with the alerts that are to tell of it.

use anyhow::{Context, ensure};
use harness::files::now;
use harness::vendor::Vendor;
use harness::{Line, Operator, eventually};
use proto::topology::{ACCEPTED_STREAM, Exchange, ShardedQueue, shard_key};
use proto::{EnvelopeId, Holder, OfficeNumber, Status};
use serde_json::json;
use store::{CertificateFacts, OfficeFacts, OfficeState};
use tokio::process::Command;

use super::{DAY, Ground, Load, signal};

impl Ground<'_> {
    pub(super) async fn certificates_and_licences_end(&mut self) -> anyhow::Result<()> {
        let number: OfficeNumber = "0300000013".parse()?;
        let store = &self.relay.store;
        let facts = OfficeFacts {
            number,
            name: "事業所".to_owned(),
            state: OfficeState::Open,
            services: vec!["15".to_owned()],
            licence_until: None,
            grace_days: 0,
            max_bytes: None,
            versions: Vec::new(),
        };
        store.put_office(&facts).await?;
        store
            .put_licence(number, now(), now().plus_seconds(3 * DAY))
            .await?;
        let issued = self.relay.pki.office(number)?;
        let certificate = CertificateFacts {
            fingerprint: seal::trust::fingerprint(&issued.cert_der),
            holder: Holder::Office(number),
            not_before: now().plus_seconds(-DAY),
            not_after: now().plus_seconds(3 * DAY),
            bound_at: now(),
            revoked_at: None,
        };
        store.bind_certificate(&certificate).await?;
        // Three days are 72 minutes here, ten days four hours.
        self.relay.pki.write_lists(&[], now().plus_seconds(1_800))?;
        self.relay.pki.doors_until(now().plus_seconds(10 * DAY / 60))?;
        self.fire(&[
            "CertificatesEnd",
            "LicencesEnd",
            "RevocationListEnds",
            "DoorCertificateEnds",
        ])
        .await?;
        self.relay.pki.revoke(&[])?;
        self.relay.pki.renew_doors()?;
        self.is_silent("DoorCertificateEnds").await
    }

    pub(super) async fn a_webhook_leads_nowhere(&mut self) -> anyhow::Result<()> {
        let operator = Operator::of(&self.relay).await?;
        let name = format!("office.{}", self.helper.number);
        let url = "https://care.invalid/hook";
        operator.json(&["webhook", "set", &name, "--url", url])?;
        let id = self.send().await?.context("the door takes it")?;
        self.manager.until(id, Status::Delivered).await.map(drop)
    }

    pub(super) async fn a_vendor_does_not_read(&mut self) -> anyhow::Result<()> {
        let operator = Operator::of(&self.relay).await?;
        let full = json!({ "pattern": r"^vendor\.unread$", "apply-to": "queues", "priority": 10,
            "definition": { "max-length": 1 } });
        let path = format!("policies/{}/unread", self.vhost);
        self.world.manage_with("PUT", &path, Some(full)).await?;
        let vendor = Vendor::add(&self.relay, &operator, "unread", &[&self.helper])?;
        let number = self.helper.number.to_string();
        let arguments = [
            "--office",
            &number,
            "--delegate",
            "vendor:unread",
            "--right",
            "read",
        ];
        operator.run(0, &[&["delegation", "add"][..], &arguments].concat())?;
        for _ in 0..4 {
            let id = self.send().await?.context("the door takes it")?;
            self.manager.until(id, Status::Delivered).await?;
        }
        self.fire(&["VendorQueueWaits"]).await?;
        let all = vendor.receive(4).await?;
        ensure!(all.len() == 4);
        Ok(())
    }

    pub(super) async fn something_is_parked(&mut self) -> anyhow::Result<()> {
        let body = json!({
            "properties": { "message_id": EnvelopeId::of(b"poison").to_string(), "type": "envelope", "headers": {} },
            "routing_key": shard_key(self.helper.number, 2), "payload": "no envelope", "payload_encoding": "string"
        });
        let path = format!("exchanges/{}/{}/publish", self.vhost, Exchange::Validated);
        self.world.manage_with("POST", &path, Some(body)).await?;
        self.fire(&["EnvelopesParked"]).await
    }

    pub(super) async fn software_takes_nothing_in(&mut self) -> anyhow::Result<()> {
        self.fire_under(&["ImportsFail"], &Load::FailedImports).await
    }

    pub(super) async fn queues_are_deleted(&mut self) -> anyhow::Result<()> {
        let queue = ShardedQueue::Routing.name(self.helper.number.shard(2));
        for queue in [queue.as_str(), ACCEPTED_STREAM] {
            let path = format!("queues/{}/{queue}", self.vhost);
            self.world.manage("DELETE", &path).await?;
        }
        let alerts = ["PublishReturned", "NotesRestarted"];
        self.fire_under(&alerts, &Load::Sendings(1)).await
    }

    /// Validation gets the processor in one round of five.
    pub(super) async fn a_station_starves(&mut self) -> anyhow::Result<()> {
        let validation = self.relay.processes[self.station("validation")?].id().to_string();
        let load = Load::Starving(validation.clone());
        let ends = self.fire_under(&["DeliverySlow"], &load).await;
        signal("-CONT", &validation).await?;
        ends
    }

    pub(super) async fn a_station_is_killed(&mut self) -> anyhow::Result<()> {
        let validation = self.station("validation")?;
        self.relay.processes[validation].kill()?;
        let alerts = [
            "RelayDown",
            "DoorFull",
            "DoorErrors",
            "EnvelopesStandStill",
            "EnvelopesUnaccounted",
        ];
        self.fire_under(&alerts, &Load::Sendings(10)).await?;
        // What waited is dropped behind the relay's back: the station is back, and still they are not accounted for.
        for shard in 0..2 {
            let queue = ShardedQueue::Validation.name(shard);
            let path = format!("queues/{}/{queue}/contents", self.vhost);
            self.world.manage("DELETE", &path).await?;
        }
        self.relay.processes[validation].again()?;
        self.relay.processes[validation].ready().await?;
        eventually("the door is open again", || async {
            let firing = self.prometheus.firing().await?;
            ensure!(
                !firing.contains("DoorFull") && !firing.contains("RelayDown"),
                "{firing:?}"
            );
            ensure!(firing.contains("EnvelopesUnaccounted"), "{firing:?}");
            Ok(())
        })
        .await?;
        // Sent again, the same bytes.
        for sealed in std::mem::take(&mut self.sent) {
            let id = EnvelopeId::of(&sealed);
            if self.manager.sent(id).await?.status == Status::Accepted {
                let again = || async { self.manager.post(sealed.clone()).await?.accepted() };
                eventually("it is taken again", again).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn the_broker_is_away(&mut self) -> anyhow::Result<()> {
        self.line.make(Line::Cut);
        self.fire(&["BrokerDisconnected", "RelayNotReady"]).await?;
        self.line.make(Line::Good);
        self.all_ready().await
    }

    pub(super) async fn the_store_is_away(&mut self) -> anyhow::Result<()> {
        docker("pause", self.database.container.id()).await?;
        let ends = self.fire(&["StoreDown"]).await;
        docker("unpause", self.database.container.id()).await?;
        ends?;
        self.all_ready().await
    }

    async fn all_ready(&self) -> anyhow::Result<()> {
        for process in &self.relay.processes {
            process.ready().await?;
        }
        Ok(())
    }
}

async fn docker(what: &str, container: &str) -> anyhow::Result<()> {
    let status = Command::new("docker").args([what, container]).status().await?;
    ensure!(status.success(), "docker {what}");
    Ok(())
}
