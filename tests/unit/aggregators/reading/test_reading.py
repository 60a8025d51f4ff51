"""What readers make of small files, and how they refuse malformed ones: in one line, with its number."""

import gzip

import numpy as np
import pandas as pd
import pytest

from aggregators import Approvals, Rankings, ReadError, Utilities
from aggregators.reading import format_of, from_long, load, pabulib, read

NAN = float("nan")


@pytest.fixture
def file(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write


# --- tables --------------------------------------------------------------------------------------


def test_empty_cells_are_no_opinion_unranked_and_not_approved(file):
    path = file("t.csv", "a,b\n1,\n0,1\n")
    np.testing.assert_array_equal(Utilities.read(path).values, [[1, NAN], [0, 1]])
    np.testing.assert_array_equal(Rankings.read(path).ranks, [[1, 0], [0, 1]])
    np.testing.assert_array_equal(Approvals.read(path).matrix, [[True, False], [False, True]])
    assert Utilities.read(path).alternatives == ("a", "b")


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_voters_are_left_out_and_weights_are_weights(file, name):
    found = Utilities.read(file(name, "n,a,w\nx,1,2\ny,3,4\n"), weight="w", voter="n")
    assert found.alternatives == ("a",)
    np.testing.assert_array_equal(found.weights, [2, 4])


def test_a_byte_order_mark_quotes_and_empty_lines_are_no_matter(file):
    found = Utilities.read(file("t.csv", '\ufeff"a, b",c\n\n1,2\n\n'))
    assert found.alternatives == ("a, b", "c")
    assert found.n_voters == 1


def test_a_blank_line_in_one_column_is_a_voter_without_opinion(file):
    found = Utilities.read(file("t.csv", "\na\n1\n\n2\n\n"))
    np.testing.assert_array_equal(found.values, [[1], [NAN], [2]])
    assert Rankings.read(file("r.csv", "Rank 1\nx\n\ny\n")).ranks.tolist() == [[1, 0], [0, 0], [0, 1]]


@pytest.mark.parametrize("end", ["\n", "\ny,x\n", ""])
def test_a_quote_that_is_not_closed_names_its_line(file, end):
    with pytest.raises(ReadError, match="line 3: a double quote opens a cell and is not closed in this row"):
        read(file("t.csv", f'Rank 1,Rank 2\nx,y\n"z,x{end}'))
    assert Rankings.read(file("i.csv", 'Rank 1,Rank 2\n5" pipe,\n"a\nb",\n')).alternatives == ('5" pipe', "a\nb")


@pytest.mark.parametrize("mark", [";", "\t"])
def test_semicolons_and_tabs_separate_cells(file, mark):
    found = Utilities.read(file("t.csv", "a|b, c|w\n1|2|1\n".replace("|", mark).replace("b, c", '"b, c"')), weight="w")
    assert found.alternatives == ("a", "b, c")
    ranked = read(file("r.csv", "Rank 1|Rank 2\nx|y\n".replace("|", mark)))
    assert ranked.alternatives == ("x", "y")
    with pytest.raises(ReadError, match="line 2, data row 1: b='1,5' is not a number; write decimals with a point"):
        read(file("d.csv", "a;b\n1;1,5\n"))


def test_weights_may_be_fractions(file):
    assert Utilities.read(file("t.csv", "a,w\n1,3/2\n1,2\n"), weight="w").weights.tolist() == [1.5, 2]


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        ("3/0", "is not a number"),
        ("1_0/2", "is not a number"),
        ("-1/2", "is not a weight: a number, 0 or more"),
        (f"{'9' * 400}/2", "is not finite"),
        (f"{'9' * 5000}/2", "is not a number"),
        ("", "is not a weight"),
    ],
)
def test_a_cell_that_is_no_weight(file, weight, says):
    for path, options in (
        (file("t.csv", f"a,w\n1,{weight}\n"), {"weight": "w"}),
        (file("v.csv", VOTEKIT.replace("2.5", weight)), {}),
    ):
        with pytest.raises(ReadError) as caught:
            read(path, **options)
        assert says in str(caught.value)
        assert "line" in str(caught.value)


# --- PrefLib -------------------------------------------------------------------------------------


