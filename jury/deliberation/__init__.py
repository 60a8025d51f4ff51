"""Deliberation: what hearing each other does to a jury, and who gives way.

`topology` says who hears whom, `change` compares a jury before and after, `dynamics` moves opinions without any call.
"""
