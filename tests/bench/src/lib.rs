//! Figures beside their limits.
