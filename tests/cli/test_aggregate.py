"""`jury aggregate` and `jury rules`: who judged the winners, hung juries, committees, budgets, and messages."""

import gzip

import pytest

SPARSE = "a,b\n" + "1,\n" * 19 + "0,1\n"
CLIQUE = "a,b,c,d,e,w\n1,1,,,,4\n,,1,,,1\n\n,,,1,,1\n,,,,1,1\n"
PB = """META
key;value
budget;100
vote_type;approval
PROJECTS
project_id;cost;votes;name
park;40;6;A park
pool;60;5;A pool
path;40;4;A path
pond;99;0;A pond
VOTES
voter_id;vote
"""
PB += "\n".join(f"{n};{vote}" for n, vote in enumerate(["park,pool"] * 5 + ["park"] + ["path"] * 4))


@pytest.fixture
def file(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text)
        return name

    return write


def flat(done):
    """Everything on stdout, free of where lines break."""
    assert done.code == 0, done.err
    return " ".join(done.out.split())


def failed(done, code=1):
    assert done.code == code, done
    assert done.out == ""
    assert "Traceback" not in done.err
    return done.error


# --- denominators --------------------------------------------------------------------------------


def test_winners_whom_few_judged_are_said_to_be(here, file):
    sparse = file("t.csv", SPARSE)
    text = flat(here("aggregate", sparse, "--rule", "utilitarian"))
    assert "judged by" in text
    assert "b 1 of 20 b > a" in text
    assert "Winners judged by less than 10% of the voters: utilitarian 1 of 1. --min-answers 10% leaves" in text
    kept = flat(here("aggregate", sparse, "--rule", "utilitarian", "--min-answers", "10%"))
    assert kept.startswith("20 voters, 1 of 2 alternatives; fewer than --min-answers judged the other")
    assert "utilitarian a" in kept
    assert "less than" not in kept
    [outcome] = here("aggregate", sparse, "--rule", "utilitarian", "--min-answers", "2", "-o", "json").json
    assert (outcome["winners"], outcome["left_out"]) == (["a"], ["b"])
    noted = here("aggregate", sparse, "--rule", "utilitarian", "-o", "json")
    assert noted.json[0]["answered"] == [20, 1]
    assert "utilitarian 1 of 1" in noted.err


def test_a_winner_whom_everybody_judged_needs_no_column(here, file):
    assert "judged by" not in flat(here("aggregate", file("t.csv", "a,b\n3,2\n3,\n"), "--rule", "utilitarian"))
    assert "b 1 of 2" in flat(here("aggregate", file("s.csv", "a,b\n1,2\n1,\n"), "--rule", "utilitarian"))


def test_judges_are_counted_by_weight(here, file):
    text = flat(here("aggregate", file("t.csv", "a,b,w\n1,,3\n2,3,1.5\n"), "--weight", "w", "--rule", "utilitarian"))
    assert "b 1.50 of 4.50" in text
    assert "a > b" not in text


@pytest.mark.parametrize("least", ["-1", "x", "101%", "1.5", "nan", "inf"])
def test_a_minimum_is_a_number_or_a_share(here, file, least):
    done = here("aggregate", file("t.csv", SPARSE), f"--min-answers={least}")
    assert "neither a number of voters, such as 30, nor a share" in failed(done, 2)


def test_a_minimum_that_leaves_nothing(here, file):
    done = here("aggregate", file("t.csv", SPARSE), "--min-answers", "21")
    assert "no alternative was judged by 21 of 20 voters" in failed(done)
    done = here("aggregate", file("u.csv", "a,b\n1,0\n"), "--as", "approvals", "--min-answers", "1")
    assert "approvals do not tell who judged what" in failed(done)


