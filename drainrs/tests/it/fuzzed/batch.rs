//! A batch equals its lines one by one: events, alerts, templates, and the bytes of the state.

use drainrs::{Columns, EventColumns, LineBatch, Miner, Pipeline};

use super::choices::split;
use super::lines::{lines, moment, pipeline_config};

pub(super) fn run(data: &[u8]) {
    let (choices, data) = split::<3>(data);
    let config = pipeline_config(&choices, 0);
    let size = choices.pick(2, 7) + 1;
    let lines: Vec<&[u8]> = lines(data).collect();
    let build = || Pipeline::build(&config).expect("settings that are right");
    let (mut single, mut batched) = (build(), build());
    let (mut expected, mut found) = (EventColumns::new(), EventColumns::new());
    let mut miners = [(); 2].map(|()| Miner::build(&config.miner()).expect("settings that are right"));
    let mut hits = [(); 2].map(|()| Columns::new());
    for (at, some) in lines.chunks(size).enumerate() {
        let now = moment(at, 1);
        let (mut buffer, mut ends) = (Vec::new(), Vec::new());
        for line in some {
            if let Some(event) = single.push(line, now) {
                expected.push(&event);
            }
            let hit = miners[0].insert(line);
            hits[0].templates.push(hit.template);
            hits[0].changes.push(hit.change);
            buffer.extend_from_slice(line);
            ends.push(buffer.len() as u32);
        }
        batched.push_batch(LineBatch::new(&buffer, &ends), now, &mut found);
        miners[1].insert_batch(LineBatch::new(&buffer, &ends), &mut hits[1]);
    }
    assert_eq!(found, expected);
    assert_eq!(hits[0], hits[1]);
    let alerts = |pipeline: &mut Pipeline| std::iter::from_fn(|| pipeline.poll_alert()).collect::<Vec<_>>();
    assert_eq!(alerts(&mut batched), alerts(&mut single));
    assert_eq!(batched.snapshot().expect("a snapshot"), single.snapshot().expect("a snapshot"));
    let [one, many] = &miners;
    assert_eq!(one.snapshot().expect("a snapshot"), many.snapshot().expect("a snapshot"));
}
