//! Delivery writes mailbox and ledger in one transaction and serves what lies there. The mailbox is the truth.
//!
//! Steps in order: [`stage`] enters what arrives on `delivery.NN`, several shards at once by [`gather`], [`parked`] what
//! was set aside, [`redrive`] sends it again when operators say so, [`notes`] learns acceptances from the stream, [`upkeep`] does
//! what is due by the calendar, [`door`] names the routes, [`reader`] says for which office
//! somebody reads, [`inbox`], [`sent`], [`receipts`] and [`directory`] answer; [`happenings`] streams what
//! arrives; [`channels`] feeds vendors' and offices' own queues, [`webhooks`] calls their URLs, [`acks`] reads what comes back, [`imports`] enters what a destination's software says. Delivery never opens an envelope.

pub mod acks;
pub mod books;
pub mod channels;
pub mod config;
pub mod decide;
pub mod directory;
pub mod door;
pub mod events;
pub mod gather;
pub mod happenings;
pub mod imports;
pub mod inbox;
pub mod notes;
pub mod parked;
pub mod reader;
pub mod receipts;
pub mod redrive;
pub mod sent;
pub mod stage;
mod traced;
pub mod upkeep;
pub mod webhooks;
mod worst;

pub use config::Config;
pub use door::{DeliveryState, router};
pub use stage::DeliveryStage;