def test_a_default_rule_without_an_answer_is_named(here, file):
    minus = file("t.csv", "a,b\n1,2\n\n1,-1\n")
    text = flat(here("aggregate", minus))
    assert "nash is left out: utility -1.0 of voter 2 (line 4) for 'b' is below the disagreement point 0.0" in text
    assert "--rule nash:disagreement=..." in text
    done = here("aggregate", minus, "-o", "json")
    assert [outcome["rule"] for outcome in done.json] == ["utilitarian", "maximin", "leximin"]
    assert done.err.startswith("Note: nash is left out")
    assert "voter 2 (line 4)" in failed(here("aggregate", minus, "--rule", "nash"))
    assert "nash a" in flat(here("aggregate", minus, "--rule", "nash:disagreement=-2"))


def test_many_ties_are_counted_and_not_all_listed(here, file):
    names = [f"x{n}" for n in range(40)]
    text = flat(here("aggregate", file("t.csv", ",".join(names) + "\n" + ",".join("1" * 40)), "--rule", "utilitarian"))
    assert "… (40 tied)" in text
    assert "… and 10 more" in text
    assert text.endswith("Shortened; -o json has all.")


def test_polis(here, shared_data):
    path = shared_data / "polis" / "american-assembly.bowling-green" / "participants-votes.csv.gz"
    text = flat(here("aggregate", path, "--rule", "utilitarian"))
    assert "1 to 7 (median 1) of 2031" in text
    assert "utilitarian 268 of 268" in text
    [outcome] = here("aggregate", path, "--rule", "utilitarian", "--min-answers", "10%", "-o", "json").json
    assert outcome["winners"] == ["83"]
    assert min(outcome["answered"]) >= 203.1
    assert len(outcome["left_out"]) == 519


# --- hung juries ---------------------------------------------------------------------------------


def test_a_hung_jury_is_said_to_be(here, file):
    votes = file("t.csv", "yes,no\n1,0\n1,0\n0,1\n")
    text = flat(here("aggregate", votes, "--rule", "supermajority:q=3/4"))
    assert "hung: yes at 66.7%, quota 75.0%" in text
    [outcome] = here("aggregate", votes, "--rule", "supermajority:q=3/4", "-o", "json").json
    assert outcome["hung"] is True
    [outcome] = here("aggregate", votes, "--rule", "majority", "-o", "json").json
    assert outcome["hung"] is False
    silent = flat(here("aggregate", file("s.csv", "yes,no\n,\n"), "--rule", "majority"))
    assert "nobody answered" in silent
    assert "hung" not in silent


# --- committees ----------------------------------------------------------------------------------


def test_committees_are_elected_and_measured(here, file):
    words = ("aggregate", file("t.csv", CLIQUE), "--as", "approvals", "--weight", "w", "--seats", "4", "--rule", "cc")
    text = flat(here(*words))
    assert "cc: 2 committees tied for 4 seats, score 7, proven best a, c, d, e b, c, d, e" in text
    assert "Whom does the first of them leave unrepresented?" in text
    assert "jr ok: nobody" in text
    assert "ejr 1 ballot (line 2) with 57.1% of the weight: owed 2 of 4 seats for a, b, got 1" in text
    [outcome] = here(*words, "-o", "json").json
    assert outcome["committees"] == [["a", "c", "d", "e"], ["b", "c", "d", "e"]]
    measured = {each["measure"]: each for each in outcome["proportionality"]}
    assert measured["jr"]["fine"] is True
    assert measured["ejr"]["witness"]["level"] == 2
    one = flat(here(*words, "--tie-break", "lexicographic"))
    assert "cc: 1 committee for 4 seats, score 7, proven best, others may tie with it" in one


def test_committees_by_default(here, file):
    approvals = here(
        "aggregate", file("a.csv", "a,b,c\n1,1,\n,,1\n"), "--as", "approvals", "--seats", "2", "-o", "json"
    ).json
    assert [outcome["rule"] for outcome in approvals] == ["seqpav", "phragmen", "mes"]
    ranked = file("r.csv", "Rank 1,Rank 2\nx,y\ny,x\nx,z\n")
    text = flat(here("aggregate", ranked, "--seats", "2"))
    assert "stv: 1 committee for 2 seats x, y" in text
    assert "psc ok: nobody" in text
    stars = file("u.csv", "a,b,c\n5,4,0\n0,4,5\n")
    assert "seqpav: 1 committee for 1 seat b" in flat(
        here("aggregate", stars, "--seats", "1", "--rule", "seqpav:threshold=4")
    )