def preflib(*ballots, kind="toi", voters=None, size=3, more=""):
    names = "".join(f"# ALTERNATIVE NAME {k}: {label}\n" for k, label in enumerate("xyz"[:size], start=1))
    voters = sum(int(ballot.split(":")[0]) for ballot in ballots) if voters is None else voters
    head = f"# DATA TYPE: {kind}\n# NUMBER ALTERNATIVES: {size}\n# NUMBER VOTERS: {voters}\n{more}{names}"
    return head + "\n".join(ballots) + "\n"


def test_preflib_ties_and_truncation(file):
    for name in ("t.toi", "t.toi.gz"):
        profile = read(file(name, preflib("3: 2,{1,3}", "2: {3, 1}", "1: 3")))
        assert profile.alternatives == ("x", "y", "z")
        assert profile.ranks.tolist() == [[2, 1, 2], [1, 0, 1], [0, 0, 1]]
        assert profile.weights.tolist() == [3, 2, 1]


def test_preflib_categories(file):
    two = file("t.cat", preflib("2: {1,2},3", "1: {},{1,2,3}", kind="cat", more="# NUMBER CATEGORIES: 2\n"))
    assert read(two) == Approvals.read(two)
    assert Approvals.read(two).matrix.tolist() == [[True, True, False], [False, False, False]]
    assert Rankings.read(two).ranks.tolist() == [[1, 1, 2], [1, 1, 1]]
    three = file("t3.cat", preflib("2: 1,{},{2,3}", kind="cat", more="# NUMBER CATEGORIES: 3\n"))
    assert read(three).ranks.tolist() == [[1, 2, 2]]
    assert Approvals.read(three).matrix.tolist() == [[True, False, False]]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("t.soi", preflib("3: 1,2", "2; 1", kind="soi", voters=5).replace("; 1", " 1"), "line 8: '2 1' is no ballot"),
        ("t.soi", preflib("3: 1,4", kind="soi"), "line 7: names alternative 4; there are 1 to 3"),
        ("t.soi", preflib("3: 1,2,1", kind="soi"), "line 7: names alternative 1 twice"),
        ("t.soi", preflib("3: 1,{2,3}", kind="soi"), "line 7: holds a tie, which a .soi file has not"),
        ("t.soc", preflib("3: 1,2", kind="soc"), "line 7: leaves out alternative 3"),
        ("t.toi", preflib("3: 1,{2,3"), "line 7: cannot read the order from '{2,3' on"),
        ("t.toi", preflib("3: 1,,2"), "line 7: cannot read the order from ',2' on"),
        ("t.toi", preflib("0: 1"), "line 7: '0: 1' is no ballot"),
        ("t.toi", preflib("3: 1", voters=4), "line 3: NUMBER VOTERS is 4, and the ballots below make 3"),
        ("t.toi", preflib("3: 1").replace("# NUMBER ALTERNATIVES: 3\n", ""), "no line '# NUMBER ALTERNATIVES: ...'"),
        ("t.toi", preflib("3: 1").replace("TIVES: 3", "TIVES: three"), "line 2: NUMBER ALTERNATIVES is 'three'"),
        ("t.cat", preflib("3: 1", kind="cat", more="# NUMBER CATEGORIES: 2\n"), "has 1 categories; the header says 2"),
        ("t.toi", "3\n1,x\n", "is no ballot"),
        ("t.toi", preflib("3: 1", f"{'9' * 5000}: 1", voters=4), "line 8: '9999"),
        ("t.toi", preflib(f"3: 1,{'9' * 5000}"), "line 7: cannot read the order"),
        ("t.toi", preflib("3: 1", voters="9" * 5000), "line 3: NUMBER VOTERS is '9999"),
        ("t.toi", preflib("3: 1").replace("TIVES: 3", "TIVES: 4"), "line 2: NUMBER ALTERNATIVES is 4, and there is no"),
    ],
)
def test_malformed_preflib_names_the_line(file, name, text, says):
    with pytest.raises(ReadError) as caught:
        read(file(name, text))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


# --- Pabulib -------------------------------------------------------------------------------------

PABULIB = """META
key;value
num_projects;2
num_votes;3
budget;100,5
vote_type;{kind}
PROJECTS
project_id;cost;name
p1;60;A path; "and a bench"
p2;50;A tree
VOTES
voter_id;sex;vote;points
1;K;p1,p2;3,1
2;M;p2;5
3;;;
""".replace('; "and a bench"', "")


