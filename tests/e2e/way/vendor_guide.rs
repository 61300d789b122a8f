//! Every command of the vendor guide's blocks, from top to bottom in one shell, in a folder laid out as `make up` leaves it.

use std::os::unix::fs::symlink;
use std::path::Path;

use harness::World;
use harness::commands::written_down;
use harness::guide::{Session, Words, blocks};

use crate::installation::Installation;

const PAGE: &str = "docs/vendor-guide.md";
const TEXT: &str = include_str!("../../../docs/vendor-guide.md");

/// The five offices of `make up`.
const OFFICES: &[(&str, &str)] = &[
    ("0300000100", "43"),
    ("0300000005", "11"),
    ("0300000013", "15"),
    ("1300000021", "17"),
    ("1300000039", "43"),
];

/// What a block says when it was done, by words that are in it.
const TOLD: Words = &[
    ("| tee answer.json", "status_url"),
    ("careplan\" gen", "status_url"),
    ("$INGEST_URL/v1/check", "\"verdict\": \"accept\""),
    ("$INGEST_URL/v1/policy", "\"limits\""),
    ("$DELIVERY_URL/v1/sent/$id", "\"history\""),
    ("inbox?state=new", "\"sender\": \"0300000100\""),
    ("sha256sum --check", "received.p7m: OK"),
    ("$id/imported", "imported"),
    ("$DELIVERY_URL/v1/receipts/", "\"step\":\"delivered\""),
    ("exchange.py\" receive", "collected "),
    ("$DELIVERY_URL/v1/events", "event: envelope"),
];

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let (url, vhost) = world.vhost().await?;
    let installation = Installation::set_up(&url, &world.management_of(&vhost)).await?;
    for (number, kind) in OFFICES {
        installation.enrol(number, kind)?;
    }
    // A blank is in many a path.
    let root = installation.place("work here");
    std::fs::create_dir(&root)?;
    lay_out(&root, &installation)?;
    let mut session = Session::begin(PAGE, &root, &root.join("target/debug"), TOLD)?;
    for block in blocks(TEXT) {
        session.run(&block).await?;
    }
    session.end()?;
    // Its own words of the two that were sent with `curl`, and of the one sent with Python.
    installation.delivered_all(3).await
}

/// `.run` as `ops/dev/up` leaves it, and beside it what a clone has.
fn lay_out(root: &Path, installation: &Installation) -> anyhow::Result<()> {
    let run = root.join(".run");
    std::fs::create_dir(&run)?;
    symlink(installation.place("offices"), run.join("offices"))?;
    symlink(installation.place("etc/pki"), run.join("pki"))?;
    let env = format!(
        "INGEST_URL={}\nDELIVERY_URL={}\nCONSOLE_URL={}\nCA_FILE='{}'\n",
        installation.ingest,
        installation.delivery,
        installation.console,
        run.join("pki/doors/ca.pem").display()
    );
    std::fs::write(run.join("env"), env)?;
    let clone = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    for folder in ["docs", "ops"] {
        symlink(clone.join(folder), root.join(folder))?;
    }
    std::fs::create_dir(root.join("target"))?;
    written_down(&root.join("target/debug"))
}
