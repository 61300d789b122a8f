//! Commands on pages are run by a test: as they stand, by a story that says so, or by hand with a reason. And whoever adds one that nobody runs
//! is told (`ops/dev/commands-run`, tried here on a page made up for it).

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tidy::tree::{File, root};

/// Run by a story from top to bottom, as they stand: page and story.
const SESSIONS: &[(&str, &str)] = &[
    ("docs/vendor-guide.md", "vendor_guide"),
    ("docs/operator-guide.md", "operator_guide"),
];

/// Run by nobody but people: page, first command, why.
const BY_HAND: &[(&str, &str, &str)] = &[
    (
        "docs/operator-guide.md",
        "docker-compose -f docker-compose.yml -f docker-compose.grafana.yml up -d",
        "Grafana's image comes from a registry, and Debian has no package of it",
    ),
    (
        "docs/operator-guide.md",
        "kubectl kustomize ops/kubernetes",
        "Debian has no kubectl; `kubernetes.rs` reads the same files",
    ),
    (
        "ops/kubernetes/README.md",
        "kubectl -n careplan-relay create secret generic relay-urls --from-file=amqp_url --from-file=store_url",
        "there is no cluster",
    ),
    (
        "ops/kubernetes/README.md",
        "kubectl kustomize ops/kubernetes        # look at it",
        "there is no cluster",
    ),
    (
        "docs/watching.md",
        "apt-get install prometheus prometheus-alertmanager",
        "changes the machine, and needs a supervisor of services; stories run Prometheus with the same files",
    ),
];

/// What a block may be.
const WORDS: &[&str] = &["sh", "text", "json", "toml", "csharp", "http"];

const PROGRAMS: &[&str] = &["careplan ", "relayctl ", "relay ", "daycare ", "alias "];

/// A fenced block: its line, what it says it is, its lines.
struct Block {
    line: usize,
    info: String,
    lines: Vec<String>,
}

fn pages() -> Vec<File> {
    let files = tidy::tree::files("").expect("the tree is readable");
    let is_page = |path: &str| {
        path.ends_with(".md")
            && (path.starts_with("README") || path.starts_with("docs/") || path == "ops/kubernetes/README.md")
    };
    files.into_iter().filter(|file| is_page(&file.path)).collect()
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (index, line) in text.lines().enumerate() {
        match line.trim_start().strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(info) => {
                is_open = true;
                found.push(Block {
                    line: index + 1,
                    info: info.to_owned(),
                    lines: Vec::new(),
                });
            }
            None if is_open => {
                let block = found.last_mut().expect("one is open");
                block.lines.push(line.trim().to_owned());
            }
            None => {}
        }
    }
    found
}

/// Lines of a block of the old form: four blanks further in than the paragraph before it.
fn indented(text: &str) -> Vec<usize> {
    let mut is_open = false;
    let mut before = "";
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_open = !is_open;
        }
        if !is_open && before.trim().is_empty() && line.starts_with("    ") {
            found.push(index + 1);
        }
        before = line;
    }
    found
}

/// The stories' names, as their programs list them.
fn is_story(name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    ["tests/e2e/way/main.rs", "tests/e2e/faults/main.rs"]
        .iter()
        .any(|path| {
            let text = std::fs::read_to_string(root().join(path)).expect("it is there");
            let told = text.split("Story::new(").skip(1);
            told.map(str::trim_start).any(|rest| rest.starts_with(&quoted))
        })
}

