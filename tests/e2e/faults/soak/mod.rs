//! nothing_lost: many senders, every kind of envelope, faults at random; in the end the books of senders, ledger and
//! receivers are compared by digest. The same seed makes the same envelopes and faults; the clock makes their meeting.
//!
//! `SOAK_SECONDS` how long (40) and `SOAK_ENVELOPES` how many acceptances (a million), whichever comes first; `SOAK_SEED`,
//! `SOAK_SENDERS` a destination (2), `SOAK_CALM` acceptances from one fault to the next (20), `SABOTAGE` drop, double, swap or
//! alter: the relay is broken behind its back, and the account must say so.

mod audit;
mod dice;
mod ground;
mod hurt;
mod sabotage;
mod senders;

use std::time::{Duration, Instant};

use anyhow::ensure;
use harness::World;

use dice::Dice;
use ground::Ground;
use sabotage::Sabotage;
use senders::Senders;

/// The last line, for people and programs.
const CLOSING: &str = "soak: accepted";

/// Runs, compares, prints the closing line.
pub(crate) async fn nothing_lost(world: &World) -> anyhow::Result<()> {
    let seconds = number("SOAK_SECONDS", 40)?;
    let most = usize::try_from(number("SOAK_ENVELOPES", 1_000_000)?)?;
    let seed = number("SOAK_SEED", 7)?;
    let calm = usize::try_from(number("SOAK_CALM", 20)?)?;
    let sabotage = Sabotage::asked()?;
    println!("soak: {seconds} s, seed {seed}, sabotage {sabotage:?}");
    let mut ground = Ground::prepare(world).await?;
    let bounds = Bounds {
        end: Instant::now() + Duration::from_secs(seconds),
        most,
    };
    let told = soak(&mut ground, bounds, seed, calm, sabotage).await;
    if told.is_err() {
        ground.show_logs();
    }
    ground.remove().await?;
    told
}

/// Where it ends: by time, or by the number of acceptances.
struct Bounds {
    end: Instant,
    most: usize,
}

async fn soak(
    ground: &mut Ground,
    bounds: Bounds,
    seed: u64,
    calm: usize,
    sabotage: Option<Sabotage>,
) -> anyhow::Result<()> {
    let senders = Senders::begin(&ground.relay, seed).await?;
    let mut dice = Dice::new(seed, 0);
    let mut faults = 0;
    let mut recovered = Vec::new();
    while Instant::now() < bounds.end && senders.accepted() < bounds.most {
        senders.go_on(calm).await?;
        let fault = hurt::choose(&mut dice);
        let took = hurt::one(ground, fault, &senders).await?;
        println!("soak: {fault:?} recovered in {} ms", took.as_millis());
        recovered.push((fault, took));
        faults += 1;
    }
    let mut endless = 0;
    if let Some(sabotage) = sabotage {
        senders.go_on(20).await?;
        endless = sabotage::strike(ground, sabotage, &senders).await?;
    }
    let (sent, offices) = senders.end().await?;
    let account = audit::account(ground, &sent, &offices, endless).await?;
    hurt::summary(&recovered);
    println!(
        "{CLOSING} {}, settled {}, faults {faults}, lost {}, doubled {}, out of order {}",
        account.accepted, account.settled, account.lost, account.doubled, account.out_of_order
    );
    ensure!(account.is_good(), "{account:?}");
    let unaccounted = ground.relay.unaccounted(harness::files::now()).await?;
    ensure!(unaccounted == 0, "{unaccounted} unaccounted");
    Ok(())
}

fn number(variable: &str, default: u64) -> anyhow::Result<u64> {
    match std::env::var(variable) {
        Ok(text) if !text.is_empty() => Ok(text.parse()?),
        _ => Ok(default),
    }
}
