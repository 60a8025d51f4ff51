"""What a validation found, as one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jury.estimates import Estimate
from jury.uncertainty.size import EffectiveSize
from jury.validation.calibration import Calibration
from jury.validation.coefficients import Coefficients
from jury.validation.distances import MEASURES
from jury.validation.gate import Gate
from jury.validation.pairing import Hits
from jury.validation.spread import GroupSpread
from jury.validation.verdicts import VerdictAgreement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Validation"]

_EQUAL = 1e-9  # distances as near as this are equal


@dataclass(frozen=True, eq=False)
class Validation:
    """What simulated jurors said beside what people said.

    Attributes
    ----------
    humans : str
        Who the people are.
    same_people : bool
        Whether they are the very people whom the jurors were made from.
    table : DataFrame
        One row a case (or alternative of one) and group, everybody first, as `distances.distance_rows` says.
    distances : Mapping
        (attribute, group) -> figure -> `Estimate`, means over cases; ("", "") is everybody. The intervals of one figure
        hold for all groups at once.
    spread : tuple of GroupSpread
        Of everybody, then of each attribute.
    correlation : Estimate
        Of jurors' and people's means over items.
    coefficients : Coefficients or None
    calibration : Calibration or None
        None where answers are too fine to be counted.
    alpha_people, alpha_jurors : Estimate
        Krippendorff's alpha among people, which bounds how well anything can tell single people's answers, and among
        jurors.
    size : EffectiveSize or None
    verdicts : tuple of VerdictAgreement
    hits : Hits or None
        How often a juror chose what the very person had said; None unless they are the same people.
    gate : Gate
    left_out : tuple of str
        Cases without an answer on either side; they are in no figure.
    cases : int
        Those in the figures.
    comparisons : int
        Number of groups compared.
    """

    humans: str
    same_people: bool
    table: pd.DataFrame
    distances: Mapping[tuple[str, str], Mapping[str, Estimate]]
    spread: tuple[GroupSpread, ...]
    correlation: Estimate
    coefficients: Coefficients | None
    calibration: Calibration | None
    alpha_people: Estimate
    alpha_jurors: Estimate
    size: EffectiveSize | None
    verdicts: tuple[VerdictAgreement, ...]
    hits: Hits | None
    gate: Gate
    left_out: tuple[str, ...]
    cases: int
    comparisons: int

    @property
    def items(self) -> pd.DataFrame:
        """The rows of `table` for everybody."""
        return self.table[self.table["attribute"] == ""].drop(columns=["attribute", "group"]).reset_index(drop=True)

    @property
    def measure(self) -> str:
        """The distance that is reported first: total variation, or where mass moves if answers cannot be counted."""
        return "tv" if not self.items["tv"].isna().all() else "wasserstein"

    @property
    def closer(self) -> int:
        """Number of items on which the jurors are closer to people than an even spread is."""
        items = self.items
        return int((items[self.measure] < items[f"{self.measure}_uniform"] - _EQUAL).sum())

    @property
    def agreement(self) -> float:
        """Share of answers in which a juror chose what the very person had said; NaN if not the same people."""
        return float("nan") if self.hits is None else self.hits.share.value

    @property
    def by_lot(self) -> float:
        """What `agreement` would be if jurors were dealt to people by lot."""
        return float("nan") if self.hits is None else self.hits.by_lot

    @property
    def answers(self) -> int:
        """Number of answers behind `agreement`."""
        return 0 if self.hits is None else self.hits.answers

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON types."""
        items = self.items
        means = {
            f"mean_{name}": float(items[name].mean()) for name in map(str, items) if name.partition("_")[0] in MEASURES
        }
        return {
            "gate": self.gate.to_dict(),
            "humans": self.humans,
            "same_people": self.same_people,
            "cases": self.cases,
            "items": items.to_dict(orient="records"),
            **means,
            "closer_than_uniform": self.closer,
            "groups": [
                {
                    "attribute": attribute,
                    "group": group,
                    **{name: found.to_dict() for name, found in figures.items()},
                }
                for (attribute, group), figures in self.distances.items()
            ],
            "spread": [_spread_document(one) for one in self.spread],
            "correlation": self.correlation.to_dict(),
            "coefficients": None if self.coefficients is None else self.coefficients.to_dict(),
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
            "alpha_people": self.alpha_people.to_dict(),
            "alpha_jurors": self.alpha_jurors.to_dict(),
            "effective_size": None if self.size is None else self.size.to_dict(),
            "verdicts": [one.to_dict() for one in self.verdicts],
            "agreement": self.agreement,
            "agreement_by_lot": self.by_lot,
            "agreement_over_lot": None if self.hits is None else self.hits.over_lot.to_dict(),
            "answers": self.answers,
            "left_out": list(self.left_out),
            "groups_compared": self.comparisons,
        }


def _spread_document(found: GroupSpread) -> dict[str, Any]:
    return {
        "attribute": found.by,
        "variance_ratio": found.variance_ratio.to_dict(),
        "gap_inflation": None if found.gap_inflation is None else found.gap_inflation.to_dict(),
        "gap_correlation": None if found.gap_correlation is None else found.gap_correlation.to_dict(),
        "within": {label: one.to_dict() for label, one in found.within.items()},
        "left_out": list(found.left_out),
    }
