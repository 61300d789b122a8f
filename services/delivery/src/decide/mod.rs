//! The pure part of delivery. One sending, one delivery is decided inside the store's transaction, where the facts are.

pub mod address;
pub mod business_days;
pub mod calling;
pub mod clock_step;
pub mod ending;
pub mod marks;
pub mod pace;
pub mod reminding;
pub mod software;