#[test]
fn every_block_says_what_it_is_and_who_runs_it() {
    let pages = pages();
    let mut commands = 0;
    let mut by_hand = Vec::new();
    let mut found = Vec::new();
    for page in &pages {
        let path = page.path.as_str();
        found.extend(
            indented(&page.text)
                .iter()
                .map(|line| format!("{path}:{line}: a block between ``` says what it is")),
        );
        for block in blocks(&page.text) {
            let place = format!("{path}:{}", block.line);
            let (word, by) = block
                .info
                .split_once(" by=")
                .map_or((block.info.as_str(), None), |(word, by)| (word, Some(by)));
            if !WORDS.contains(&word) || (by.is_some() && word != "sh") {
                found.push(format!("{place}: `{}` is none of {WORDS:?}", block.info));
            }
            commands += usize::from(word == "sh");
            match by {
                Some("hand") => by_hand.push((path, block.lines[0].clone())),
                Some(by) if by.starts_with("ops/") && root().join(by).is_file() => {}
                Some(by) if by.starts_with("ops/") => found.push(format!("{place}: there is no {by}")),
                Some(by) if !is_story(by) => found.push(format!("{place}: there is no story {by}")),
                // Elsewhere only our programs are looked after.
                None if word == "sh" && !SESSIONS.iter().any(|(session, _)| *session == path) => {
                    let strange = block.lines.iter().filter(|line| {
                        !line.is_empty() && !PROGRAMS.iter().any(|program| line.starts_with(program))
                    });
                    found.extend(
                        strange.map(|line| format!("{place}: nobody runs `{line}`; say who does (by=)")),
                    );
                }
                _ => {}
            }
        }
    }
    assert!(
        8 <= pages.len() && 40 <= commands,
        "{} pages, {commands} blocks of commands",
        pages.len()
    );
    assert!(found.is_empty(), "{found:#?}");
    let mut known: Vec<_> = BY_HAND
        .iter()
        .map(|(page, line, _)| (*page, (*line).to_owned()))
        .collect();
    by_hand.sort();
    known.sort();
    assert_eq!(by_hand, known, "pages on the left, the list here on the right");
    for (page, story) in SESSIONS {
        let text = std::fs::read_to_string(root().join(format!("tests/e2e/way/{story}.rs"))).expect(story);
        assert!(is_story(story) && text.contains(&format!("include_str!(\"../../../{page}\")")));
    }
}

/// Programs that know only which commands they have.
fn made_up_programs(folder: &Path) {
    let help = "#!/bin/sh\ncase \"$*\" in\n  --help) printf 'It.\\n\\nCommands:\\n  list  Lists\\n  office  Offices\\n  help  This\\n' ;;\n  'office --help') printf 'It.\\n\\nCommands:\\n  put  Puts\\n' ;;\nesac\n";
    for name in ["relayctl", "careplan", "relay"] {
        let path = folder.join(name);
        std::fs::write(&path, help).expect("it can be written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be started");
    }
}

/// Exit status and output of the check for this page, when these commands were run.
fn checked(name: &str, page: &str, run: &str) -> (bool, String) {
    let folder = std::env::temp_dir().join(format!("commands-run-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    made_up_programs(&folder);
    std::fs::write(folder.join("page.md"), page).expect("it can be written");
    std::fs::write(folder.join("log"), run).expect("it can be written");
    let output = Command::new(root().join("ops/dev/commands-run"))
        .arg(folder.join("log"))
        .arg(folder.join("page.md"))
        .env("RELAY_BIN_DIR", &folder)
        .output()
        .expect("python3 is there: ops/dev/setup test");
    std::fs::remove_dir_all(&folder).expect("it goes away");
    let told = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&told).into_owned(),
    )
}

const PUT: &str = "relayctl\toffice\tput\t0300000100\t--name\ta name\t--service\t43\n";

#[test]
fn a_command_nobody_runs_is_found() {
    let page = "Do `relayctl office put N --name X --service KIND`.\n\n```sh\nrelayctl list   # all\n```\n";
    let (is_good, told) = checked("found", page, PUT);
    assert!(!is_good, "{told}");
    assert!(
        told.contains("page.md:4: relayctl list: no test runs this"),
        "{told}"
    );
    assert!(
        told.ends_with("test result: FAILED. 1 passed; 1 failed; commands of the guides\n"),
        "{told}"
    );
    let (is_good, told) = checked("run", page, &format!("{PUT}relayctl\tlist\t--json\n"));
    assert!(
        is_good && told == "test result: ok. 2 passed; 0 failed; commands of the guides\n",
        "{told}"
    );
}

#[test]
fn an_option_an_alternative_and_a_wrong_name_are_found() {
    for (name, page, missing) in [
        ("option", "`relayctl office put N --max-bytes 7`", 1),
        ("either", "`relayctl office put N [--name X | --state closed]`", 1),
        ("wrong", "`relayctl office drop N`", 1),
        ("row", "| `relayctl list \\| x` | `careplan list` |", 2),
        (
            "block",
            "```sh\nalias mine='target/debug/careplan --config x'\nid=$(mine list | jq .)\n```",
            1,
        ),
        ("old", "Words:\n\n    relay list\n", 1),
        ("wrapped", "then `careplan\nlist` it", 1),
        (
            "good",
            "`relayctl office …` `relayctl office put N --service 43`",
            0,
        ),
        (
            "others",
            "```sh by=hand\nrelayctl list\n```\n\n`relay` and `relayctl <command> --help`",
            0,
        ),
    ] {
        let (is_good, told) = checked(name, page, PUT);
        assert_eq!(is_good, missing == 0, "{name}: {told}");
        assert!(told.contains(&format!("; {missing} failed;")), "{name}: {told}");
    }
}
