"""What simulated jurors said beside what people said, for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jury.errors import RunError
from jury.report.options import Options
from jury.validation import validate_run

if TYPE_CHECKING:
    from jury.run import Run
    from jury.validation import Validation

__all__ = ["validated", "validation_section"]


def validated(run: Run, options: Options) -> Validation | None:
    """Return the comparison with people, None where nobody's answers are known.

    Raises
    ------
    RunError
        If people were named and cannot be compared with the jurors.
    """
    if options.people is not None:
        return validate_run(run, options.people, options.comparison)
    if not any(juror.survey_answers for juror in run.jurors):
        return None
    try:
        return validate_run(run, None, options.comparison)
    except RunError:  # the persons behind the jurors were asked other questions
        return None


def validation_section(found: Validation) -> dict[str, Any]:
    """Return what the page shows of a validation."""
    return found.to_dict() | {"measure": found.measure}