def test_many_tied_committees_are_counted(here, file):
    text = flat(here("aggregate", file("t.csv", "a,b,c,d,e,f\n1,1,1,1,1,1\n"), "--as", "approvals", "--seats", "3"))
    assert "20 committees tied for 3 seats" in text
    assert "… and 10 more" in text
    assert text.endswith("Shortened; -o json has all.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rule", "pav"), "--rule pav: elects committees of several alternatives; say of how many with --seats"),
        (("--rule", "borda", "--seats", "1"), "--rule borda: elects no committees; --seats goes with cc, mes"),
        (("--seats", "1"), "this file holds utilities; read it --as approvals or rankings"),
        (("--seats", "3", "--rule", "pav:threshold=1"), "seats=3; give a whole number from 1 to 2"),
        (("--seats", "1", "--rule", "pav"), "from which utility on one approves: --rule pav:threshold=..."),
        (("--rule", "approval"), "from which utility on one approves: --rule approval:threshold=..."),
        (("--rule", "greedy"), "--rule greedy: funds projects; it needs a Pabulib file, and no --seats"),
        (("--budget",), "t.csv: has no costs and budget; only Pabulib files (.pb) have them"),
        (("--skip", "x"), "the format 'csv' has no --skip; it takes: weight, voter"),
    ],
)
def test_what_does_not_go_together(here, file, words, said):
    done = here("aggregate", file("t.csv", "a,b\n1,0\n0,1\n"), *words)
    assert said in failed(done)
    assert "profile." not in done.err


def test_conversions_are_not_offered_as_python(here, file):
    for name, text, words in (
        ("t.csv", "Rank 1\nx\ny\n", ("--rule", "approval")),
        ("t.pb", PB, ("--rule", "borda")),
        ("t.csv", "Rank 1\nx\ny\n", ("--seats", "1", "--rule", "pav")),
    ):
        message = failed(here("aggregate", file(name, text), *words))
        assert "choose a rule that reads these ballots" in message
        assert "(" not in message


# --- budgets -------------------------------------------------------------------------------------


def test_projects_are_funded_side_by_side(here, file):
    path = file("t.pb", PB)
    text = flat(here("aggregate", path, "--budget"))
    assert text.startswith("10 voters, 4 projects, 100 to spend")
    assert "park A park 40 6 funded funded" in text
    assert "pool A pool 60 5 funded –" in text
    assert "path A path 40 4 – funded" in text
    assert "greedy: spends 100 of 100 mes: spends 80 of 100; virtual budget" in text
    assert "1 of 4 projects get nothing from any of these rules." in text
    greedy, mes = here("aggregate", path, "--budget", "-o", "json").json
    assert (greedy["funded"], mes["funded"]) == ([["park", "pool"]], [["park", "path"]])
    for words in (("--rule", "mes"), ("--rule", "mes", "--as", "approvals"), ("--rule", "mes", "--budget=100")):
        [same] = here("aggregate", path, *words, "-o", "json").json
        assert same == mes
    [committee] = here("aggregate", path, "--rule", "mes", "--seats", "2", "-o", "json").json
    assert committee["committees"] == [["park", "path"]]


def test_another_budget_and_ties(here, file):
    path = file("t.pb", PB.replace("pool;60", "pool;40").replace("8;path", "8;pool"))
    text = flat(here("aggregate", path, "--rule", "greedy", "--budget", "40.5"))
    assert "park A park 40 6 in 1 of 2" in text
    assert "spends 40 of 40.50; 2 sets of projects tie" in text
    assert "amount of money, such as 250000" in failed(here("aggregate", path, "--budget", "lots"))
    assert "give one of them" in failed(here("aggregate", path, "--budget", "--seats", "2"), 2)
    assert "goes with --rule" in failed(here("aggregate", path, "--budget", "--voter", "x"), 2)
    assert "no budgeting rule named 'approval'" in failed(here("aggregate", path, "--budget", "--rule", "approval"))


