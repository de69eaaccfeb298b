//! `baseline`, `diff`, `calibrate`, and what `report` says of anomalies.

use super::*;

fn logs(folder: &Path) -> (String, String) {
    let line = |n: usize, text: &str| format!("2026-01-01T00:{:02}:{:02}Z {text}\n", n / 60, n % 60);
    let before: String = (0..600).map(|n| line(n, &format!("INFO web: served in {} ms", 40 + n % 20))).collect();
    let after = (0..600).map(|n| match n {
        300 => line(n, "ERROR web: no route to db"),
        _ => line(n, &format!("INFO web: served in {} ms", 40 + n % 20)),
    });
    (file(folder, "before.log", before.as_bytes()), file(folder, "after.log", after.collect::<String>().as_bytes()))
}

#[test]
fn a_diff_is_a_gate() {
    let (before, after) = logs(&folder("diff"));
    let output = run(["diff", &before, &after, "--fail-on", "new-error"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("New errors") && text.contains("no route to db"), "{text}");
    assert!(printed(&run(["diff", &before, &after, "--fail-on", "gone,value"])).contains("no route"));
    assert!(printed(&run(["diff", &before, &before, "--fail-on", "any"])).contains("nothing new"));
    let json = printed(&run(["diff", &before, &after, "--json"]));
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((document["new"][0]["level"].as_str(), document["common"].as_u64()), (Some("error"), Some(1)));
    assert!(complaint(&run(["diff", &before, "/no/such.log"])).contains("such.log"));
    assert!(complaint(&run(["diff", &before, &after, "--fail-on", "worse"])).contains("new-error"));
}

#[test]
fn a_baseline_is_learned_kept_and_judges() {
    let folder = folder("baseline");
    let (before, after) = logs(&folder);
    let kept = folder.join("base").to_str().unwrap().to_owned();
    let learned = printed(&run(["baseline", "learn", &before, "--output", &kept, "--json"]));
    let document: serde_json::Value = serde_json::from_str(&learned).unwrap();
    assert_eq!((document["templates"].as_u64(), document["events"].as_u64()), (Some(1), Some(600)));
    assert!(
        printed(&run(["baseline", "score", &before, "--baseline", &kept])).contains("nothing unusual in 600 events")
    );
    let output = run(["baseline", "score", &after, "--baseline", &kept, "--json", "--check"]);
    let alerts = documents(&String::from_utf8(output.stdout).unwrap());
    let news = alerts.iter().find(|alert| alert["kind"] == "new_template").unwrap();
    assert_eq!((news["template"].as_str(), news["unverified"].as_bool()), (Some("no route to db"), Some(false)));
    // A kept baseline stands for its log.
    assert_eq!(run(["diff", &kept, &after, "--fail-on", "new-error"]).status.code(), Some(3));
    let damaged = file(&folder, "damaged", b"DRNRxxxxxxxxxxxxxxxxxxxxxxxxxx");
    assert!(complaint(&run(["baseline", "score", &after, "--baseline", &damaged])).contains("damaged"));
    assert!(complaint(&run(["baseline"])).starts_with("drainrs: "));
}

#[test]
fn a_threshold_is_calibrated() {
    let folder = folder("calibrate");
    // 20 normal scores 0.00 to 0.57, ten anomalous ones 0.50 to 0.95: best at 0.55: 9 of 10 with one
    // false alarm (0.57), F1 0.9; at 0.60 it is 8 of 10 without one, F1 0.889.
    let lines: String = (0..20)
        .map(|n| format!("{:.2} 0\n", 0.03 * f64::from(n)))
        .chain((0..10).map(|n| format!("{:.2} 1\n", 0.5 + 0.05 * f64::from(n))))
        .collect();
    let scores = file(&folder, "scores.txt", format!("score label\n{lines}").as_bytes());
    let json = printed(&run(["calibrate", &scores, "--json"]));
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["best"]["threshold"].as_f64(), Some(0.55));
    assert_eq!(document["best"]["recall"]["value"].as_f64(), Some(0.9));
    assert!(printed(&run(["calibrate", &scores])).contains("best"));
    let normal: String = (0..200).map(|n| format!("{n}\n")).collect();
    let normal = file(&folder, "normal.txt", normal.as_bytes());
    assert!(printed(&run(["calibrate", &normal, "--false-alarm-rate", "0.05"])).contains("threshold"));
    assert!(complaint(&run(["calibrate", &normal])).contains("--false-alarm-rate"));
    let wrong = file(&folder, "wrong.txt", b"1 0\nmany words here\n");
    assert!(complaint(&run(["calibrate", &wrong])).contains("line 2"));
    let few = file(&folder, "few.txt", b"1 0\n2 1\n");
    assert!(complaint(&run(["calibrate", &few])).contains("too few"));
}

#[test]
fn a_report_has_anomalies_unless_told_otherwise() {
    let document: serde_json::Value = serde_json::from_str(&printed(&run(["report", "--json"]))).unwrap();
    let anomalies = document["anomalies"].as_array().unwrap();
    assert!(
        anomalies.iter().any(|alert| alert["kind"] == "value" && alert["reason"].as_str().unwrap().contains("usual"))
    );
    assert!(document["detection"]["count"]["windows"].as_u64().unwrap() > 100);
    // When payments began to time out, orders were rolled back.
    let together = document["together"].as_array().unwrap();
    assert!(together.iter().any(|one| one["services"] == serde_json::json!(["payment", "order"])), "{together:?}");
    let without: serde_json::Value = serde_json::from_str(&printed(&run(["report", "--json", "--no-detect"]))).unwrap();
    assert!(without["detection"].is_null() && without["anomalies"].as_array().unwrap().is_empty());
}

#[test]
fn a_report_says_who_moved_first_by_a_topology() {
    let folder = folder("together");
    let mut log = String::new();
    for second in 0..4 * 3600 {
        let time = format!("2026-03-12T{:02}:{:02}:{:02}", 10 + second / 3600, second / 60 % 60, second % 60);
        for (service, delay, message) in
            [("web", 0, "answered 503"), ("cart", 20, "no store"), ("db", 40, "slow query")]
        {
            let storm = (3 * 3600 + delay..3 * 3600 + 900).contains(&second);
            let errors = if storm { 5 } else { u32::from(second % 200 == 7) };
            (0..errors).for_each(|_| log.push_str(&format!("{time}Z ERROR {service}: {message}\n")));
        }
    }
    let log = file(&folder, "all.log", log.as_bytes());
    let topology = file(&folder, "topology.toml", b"web = [\"cart\"]\ncart = [\"db\"]\n");
    let first = |output: &str| {
        let document: serde_json::Value = serde_json::from_str(output).unwrap();
        let candidates = document["together"][0]["candidates"].as_array().unwrap().clone();
        assert_eq!(candidates.len(), 3, "{candidates:?}");
        candidates[0]["service"].as_str().unwrap().to_owned()
    };
    // All in the same window: without more knowledge by name, with it by who is needed.
    assert_eq!(first(&printed(&run(["report", &log, "--json", "--topology", &topology]))), "db");
    let page = printed(&run(["report", &log, "--topology", &topology]));
    assert!(
        page.contains("Moved together") && page.contains("2 services that depend on it moved after it: cart, web"),
        "{page}"
    );
    let wrong = file(&folder, "wrong.toml", b"web = 5");
    let told = complaint(&run(["report", &log, "--topology", &wrong]));
    assert!(told.contains("wrong.toml: invalid type") && told.contains("write a line such as web = ["), "{told}");
}
