"""How many tokens a request will take, learnt from those that went before."""

from __future__ import annotations

from jury.backends.base import ModelSpec, Request, Usage

_BYTES_A_TOKEN = 4.0  # of English text, until there is something to learn from
_WEIGHT = 0.1  # of the latest request in the running means


class TokenEstimate:
    """A running estimate for one model.

    Parameters
    ----------
    spec : ModelSpec

    Attributes
    ----------
    output : float
        Tokens of one answer; the longest allowed until one has come.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self.output = float(spec.max_tokens)
        self._bytes_a_token = _BYTES_A_TOKEN
        self._learnt = False

    def __call__(self, request: Request) -> float:
        """Return the tokens, input and output together, that `request` is expected to take."""
        return _size(request) / self._bytes_a_token + self.output

    def learn(self, request: Request, usage: Usage) -> None:
        """Take notice of what a request really took; a server that counts nothing teaches nothing."""
        if usage.input <= 0:
            return
        weight = _WEIGHT if self._learnt else 1.0
        self._learnt = True
        self.output += weight * (usage.output - self.output)
        self._bytes_a_token += weight * (max(_size(request) / usage.input, 0.1) - self._bytes_a_token)


def input_tokens(request: Request) -> float:
    """Return about how many tokens the input of `request` has."""
    return _size(request) / _BYTES_A_TOKEN


def _size(request: Request) -> int:
    text = sum(len(message.text.encode("utf-8", "replace")) for message in request.messages())
    return text + len(str(request.question.form.schema))
