use serde_json::{Value, json};
use summarize::write_extractive_minutes;

use crate::scenes::{STARTED_AT, demo_meeting};

const SCHEMA: &str = include_str!("../../../docs/minutes.schema.json");

/// Says where a value breaks a schema: those words of JSON Schema that the published one uses, and no others.
fn faults(root: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (word, wanted) in schema.as_object().expect("a schema is an object") {
        let fails = |is_right: bool| (!is_right).then(|| format!("{path}: {word} {wanted}"));
        match word.as_str() {
            "$ref" => {
                let name = wanted.as_str().and_then(|name| name.strip_prefix('#')).expect("a local reference");
                found.extend(faults(root, root.pointer(name).expect("defined"), value, path));
            }
            "const" => found.extend(fails(value == wanted)),
            "enum" => found.extend(fails(wanted.as_array().expect("values").contains(value))),
            "type" => {
                let names = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
                found.extend(fails(names.iter().any(|name| is_of_type(value, name.as_str().expect("a name")))));
            }
            "minItems" => found.extend(fails(value.as_array().map(Vec::len) >= wanted.as_u64().map(|n| n as usize))),
            "required" => {
                let has = |key: &Value| value.get(key.as_str().expect("a key")).is_some();
                found.extend(fails(wanted.as_array().expect("keys").iter().all(has)));
            }
            "additionalProperties" => {
                let known = schema["properties"].as_object().expect("properties");
                let is_known =
                    |object: &serde_json::Map<String, Value>| object.keys().all(|key| known.contains_key(key));
                found.extend(fails(value.as_object().is_none_or(is_known)));
            }
            "properties" => {
                for (key, schema) in wanted.as_object().expect("properties") {
                    if let Some(part) = value.get(key) {
                        found.extend(faults(root, schema, part, &format!("{path}/{key}")));
                    }
                }
            }
            "items" => {
                for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(faults(root, wanted, item, &format!("{path}/{at}")));
                }
            }
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            other => panic!("{other} is not checked"),
        }
    }
    found
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("{other} is not checked"),
    }
}

#[test]
fn minutes_have_the_published_shape() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    let minutes = write_extractive_minutes(&demo_meeting(), 1, STARTED_AT);
    assert_eq!(schema.pointer("/$defs/minutes/properties/schema/const"), Some(&json!(model::Minutes::SCHEMA)));
    let mut value = serde_json::to_value(&minutes).expect("JSON");
    assert_eq!(faults(&schema, &schema, &value, ""), [""; 0]);
    for revision in [
        json!({ "author": { "author": "person", "user_id": "u" }, "change": { "change": "reviewed", "lines": [1] } }),
        json!({ "author": { "author": "huiji" }, "change": { "change": "rewritten", "section": null } }),
        json!({ "author": { "author": "huiji" }, "change": { "change": "transcript_changed", "transcript_version": 2,
            "lines": [] } }),
    ] {
        let read: model::MinutesRevision = serde_json::from_value(revision.clone()).expect("a revision");
        assert_eq!(serde_json::to_value(read).expect("JSON"), revision, "the schema shows what is written");
        value["revision"] = revision;
        assert_eq!(faults(&schema, &schema, &value, ""), [""; 0]);
    }
    value["model_usage"] = serde_json::to_value(model::ModelUsage::default()).expect("JSON");
    value["engine"] =
        serde_json::to_value(model::MinutesEngine::LanguageModel { model: "m".to_owned() }).expect("JSON");
    value["summary"][0]["verification"] =
        serde_json::to_value(model::Verification::Weak { reason: "r".to_owned() }).expect("JSON");
    assert_eq!(faults(&schema, &schema, &value, ""), [""; 0]);
    value["summary"][0]["verification"] =
        serde_json::to_value(model::Verification::Stale { reason: "r".to_owned() }).expect("JSON");
    assert_eq!(faults(&schema, &schema, &value, ""), [""; 0]);
    value["summary"][0]["citations"] = json!([]);
    value["action_items"][0]["owner"] = json!(7);
    value["extra"] = json!(1);
    assert_eq!(faults(&schema, &schema, &value, "").len(), 3);
}
