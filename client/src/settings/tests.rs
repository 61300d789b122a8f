//! Where settings come from, and how errors name the key.

use super::*;
use std::collections::HashMap;

impl Environment for HashMap<&str, String> {
    fn get(&self, name: &str) -> Option<String> {
        HashMap::get(self, name).cloned()
    }
}

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn paths_are_relative_to_the_file_and_the_environment_wins() {
    let (folder, path) = written("office = \"0300000100\"\nkey = \"k.pem\"\ningest_url = \"https://a:1/\"\n");
    let environment = HashMap::from([("CAREPLAN_OFFICE", "0300000005".to_owned())]);
    let settings = Settings::load(Some(&path), &environment).unwrap();
    assert_eq!(settings.office().unwrap().as_str(), "0300000005");
    assert_eq!(settings.ingest_url().unwrap(), "https://a:1");
    assert_eq!(settings.key, Some(folder.path().join("k.pem")));
    assert_eq!(settings.state_dir(), folder.path().join("careplan-state"));
    let by_variable = HashMap::from([("CAREPLAN_CONFIG", path.display().to_string())]);
    assert_eq!(
        Settings::load(None, &by_variable)
            .unwrap()
            .office()
            .unwrap()
            .as_str(),
        "0300000100"
    );
}

#[test]
fn errors_name_the_key() {
    let (_folder, path) = written("ofice = \"0300000100\"\n");
    let error = Settings::load(Some(&path), &HashMap::new()).unwrap_err();
    assert!(error.to_string().contains("ofice"), "{error}");
    let (_folder, path) = written("office = \"030000010\"\n");
    let settings = Settings::load(Some(&path), &HashMap::new()).unwrap();
    let told = |failure: Failure| {
        assert_eq!(failure.exit(), crate::failure::Exit::Usage);
        format!("{failure} {}", failure.ja())
    };
    assert!(told(settings.office().unwrap_err()).contains("office"));
    assert!(told(settings.delivery_url().unwrap_err()).contains("CAREPLAN_DELIVERY_URL"));
    assert!(told(settings.certificate().unwrap_err()).contains("certificate"));
    let (_folder, path) = written("ingest_url = \"relay.example:8443\"\n");
    let settings = Settings::load(Some(&path), &HashMap::new()).unwrap();
    assert!(told(settings.ingest_url().unwrap_err()).contains("https://"));
    let nowhere = Path::new("/nowhere/careplan.toml");
    assert!(told(Settings::load(Some(nowhere), &HashMap::new()).unwrap_err()).contains("nowhere"));
}

#[test]
fn every_key_of_the_file_is_listed() {
    let line = |(key, ..): &(&str, &str, &str)| format!("{key} = \"0300000100\"\n");
    let (_folder, path) = written(&Settings::KEYS.iter().map(line).collect::<String>());
    let settings = Settings::load(Some(&path), &HashMap::new()).unwrap();
    assert!(settings.effective().iter().all(|(_, value)| value.is_some()));
}
