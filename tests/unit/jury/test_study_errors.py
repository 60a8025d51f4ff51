"""What is wrong with a study file is said in one line that names the file, the line, the key and the value."""

import pytest

from jury import ModelError, Study, StudyError, simulate
from jury.plan import draw_jury

HEAD = "name: s\ncases:\n  - id: a\n    prompt: p\n    alternatives: [x, y]\n"

FAULTS = {
    "unknown key": (HEAD + "nonsense: 1\n", 6, "nonsense", "no such key; check its spelling"),
    "unknown nested key": (HEAD + "jurors:\n  n: 3\n  dessign: srs\n", 8, "jurors.dessign", "its value 'srs' out"),
    "wrong type": (HEAD + "jurors: many\n", 6, "jurors.n", "'many'"),
    "out of range": (HEAD + "jurors:\n  n: 0\n", 7, "jurors.n", "greater than or equal to 1, not 0"),
    "alternative twice": ("name: s\ncases:\n- id: a\n  prompt: p\n  alternatives: [x, x]\n", 3, "cases.0", "'x'"),
    "case twice": (HEAD + "  - {id: a, prompt: q, alternatives: [x, y]}\n", 2, "cases", "'a' is given twice"),
    "no cases": ("name: s\n", 1, "cases", "required"),
    "empty cases": ("name: s\ncases: []\n", 2, "cases", "give at least one"),
    "cases as text": ("name: s\ncases: foo\n", 2, "cases", "'foo'"),
    "no source of cases": ("name: s\ncases: {}\n", 2, "cases", "file, items and packages"),
    "two sources of cases": ("name: s\ncases: {file: a.csv, items: all}\n", 2, "cases", "file, items and packages"),
    "unknown source of cases": ("name: s\ncases: {fil: x}\n", 2, "cases.fil", "no such key"),
    "yes and no": (HEAD.replace("x, y", "yes, no"), 5, "cases.0.alternatives.0.id", "put it in quotes"),
    "a number as id": (HEAD.replace("id: a", "id: 1"), 3, "cases.0.id", "1 is not text; put it in quotes"),
    "a date as id": (HEAD.replace("id: a", "id: 2020-01-01"), 3, "cases.0.id", "put it in quotes"),
    "a number as majority": (HEAD + "    majority: 3\n", 6, "cases.0.majority", "3 is not text"),
    "unknown majority": (HEAD + "    majority: z\n", 3, "cases.0", "majority 'z' is none of x, y"),
    "no text": (HEAD.replace("x, y", "{id: x}"), 5, "cases.0.alternatives.0.text", "required"),
    "empty text": (HEAD.replace("x, y", "''"), 5, "cases.0.alternatives.0.id", "at least 1 character"),
    "unknown rule": (HEAD + "rules: [nahs]\n", 6, "rules", "did you mean 'nash'"),
    "bad rule parameter": (HEAD + "rules: ['isoelastic:alpha=x']\n", 6, "rules", "alpha='x'"),
    "unknown mode": (HEAD + "elicitation: scor\n", 6, "elicitation", "did you mean 'score'"),
    "unknown setting of a mode": (HEAD + "elicitation:\n  scal: [1, 5]\n", 7, "elicitation.scal", "[1, 5]"),
    "descending scale": (HEAD + "elicitation:\n  scale: [5, 1]\n", 6, "elicitation", "[5, 1] must ascend"),
    "words as scale": (HEAD + "elicitation:\n  scale: [1, many]\n", 7, "elicitation.scale.1", "not 'many'"),
    "scale too long to read off": (
        HEAD + "elicitation: {readout: logprobs, scale: [0, 100]}\n", 6, "elicitation", "or use readout: sample",
    ),
    "unknown order": (HEAD + "elicitation:\n  order: sideways\n", 7, "elicitation.order", "'counterbalanced'"),
    "at least many": (HEAD + "jurors:\n  at_least: {race: many}\n", 7, "jurors.at_least", "race: 'many' is not"),
    "at least half": (HEAD + "jurors: {at_least: {race: {Black: .5}}}\n", 6, "jurors.at_least", "race: Black: 0.5 is"),
    "at least two": (HEAD + "jurors:\n  at_least: 2\n", 7, "jurors.at_least", "2 names no attribute"),
    "a fair allocation": (HEAD + "jurors:\n  allocation: fair\n", 7, "jurors.allocation", "'fair' is none of"),
    "allocation of words": (HEAD + "jurors: {allocation: {A: x}}\n", 6, "jurors.allocation", "A: 'x' is not a number"),
    "a truth value as level": (HEAD + "jurors: {at_least: {union: {no: 2}}}\n", 6, "jurors.at_least", "in quotes"),
    "unknown layout": (HEAD + "elicitation: {layout: x}\n", 6, "elicitation.layout", "'persona-first' or"),
    "some pairs": (
        HEAD + "elicitation: {mode: pairwise, pairs: some}\n", 6, "elicitation.pairs", "'some' is neither all nor",
    ),
    "half a pair": (HEAD + "elicitation: {mode: pairwise, pairs: 2.5}\n", 6, "elicitation.pairs", "2.5 is neither all"),
    "no pairs": (HEAD + "elicitation: {mode: pairwise, pairs: 0}\n", 6, "elicitation.pairs", "0 is neither all"),
    "negative seed": (HEAD + "seed: -1\n", 6, "seed", "not -1"),
    "a seed too large": (HEAD + f"seed: {2**63}\n", 6, "seed", "less than or equal to 9223372036854775807, not"),
    "negative temperature": (HEAD + "model: {temperature: -1}\n", 6, "model.temperature", "not -1"),
    "name with a blank": (HEAD.replace("name: s", "name: a b"), 1, "name", "not 'a b'"),
    "key twice": (HEAD + "seed: 1\nseed: 2\n", 7, "key 'seed'", "repeats line 6"),
    "not YAML": (HEAD + "foo: [\n", 7, "", "not YAML"),
    "tabs": (HEAD + "\tfoo: 1\n", 6, "", "not YAML"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_file_line_key_and_value_are_named(fault, tmp_path):
    text, line, key, words = FAULTS[fault]
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(StudyError) as caught:
        Study.load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}, line {line}: {key}")
    assert words in message
    assert "\n" not in message
    assert "Value error" not in message


@pytest.mark.parametrize(
    ("prompt", "alternatives", "words"),
    [
        ("  ", ["x", "y"], "case 'a': prompt: shows nothing to a juror"),
        ("p", ["x", {"id": "y", "text": "\u200b\u2063"}], "case 'a': alternative 'y': shows nothing to a juror"),
    ],
)
def test_what_shows_nothing_to_a_juror_is_refused_before_anything_is_asked(prompt, alternatives, words, tmp_path):
    study = Study.load("minimum-wage").changed(
        model="planted/hash", cases=[{"id": "a", "prompt": prompt, "alternatives": alternatives}]
    )
    with pytest.raises(StudyError, match=words):
        simulate(study, out=tmp_path / "r.sqlite")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "expected a YAML mapping"),
        (b"- a\n", "expected a YAML mapping"),
        (HEAD.encode() + b"description: \xff\xfe\n", "save it as UTF-8"),
    ],
)
def test_what_has_no_line_names_the_file(content, words, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=words) as caught:
        Study.load(path)
    assert str(path) in str(caught.value)


