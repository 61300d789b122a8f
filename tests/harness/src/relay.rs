//! A relay of its own: vhost, store, PKI and processes.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use proto::{Holder, OfficeNumber, Time};
use seal::authority::{Issued, Request};
use store::{Books, CertificateFacts, OfficeFacts, OfficeState, Store, StoreConfig};
use tempfile::TempDir;

use crate::files::now;
use crate::pki::office_request;
use crate::processes::{Process, free_port};
use crate::settings::{keep_known_sections, section_of, write_config};
use crate::{Office, Pki, eventually};

/// How a relay is to be.
pub struct RelayBuilder {
    postgres: bool,
    store: Option<StoreConfig>,
    stations: Vec<&'static str>,
    replicas: usize,
    settings: Vec<(String, String)>,
    amqp_url: Option<String>,
    clocks: Vec<&'static str>,
    programs: Option<PathBuf>,
}

/// A running relay.
pub struct Relay {
    folder: TempDir,
    /// Its authorities.
    pub pki: Pki,
    /// Its store, as the tests look into it.
    pub store: Store,
    /// Its processes.
    pub processes: Vec<Process>,
    /// The vhost's name, when the world's broker is used.
    pub vhost: String,
    /// The broker's address.
    pub amqp_url: String,
    config: PathBuf,
    ingest: Vec<u16>,
    delivery: Vec<u16>,
    console: Vec<u16>,
    clocks: Vec<&'static str>,
    programs: Option<PathBuf>,
}

impl Default for RelayBuilder {
    fn default() -> Self {
        Self {
            postgres: false,
            store: None,
            stations: vec!["all"],
            replicas: 1,
            settings: Vec::new(),
            amqp_url: None,
            clocks: Vec::new(),
            programs: None,
        }
    }
}

impl RelayBuilder {
    /// On PostgreSQL instead of SQLite.
    #[must_use]
    pub fn on_postgres(mut self) -> Self {
        self.postgres = true;
        self
    }

    /// On this store instead of one of its own.
    #[must_use]
    pub fn on(mut self, store_url: String) -> Self {
        self.store = Some(StoreConfig::at(store_url));
        self
    }

    /// Every station as its own process, so many of each.
    #[must_use]
    pub fn separate(mut self, replicas: usize) -> Self {
        self.stations = vec!["validation", "routing", "delivery", "ingest"];
        self.replicas = replicas;
        self
    }

    /// So many processes of everything.
    #[must_use]
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// With this broker instead of the world's.
    #[must_use]
    pub fn with_broker(mut self, amqp_url: String) -> Self {
        self.amqp_url = Some(amqp_url);
        self
    }

    /// Every process of these stations with a wall clock of its own, to be set by [`Process::set_clock`].
    #[must_use]
    pub fn with_clocks_of(mut self, stations: &[&'static str]) -> Self {
        self.clocks.extend(stations);
        self
    }

    /// Every process of the release whose programs are in this folder; one of them makes the tables, and is there when this
    /// release extends them.
    #[must_use]
    pub fn of_release(mut self, programs: Option<PathBuf>) -> Self {
        self.programs = programs;
        self
    }

    /// With this key set (`RELAY_…` without the prefix, `__` between parts).
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Starts it on the world's broker, unless told another, and waits until every process is ready.
    ///
    /// # Errors
    /// When anything of it does not start.
    #[cfg(feature = "containers")]
    pub async fn start(mut self, world: &crate::World) -> anyhow::Result<Relay> {
        let mut vhost = String::new();
        if self.amqp_url.is_none() {
            let (url, name) = world.vhost().await?;
            self = self.with("console__management_url", &world.management_of(&name));
            (self.amqp_url, vhost) = (Some(url), name);
        }
        if self.postgres && self.store.is_none() {
            let (url, schema) = world.schema();
            self.store = Some(StoreConfig {
                schema: Some(schema),
                ..StoreConfig::at(url)
            });
        }
        let mut relay = self.start_alone().await?;
        relay.vhost = vhost;
        Ok(relay)
    }

    /// Starts it on the broker and store it was told, SQLite unless told another.
    ///
    /// # Errors
    /// When anything of it does not start.
    pub async fn start_alone(self) -> anyhow::Result<Relay> {
        let folder = TempDir::with_prefix("careplan-relay-")?;
        let pki = Pki::create(folder.path())?;
        let amqp_url = self.amqp_url.context("a relay needs a broker")?;
        let sqlite = || StoreConfig::at(format!("sqlite:{}", folder.path().join("relay.db").display()));
        let store_config = self.store.unwrap_or_else(sqlite);
        let config = folder.path().join("relay.toml");
        write_config(&config, folder.path(), &amqp_url, &store_config, &self.settings)?;
        let mut processes = Vec::new();
        if let Some(programs) = self.programs.as_deref() {
            keep_known_sections(&config, programs)?;
            let admin = free_port()?;
            let first = Process::start("validation", &config, admin, folder.path(), false, Some(programs))?;
            first.ready().await?;
            processes.push(first);
        }
        let store = Store::open(&store_config).await.context("open the store")?;
        let mut relay = Relay {
            folder,
            pki,
            store,
            processes,
            vhost: String::new(),
            amqp_url,
            config,
            ingest: Vec::new(),
            delivery: Vec::new(),
            console: Vec::new(),
            clocks: self.clocks,
            programs: self.programs,
        };
        for _ in 0..self.replicas {
            for station in &self.stations {
                relay.add(station)?;
            }
        }
        for process in &relay.processes {
            process.ready().await?;
        }
        Ok(relay)
    }
}

impl Relay {
    /// `relay all` on SQLite.
    ///
    /// # Errors
    /// When anything of it does not start.
    #[cfg(feature = "containers")]
    pub async fn all(world: &crate::World) -> anyhow::Result<Self> {
        RelayBuilder::default().start(world).await
    }

