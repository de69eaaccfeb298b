//! Compact JSON: every line one token, hardly two lines alike. Where a leaf is scanned, the time grows with the square of
//! the number of lines.

use super::random::Random;
use super::shape::fill;

const RECORDS: [&str; 3] = [
    r#"{"ts":{big}.{num},"uid":"C{sum}","orig":"{ip}","orig_port":{port},"resp":"{ip}","resp_port":53,"proto":"udp","query":"{word}.{host}.example.com","rcode":0,"rtt":0.{num}}"#,
    r#"{"time":{big},"level":"info","service":"{word}","request":"{uuid}","user":"{user}","took":{num},"ok":true}"#,
    r#"{"at":{big},"host":"{host}","event":"{word}.updated","id":{num},"by":"{user}","sum":"{sum}"}"#,
];

/// Lines of one token each.
pub(crate) fn write(lines: usize, seed: u64, out: &mut Vec<u8>) -> usize {
    let mut random = Random::new(seed);
    for _ in 0..lines {
        // Braces of the record itself are not holes: the outer pair is written around what is filled.
        let record = random.pick(&RECORDS);
        out.push(b'{');
        fill(&record[1..record.len() - 1], &mut random, out);
        out.extend_from_slice(b"}\n");
    }
    RECORDS.len()
}
