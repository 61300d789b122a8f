//! What every station stands on: configuration, telemetry, broker, shutdown.