def test_pabulib_kinds_of_votes(file):
    approval = pabulib.read(file("a.pb", PABULIB.format(kind="approval")))
    assert approval.approvals.matrix.tolist() == [[True, True], [False, True], [False, False]]
    assert (approval.budget, approval.costs.tolist()) == (100.5, [60, 50])
    assert approval.ballots.groups["sex"].tolist() == ["K", "M", ""]
    assert approval.projects["p1"]["name"] == "A path"
    points = file("c.pb.gz", PABULIB.format(kind="cumulative"))
    assert Utilities.read(points).values.tolist() == [[3, 1], [0, 5], [0, 0]]
    with pytest.raises(ReadError, match="the votes are 'cumulative', not approvals"):
        _ = pabulib.read(points).approvals
    assert Rankings.read(file("o.pb", PABULIB.format(kind="ordinal"))).ranks.tolist() == [[1, 2], [0, 1], [0, 0]]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2;M;p2;5", "2;M;p9;5", "line 14: votes for 'p9', which is no project"),
        ("2;M;p2;5", "2;M;p2,p2;5,1", "line 14: votes for 'p2' twice"),
        ("2;M;p2;5", "2;M;p2", "line 14: a row of 3 under a header of 4"),
        ("p2;50;", "p2;fifty;", "line 10: cost 'fifty' is no amount of money"),
        ("p2;50;", "p1;50;", "line 10: project 'p1' is there twice"),
        ("num_votes;3", "num_votes;4", "META says num_votes 4, and the file has 3"),
        ("budget;100,5\n", "", "META has no budget"),
        ("{kind}", "guess", "vote_type 'guess' is not known"),
        ("META\n", "", "line 1: 'key' stands before any section"),
        ("VOTES\nvoter_id;sex;vote;points\n", "", "a row of 4 under a header of 3"),
        ("project_id;", "id;", "line 8: no column 'project_id'; columns: id, cost, name"),
        (";cost;", ";price;", "line 8: no column 'cost'; columns: project_id, price, name"),
        (";vote;", ";votes;", "line 12: no column 'vote'"),
        ("budget;100,5", "budget;much", "line 5: budget 'much' is no amount of money"),
        ("budget;100,5", "budget;10,000", "line 5: budget '10,000' may be meant in thousands; write 10000, or"),
        ("p2;50;", "p2;1_0;", "line 10: cost '1_0' is no amount"),
        ("num_votes;3", "num_votes;4", "line 4: META says"),
        ("num_projects;2", "num_projects;3", "line 3: META says"),
        ("{kind}", "guess", "line 6: vote_type"),
        ("A tree", '"A tree', "line 10: a double quote opens a cell and is not closed"),
        ("A tree", '"A tree\np3;1;"bench"', "line 10: a double quote opens a cell and is not closed"),
    ],
)
def test_malformed_pabulib_names_the_line(file, old, new, says):
    assert old in PABULIB
    with pytest.raises(ReadError) as caught:
        read(file("t.pb", PABULIB.replace(old, new).replace("{kind}", "approval")))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("points", "says"), [("0,4", "votes for 'p2' twice"), ("nan,1", "are not numbers")])
def test_points_do_not_hide_a_fault(file, points, says):
    votes = "p2,p2" if "twice" in says else "p1,p2"
    with pytest.raises(ReadError, match=f"line 14: .*{says}"):
        read(file("t.pb", PABULIB.format(kind="cumulative").replace("M;p2;5", f"M;{votes};{points}")))


def test_points_must_go_with_projects(file):
    with pytest.raises(ReadError, match="line 14: gives 2 points to 1 projects"):
        read(file("t.pb", PABULIB.format(kind="scoring").replace("p2;5", "p2;5,1")))


# --- ballots by place ----------------------------------------------------------------------------


def test_ranked_ballots_skip_what_fills_no_place(file):
    text = "id,Rank 1,Rank 2,Rank 3,w\n1,x,,y,2\n2,overvote,y,y,1\n3,,,,1\n"
    profile = Rankings.read(file("t.csv", text), weight="w")
    assert profile.alternatives == ("x", "y")
    assert profile.ranks.tolist() == [[1, 2], [0, 1], [0, 0]]
    assert profile.weights.tolist() == [2, 1, 1]
    kept = Rankings.read(file("t.csv", text), skip=())
    assert kept.alternatives == ("overvote", "x", "y")


