use super::*;
use serde_json::json;

fn minimal() -> Value {
    json!({"name": "N", "id": "I", "search": "x=1"})
}

#[test]
fn the_least_a_detection_has() {
    let detection = Detection::from_json(&minimal()).unwrap();
    assert_eq!(detection.schedule, ScheduleText::default());
    assert_eq!(
        (detection.risk, detection.version, detection.kind),
        (None, None, None)
    );
}

#[test]
fn both_published_forms_of_the_risk() {
    let mut of_today = minimal();
    of_today["rba"] = json!({
        "message": "M on $dest$.",
        "risk_objects": [{"field": "dest", "type": "system", "score": 32}],
        "threat_objects": [{"field": "src", "type": "ip_address"}],
    });
    let mut before = minimal();
    before["tags"] = json!({
        "message": "M on $dest$.", "impact": 40, "confidence": 80,
        "observable": [
            {"name": "dest", "type": "Hostname", "role": ["Victim"]},
            {"name": "src", "type": "IP Address", "role": ["Attacker"]},
        ],
    });
    let of_today = Detection::from_json(&of_today).unwrap().risk.unwrap();
    assert_eq!(
        Detection::from_json(&before).unwrap().risk.unwrap(),
        of_today
    );
    assert_eq!(of_today.objects[0].score, 32);
    assert_eq!(of_today.threats[0].kind, "ip_address");
}

#[test]
fn the_rest_of_a_detection() {
    let mut value = minimal();
    value["version"] = json!(3);
    value["type"] = json!("TTP");
    value["schedule"] = json!({"cron_schedule": "*/5 * * * *", "earliest_time": "-5m"});
    value["tags"] = json!({"mitre_attack_id": ["T1059"], "analytic_story": ["ProxyShell"]});
    let detection = Detection::from_json(&value).unwrap();
    assert_eq!(detection.version, Some(json!(3)));
    assert_eq!(detection.kind.as_deref(), Some("TTP"));
    assert_eq!(detection.schedule.cron, "*/5 * * * *");
    assert_eq!(
        (&*detection.schedule.earliest, &*detection.schedule.latest),
        ("-5m", "-10m@m")
    );
    assert_eq!(detection.attack, ["T1059"]);
    assert_eq!(detection.stories, ["ProxyShell"]);
}

#[test]
fn what_is_no_detection() {
    for (value, wanted) in [
        (
            json!({"name": "N", "id": "I", "search": "x", "schedule": "0 * * * *"}),
            "`schedule` must be an object, not `\"0 * * * *\"`",
        ),
        (
            json!({"name": "N", "id": "I", "search": "x", "schedule": {"cron_shedule": "0 * * * *"}}),
            "unknown key `cron_shedule` in `schedule`: did you mean `cron_schedule`?",
        ),
        (
            json!([]),
            "a detection must be an object with `name`, `id` and `search`",
        ),
        (
            json!({"name": "N", "id": "I"}),
            "the detection has no `search`: it needs one",
        ),
        (
            json!({"name": "N", "id": "I", "search": " "}),
            "the detection has no `search`: it needs one",
        ),
        (
            json!({"name": "N", "id": 7, "search": "x"}),
            "`id` must be a text, not `7`: put it in quotes",
        ),
        (
            json!({"name": "N", "id": "I", "search": "x", "rba": {"risk_objects": [{"score": 1}]}}),
            "a risk object has no `field`: it needs one",
        ),
        (
            json!({"name": "N", "id": "I", "search": "x", "tags": {"analytic_story": 5}}),
            "`analytic_story` must be a list of texts, not `5`",
        ),
    ] {
        assert_eq!(Detection::from_json(&value).unwrap_err().message, wanted);
    }
}
