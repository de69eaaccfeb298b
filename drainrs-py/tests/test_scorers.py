"""Scorers in Python: alone, as estimators, and one of the host's inside a pipeline."""

from __future__ import annotations

from typing import Any

import drainrs
import numpy as np
import pytest

MINUTE = 60 * 10**9


def test_a_frequency_model_knows_what_is_usual() -> None:
    model = drainrs.FrequencyModel()
    for at in range(60):
        model.learn((at * MINUTE, (at + 1) * MINUTE), 100 + at % 5)
    usual, burst = (model.judge((60 * MINUTE, 61 * MINUTE), count) for count in (102, 900))
    assert usual.surprise < 1 < 10 < burst.surprise and burst.direction == "up"
    assert usual.low < 102 < usual.high


def test_classic_scores() -> None:
    history = [10, 11, 9, 10, 10, 11, 9, 10, 10, 11, 9, 10]
    assert drainrs.z_score(history, 100) > 3 and drainrs.mad_score(history, 10) < 1
    assert drainrs.naive_z([10] * 9 + [1_000_000]) < 3
    with pytest.raises(ValueError, match="12"):
        drainrs.z_score([1, 2], 3)


def test_values_and_sessions() -> None:
    values = drainrs.ValueModel()
    for at in range(2000):
        values.learn(f"{20 + at % 10}ms")
    odd = values.judge("9000ms")
    assert odd is not None and odd.kind in ("value", "new_value") and values.judge("25ms") is None
    assert values.quantile(0.5) == pytest.approx(0.024, rel=0.1), "in the base unit, seconds"
    sessions = drainrs.SequenceModel()
    for _ in range(400):
        sessions.learn([1, 2, 3, 4])
    assert sessions.learned == 400
    assert sessions.judge([1, 2, 3, 4]).surprise < sessions.judge([1, 9, 9, 9]).surprise


def test_estimators_have_the_manners_of_scikit_learn() -> None:
    texts = [f"user {name} logged in from {place}" for name in "abcdefghij" for place in ("home", "work", "abroad")]
    vectoriser = drainrs.Vectoriser(dimensions=128).fit(texts)
    vectors = vectoriser.transform(texts)
    assert vectors.shape == (30, 128) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectoriser.vector(texts[3]), vectors[3])
    assert len(vectoriser.get_feature_names_out()) == 128
    scorer = drainrs.Centroid().fit(texts)
    assert scorer.predict([texts[0], "kernel panic, not syncing: fatal exception"]).tolist() == [1, -1]
    usual, odd = scorer.score_samples([texts[0], "kernel panic, not syncing"])
    assert usual > odd and scorer.decision_function([texts[0]])[0] == pytest.approx(usual + scorer.threshold)
    cloud = np.random.default_rng(2).normal((3, 1, 0, 0), 0.1, (200, 4)).astype("float32")
    by_vectors = drainrs.Centroid(false_alarm_rate=0.05).fit(cloud)
    assert by_vectors.known_vectors > 0 and by_vectors.score_samples(cloud[:2])[0] == pytest.approx(0, abs=1e-5)
    assert by_vectors.predict(np.array([[3, 1, 0, 0], [0, 0, 5, -5]], dtype="float32")).tolist() == [1, -1]
    with pytest.raises(drainrs.ConfigError, match="vectors"):
        drainrs.Centroid().fit(cloud[:20])
    for estimator in (vectoriser, scorer):
        parameters = estimator.get_params()
        assert set(parameters) == set(estimator._get_param_names())
        assert estimator.__sklearn_clone__().get_params() == parameters
    assert np.isnan(scorer.score_samples([None])[0])


def test_scikit_learn_itself_takes_them() -> None:
    from sklearn.base import clone

    assert clone(drainrs.Vectoriser(dimensions=64)).get_params()["dimensions"] == 64