def test_words_to_skip_are_whole_words_in_any_case(file):
    path = file("t.csv", "id,Rank 1,Rank 2\n1,OverVote,x\n2,vote,y\n")
    for skip in (("Overvote",), "overvote", " OVERVOTE"):
        assert Rankings.read(path, skip=skip).alternatives == ("vote", "x", "y")
    assert Rankings.read(path, skip="x").alternatives == ("OverVote", "vote", "y")
    assert Rankings.read(path, voter="id") == Rankings.read(path)
    with pytest.raises(ReadError, match="line 1: no column 'who'; columns: id, Rank 1, Rank 2"):
        Rankings.read(path, voter="who")


def test_choices_are_places_where_they_hold_names(file):
    assert read(file("c.csv", "Choice 1,Choice 2\nx,y\n,x\n")) == Rankings.from_orders([("x", "y"), ("x",)])
    assert isinstance(read(file("u.csv", "Choice 1,Choice 2\n4,2\n,1\n")), Utilities)


VOTEKIT = """VoteKit RankProfile
Candidates
(Ann (A.) Bee:AB),(Carl:C)
Max Ranking Length
2
Includes Voter Set
False
=,=,=
Ranking_1,Ranking_2,&,Weight,&
{'C'},{'AB'},&,2.5,&
"{'C', 'AB'}",,&,1.0,&
"""


def test_votekit_ties_and_names(file):
    profile = read(file("t.csv", VOTEKIT))
    assert profile.alternatives == ("Ann (A.) Bee", "Carl")
    assert profile.ranks.tolist() == [[2, 1], [1, 1]]
    assert profile.weights.tolist() == [2.5, 1]
    assert read(file("f.csv", VOTEKIT.replace("2.5", "5/2"))) == profile


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{'C'},{'AB'},&,2.5,&", "{'D'},{'AB'},&,2.5,&", "line 10: 'D' is none of the candidates: AB, C"),
        ("{'C'},{'AB'},&,2.5,&", "C,{'AB'},&,2.5,&", "line 10: 'C' is no set of candidates"),
        ("{'C'},{'AB'},&,2.5,&", "{'C'},{'AB'},&,many,&", "line 10: weight 'many' is not a number"),
        ("{'C'},{'AB'},&,2.5,&", "{'C'},{'AB'}", "line 10: a row of 2; the weight should stand in cell 4"),
        ("Ranking_1,Ranking_2,&,Weight,&", "", "holds no ballots"),
    ],
)
def test_malformed_votekit_names_the_line(file, old, new, says):
    with pytest.raises(ReadError) as caught:
        read(file("t.csv", VOTEKIT.replace(old, new)))
    assert says in str(caught.value)


# --- Polis ---------------------------------------------------------------------------------------


def test_polis_leaves_out_what_is_no_comment(file):
    text = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,7\n5,0,9,2,1,1,1,-1\n6,,0,1,0,0,,0\n"
    found = read(file("t.csv", text))
    assert found.alternatives == ("0", "7")
    np.testing.assert_array_equal(found.values, [[1, -1], [NAN, 0]])
    with pytest.raises(ReadError, match="line 3: comment 7='2' is not 1"):
        read(file("t.csv", text.replace(",,0\n", ",,2\n")))


# --- picking and refusing ------------------------------------------------------------------------


def test_a_format_can_be_forced(file):
    path = file("t.data", "a,b\n1,2\n")
    with pytest.raises(ReadError, match=r"no format has the suffix '.data'; name one with format=... Known: .cat .csv"):
        read(path)
    assert read(path, format="csv").values.tolist() == [[1, 2]]
    with pytest.raises(ReadError, match="no format named 'cvs'; did you mean 'csv'"):
        read(path, format="cvs")
    with pytest.raises(ReadError, match="the format 'csv' has no option 'colour'; it takes: weight, voter"):
        read(path, format="csv", colour="red")


def test_what_a_file_does_not_hold_is_not_made_up(file):
    with pytest.raises(ReadError, match="holds rankings, from which no utilities follow; read them with Rankings"):
        Utilities.read(file("t.toi", preflib("1: 1")))
    with pytest.raises(ReadError, match="holds approvals, from which no rankings follow"):
        Rankings.read(file("t.pb", PABULIB.format(kind="approval")))


