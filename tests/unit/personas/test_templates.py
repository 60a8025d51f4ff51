"""Templates as data: languages, and files of a user's."""

import pytest

from personas import Persona, PopulationError, Renderer, load_population, load_templates, render
from personas.styles import styles
from personas.templates import locales

ANN = Persona("ann", {"age": 43, "sex": "Female", "income": 52000.5, "born": "1984-05-03", "year": 1984})


@pytest.fixture
def templates(tmp_path):
    def load(text, locale=None):
        path = tmp_path / "words.yaml"
        path.write_text(text, encoding="utf-8")
        return load_templates(locale, path)

    return load


@pytest.mark.parametrize("locale", sorted(set(locales()) - {"en"}))
def test_languages_have_words_for_what_describes_the_built_in_populations(locale):
    words = load_templates(locale).labels
    for name in ("us-adults", "brazil", "india", "nigeria", "england-wales", "eu"):
        assert set(load_population(name).prompt_attributes) <= set(words)
    adults = load_population("us-adults")
    told = Renderer.of(adults, templates=load_templates(locale))(adults.personas[0]).text
    assert f"{words['race']}: White" in told


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("style", sorted(set(styles) - {"narrative"}))
def test_every_language_has_every_style(locale, style):
    text = render(ANN, style=style, templates=load_templates(locale))
    assert all(value in text for value in ("43", "1984"))
    assert "{" not in text


def test_languages_write_labels_numbers_and_dates_their_way():
    assert render(ANN, templates=load_templates("de")).splitlines() == [
        "Alter: 43",
        "Geschlecht: weiblich",
        "Income: 52.000,5",
        "Born: 3. Mai 1984",
        "Year: 1984",
    ]
    assert render(ANN, ["age"], style="first-person", templates=load_templates("es")) == "Mi edad: 43."
    assert render(ANN, ["age"], style="first-person", templates=load_templates("de-AT")) == "Zu mir: Alter: 43."
    assert render(ANN, ["income", "born"]) == "Income: 52000.5\nBorn: 1984-05-03"
    with pytest.raises(PopulationError, match="locale: 'tlh' does not come with the package; known: de, en, es"):
        load_templates("tlh")


def test_odd_numbers_are_left_alone():
    german = load_templates("de")
    odd = [1e-7, float("inf"), -20000, -1.5, True, "20000"]
    assert [german.value("x", value) for value in odd] == ["1e-07", "inf", "-20.000", "-1,5", "True", "20000"]
    assert german.value("x", "1984-13-03") == "1984-13-03"


def test_a_users_file_goes_before_the_language(templates):
    words = templates(
        """
        labels: {sex: Gender}
        values: {sex: {Female: woman}}
        numbers: {group: ","}
        styles:
          profile: {each: "- {Label} = {value}", before: "Facts:\\n", after: "\\n."}
          telegram: {each: "{label} {value} stop", between: " "}
        attributes: {age: {interview: "Q: Age?\\nA: {value}"}}
        """
    )
    assert render(ANN, ["sex", "income"], templates=words, labels={"sex": "Sex"}) == (
        "Facts:\n- Gender = woman\n- Income = 52,000.5\n."
    )
    assert render(ANN, ["age", "sex"], style="telegram", templates=words) == "age 43 stop gender woman stop"
    assert render(ANN, ["age"], style="interview", templates=words) == "Q: Age?\nA: 43"
    assert render(ANN, ["age"], style="first-person", templates=words) == "My age is 43."
    assert render(ANN, [], templates=words) == ""
    with pytest.raises(PopulationError, match=r"no persona style named 'telegam'. Known: .*telegram"):
        Renderer(style="telegam", templates=words)


def test_a_users_file_builds_on_the_language_that_it_or_the_caller_names(templates):
    text = "locale: de\nstyles: {profile: {each: '{value}'}}"
    assert render(ANN, ["sex"], templates=templates(text)) == "weiblich"
    assert render(ANN, ["sex"], templates=templates(text, "en")) == "Female"


def test_portraits_may_be_replaced_level_by_level_of_a_construct(templates):
    words = templates("portraits: {care: {high: [One., Two.]}, thrift: {low: Spends.}}")
    person = Persona("p", {"care": "high", "thrift": "low", "loyalty": "high"})
    text = render(person, style="portrait", templates=words)
    assert text.startswith("One. Spends. Standing by one's own group")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("styles: {profile: {each: '{label}'}}", r"line 1: styles.profile.each.0: '{label}': lacks {value}"),
        (
            "styles: {profile: {each: '{value.__class__}'}}",
            "a placeholder is none of the known ones: {Label}, {label}, {value}",
        ),
        ("styles: {profile: {each: '{value!r}'}}", "a placeholder is none of the known ones"),
        ("styles: {profile: {each: '{value:>9999999}'}}", "a placeholder is none of the known ones"),
        ("styles: {profile: {each: '{value'}}", "write a brace that is meant as {{ or }}"),
        ("styles: {profile: {each: []}}", "styles.profile.each: "),
        ("instruction: Be kind.", "instruction: 'Be kind.': lacks {description}"),
        ("stiles: {}", "stiles: no such key"),
        ("dates: {form: '{year}', months: [Jan]}", "dates.months: "),
        ("locale: xx", "locale: 'xx' does not come with the package"),
    ],
)
def test_a_wrong_file_is_one_line_with_the_place(templates, text, message):
    with pytest.raises(PopulationError) as caught:
        templates(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("locale", [name for name in locales() if name != "en"])
def test_every_language_has_a_portrait_of_each_level_of_its_own(locale):
    english, words = load_templates("en").portraits, load_templates(locale).portraits
    assert {name: set(levels) for name, levels in words.items()} == {
        name: set(levels) for name, levels in english.items()
    }
    told = [text for levels in words.values() for wordings in levels.values() for text in wordings]
    assert len(set(told)) == len(told)
    assert not set(told) & {text for levels in english.values() for wordings in levels.values() for text in wordings}
    assert all(text.endswith(".") and text[0].isupper() for text in told)
    person = Persona("p", {"care": "high", "age": 43})
    text = render(person, style="portrait", templates=load_templates(locale))
    assert text.startswith(words["care"]["high"][0])
    assert "43" in text
