//! The door of the relay: authenticates, limits, peeks, accepts.
