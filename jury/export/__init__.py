"""Runs as files for other programs: tables of ballots, a workbook, and the data card beside them."""

from jury.export.ballots import write_ballots
from jury.export.croissant import card_path, data_card, write_card
from jury.export.workbook import Cuts, write_workbook

__all__ = ["Cuts", "card_path", "data_card", "write_ballots", "write_card", "write_workbook"]