def test_a_file_with_a_budget_says_that_it_has_one(here, file):
    text = flat(here("aggregate", file("t.pb", PB)))
    assert "approval park" in text
    assert text.endswith("This file has a budget: --budget funds its projects.")


def test_lodz(here, shared_data):
    path = shared_data / "pabulib" / "poland_lodz_2020_mileszki.pb"
    greedy, mes = here("aggregate", path, "--budget", "-o", "json").json
    assert greedy["funded"] == [["W030MI"]]
    assert mes["spent"] == [258400]


# --- how files are written -----------------------------------------------------------------------


def test_ranked_files_take_the_options_of_tables(here, file):
    path = file("t.csv", "who,Choice 1,Choice 2,w\na,x,Exhausted,1\nb,exhausted,y,3\n")
    words = ("aggregate", path, "--voter", "who", "--weight", "w", "--skip", "Exhausted", "--rule", "plurality")
    [outcome] = here(*words, "-o", "json").json
    assert (outcome["alternatives"], outcome["scores"]) == (["x", "y"], [1, 3])
    assert "no column 'whom'" in failed(here("aggregate", path, "--voter", "whom"))


def test_other_ways_to_write_a_table(here, file, tmp_path):
    (tmp_path / "z.csv").write_bytes(gzip.compress(b"a;b;w\n1;2;1\n"))
    assert here("aggregate", "z.csv", "--weight", "w", "-o", "json").json[0]["winners"] == ["b"]
    assert "no opinion" not in failed(here("aggregate", file("d.csv", "a;b\n1;2,5\n")))


# --- rules ---------------------------------------------------------------------------------------


def test_comparisons(here, file):
    duels = file("d.csv", "voter,winner,loser\nx,tea,milk\nx,milk,rum\ny,rum,tea\ny,tea,milk\n")
    text = flat(here("aggregate", duels))
    assert text.startswith("2 voters, 3 alternatives")
    assert "bradley_terry tea tea > " in text
    assert "copeland" in text
    [outcome] = here("aggregate", duels, "--rule", "bt:prior=0", "-o", "json").json
    assert outcome["details"] == {"separated": False}
    assert sum(outcome["scores"]) == pytest.approx(0)
    assert "reads Rankings and was given Comparisons" in failed(here("aggregate", duels, "--rule", "irv"))
    assert "choose a rule that reads these ballots" in failed(here("aggregate", duels, "--rule", "nash"))
    assert "this file holds comparisons; leave out --seats" in failed(here("aggregate", duels, "--seats", "2"))
    assert "read them --as comparisons" in failed(here("aggregate", duels, "--as", "utilities"))
    reads = {entry["name"]: entry["reads"] for entry in here("rules", "-o", "json").json}
    assert (reads["copeland"], reads["irv"]) == ("Rankings, Comparisons", "Rankings")


def test_budgeting_rules_and_measures_are_listed(here):
    listed = {(entry["name"], entry["kind"]) for entry in here("rules", "-o", "json").json}
    assert {("mes", "committee"), ("mes", "budgeting"), ("greedy", "budgeting"), ("ejr+", "proportionality")} <= listed
    assert {e["kind"] for e in here("rules", "--kind", "budgeting", "-o", "json").json} == {"budgeting"}
    measured = here("rules", "--kind", "proportionality", "-o", "json").json
    assert {"jr", "psc"} <= {entry["name"] for entry in measured}
    assert all(entry["summary"].endswith(".") for entry in measured)
    text = flat(here("rules", "--kind", "proportionality"))
    assert text.startswith("Whom does a committee leave unrepresented?")
    assert "psc Rankings quota=droop" in text
    assert "utility=cost" in flat(here("rules"))
