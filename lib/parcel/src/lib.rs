//! The content of an envelope: a ZIP with its manifest; read, judged, written.
