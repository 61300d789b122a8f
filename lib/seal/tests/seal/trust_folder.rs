//! The trust folder: what may be in it, intermediate CAs, and reloading.

use seal::authority::{Authority, Issued, KeyKind};
use seal::trust::{Purpose, Role, SharedTrust, Trust, TrustError, TrustProblem};

use crate::openssl_cli::Desk;
use crate::world::{World, accepted_at, now, request, time, today};

fn refusal(world: &World) -> TrustError {
    Trust::load(world.folder.path()).unwrap_err()
}

fn fresh_crl(authority: &Authority) -> Vec<u8> {
    authority
        .crl_pem(&[], time("2025-03-01T00:00:00Z"), time("2025-05-01T00:00:00Z"))
        .unwrap()
}

fn verdict(trust: &Trust, issued: &Issued) -> Option<TrustProblem> {
    trust
        .judge(
            std::slice::from_ref(&issued.cert_der),
            accepted_at(),
            now(),
            Purpose::TlsClient,
        )
        .err()
}

#[test]
fn what_is_not_what_its_name_says_is_refused() {
    let stranger = Authority::create("Stranger", Role::Office).unwrap();
    let world = World::new();
    world.put("server.pem", &stranger.cert_pem());
    assert!(matches!(refusal(&world), TrustError::Name(_)));
    let world = World::new();
    world.put("queen.crl", &fresh_crl(&world.authority));
    assert!(matches!(refusal(&world), TrustError::Name(_)));
    let world = World::new();
    world.put("vendor.pem", b"nothing");
    assert!(matches!(refusal(&world), TrustError::Certificate(..)));
    let world = World::new();
    world.put("vendor.pem", &world.issue(KeyKind::P256).cert_pem);
    assert!(matches!(refusal(&world), TrustError::NotAnAuthority(_)));
    let world = World::new();
    world.put("vendor.pem", &world.authority.cert_pem());
    assert!(matches!(refusal(&world), TrustError::TwoRoles(_)));
    let world = World::new();
    world.put("office-2.crl", &fresh_crl(&stranger));
    assert!(matches!(refusal(&world), TrustError::StrangeCrl(_)));
    let namesake = Authority::create("Test CA", Role::Office).unwrap();
    world.put("office-2.crl", &fresh_crl(&namesake));
    assert!(
        matches!(refusal(&world), TrustError::StrangeCrl(_)),
        "of that name, signed by another key"
    );
    let world = World::new();
    world.put("office.crl", b"");
    assert!(matches!(refusal(&world), TrustError::Crl(..)));
    let empty = tempfile::TempDir::new().unwrap();
    assert!(matches!(Trust::load(empty.path()), Err(TrustError::Empty(_))));
    assert!(matches!(
        Trust::load(&empty.path().join("none")),
        Err(TrustError::List(..))
    ));
}

#[test]
fn other_files_are_passed_over() {
    let world = World::new();
    world.put("README.txt", b"about");
    world.put(".hidden.pem", b"nothing");
    world.put(
        "office-twice.pem",
        &[world.authority.cert_pem(), world.authority.cert_pem()].concat(),
    );
    assert_eq!(verdict(&world.trust(), &world.issue(KeyKind::P256)), None);
}

#[test]
fn a_ca_without_a_list_is_stale() {
    let world = World::new();
    std::fs::remove_file(world.folder.path().join("office.crl")).unwrap();
    let trust = world.trust();
    assert_eq!(
        verdict(&trust, &world.issue(KeyKind::P256)),
        Some(TrustProblem::CrlStale)
    );
    assert_eq!(trust.stale_from(), proto::Time::from_micros(0));
}

#[test]
fn the_newest_list_counts() {
    let world = World::new();
    let issued = world.issue(KeyKind::P256);
    let revoked = [(issued.serial.clone(), time("2025-03-02T00:00:00Z"))];
    let newer = world.authority.crl_pem(
        &revoked,
        time("2025-03-02T00:00:00Z"),
        time("2025-05-01T00:00:00Z"),
    );
    let both = [newer.unwrap(), fresh_crl(&world.authority)].concat();
    world.put("office.crl", &both);
    assert_eq!(verdict(&world.trust(), &issued), Some(TrustProblem::Revoked));
}

#[test]
fn reloading_takes_the_new_and_keeps_the_old_on_error() {
    let world = World::new();
    let issued = world.issue(KeyKind::P256);
    let shared = SharedTrust::open(world.folder.path()).unwrap();
    let other_handle = shared.clone();
    let old = shared.current();
    assert_eq!((verdict(&old, &issued), shared.generation()), (None, 1));
    world.revoke(&[(issued.serial.clone(), accepted_at())]);
    shared.reload().unwrap();
    assert_eq!(
        verdict(&other_handle.current(), &issued),
        Some(TrustProblem::Revoked)
    );
    assert_eq!((verdict(&old, &issued), other_handle.generation()), (None, 2));
    world.put("office.crl", b"broken");
    assert!(shared.reload().is_err());
    assert_eq!(
        (verdict(&shared.current(), &issued), shared.generation()),
        (Some(TrustProblem::Revoked), 2)
    );
}

