//! `mine`: the three forms, and Drain3's results.

use std::fs;

use super::{documents, file, folder, printed, run};

const SSH: &str = "\
Mar 12 18:00:01 web1 sshd[411]: Accepted password for root from 10.0.0.7 port 4242 ssh2
Mar 12 18:00:02 web1 sshd[412]: Accepted password for admin from 10.0.0.9 port 4243 ssh2
Mar 12 18:00:03 web1 sshd[413]: error: kex protocol error
";

#[test]
fn a_record_per_line_tells_everything() {
    let folder = folder("jsonl");
    let rows = documents(&printed(&run(["mine", &file(&folder, "ssh.log", SSH.as_bytes())])));
    assert_eq!(rows.len(), 3);
    let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    let mut named =
        ["line", "template_id", "content_id", "change", "size", "template", "level", "at", "service", "parameters"];
    named.sort_unstable();
    let mut keys: Vec<&str> = keys.into_iter().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, named);
    assert_eq!((&rows[1]["line"], &rows[1]["template_id"], &rows[1]["size"]), (&2.into(), &1.into(), &2.into()));
    assert_eq!((&rows[0]["change"], &rows[1]["change"]), (&"created".into(), &"widened".into()));
    assert_eq!(rows[1]["template"], "Accepted password for <*> from <IP> port <NUM> ssh2");
    assert_eq!(rows[1]["service"], "sshd");
    assert_eq!(rows[2]["level"], "error");
    assert!(rows[2]["at"].as_str().unwrap().ends_with("-03-12T18:00:03Z"));
    assert_eq!(rows[1]["parameters"][1], serde_json::json!({ "value": "10.0.0.9", "class": "IP" }));
    assert_eq!(rows[1]["content_id"].as_str().unwrap().len(), 16);
}

#[test]
fn the_text_follows_classes_that_the_miner_does_not_tell_of() {
    let folder = folder("classes");
    let log = file(&folder, "a.log", b"peer 17 is up\npeer 10.0.0.1 is up\npeer 18 is up\n");
    let rows = documents(&printed(&run(["mine", "--format", "raw", &log])));
    let texts: Vec<&str> = rows.iter().map(|row| row["template"].as_str().unwrap()).collect();
    assert_eq!(texts, ["peer <NUM> is up", "peer <*> is up", "peer <*> is up"]);
}

