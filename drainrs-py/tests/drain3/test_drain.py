"""The machine: Drain3's own expectations of it, case by case."""

from __future__ import annotations

import io

import pytest

from drainrs.drain3.drain import Drain, LogCluster

SSH = """
Dec 10 07:07:38 LabSZ sshd[24206]: input_userauth_request: invalid user test9 [preauth]
Dec 10 07:08:28 LabSZ sshd[24208]: input_userauth_request: invalid user webmaster [preauth]
Dec 10 09:12:32 LabSZ sshd[24490]: Failed password for invalid user ftpuser from 0.0.0.0 port 62891 ssh2
Dec 10 09:12:35 LabSZ sshd[24492]: Failed password for invalid user pi from 0.0.0.0 port 49289 ssh2
Dec 10 09:12:44 LabSZ sshd[24501]: Failed password for invalid user ftpuser from 0.0.0.0 port 60836 ssh2
Dec 10 07:28:03 LabSZ sshd[24245]: input_userauth_request: invalid user pgadmin [preauth]
"""


def mined(model: Drain, text: str) -> list[str]:
    return [model.add_log_message(line.strip())[0].get_template() for line in text.strip().splitlines()]


def changes(model: Drain, lines: list[str]) -> list[tuple[int, str]]:
    answers = [model.add_log_message(line) for line in lines]
    return [(cluster.cluster_id, change) for cluster, change in answers]


def test_lines_of_sshd_become_two_clusters() -> None:
    model = Drain()
    assert mined(model, SSH) == [
        "Dec 10 07:07:38 LabSZ sshd[24206]: input_userauth_request: invalid user test9 [preauth]",
        "Dec 10 <*> LabSZ <*> input_userauth_request: invalid user <*> [preauth]",
        "Dec 10 09:12:32 LabSZ sshd[24490]: Failed password for invalid user ftpuser from 0.0.0.0 port 62891 ssh2",
        "Dec 10 <*> LabSZ <*> Failed password for invalid user <*> from 0.0.0.0 port <*> ssh2",
        "Dec 10 <*> LabSZ <*> Failed password for invalid user <*> from 0.0.0.0 port <*> ssh2",
        "Dec 10 <*> LabSZ <*> input_userauth_request: invalid user <*> [preauth]",
    ]
    assert model.get_total_cluster_size() == 6
    assert len(model.clusters) == 2


def test_a_threshold_of_three_quarters_keeps_more_apart() -> None:
    model = Drain(depth=4, sim_th=0.75, max_children=100)
    assert mined(model, SSH) == [
        "Dec 10 07:07:38 LabSZ sshd[24206]: input_userauth_request: invalid user test9 [preauth]",
        "Dec 10 07:08:28 LabSZ sshd[24208]: input_userauth_request: invalid user webmaster [preauth]",
        "Dec 10 09:12:32 LabSZ sshd[24490]: Failed password for invalid user ftpuser from 0.0.0.0 port 62891 ssh2",
        "Dec 10 <*> LabSZ <*> Failed password for invalid user <*> from 0.0.0.0 port <*> ssh2",
        "Dec 10 <*> LabSZ <*> Failed password for invalid user <*> from 0.0.0.0 port <*> ssh2",
        "Dec 10 07:28:03 LabSZ sshd[24245]: input_userauth_request: invalid user pgadmin [preauth]",
    ]
    assert len(model.clusters) == 4
    assert model.get_total_cluster_size() == 6


def test_one_cluster_at_most_makes_room_every_time() -> None:
    model = Drain(max_clusters=1)
    lines = ["A format 1", "A format 2", "B format 1", "B format 2", "A format 3"]
    assert [model.add_log_message(line)[0].get_template() for line in lines] == [
        "A format 1", "A format <*>", "B format 1", "B format <*>", "A format 3",
    ]  # fmt: skip
    assert model.get_total_cluster_size() == 1


def test_the_least_recently_used_of_several_leaves_makes_room() -> None:
    model = Drain(max_clusters=2, param_str="*")
    lines = ["A A A", "A A B", "B A A", "B A B", "C A A", "C A B", "B A A", "A A A"]
    templates = [model.add_log_message(line)[0].get_template() for line in lines]
    assert templates == ["A A A", "A A *", "B A A", "B A *", "C A A", "C A *", "B A *", "A A A"]
    assert model.get_total_cluster_size() == 4


def test_the_least_recently_used_of_one_leaf_makes_room() -> None:
    model = Drain(max_clusters=2, param_str="*")
    lines = ["A A", "A B", "B A", "B B", "C A", "C B", "B A", "A A"]
    templates = [model.add_log_message(line)[0].get_template() for line in lines]
    assert templates == ["A A", "A *", "B A", "B *", "C A", "C *", "B *", "A A"]


