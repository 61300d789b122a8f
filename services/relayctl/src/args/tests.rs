use super::*;
use clap::CommandFactory;

fn parse(line: &str) -> Result<Args, clap::Error> {
    Args::try_parse_from(line.split(' '))
}

#[test]
fn the_command_line_is_sound_and_tells_its_exit_codes() {
    Args::command().debug_assert();
    let help = Args::command().render_help().to_string();
    assert!(help.contains("Exit codes:") && help.contains("64"), "{help}");
}

#[test]
fn wrong_lines_are_refused() {
    for line in [
        "relayctl",
        "relayctl office put 030000010 --name x",
        "relayctl office put 0300000100",
        "relayctl office put 0300000100 --name x --state sleeping",
        "relayctl office put 0300000100 --name x --state renumbered",
        "relayctl licence 0300000100 --applied 2025-02-30",
        "relayctl certificate bind --holder queen:x cert.pem",
        "relayctl delegation add --office 0300000100 --delegate vendor:abc --right rule",
        "relayctl delegation add --office 0300000100 --delegate vendor:abc",
        "relayctl backup --store sqlite:a.db",
        "relayctl restore --from a.backup",
        "relayctl missing --minutes -1",
        "relayctl pki issue --dir d",
        "relayctl pki issue --dir d --office 0300000100 --holder operator:x",
        "relayctl pki issue --dir d --office 0300000100 --days 0",
        "relayctl vendor add ABC",
        "relayctl vendor add 0300000100",
        "relayctl vendor add operator.sato",
        "relayctl webhook set abc",
        "relayctl webhook set 0300000100 --url https://care.example/",
        "relayctl webhook set abc --url http://care.example/",
        "relayctl webhook test",
        "relayctl parked redrive",
        "relayctl parked redrive --all --station routing",
        "relayctl parked redrive abc --rate 0",
        "relayctl parked discard abc",
        "relayctl parked list --station kitchen",
        "relayctl parked list --older-than 3x",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn options_stand_before_or_after_the_command() {
    let args = parse("relayctl books --json --console-url https://localhost:1").unwrap();
    assert!(args.json && matches!(args.command, Command::Books));
    assert_eq!(
        args.connection.console_url.as_deref(),
        Some("https://localhost:1")
    );
    let args = parse("relayctl --json office put 0300000100 --name 支援 --service 43 --service 46").unwrap();
    let Command::Office(OfficeCommand::Put { services, state, .. }) = args.command else {
        panic!("an office put")
    };
    assert_eq!(
        (services, state.as_str()),
        (vec!["43".to_owned(), "46".to_owned()], "open")
    );
}