#[test]
fn csv_has_the_same_columns() {
    let folder = folder("csv");
    let log = file(&folder, "a.log", b"say \"hi\", 5 times\nsay \"hi\", 6 times\n");
    let text = printed(&run(["mine", "--format", "raw", "--output", "csv", &log]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "line,template_id,content_id,change,size,template,level,at,service,parameters");
    assert!(lines[2].starts_with("2,1,") && lines[2].contains(",unchanged,2,\"say \"\"hi\"\", <NUM> times\","));
    run(["mine", "--output", "csv", "--out-dir", folder.to_str().unwrap(), &log]);
    assert!(folder.join("a.log.csv").is_file());
}

#[test]
fn logparser_files_show_final_templates() {
    let folder = folder("logparser");
    let mut log = String::new();
    for n in 0..50 {
        log.push_str(&format!(
            "login, user u{} and shift {} accepted\n",
            (b'a' + n % 20) as char,
            ["day", "late", "night", "spare"][n as usize % 4]
        ));
    }
    log.push_str("it's \"done\", all\n");
    let path = file(&folder, "Set_2k.log", log.as_bytes());
    let out = folder.join("out");
    printed(&run(["mine", &path, "--output", "logparser", "--format", "raw", "--out-dir", out.to_str().unwrap()]));
    let structured = fs::read_to_string(out.join("Set_2k.log_structured.csv")).unwrap();
    let lines: Vec<&str> = structured.lines().collect();
    assert_eq!(lines[0], "LineId,Content,EventId,EventTemplate,ParameterList");
    assert_eq!(lines.len(), 52);
    assert_eq!(
        lines[1],
        "1,\"login, user ua and shift day accepted\",E1,\"login, user <*> and shift <*> accepted\",\"['ua', 'day']\"",
        "the first line shows what its template became"
    );
    assert!(lines[51].starts_with("51,\"it's \"\"done\"\", all\",E"), "{}", lines[51]);
    let templates = fs::read_to_string(out.join("Set_2k.log_templates.csv")).unwrap();
    assert_eq!(templates.lines().next(), Some("EventId,EventTemplate,Occurrences"));
    assert_eq!(templates.lines().nth(1), Some("E1,\"login, user <*> and shift <*> accepted\",50"));
    assert_eq!(templates.lines().count(), 3);
}

#[test]
fn logparser_keeps_the_last_text_of_evicted_templates() {
    let folder = folder("evicted");
    let log = file(&folder, "e.log", b"alpha beta\ngamma delta epsilon\nzeta\nalpha beta\n");
    let out = folder.to_str().unwrap();
    printed(&run(["mine", &log, "--output", "logparser", "--format", "raw", "--max-templates", "1", "--out-dir", out]));
    let structured = fs::read_to_string(folder.join("e.log_structured.csv")).unwrap();
    let texts: Vec<&str> = structured.lines().skip(1).map(|line| line.split(',').nth(3).unwrap()).collect();
    assert_eq!(texts, ["alpha beta", "gamma delta epsilon", "zeta", "alpha beta"]);
}

#[test]
fn drain3_gives_the_keys_of_drain3_in_its_order() {
    let folder = folder("drain3");
    let log = file(&folder, "d.log", b"conn 1 from a\r\nconn 2 from a\r\n\nconn 3 from b\n");
    let text = printed(&run(["mine", "--drain3", "--match", &log]));
    let lines: Vec<&str> = text.lines().collect();
    let key = |change: &str, id: u32, size: u32, template: &str, count: u32| {
        format!(
            "{{\"change_type\":\"{change}\",\"cluster_id\":{id},\"cluster_size\":{size},\"template_mined\":\"{template}\",\
             \"cluster_count\":{count}}}"
        )
    };
    assert_eq!(lines[0], key("cluster_created", 1, 1, "conn 1 from a", 1));
    assert_eq!(lines[1], key("cluster_template_changed", 1, 2, "conn <*> from a", 1));
    assert_eq!(lines[2], key("cluster_created", 2, 1, "", 2));
    assert_eq!(lines[3], key("cluster_template_changed", 1, 3, "conn <*> from <*>", 2));
    assert_eq!(
        lines[4..],
        ["{\"match\":[1,1,1]}", "{\"match\":[1,1,1]}", "{\"match\":[2,2,2]}", "{\"match\":[1,1,1]}"]
    );
}

#[test]
fn an_ini_of_drain3_is_a_configuration() {
    let folder = folder("ini");
    let ini = file(
        &folder,
        "drain3.ini",
        b"[DRAIN]\nsim_th = 0.9\n[MASKING]\nmask_prefix = <:\nmask_suffix = :>\n\
          masking = [{\"regex_pattern\": \"\\\\d+\", \"mask_with\": \"N\"}]\n",
    );
    let log = file(&folder, "d.log", b"conn 1 from a\nconn 2 from b\n");
    let rows = documents(&printed(&run(["mine", "--config", &ini, &log])));
    assert_eq!(rows[0]["template_mined"], "conn <:N:> from a");
    assert_eq!(rows[1]["cluster_id"], 2, "the threshold of the file holds");
}

#[test]
fn settings_come_from_documents_and_options() {
    let folder = folder("settings");
    let log = file(&folder, "d.log", b"order ord_5f of user ada on host red\norder ord_6a of user bob on host blue\n");
    let toml = file(&folder, "c.toml", b"[mine]\nsimilarity_threshold = 1.0\n");
    let json = file(&folder, "c.json", b"{ \"mine\": { \"similarity_threshold\": 1.0 } }");
    let mask = ["--mask", "ORDER=ord_[0-9a-f]+"];
    for config in [&toml, &json] {
        let rows = documents(&printed(&run(["mine", "--config", config, mask[0], mask[1], &log])));
        assert_eq!(rows[0]["template"], "order <ORDER> of user ada on host red");
        assert_eq!(rows[1]["template_id"], 2);
    }
    let rows = documents(&printed(&run(["mine", "--config", &toml, "--similarity", "0.5", mask[0], mask[1], &log])));
    assert_eq!(rows[1]["template"], "order <ORDER> of user <*> on host <*>", "an option has the last word");
    let rows = documents(&printed(&run(["mine", "--drain3", "--config", &toml, &log])));
    assert_eq!(rows[1]["change_type"], "cluster_created", "Drain3 with the setting of the document");
}