def test_missing_files_and_unknown_names(tmp_path):
    with pytest.raises(StudyError, match=r"nowhere\.yaml: cannot be read"):
        Study.load(tmp_path / "nowhere.yaml")
    with pytest.raises(StudyError, match=r"'minimum-wges'.*built in: minimum-wage"):
        Study.load("minimum-wges")


AT_THE_START = {
    "population": ({"population": "martians"}, StudyError, "population: 'martians'.*us-adults"),
    "population file": ({"population": "martians.csv"}, StudyError, r"population: martians\.csv: no such file"),
    "attribute of the design": (
        {"jurors": {"design": "stratified", "by": ["rac"]}}, StudyError, r"jurors\.by: .*'rac'; known: age, sex, race",
    ),
    "design": ({"jurors": {"design": "strat"}}, StudyError, r"jurors\.design: .*'strat'; did you mean 'stratified'"),
    "no strata": ({"jurors": {"design": "stratified"}}, StudyError, r"jurors\.by: "),
    "size": ({"jurors": {"design": "pps"}}, StudyError, r"jurors\.size: design 'pps' needs"),
    "size of words": ({"jurors": {"design": "pps", "size": "race"}}, StudyError, r"jurors\.size: 'race' is not of num"),
    "unknown size": ({"jurors": {"design": "pps", "size": "wealth"}}, StudyError, r"jurors\.size: .*; known: age, sex"),
    "at least of what": (
        {"jurors": {"design": "constrained", "at_least": {"rac": 2}}}, StudyError,
        r"jurors\.at_least: unknown attribute 'rac'; known: age, sex, race",
    ),
    "at least of whom": (
        {"jurors": {"design": "constrained", "at_least": {"race": {"Blak": 2}}}}, StudyError,
        r"jurors\.at_least: no group 'Blak' of race; known: White, Black, Hispanic",
    ),
    "too many at least": (
        {"jurors": {"n": 8, "design": "constrained", "at_least": {"race": 2}}}, StudyError,
        r"jurors\.at_least: 12 seats are bound in race, n is 8",
    ),
    "at least without the design": (
        {"jurors": {"at_least": {"race": 2}}}, StudyError, r"jurors\.at_least: .* use constrained",
    ),
    "allocation to whom": (
        {"jurors": {"design": "stratified", "by": ["sex"], "allocation": {"Female": 6, "Mael": 6}}}, StudyError,
        r"jurors\.allocation: no group 'Mael' of sex; known: Male, Female",
    ),
    "group": ({"groups": ["race & sexx"]}, StudyError, "groups: unknown attribute 'sexx'; known: age, sex, race"),
    "told attribute": ({"persona": {"attributes": ["rac"]}}, StudyError, r"persona\.attributes: .*'rac'; known"),
    "style": ({"persona": "rhyme"}, StudyError, "style: .*'rhyme'. Known: first-person"),
    "items": ({"cases": {"items": "all"}}, StudyError, r"cases\.items: .* no items"),
    "provider": ({"model": "opnai/gpt"}, ModelError, "'opnai'; providers: anthropic"),
    "no provider": ({"model": "gpt"}, ModelError, "not of the form provider/name"),
    "planted option": (
        {"model": {"name": "planted/hash", "options": {"nois": 1}}}, ModelError, r"model\.options\.nois: .*not 1",
    ),
    "readout": (
        {"elicitation": {"readout": "logprobs"}, "model": "only/samples"}, ModelError, "set elicitation.readout to one",
    ),
    "nothing usable": (
        {"elicitation": {"scale": [0, 100]}, "model": "only/probabilities"}, ModelError,
        r"any readout \(logprobs: scale \[0, 100\]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", AT_THE_START)
def test_the_run_does_not_start(fault, make_study, plug, tmp_path):
    changes, kind, words = AT_THE_START[fault]
    given = changes.get("model")
    if isinstance(given, str) and given.startswith("only/"):
        plug("only", lambda _: "", readouts=("sample",) if given == "only/samples" else ("logprobs",))
    out = tmp_path / "run.sqlite"
    with pytest.raises(kind, match=words) as caught:
        simulate(make_study(**changes), out=out)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"elicitation": {"scale": [-2, 2]}, "rules": ["nash"]}, r"rules: 'nash' cannot decide .*disagreement"),
        ({"rules": ["seqpav"]}, "elects committees"),
        ({"rules": ["approval"]}, r"rules: 'approval' cannot decide .*threshold"),
    ],
)
def test_a_rule_that_cannot_decide_is_told_before_anything_is_asked(changes, words, make_study, plug, tmp_path):
    asked = []
    plug("counting", lambda request: asked.append(request) or "{}")
    with pytest.raises(StudyError, match=words):
        simulate(make_study(model="counting/x", **changes), out=tmp_path / "r.sqlite")
    assert not asked
    assert not list(tmp_path.glob("r.sqlite*"))