def test_faults_of_profiles_name_the_file(file):
    text = preflib("1: 1").replace("NAME 2: y", "NAME 2: x")
    with pytest.raises(ReadError, match=r"t.toi, line 5: ALTERNATIVE NAME 2 is 'x', and so is 1; names are unique"):
        read(file("t.toi", text))
    with pytest.raises(ReadError, match=r"t.csv: ranks has shape \(1, 0\); give at least one voter"):
        read(file("t.csv", "Rank 1\noverVote\n"))


def test_gzip_is_known_by_its_bytes(tmp_path):
    (tmp_path / "t.csv").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    (tmp_path / "t.csv.gz").write_bytes(b"a,b\n1,2\n")
    assert read(tmp_path / "t.csv") == read(tmp_path / "t.csv.gz") == Utilities([[1, 2]], alternatives=["a", "b"])


def test_what_is_not_utf8_names_the_line(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfa,b\n1,\xff\n")
    with pytest.raises(ReadError, match=r"line 2: .* the byte 0xff is not UTF-8; save the file as text in UTF-8"):
        read(tmp_path / "t.csv")


def test_where_each_ballot_stands(file):
    text = PABULIB.format(kind="approval")
    for name, written, lines in (
        ("t.csv", "\na,b\n1,2\n\n3,4\n", (3, 5)),
        ("q.csv", 'a,"b\nc"\n1,2\n3,4\n', (3, 4)),
        ("t.toi", preflib("3: 1", "1: 2"), (7, 8)),
        ("t.pb", text, (13, 14, 15)),
        ("v.csv", VOTEKIT, (10, 11)),
    ):
        loaded = load(file(name, written))
        assert loaded.lines == lines
        assert loaded.profile == read(file(name, written))
        assert loaded.format == format_of(file(name, written))


def test_unreadable_files_are_one_line(file, tmp_path):
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(np.random.default_rng(0).bytes(500))[:300])
    (tmp_path / "bytes.csv").write_bytes(b"a,b\n1,\xff\n")
    for path in (tmp_path / "cut.csv.gz", tmp_path / "bytes.csv", tmp_path / "none.csv", tmp_path, file("e.csv", "")):
        with pytest.raises(ReadError, match="cannot be read as a table") as caught:
            read(path)
        assert "\n" not in str(caught.value)


# --- long tables ---------------------------------------------------------------------------------

LONG = pd.DataFrame({"who": [1, 1, 2], "what": ["t", "m", "t"], "stars": [4, 2, None], "w": [2.0, 2.0, 1.0]})


def test_long_tables():
    found = from_long(LONG, voter="who", alternative="what", value="stars", weight="w")
    assert found.alternatives == ("t", "m")
    np.testing.assert_array_equal(found.values, [[4, 2], [NAN, NAN]])
    assert found.weights.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("change", "names", "says"),
    [
        ({"what": ["t", "t", "t"]}, {}, "row 1: who='1' has a second 'stars' for 't'"),
        ({"who": [1, None, 2]}, {}, "row 1: 'who' is empty"),
        ({"stars": ["x", "y", "z"]}, {}, "column 'stars' must hold numbers"),
        ({"w": [1.0, 2.0, 1.0]}, {"weight": "w"}, "'w' of voter '1' is not the same number in all rows"),
        ({"w": [1.0, 1.0, None]}, {"weight": "w"}, "row 2: 'w' is nan; a weight is a finite number, 0 or more"),
        ({"w": [1.0, 1.0, -2.0]}, {"weight": "w"}, "row 2: 'w' is -2.0; a weight is"),
        ({"w": [0.0, 0.0, 0.0]}, {"weight": "w"}, "column 'w': all weights are 0"),
        ({"stars": [1.0, float("inf"), 1.0]}, {}, "row 1: 'stars' is inf; give a finite utility"),
        ({"what": [1, 2, "1"]}, {}, "row 2: what='1' is also written in another type; write '1' one way"),
        ({"who": [1, 1, "1"]}, {}, "row 2: who='1' is also written in another type"),
        ({}, {"value": "score"}, "no column 'score'; columns: who, what, stars, w"),
    ],
)
def test_malformed_long_tables(change, names, says):
    with pytest.raises(ReadError) as caught:
        from_long(LONG.assign(**change), **({"voter": "who", "alternative": "what", "value": "stars"} | names))
    assert says in str(caught.value)
