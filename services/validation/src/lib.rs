//! Opens the seal, judges the files, ends in validated or rejected.
