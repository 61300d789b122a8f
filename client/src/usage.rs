//! Wrong command lines in Japanese beside clap's English.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::words;

/// What is wrong with the command line: Japanese first, then clap's own words. Help and version as they are.
#[must_use]
pub fn told(error: &Error) -> String {
    let english = error.render().to_string();
    if !error.use_stderr() {
        return english;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return format!("エラー：コマンドを指定してください。\n{english}");
    }
    let ja = words::harmless(&japanese(error));
    format!(
        "エラー：{ja}\n使い方は careplan --help、careplan <コマンド> --help で確かめられます。\n\n{english}"
    )
}

fn japanese(error: &Error) -> String {
    let of = |kind| error.get(kind).map(listed).filter(|text| !text.is_empty());
    let argument = of(ContextKind::InvalidArg).unwrap_or_else(|| "引数".to_owned());
    let value = of(ContextKind::InvalidValue).unwrap_or_default();
    let words = match error.kind() {
        ErrorKind::UnknownArgument => format!("{argument} という引数はありません。"),
        ErrorKind::InvalidSubcommand => {
            let command = of(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("{command} というコマンドはありません。")
        }
        ErrorKind::MissingSubcommand => "コマンドを指定してください。".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("{argument} が必要です。"),
        ErrorKind::ArgumentConflict => {
            let other = of(ContextKind::PriorArg).unwrap_or_else(|| "他の引数".to_owned());
            match other == argument {
                true => format!("{argument} は一度だけ指定してください。"),
                false => format!("{argument} と {other} は一緒に使えません。"),
            }
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} に値を指定してください。"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{argument} の値 {value} は使えません。")
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{argument} の値の数が違います。")
        }
        _ => "使い方に誤りがあります。".to_owned(),
    };
    match of(ContextKind::ValidValue) {
        Some(valid) => format!("{words}使えるのは {valid} です。"),
        None => words,
    }
}

fn listed(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(all) => all.join("、"),
        ContextValue::String(one) => one.clone(),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_mistake_is_told_in_both_languages() {
        for (line, ja) in [
            ("check --formt json x", "--formt という引数はありません"),
            ("check", "<PATHS>... が必要です"),
            ("chek x", "chek というコマンドはありません"),
            (
                "check --format yaml x",
                "yaml は使えません。使えるのは text、json、junit です",
            ),
            ("check --format", "値を指定してください"),
            ("gen --units x --out y", "--units <UNITS> の値 x は使えません"),
            ("gen --seed 1 --seed 2 --out y", "--seed <SEED> は一度だけ"),
            ("gen --break table7.sum --profile month-end", "一緒に使えません"),
            ("--office 12 check x", "--office <NUMBER> の値 12 は使えません"),
            ("", "コマンドを指定してください"),
        ] {
            let words = std::iter::once("careplan").chain(line.split_whitespace());
            let error = Cli::try_parse_from(words).unwrap_err();
            let text = told(&error);
            assert!(
                text.starts_with("エラー：") && text.contains(ja),
                "{line}: {text}"
            );
            assert!(text.contains("--help"), "{line}: {text}");
        }
        let help = Cli::try_parse_from(["careplan", "--help"]).unwrap_err();
        assert!(!told(&help).contains("エラー："));
    }
}