    /// Starts one more process of a station; does not wait for it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn add(&mut self, station: &str) -> anyhow::Result<usize> {
        let table = std::fs::read_to_string(&self.config)?.parse()?;
        self.spawn(station, table)
    }

    /// The same with one key set in its own configuration.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn add_with(
        &mut self,
        station: &str,
        section: &str,
        key: &str,
        value: toml::Value,
    ) -> anyhow::Result<usize> {
        let mut table: toml::Table = std::fs::read_to_string(&self.config)?.parse()?;
        section_of(&mut table, section)?.insert(key.to_owned(), value);
        self.spawn(station, table)
    }

    fn spawn(&mut self, station: &str, mut table: toml::Table) -> anyhow::Result<usize> {
        let (ingest, delivery, console, admin) = (free_port()?, free_port()?, free_port()?, free_port()?);
        // Each process has ports of its own: its configuration is the common one with these three changed.
        for (door, port) in [("ingest", ingest), ("delivery", delivery), ("console", console)] {
            let listen = toml::Value::String(format!("127.0.0.1:{port}"));
            section_of(section_of(&mut table, door)?, "door")?.insert("listen".to_owned(), listen);
        }
        let own = self.folder.path().join(format!("relay-{admin}.toml"));
        std::fs::write(&own, toml::to_string(&table)?)?;
        let clock = self.clocks.contains(&station);
        let programs = self.programs.as_deref();
        let process = Process::start(station, &own, admin, self.folder.path(), clock, programs)?;
        self.processes.push(process);
        if matches!(station, "ingest" | "all") {
            self.ingest.push(ingest);
        }
        if matches!(station, "delivery" | "all") {
            self.delivery.push(delivery);
        }
        if matches!(station, "console" | "all") {
            self.console.push(console);
        }
        Ok(self.processes.len() - 1)
    }

    /// The relay's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Addresses of the doors that take envelopes.
    #[must_use]
    pub fn ingest_urls(&self) -> Vec<String> {
        urls(&self.ingest)
    }

    /// Addresses of the doors of inbox and sent list.
    #[must_use]
    pub fn delivery_urls(&self) -> Vec<String> {
        urls(&self.delivery)
    }

    /// Addresses of the operators' doors.
    #[must_use]
    pub fn console_urls(&self) -> Vec<String> {
        urls(&self.console)
    }

    /// Enrols an office with a licence of a year and gives it a certificate.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn office(&self, number: &str, kind: &str) -> anyhow::Result<Office> {
        let number: OfficeNumber = number.parse()?;
        self.put_office(number, kind, OfficeState::Open).await?;
        let issued = self.pki.office(number)?;
        self.bind(&issued.cert_der, Holder::Office(number)).await?;
        Office::new(number, kind, issued, self)
    }

    /// Writes an office into the directory.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn put_office(
        &self,
        number: OfficeNumber,
        kind: &str,
        state: OfficeState,
    ) -> anyhow::Result<()> {
        let facts = OfficeFacts {
            number,
            name: format!("事業所{number}"),
            state,
            services: vec![kind.to_owned()],
            licence_until: None,
            grace_days: 0,
            max_bytes: None,
            versions: Vec::new(),
        };
        self.store.put_office(&facts).await?;
        self.store
            .put_licence(number, now(), now().plus_seconds(365 * 86_400))
            .await?;
        Ok(())
    }

    /// Binds a certificate (DER) to a holder.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn bind(&self, certificate: &[u8], holder: Holder) -> anyhow::Result<String> {
        let fingerprint = seal::trust::fingerprint(certificate);
        let facts = CertificateFacts {
            fingerprint: fingerprint.clone(),
            holder,
            not_before: now().plus_seconds(-86_400),
            not_after: now().plus_seconds(365 * 86_400),
            bound_at: now(),
            revoked_at: None,
        };
        self.store.bind_certificate(&facts).await?;
        Ok(fingerprint)
    }

    /// Gives a vendor a certificate for the doors.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn vendor(&self, name: &str) -> anyhow::Result<(Holder, Issued)> {
        let request = Request {
            serial_numbers: Vec::new(),
            ..office_request("0000000000", now())
        };
        let issued = self.pki.vendors.issue(&request)?;
        let vendor = Holder::Vendor(name.to_owned());
        self.bind(&issued.cert_der, vendor.clone()).await?;
        Ok((vendor, issued))
    }

    /// The books, once nothing is under way any more.
    ///
    /// # Errors
    /// When something stays under way, or the columns do not add up.
    pub async fn settled_books(&self) -> anyhow::Result<Books> {
        let books = eventually("nothing is under way", || async {
            let books = self.store.books().await?;
            ensure!(books.under_way == 0, "{books:?}");
            Ok(books)
        })
        .await?;
        let ends = books.mailboxed
            + books.rejected
            + books.undeliverable
            + books.withdrawn
            + books.duplicate
            + books.parked;
        ensure!(books.accepted == ends, "the books do not balance: {books:?}");
        Ok(books)
    }

    /// Number of acceptances that have not reached delivery, however young.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn unaccounted(&self, now: Time) -> anyhow::Result<i64> {
        Ok(self.store.unaccounted(now, 0).await?)
    }
}

fn urls(ports: &[u16]) -> Vec<String> {
    let url = |port: &u16| format!("https://localhost:{port}");
    ports.iter().map(url).collect()
}