def test_centres_and_thresholds() -> None:
    points = np.concatenate([np.random.default_rng(1).normal(at, 0.01, (20, 8)) for at in (1, -1)]).astype("float32")
    groups = drainrs.KMeans.fit(points, clusters=2)
    assert len(groups) == 2 and set(groups.assignments[:20]).isdisjoint(groups.assignments[20:])
    assert groups.centroids.shape == (len(groups), 8) and sum(groups.sizes) == 40
    scores = [at / 100 for at in range(100)]
    worth = drainrs.calibrate(scores, [at >= 80 for at in range(100)])
    assert (worth.positives, worth.negatives, worth.best.f1) == (20, 80, 1.0)
    assert drainrs.false_alarm_threshold(scores * 10, 0.05).threshold == pytest.approx(0.95, abs=0.02)
    with pytest.raises(drainrs.Error):
        drainrs.calibrate([0.1], [True])
    with pytest.raises(ValueError, match="one each"):
        drainrs.calibrate([0.1, 0.2], [True])
    with pytest.raises(ValueError, match="dimensions"):
        drainrs.KMeans.fit(np.zeros((2, 2, 2)))


def test_what_changed_most() -> None:
    before = {"health check": 9540, "login": 480}
    after = {"health check": 9540, "query took too long": 80, "login": 380}
    changes = drainrs.rank(before, after)
    assert changes.rises[0].key == "query took too long" and changes.drops[0].key == "login"


@pytest.mark.parametrize("name", ["frequency", "novelty", "silence", "sequence", "content", "centroid", "all"])
def test_every_scorer_runs_alone(name: str) -> None:
    scorer = drainrs.Scorer(name)
    found: list[Any] = []
    for at in range(120):
        found += scorer.observe(at * MINUTE, 1, session="s", text="user 5 left", values=[("NUM", str(at))])
        found += scorer.close((at * MINUTE, (at + 1) * MINUTE), {(0, 1): 100})
    found += scorer.close((120 * MINUTE, 121 * MINUTE), {1: 5000, 2: 40})
    found += scorer.advance(200 * MINUTE)
    if name in ("frequency", "all"):
        assert any(score.kind == "spike" and score.template == 1 for score in found)
    assert scorer.memory > 0 and scorer.name == name
    with pytest.raises(ValueError, match="there is no scorer"):
        drainrs.Scorer("crystal ball")


def test_windows_scores_alerts_by_hand() -> None:
    counter, scorer, alerter = drainrs.Counter(), drainrs.Scorer("frequency"), drainrs.Alerter()
    for second in range(7200):
        for _ in range(30 if second // 60 == 110 else 1):
            assert counter.observe(second * 10**9, 1) == "counted"
        while (counted := counter.poll()) is not None:
            window, tallies, metrics = counted
            assert metrics.events == sum(tally.count for tally in tallies)
            for score in scorer.close(
                window, {(tally.series.service, tally.series.template): tally.count for tally in tallies}
            ):
                alerter.take(score)
    alerter.finish()
    alerts = list(iter(alerter.poll, None))
    assert [alert.score.kind for alert in alerts][:1] == ["spike"]


def test_a_scorer_of_ones_own() -> None:
    class Heartbeat:
        name = "heartbeat"

        def __init__(self) -> None:
            self.windows = 0

        def close(self, window: Any, counts: dict[tuple[int, int], int]) -> list[dict[str, Any]]:
            self.windows += 1
            if len(counts) > 3:
                raise RuntimeError("too much for me")
            if counts.get((0, 1), 0) > 0:
                return []
            score = drainrs.Scorer("frequency")  # a machine of ours may not be used from here
            return [score]

    pipeline = drainrs.Pipeline(detect={"session": "none"})
    own = Heartbeat()
    pipeline.add_scorer(own)
    pipeline.push_batch([f"2031-02-03 04:{at:02}:00 INFO tick" for at in range(30)], 0, finish=True)
    assert own.windows > 20
    with pytest.raises(AttributeError):
        pipeline.add_scorer(object())
    with pytest.raises(ValueError, match="no detector"):
        drainrs.Pipeline().add_scorer(own)


def test_services_that_moved_together() -> None:
    scorer, correlator = drainrs.Scorer("frequency"), drainrs.Correlator(min_services=2, min_templates=2)
    for at in range(120):
        scorer.close((at * MINUTE, (at + 1) * MINUTE), {(0, 7): 60, (1, 9): 60})
    scores = scorer.close((120 * MINUTE, 121 * MINUTE), {(0, 7): 400, (1, 9): 400})
    assert [correlator.take(score, ("db", "web")[score.service]) for score in scores] == [True, True]
    correlator.finish()
    found = correlator.poll()
    assert found is not None and found.services == ("db", "web") and correlator.poll() is None
    assert correlator.dropped == 0