/// A root and an intermediate CA as the openssl command line makes them, and a leaf under the latter.
struct Tree {
    root: Vec<u8>,
    middle: Vec<u8>,
    root_crl: Vec<u8>,
    root_crl_revoking: Vec<u8>,
    leaf: Issued,
    middle_crl: Vec<u8>,
}

const CONFIG: &str = "
[root]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[ca]
default_ca=this
[this]
database=index.txt
crlnumber=number
default_md=sha256
certificate=root.pem
private_key=root.key
";

fn tree() -> Tree {
    let desk = Desk::new();
    let config = desk.put("config", CONFIG.as_bytes());
    let config = config.to_str().unwrap();
    for name in ["root", "middle"] {
        let key = desk.run(&[
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-out",
            "out",
        ]);
        desk.put(&format!("{name}.key"), &key);
        let subject = format!("/O=Tree/CN={name}");
        let request = desk.run(&[
            "req",
            "-new",
            "-key",
            &format!("{name}.key"),
            "-subj",
            &subject,
            "-out",
            "out",
        ]);
        desk.put(&format!("{name}.csr"), &request);
    }
    let common = [
        "-days",
        "36500",
        "-extfile",
        config,
        "-extensions",
        "root",
        "-out",
        "out",
    ];
    let root = desk.run(
        &[
            &["x509", "-req", "-in", "root.csr", "-signkey", "root.key"],
            &common[..],
        ]
        .concat(),
    );
    desk.put("root.pem", &root);
    let middle = desk.run(
        &[
            &[
                "x509",
                "-req",
                "-in",
                "middle.csr",
                "-CA",
                "root.pem",
                "-CAkey",
                "root.key",
                "-set_serial",
                "77",
            ],
            &common[..],
        ]
        .concat(),
    );
    // `openssl ca` dates its lists itself, so this tree is judged today.
    let list = |index: &str| {
        desk.put("index.txt", index.as_bytes());
        desk.put("number", b"01\n");
        desk.run(&[
            "ca", "-config", config, "-gencrl", "-crldays", "36500", "-out", "out",
        ])
    };
    let root_crl = list("");
    let root_crl_revoking = list("R\t491231000000Z\t250101000000Z\t4D\tunknown\t/O=Tree/CN=middle\n");
    let key = std::fs::read(desk.put("x", b"").with_file_name("middle.key")).unwrap();
    let authority = Authority::from_pem(&middle, &key).unwrap();
    let mut asked = request(KeyKind::P256);
    asked.not_after = time("2049-12-31T00:00:00Z");
    let leaf = authority.issue(&asked).unwrap();
    let middle_crl = authority
        .crl_pem(&[], time("2025-03-01T00:00:00Z"), time("2120-01-01T00:00:00Z"))
        .unwrap();
    Tree {
        root,
        middle,
        root_crl,
        root_crl_revoking,
        leaf,
        middle_crl,
    }
}

#[test]
fn an_intermediate_ca_stands_in_the_folder_and_is_checked_up_to_its_root() {
    let tree = tree();
    let today = today();
    let folder = tempfile::TempDir::new().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let judge = || {
        let trust = Trust::load(folder.path()).unwrap();
        trust
            .judge(
                &[tree.leaf.cert_der.clone(), tree.middle.clone()],
                today,
                today,
                Purpose::Sign,
            )
            .err()
    };
    put("office.pem", &tree.root);
    put("office.crl", &tree.root_crl);
    assert_eq!(
        judge(),
        Some(TrustProblem::UnknownCa),
        "what a peer sends along is not looked at"
    );
    put("office.pem", &[tree.root.clone(), tree.middle.clone()].concat());
    assert_eq!(
        judge(),
        Some(TrustProblem::CrlStale),
        "the intermediate has no list"
    );
    put("office-middle.crl", &tree.middle_crl);
    assert_eq!(judge(), None);
    put("office.crl", &tree.root_crl_revoking);
    assert_eq!(
        judge(),
        Some(TrustProblem::Revoked),
        "the intermediate is revoked"
    );
    std::fs::remove_file(folder.path().join("office.crl")).unwrap();
    assert_eq!(judge(), Some(TrustProblem::CrlStale), "the root has no list");
    put("office.pem", &tree.middle);
    assert_eq!(judge(), None, "an intermediate alone is an anchor");
}
