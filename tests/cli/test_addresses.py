"""`--model-base-url` goes to a server or is refused; an address in a study does no harm to models without one."""

import pytest

URL = "http://127.0.0.1:9/v1"


@pytest.mark.parametrize("model", ["null/uniform", "planted/hash"])
def test_an_address_that_no_model_would_use_is_refused(here, write_study, model):
    done = here("simulate", write_study(), "--model", model, "--model-base-url", URL)
    assert done.code == 1
    assert f"--model-base-url '{URL}' goes to no model: {model} would not ask there; leave it out" in done.error
    assert done.out == ""


def test_so_it_is_for_the_study_s_own_model_and_by_the_doctor(here, write_study):
    assert "planted/hash would not ask there" in here("simulate", write_study(), "--model-base-url", URL).error
    told = here("doctor", "--model", "null/uniform", "--model-base-url", URL, "-o", "json").out
    assert "null/uniform would not ask there" in told


def test_benchmarks_give_it_to_compatible_servers_alone(here):
    done = here("benchmark", "run", "gss-2018-spending", "--model", "null/uniform", "--model-base-url", URL)
    assert (done.code, "null/uniform would not ask there" in done.error) == (1, True)


def test_models_that_need_none_run_over_a_study_that_has_one(here, write_study):
    study = write_study(model={"name": "openai-compatible/x", "base_url": URL})
    assert here("simulate", study, "--model", "null/uniform", "--out", "a.sqlite").code == 0


def test_one_model_with_a_server_is_enough(here, write_study):
    words = ("--model", "null/uniform", "--model", "openai-compatible/x", "--model-base-url", URL, "--dry-run")
    assert here("simulate", write_study(), *words).code == 0


def test_what_is_no_address_is_named_with_the_remedy(here, write_study):
    done = here("simulate", write_study(), "--model", "openai-compatible/x", "--model-base-url", "http://[::1/v1")
    assert done.code == 1
    assert "'http://[::1/v1' is no address (Invalid IPv6 URL); give one such as http://127.0.0.1:8080/v1" in done.error
