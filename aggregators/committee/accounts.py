"""The money of voters, who buy what they approve of: behind Phragmén's method and the method of equal shares.

Every voter has 1 a unit of weight to begin with. What is bought costs the same for all who pay and can pay; in
floats here, and again in fractions where floats cannot tell two prices apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from aggregators.committee.counting import least, patterns
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Market", "Purchase", "next_by_price", "next_by_time", "paid"]

Purchase = tuple[int, Literal["price", "time"]]
"""A column and how it was bought: with the money there was, or with money that all earned meanwhile."""


@dataclass(frozen=True)
class Market:
    """Who may buy what, at which cost.

    Parameters
    ----------
    matrix : (n, m) bool array
        Approvals.
    weights : (n,) float array
        Positive.
    whole : (n,) int array or None
        The same proportions in whole numbers.
    costs : (m,) float array
        Positive; in money of which every unit of `weights` has 1.
    exact_costs : sequence of m Fractions
        The same for `whole`. Empty where `whole` is None.
    value : (m,) float array
        What an approved candidate is worth to a voter.
    exact_value : sequence of m Fractions
        The same, exactly.
    """

    matrix: NDArray[np.bool_]
    approved: NDArray[np.float64]
    weights: NDArray[np.float64]
    whole: NDArray[np.int64] | None
    costs: NDArray[np.float64]
    exact_costs: Sequence[Fraction]
    value: NDArray[np.float64] | None = None
    exact_value: Sequence[Fraction] = ()

    def prices(self, money: NDArray[np.float64], columns: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the most that anybody pays a unit of weight, by column.

        Parameters
        ----------
        money : (n,) array
            Left a unit of weight.
        columns : int array
            Candidates that those who approve of them can pay for, within the tolerance.
        """
        order = np.argsort(money)
        left = money[order][:, None]
        weight = self.approved[np.ix_(order, columns)] * self.weights[order][:, None]
        spent = weight * left
        rest = self.costs[columns] - (np.cumsum(spent, axis=0) - spent)
        payers = np.cumsum(weight[::-1], axis=0)[::-1]
        able = (rest <= left * payers) & (weight > 0)
        first = able.argmax(axis=0), np.arange(len(columns))
        richest = np.where(weight > 0, left, 0.0).max(axis=0)
        price: NDArray[np.float64] = np.divide(rest[first], payers[first], out=richest, where=able[first])
        return price


def next_by_price(
    market: Market, money: NDArray[np.float64], bounds: NDArray[np.float64], history: Sequence[Purchase]
) -> tuple[list[int], NDArray[np.float64]]:
    """Return the affordable candidates with the least price for their value, and the prices found.

    Parameters
    ----------
    market : Market
        Who may buy what.
    money : (n,) array
        Left a unit of weight.
    bounds : (m,) array
        Below which no price lies, infinite for what is bought or beyond the means of its supporters.
    history : sequence
        What was bought, in order.
    """
    bounds = bounds.copy()
    means = (market.weights * money) @ market.approved
    bounds[means < market.costs * (1 - RELATIVE_TOLERANCE)] = np.inf
    undecided = np.flatnonzero((means <= market.costs * (1 + RELATIVE_TOLERANCE)) & np.isfinite(bounds)).tolist()
    if undecided and market.whole is not None:
        accounts = Accounts.after(market, history, undecided)
        bounds[[column for column in undecided if accounts.price(column) is None]] = np.inf
    value = 1.0 if market.value is None else market.value
    rates = bounds / value
    if np.isinf(rates).all():
        return [], bounds
    first = np.array([rates.argmin()])
    bounds[first] = market.prices(money, first)
    rates = bounds / value
    others = rates <= rates[first] * (1 + RELATIVE_TOLERANCE)
    others[first] = False
    columns = np.flatnonzero(others)
    if columns.size:
        bounds[columns] = market.prices(money, columns)
        rates = bounds / value

    def exact(near: list[int]) -> list[Fraction]:
        accounts = Accounts.after(market, history, near)
        return [accounts.rate(column) for column in near]

    return least(rates, exact if market.whole is not None else None), bounds