@pytest.mark.parametrize(
    "model",
    [
        {"options": {"token": "x"}},
        {"options": {"extra": {"api_key": "x"}}},
        {"options": {"headers": [{"Authorization": "x"}]}},
        {"base_url": "http://name:word@host/v1"},
        {"base_url": "http://host/v1?api_key=x"},
    ],
)
def test_keys_have_no_place_in_a_study(model, make_study):
    with pytest.raises(StudyError, match=r"model\.(options|base_url): "):
        make_study().changed(model={"name": "null/uniform", **model})


@pytest.mark.parametrize(
    ("block", "line", "key", "words"),
    [
        ("jurors:\n  n: 9\n  design: stratified\n  by: [rac]\n", 9, "jurors.by", "'rac'; known: age, sex, race"),
        ("jurors: {design: pps}\n", 6, "jurors.size", "needs an attribute of numbers"),
        ("jurors:\n  design: constrained\n  at_least:\n    race: {Blak: 2}\n", 8, "jurors.at_least", "'Blak'"),
        ("jurors:\n  n: 2\n  by: [race]\n  design: stratified\n  allocation: equal\n", 7, "jurors.n", "cannot cover"),
        ("groups: [rac]\n", 6, "groups", "'rac'; known: age"),
        ("persona:\n  style: rhyme\n", 7, "persona.style", "'rhyme'. Known"),
    ],
)
def test_what_only_the_population_tells_names_the_line_too(block, line, key, words, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(HEAD + block)
    study = Study.load(path)
    with pytest.raises(StudyError) as caught:
        draw_jury(study, study.load_population())
    message = str(caught.value)
    assert message.startswith(f"{path}, line {line}: {key}: ")
    assert words in message
    assert "\n" not in message


def test_what_an_option_has_changed_has_no_line(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(HEAD + "jurors: {n: 24, design: stratified, by: [race], allocation: equal}\n")
    study = Study.load(path)
    block = study.jurors.model_dump(mode="json")
    changed = study.changed(jurors=block | {"n": 2}).changed(seed=4)
    with pytest.raises(StudyError, match=r"^jurors\.n: 2 jurors cannot cover"):
        draw_jury(changed, study.load_population())
    assert len(draw_jury(study, study.load_population())) == 24
