//! Every shape once, what only looks like one, and any bytes.

use super::*;

/// The stamp at the start of `text` in one line, and what is left of the text.
fn show(text: &str) -> String {
    let Some(stamp) = stamp(text.as_bytes(), 0) else { return "none".to_owned() };
    let c = stamp.civil;
    let year = if stamp.has_year { format!("{:04}", c.year) } else { "????".to_owned() };
    let date = format!("{year}-{:02}-{:02}", c.month, c.day);
    let fraction = if c.nanos == 0 { String::new() } else { format!(".{:09}", c.nanos).trim_end_matches('0').into() };
    let clock = format!("{:02}:{:02}:{:02}{fraction}", c.hour, c.minute, c.second);
    let zone = stamp.offset.map_or(String::new(), |o| format!(" {o:+}"));
    let body = match stamp.kind {
        StampKind::Timestamp => format!("{date} {clock}{zone}"),
        StampKind::Date => date,
        StampKind::Time => format!("{clock}{zone}"),
    };
    format!("{body}|{}", &text[stamp.end..])
}

#[test]
fn shapes_of_timestamps() {
    let cases = [
        ("2031-02-03 04:05:06,789 x", "2031-02-03 04:05:06.789| x"),
        ("2031-02-03T04:05:06.123456789Z", "2031-02-03 04:05:06.123456789 +0|"),
        ("2031-02-03T04:05:06+01:00 x", "2031-02-03 04:05:06 +3600| x"),
        ("2031-02-03 04:05:06-0730", "2031-02-03 04:05:06 -27000|"),
        ("2031-02-03 04:05:06+02", "2031-02-03 04:05:06 +7200|"),
        ("2031-02-03 04:05:06.5 CEST [7]", "2031-02-03 04:05:06.5 +7200| [7]"),
        ("2031-02-03 04:05:06.5 LOG: x", "2031-02-03 04:05:06.5| LOG: x"),
        ("2031-02-03_04:05:06 x", "2031-02-03 04:05:06| x"),
        ("2031-02-03*04:05:06 x", "2031-02-03 04:05:06| x"),
        ("2031-02-03:04:05:06 x", "2031-02-03 04:05:06| x"),
        ("2031-02-03'T'04:05:06 x", "2031-02-03 04:05:06| x"),
        ("2031-02-03T04:05Z x", "2031-02-03 04:05:00 +0| x"),
        ("2031/02/03 04:05:06 [x]", "2031-02-03 04:05:06| [x]"),
        ("2031.02.03 04:05:06 x", "2031-02-03 04:05:06| x"),
        ("2031-02-03-04.05.06.000123 x", "2031-02-03 04:05:06.000123| x"),
        ("Jun  4 04:05:06 host", "????-06-04 04:05:06| host"),
        ("Jun 14 04:05:06 host", "????-06-14 04:05:06| host"),
        ("Sun Dec 04 04:47:44 2033] x", "2033-12-04 04:47:44|] x"),
        ("Sun Dec  4 04:47:44 UTC 2033", "2033-12-04 04:47:44 +0|"),
        ("Sun Dec 04 04:47:44.25 2033", "2033-12-04 04:47:44.25|"),
        ("17/May/2033:10:05:03 +0200] x", "2033-05-17 10:05:03 +7200|] x"),
        ("33/06/09 20:10:40 x", "2033-06-09 20:10:40| x"),
        ("06/29/33 20:10:40 x", "2033-06-29 20:10:40| x"),
        ("06/09/2033 20:10:40 x", "2033-06-09 20:10:40| x"),
        ("29/06/2033 20:10:40 x", "2033-06-29 20:10:40| x"),
        ("09.06.2033 20:10:40 x", "2033-06-09 20:10:40| x"),
        ("03-17 16:13:38.811  1702", "????-03-17 16:13:38.811|  1702"),
        ("10.30 16:49:06] x", "????-10-30 16:49:06|] x"),
        ("20331223-22:15:29:606|Step", "2033-12-23 22:15:29.606||Step"),
        ("20331223-0:7:20:44|Step", "2033-12-23 00:07:20.044||Step"),
        ("20331223 22:15:29 x", "2033-12-23 22:15:29| x"),
        ("20331223T2215Z x", "2033-12-23 22:15:00 +0| x"),
        ("20331223T221529.5-0100 x", "2033-12-23 22:15:29.5 -3600| x"),
        ("05 Mar 2033 10:11:12.345 # x", "2033-03-05 10:11:12.345| # x"),
        ("5-Mar-2033 10:11:12 x", "2033-03-05 10:11:12| x"),
        ("05 Mar 10:11:12.345 * x", "????-03-05 10:11:12.345| * x"),
        ("Mar-05 10:11:12 x", "????-03-05 10:11:12| x"),
        ("10:11:12.5 x", "10:11:12.5| x"),
        ("10:11:12 PM x", "22:11:12| x"),
        ("2033-03-05 10:11:12.5 +0000 UTC x", "2033-03-05 10:11:12.5 +0| x"),
        ("Mon, 02 Jan 2033 15:04:05 GMT x", "2033-01-02 15:04:05 +0| x"),
        ("Monday, 02-Jan-33 15:04:05 EST x", "2033-01-02 15:04:05 -18000| x"),
        ("02 Jan 33 15:04 +0100 x", "2033-01-02 15:04:00 +3600| x"),
        ("Mar 5, 2033 1:02:03 PM org.x", "2033-03-05 13:02:03| org.x"),
        ("Mar 05 2033 10:11:12: x", "2033-03-05 10:11:12|: x"),
        ("Mar 5, 2033 @ 10:11:12.345 x", "2033-03-05 10:11:12.345| x"),
        ("2033 Mar 05 10:11:12 x", "2033-03-05 10:11:12| x"),
        ("33-03-05 10:11:12 x", "2033-03-05 10:11:12| x"),
        ("3/5/2033 1:02:03 AM x", "2033-03-05 01:02:03| x"),
        ("3/5/2033, 12:02 AM x", "2033-03-05 00:02:00| x"),
        ("17/May 10:05:03 x", "????-05-17 10:05:03| x"),
        ("Tue Mar 15 2033 10:11:12 GMT+0100 (Central European Time) x", "2033-03-15 10:11:12 +3600| x"),
    ];
    for (text, expected) in cases {
        assert_eq!(show(text), expected, "{text}");
    }
}

