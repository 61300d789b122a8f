//! Stories of envelopes, told on real parts.