def paid(market: Market, money: NDArray[np.float64], column: int, price: float) -> NDArray[np.float64]:
    """Return the money left after those who approve of `column` paid up to `price` each."""
    left: NDArray[np.float64] = np.where(market.matrix[:, column], np.maximum(money - price, 0.0), money)
    return left


def next_by_time(
    market: Market,
    spent: NDArray[np.float64],
    support: NDArray[np.float64],
    bought: Sequence[int],
    history: Sequence[Purchase],
) -> tuple[list[int], NDArray[np.float64]]:
    """Return the candidates whose supporters are the first to have earned their cost, and when all of them do.

    Parameters
    ----------
    market : Market
        Who may buy what.
    spent : (n,) array
        A unit of weight; a voter who has earned t by now has t - `spent`.
    support : (m,) array
        Weight of those who approve.
    bought : sequence of int
        Columns that are bought already.
    history : sequence
        What was bought in which way, in order.
    """
    times = np.full(len(support), np.inf)
    np.divide(market.costs + (market.weights * spent) @ market.approved, support, out=times, where=support > 0)
    times[list(bought)] = np.inf
    if np.isinf(times).all():
        return sorted(set(range(len(support))) - set(bought)), times

    def exact(near: list[int]) -> list[Fraction]:
        accounts = Accounts.after(market, history, near)
        return [accounts.time(column) for column in near]

    return least(times, exact if market.whole is not None else None), times


class Accounts:
    """What voters have spent, in fractions; voters who approve of the same of the columns in question as one."""

    def __init__(self, market: Market, columns: Sequence[int]) -> None:
        if market.whole is None:
            raise TypeError("fractions need whole weights")
        chosen = list(dict.fromkeys(columns))
        rows, where = patterns(market.matrix[:, chosen])
        weights = np.zeros(len(rows), dtype=np.int64)
        np.add.at(weights, where, market.whole)
        self.market = market
        self.weights: list[int] = weights.tolist()
        self.spent = [Fraction(0)] * len(self.weights)
        self.backers: Mapping[int, list[int]] = {
            column: np.flatnonzero(rows[:, place]).tolist() for place, column in enumerate(chosen)
        }

    @classmethod
    def after(cls, market: Market, history: Sequence[Purchase], columns: Sequence[int]) -> Accounts:
        """Return the accounts after what was bought, ready to be asked about `columns`."""
        accounts = cls(market, [*(column for column, _ in history), *columns])
        for column, how in history:
            accounts.buy(column, how)
        return accounts

    def buy(self, column: int, how: Literal["price", "time"]) -> None:
        """Let the supporters of `column` pay for it."""
        if not self.backers[column]:
            return
        if how == "time":
            time = self.time(column)
            for group in self.backers[column]:
                self.spent[group] = time
            return
        price = self.price(column)
        if price is None:
            raise ValueError(f"column {column} was bought and cannot be paid for")
        for group in self.backers[column]:
            self.spent[group] = min(self.spent[group] + price, Fraction(1))

    def time(self, column: int) -> Fraction:
        """Return when the supporters of `column` have earned its cost."""
        backers = self.backers[column]
        owed = sum((self.weights[group] * self.spent[group] for group in backers), self.market.exact_costs[column])
        return owed / sum(self.weights[group] for group in backers)

    def price(self, column: int) -> Fraction | None:
        """Return the most that a supporter of `column` pays for it; None if they cannot."""
        rest = self.market.exact_costs[column]
        payers = sum(self.weights[group] for group in self.backers[column])
        for group in sorted(self.backers[column], key=self.spent.__getitem__, reverse=True):
            if rest <= payers * (1 - self.spent[group]):
                return rest / payers
            rest -= self.weights[group] * (1 - self.spent[group])
            payers -= self.weights[group]
        return None

    def rate(self, column: int) -> Fraction:
        """Return the price of `column` for its value."""
        price = self.price(column)
        if price is None:
            raise ValueError(f"column {column} cannot be paid for")
        return price / self.market.exact_value[column] if self.market.exact_value else price
