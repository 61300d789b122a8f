//! Each object of ops/kubernetes is held to the schema of its kind: every key is known there, every value has the type, what is
//! required is there. Kubernetes' own kinds are the types that k8s-openapi makes of its published OpenAPI; of the operators'
//! kinds the part used here stands below, as their custom resource definitions have it.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{Namespace, ResourceRequirements, Service};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kubernetes::resources;
use crate::yaml::documents;

/// An object of an operator.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Custom<T> {
    api_version: String,
    kind: String,
    metadata: ObjectMeta,
    spec: T,
}

/// <https://github.com/rabbitmq/cluster-operator/blob/main/config/crd/bases/rabbitmq.com_rabbitmqclusters.yaml>
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RabbitmqCluster {
    replicas: u32,
    persistence: Persistence,
    resources: ResourceRequirements,
    rabbitmq: RabbitmqConfig,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Persistence {
    storage: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RabbitmqConfig {
    additional_config: String,
}

/// <https://github.com/rabbitmq/messaging-topology-operator/tree/main/config/crd/bases>, as are the four below.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Queue {
    rabbitmq_cluster_reference: Reference,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    durable: bool,
    auto_delete: bool,
    delete_if_empty: bool,
    delete_if_unused: bool,
    arguments: BTreeMap<String, Value>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Exchange {
    rabbitmq_cluster_reference: Reference,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    durable: bool,
    auto_delete: bool,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Binding {
    rabbitmq_cluster_reference: Reference,
    source: String,
    destination: String,
    destination_type: BindingTo,
    routing_key: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum BindingTo {
    Exchange,
    Queue,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct User {
    rabbitmq_cluster_reference: Reference,
    import_credentials_secret: Reference,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Permission {
    rabbitmq_cluster_reference: Reference,
    vhost: String,
    user_reference: Reference,
    permissions: Permissions,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Permissions {
    configure: String,
    write: String,
    read: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    name: String,
}

/// <https://github.com/prometheus-operator/prometheus-operator/tree/main/example/prometheus-operator-crd>, as is the one below.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ServiceMonitor {
    selector: LabelSelector,
    endpoints: Vec<Endpoint>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Endpoint {
    port: String,
    path: String,
    interval: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct PrometheusRule {
    groups: Vec<Group>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<String>,
    rules: Vec<Rule>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    expr: String,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    lasting: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_firing_for: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

/// What is wrong with an object by the schema of its kind.
fn judge(object: &Value) -> Result<(), String> {
    let text = |key: &str| object[key].as_str().unwrap_or_default();
    match (text("apiVersion"), text("kind")) {
        ("v1", "Namespace") => held_to::<Namespace>(object),
        ("v1", "Service") => held_to::<Service>(object),
        ("apps/v1", "Deployment") => held_to::<Deployment>(object),
        ("autoscaling/v2", "HorizontalPodAutoscaler") => held_to::<HorizontalPodAutoscaler>(object),
        ("policy/v1", "PodDisruptionBudget") => held_to::<PodDisruptionBudget>(object),
        ("networking.k8s.io/v1", "NetworkPolicy") => held_to::<NetworkPolicy>(object),
        ("monitoring.coreos.com/v1", "ServiceMonitor") => held_to::<Custom<ServiceMonitor>>(object),
        ("monitoring.coreos.com/v1", "PrometheusRule") => held_to::<Custom<PrometheusRule>>(object),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster") => held_to::<Custom<RabbitmqCluster>>(object),
        ("rabbitmq.com/v1beta1", "Queue") => held_to::<Custom<Queue>>(object),
        ("rabbitmq.com/v1beta1", "Exchange") => held_to::<Custom<Exchange>>(object),
        ("rabbitmq.com/v1beta1", "Binding") => held_to::<Custom<Binding>>(object),
        ("rabbitmq.com/v1beta1", "User") => held_to::<Custom<User>>(object),
        ("rabbitmq.com/v1beta1", "Permission") => held_to::<Custom<Permission>>(object),
        (version, kind) => Err(format!("no schema for {kind} of {version}")),
    }
}

/// Reads the object as its type and writes it again: what the type does not know is not written.
fn held_to<T: DeserializeOwned + Serialize>(object: &Value) -> Result<(), String> {
    let typed: T = serde_json::from_value(object.clone()).map_err(|error| error.to_string())?;
    let written = serde_json::to_value(&typed).map_err(|error| error.to_string())?;
    unknown("", object, &written).map_or(Ok(()), Err)
}

/// The first key of the object that was not written again.
fn unknown(at: &str, object: &Value, written: &Value) -> Option<String> {
    match (object, written) {
        (Value::Object(keys), Value::Object(known)) => keys.iter().find_map(|(key, value)| {
            let at = format!("{at}/{key}");
            match known.get(key) {
                Some(written) => unknown(&at, value, written),
                // An empty list or object says what its absence says.
                None if *value == json!([]) || *value == json!({}) => None,
                None => Some(format!("{at} is not known")),
            }
        }),
        (Value::Array(items), Value::Array(known)) => items
            .iter()
            .zip(known)
            .enumerate()
            .find_map(|(index, (item, written))| unknown(&format!("{at}/{index}"), item, written)),
        _ => (object != written).then(|| format!("{at} is {object}, read as {written}")),
    }
}

/// A Deployment with what the patch `station.yaml` gives each: maps are joined, the one container and the volumes too.
fn joined(own: &Value, common: &Value) -> Value {
    match (own, common) {
        (Value::Object(own), Value::Object(common)) => {
            let mut all = own.clone();
            for (key, value) in common {
                let value = all
                    .get(key)
                    .map_or_else(|| value.clone(), |own| joined(own, value));
                all.insert(key.clone(), value);
            }
            Value::Object(all)
        }
        (Value::Array(own), Value::Array(common)) if own.len() == 1 && common.len() == 1 => {
            json!([joined(&own[0], &common[0])])
        }
        (Value::Array(own), Value::Array(common)) => own.iter().chain(common).cloned().collect(),
        (own, _) => own.clone(),
    }
}

#[test]
fn every_object_is_as_the_schema_of_its_kind_has_it() {
    let common = documents("ops/kubernetes/station.yaml").remove(0);
    let mut judged = 0;
    for object in resources() {
        let object = if object["kind"] == "Deployment" {
            let mut common = common.clone();
            common["metadata"]["name"] = object["metadata"]["name"].clone();
            joined(object, &common)
        } else {
            object.clone()
        };
        let told = judge(&object);
        assert!(told.is_ok(), "{}: {told:?}", object["metadata"]["name"]);
        judged += 1;
    }
    assert!(140 < judged, "{judged}");
}

#[test]
fn what_a_schema_does_not_know_is_found() {
    let service = |port: Value| json!({ "apiVersion": "v1", "kind": "Service", "spec": { "ports": [port] } });
    assert_eq!(
        judge(&service(json!({ "port": 443, "targetPort": "door" }))),
        Ok(())
    );
    for wrong in [
        json!({ "port": 443, "targetport": "door" }),
        json!({ "port": "https" }),
        json!({ "port": 443, "name": 7 }),
    ] {
        assert!(judge(&service(wrong.clone())).is_err(), "{wrong}");
    }
    assert!(judge(&json!({ "apiVersion": "extensions/v1beta1", "kind": "Deployment" })).is_err());
}