def test_matching_learns_nothing() -> None:
    model = Drain()
    changes(model, ["aa aa aa", "aa aa bb", "aa aa cc", "xx yy zz"])
    before = [str(cluster) for cluster in model.clusters]
    for line, expected in [
        ("aa aa tt", 1), ("xx yy zz", 2), ("xx yy rr", None), ("nothing", None), ("aa aa", None),
    ]:  # fmt: skip
        found = model.match(line)
        assert (found and found.cluster_id) == expected, line
    assert [str(cluster) for cluster in model.clusters] == before


def test_strategies_differ_where_the_tree_hides_a_cluster() -> None:
    model = Drain()
    # Tokens with a digit go the way of wildcards; the third line then makes a branch of its own, which hides that way.
    changes(model, ["x1 start", "x2 start", "load end"])
    found = {strategy: model.match("load start", strategy) for strategy in ("never", "fallback", "always")}
    assert {strategy: cluster and cluster.get_template() for strategy, cluster in found.items()} == {
        "never": None,
        "fallback": "<*> start",
        "always": "<*> start",
    }
    with pytest.raises(AssertionError):
        model.match("a", "sometimes")


def test_templates_are_made_of_two_sequences() -> None:
    model = Drain(param_str="*")
    one, other = ["aa", "bb", "dd"], ["aa", "bb", "cc"]
    assert model.create_template(one, other) == ["aa", "bb", "*"]
    assert model.create_template(one, one) == one
    with pytest.raises(AssertionError):
        model.create_template(one, ["aa"])


def test_distances_leave_wildcards_out_unless_asked() -> None:
    model = Drain()
    assert model.get_seq_distance(["a", "<*>", "c"], ["a", "b", "d"], False) == (1 / 3, 1)
    assert model.get_seq_distance(["a", "<*>", "c"], ["a", "b", "d"], True) == (2 / 3, 1)
    assert model.get_seq_distance([], [], False) == (1.0, 0)


def test_empty_lines_have_a_cluster_of_their_own() -> None:
    model = Drain()
    assert changes(model, ["", "  ", "\t"]) == [(1, "cluster_created"), (1, "none"), (1, "none")]
    assert [cluster.log_template_tokens for cluster in model.clusters] == [()]


def test_a_tree_too_flat_is_refused() -> None:
    with pytest.raises(ValueError, match="depth"):
        Drain(depth=2)
    with pytest.raises(ValueError, match="param_str"):
        Drain(param_str="WILD")


def test_delimiters_part_tokens() -> None:
    model = Drain(extra_delimiters=["_", "="])
    model.add_log_message("a_b=c")
    assert [cluster.get_template() for cluster in model.clusters] == ["a b c"]
    assert model.get_content_as_tokens(" a_b=c ") == ["a", "b", "c"]


def test_the_tree_is_printed_as_drain3_prints_it() -> None:
    model = Drain()
    changes(model, ["b c d", "b c e", "a", "a 1 2", "", "b x y"])
    out = io.StringIO()
    model.print_tree(out)
    id1 = "ID=1     : size=2         : b c <*>"
    assert out.getvalue().splitlines() == [
        "<root>",
        "\t<L=3>",
        '\t\t"b" (cluster_count=2)',
        f"\t\t\t{id1}",
        "\t\t\tID=5     : size=1         : b x y",
        '\t\t"a" (cluster_count=1)',
        "\t\t\tID=3     : size=1         : a 1 2",
        "\t<L=1> (cluster_count=1)",
        "\t\tID=2     : size=1         : a",
        "\t<L=0> (cluster_count=1)",
        "\t\tID=4     : size=1         : ",
    ]
    assert model.get_clusters_ids_for_seq_len(3) == [1, 5, 3]
    assert model.get_clusters_ids_for_seq_len(9) == []


def test_clusters_are_found_by_id_and_follow_the_miner() -> None:
    model = Drain(max_clusters=2)
    first, _ = model.add_log_message("a b c")
    assert (first.cluster_id, first.size, first.log_template_tokens) == (1, 1, ("a", "b", "c"))
    model.add_log_message("a b d")
    assert (first.size, first.get_template()) == (2, "a b <*>")
    assert str(first) == "ID=1     : size=2         : a b <*>"
    assert model.id_to_cluster[1] == first
    model.add_log_message("x")
    model.add_log_message("y z")
    assert (1 in model.id_to_cluster, list(model.id_to_cluster), len(model.id_to_cluster)) == (False, [2, 3], 2)
    assert model.id_to_cluster.get(1) is None
    assert first.size == 2, "as it was seen last"
    with pytest.raises(KeyError):
        model.id_to_cluster[1]
    assert -1 not in model.id_to_cluster and "a" not in list[object](model.id_to_cluster)
    assert [cluster.cluster_id for cluster in sorted(model.clusters, key=lambda it: -it.cluster_id)] == [3, 2]
    assert (model.clusters_counter, model.max_clusters) == (3, 2)
    assert isinstance(first, LogCluster)
