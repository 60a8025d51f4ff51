"""Which ballots can stand in for which, and at whose word."""

from __future__ import annotations

import math
from typing import TypeVar

from aggregators.errors import RuleError
from aggregators.profiles import Approvals, Comparisons, Profile, Rankings, Utilities

__all__ = ["read_as"]

Wanted = TypeVar("Wanted", bound=Profile)


def read_as(
    profile: Profile,
    wanted: type[Wanted],
    rule: str,
    parameters: dict[str, object],
    also: tuple[type[Profile], ...] = (),
) -> Wanted:
    """Return `profile` as the ballots that `rule` reads.

    Utilities become rankings by themselves, because every scale orders its alternatives. They become
    approvals only with a ``threshold``, which is taken out of `parameters`: where approval begins is a
    judgement. Nothing else is converted unasked. A rule that reads comparisons `also` gets them as they are.

    Raises
    ------
    RuleError
        If the ballots cannot be read as `wanted`; the message says what to call.
    """
    if isinstance(profile, (wanted, *also)):
        return profile  # type: ignore[return-value]  # one of those that the caller names
    if isinstance(profile, Utilities) and wanted is Rankings:
        return profile.to_rankings()  # type: ignore[return-value]
    if isinstance(profile, Utilities) and wanted is Approvals and "threshold" in parameters:
        return profile.to_approvals(_threshold(parameters.pop("threshold")))  # type: ignore[return-value]
    remedy = _REMEDIES.get((type(profile), wanted), "no such conversion loses nothing, so choose another rule")
    raise RuleError(f"{rule!r} reads {wanted.__name__} and was given {type(profile).__name__}; {remedy}")


def _threshold(value: object) -> float:
    try:
        threshold = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        threshold = math.nan
    if math.isnan(threshold):
        raise RuleError(f"threshold={value!r} is not a utility; give the lowest one that approves")
    return threshold


_REMEDIES: dict[tuple[type[Profile], type[Profile]], str] = {
    (
        Utilities,
        Approvals,
    ): "say from which utility on one approves: threshold=..., or profile.to_approvals(...)",
    (Rankings, Approvals): "say how many tiers one approves: profile.to_approvals(top=1)",
    (Approvals, Rankings): "if approved over unapproved is all the order you have: profile.to_rankings()",
    (Rankings, Utilities): "a ranking holds no utilities, so use a voting rule such as 'borda'",
    (Comparisons, Utilities): "as utilities they give each voter's share of comparisons won: profile.to_utilities()",
    (
        Comparisons,
        Rankings,
    ): "comparisons may go in circles, so use a rule that reads them, such as 'bradley_terry' or 'copeland'",
    (Comparisons, Approvals): "say from which share of comparisons won on one approves: "
    "profile.to_utilities().to_approvals(threshold)",
    (Approvals, Utilities): "an approval holds no utilities, so use a voting rule such as 'approval'",
}
