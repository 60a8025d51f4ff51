"""A case in the words that a juror reads. Alternatives are untrusted text."""

from __future__ import annotations

import re

from jury.elicitation.showing import Showing

#: Characters up to which an alternative of one line is listed without tags: too few to pose as something else.
_SHORT = 60

_TAG = re.compile(r"<(?=[^\w<>]*alternative)", re.IGNORECASE)


def present(showing: Showing) -> str:
    """Return the case and its labelled alternatives as the jurors read them.

    Alternatives that are all short and on one line, as the options of a survey are, stand in a list. Others are
    untrusted text: each stands between tags, and look-alikes of the tags inside it
    (in other letter case, with blanks or invisible characters) are defused, so that none can pose as another
    alternative or as an instruction from outside.
    """
    texts = [neutral(showing.case.text_of(alternative)) for alternative in showing.order]
    prompt = showing.case.prompt.strip()
    labelled = list(zip(showing.marks, texts, strict=True))
    if all(len(text) <= _SHORT and text.isprintable() for text in texts):
        return "\n".join([f"{prompt}\n", *(f"{mark}. {text}" for mark, text in labelled)])
    return "\n\n".join([prompt, *(enclosed(mark, text) for mark, text in labelled)])


def enclosed(mark: str, text: str) -> str:
    """Return neutralised text between the tags of an alternative."""
    return f'<alternative label="{mark}">\n{text}\n</alternative>'


def neutral(text: str) -> str:
    """Return untrusted text that cannot close or open the tags around it."""
    return _TAG.sub("‹", text.strip())