#[test]
fn dates_alone() {
    for (text, expected) in [
        ("2031-02-03", "2031-02-03|"),
        ("2031-02-03-7", "2031-02-03|-7"),
        ("2031/02/03 at noon", "2031-02-03| at noon"),
        ("2031-02-03 4:5", "2031-02-03| 4:5"),
        ("3/5/2033.", "2033-03-05|."),
        ("Mar 5, 2033 was", "2033-03-05| was"),
    ] {
        assert_eq!(show(text), expected, "{text}");
    }
}

#[test]
fn what_only_looks_like_a_time_is_left_alone() {
    for text in [
        "",
        "1",
        "12",
        "12:30",
        "12:30:",
        "25:00:00",
        "12:60:00",
        "2031-13-01",
        "2031-02-32",
        "1.2.3",
        "10.251.1.1",
        "1/2",
        "17/06/09",
        "may fail",
        "Mar 5",
        "Sunday",
        "march on",
        "20331323 10:00:00",
        "10:11:12x",
        "123456789",
        "2031-02-03x",
        "0612 15:04:05",
        "12 may fail",
        "081109 203615",
        "99999999999999999999:00:00",
        "3000-01-01",
        "Sun Foo 04 04:47:44 2033",
        "2031-02-",
        "2031-0",
        "Jun 14 15:1",
        "17/May/",
    ] {
        assert_eq!(show(text), "none", "{text}");
    }
}

#[test]
fn shapes_that_are_times_only_where_one_is_expected() {
    let show = |s: Option<Stamp>| s.and_then(|s| Timestamp::from_civil(&s.civil, 0)).map(|t| t.to_string());
    assert_eq!(show(compact(b"331109 203615 x", 0)).as_deref(), Some("2033-11-09T20:36:15Z"));
    assert_eq!(show(compact(b"331309 203615 x", 0)), None);
    assert_eq!(show(compact(b"331109 203615", 1)), None);
    let glog = klog(b"I20330612 15:04:05.123456  7 a.cc:1] x", 1);
    assert_eq!(show(glog).as_deref(), Some("2033-06-12T15:04:05.123456Z"));
    let k = klog(b"I0612 15:04:05.123456  7 a.go:1] x", 1).unwrap();
    assert_eq!((k.has_year, k.civil.month, k.civil.day, k.end), (false, 6, 12, 21));
}

#[test]
fn epochs_by_their_number_of_digits() {
    let show = |text: &str| epoch(text.as_bytes(), 0).map(|(t, end)| (t.to_string(), end));
    let at = |s: &str, end| Some((s.to_owned(), end));
    assert_eq!(show("1700000000 x"), at("2023-11-14T22:13:20Z", 10));
    assert_eq!(show("1700000000.25"), at("2023-11-14T22:13:20.250Z", 13));
    assert_eq!(show("1700000000123,"), at("2023-11-14T22:13:20.123Z", 13));
    assert_eq!(show("1700000000123456"), at("2023-11-14T22:13:20.123456Z", 16));
    assert_eq!(show("1700000000123456789"), at("2023-11-14T22:13:20.123456789Z", 19));
    for none in ["170000000", "17000000001", "9999999999999999999", "1700000000x", "", "x"] {
        assert_eq!(show(none), None, "{none}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_at_any_offset(
        text in proptest::collection::vec(proptest::sample::select(b"0123456789:-/., TZAPMarJunSun+\x00\xff'@".to_vec()), 0..60),
        at in 0_usize..70,
    ) {
        for found in [stamp(&text, at), klog(&text, at), compact(&text, at)].into_iter().flatten() {
            assert!(found.end > at && found.end <= text.len());
        }
        if let Some((_, end)) = epoch(&text, at) {
            assert!(end > at && end <= text.len());
        }
    }
}
