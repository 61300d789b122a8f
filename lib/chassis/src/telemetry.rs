//! Events as lines: JSON for machines, text for a person at a terminal. Never personal data.
//!
//! Lines go to standard error; standard output belongs to what a program answers.

use std::io::IsTerminal;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Events that are never written, whatever the filter says.
const RETURNED_MESSAGES: &str = "lapin::returned_messages=off";

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// Lines for reading.
    Text,
    /// Text when standard error is a terminal, else JSON.
    #[default]
    Auto,
}

/// The telemetry keys of a program's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// `json`, `text` or `auto`.
    pub format: Format,
    /// Which events are written, as in `info,chassis=debug`.
    pub filter: String,
}

/// The filter is not one.
#[derive(Debug, thiserror::Error)]
#[error("telemetry.filter `{filter}` is not a filter such as `info,chassis=debug`")]
pub struct TelemetryError {
    filter: String,
    #[source]
    source: tracing_subscriber::filter::ParseError,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            format: Format::Auto,
            filter: "info".to_owned(),
        }
    }
}

/// Starts writing events to standard error. The first call of a process counts; later ones check their filter and do
/// nothing, so tests may all call it.
///
/// # Errors
/// When the filter cannot be read.
pub fn init(format: Format, filter: &str) -> Result<(), TelemetryError> {
    let filter = read(filter)?;
    let json = match format {
        Format::Json => true,
        Format::Text => false,
        Format::Auto => !std::io::stderr().is_terminal(),
    };
    let subscriber = subscriber(json, filter, std::io::stderr);
    // An error only says that another subscriber is already there: the first call counts.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Makes a panic an event with its place and without its text: the text of a panic may quote what a person wrote. For the
/// first lines of a program's `main`; tests want their panics' texts and do not call it.
pub fn hide_panic_texts() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(place, thread, "a panic, which is a fault of the program");
    }));
}

fn read(filter: &str) -> Result<EnvFilter, TelemetryError> {
    let filter = EnvFilter::builder()
        .parse(filter)
        .map_err(|source| TelemetryError {
            filter: filter.to_owned(),
            source,
        })?;
    // The client library writes a returned message with its whole body: an envelope has no place in a log.
    Ok(match RETURNED_MESSAGES.parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    })
}

fn subscriber<W>(json: bool, filter: EnvFilter, writer: W) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer);
    if json {
        Box::new(
            builder
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false)
                .finish(),
        )
    } else {
        Box::new(builder.compact().with_target(false).finish())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_one_json_object_and_the_filter_holds() {
        let lines = Lines::default();
        let copy = lines.clone();
        let subscriber = subscriber(true, read("info").unwrap(), move || copy.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!("not written");
            tracing::info!(office = "0300000100", "envelope admitted");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let event: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(event["message"], "envelope admitted");
        assert_eq!(event["office"], "0300000100");
        assert_eq!(event["level"], "INFO");
    }

    #[test]
    fn a_panic_tells_its_place_and_not_its_text() {
        let lines = Lines::default();
        let copy = lines.clone();
        let subscriber = subscriber(true, read("info").unwrap(), move || copy.clone());
        let before = std::panic::take_hook();
        tracing::subscriber::with_default(subscriber, || {
            hide_panic_texts();
            let caught = std::panic::catch_unwind(|| panic!("a name of a person"));
            assert!(caught.is_err());
        });
        std::panic::set_hook(before);
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(
            text.contains("telemetry.rs") && !text.contains("person"),
            "{text}"
        );
    }

    #[test]
    fn init_may_be_called_again_and_names_a_bad_filter() {
        init(Format::Json, "warn").unwrap();
        init(Format::Text, "info,chassis=debug").unwrap();
        let error = init(Format::Json, "info,=x=y").unwrap_err();
        assert!(error.to_string().contains("telemetry.filter"), "{error}");
    }
}
