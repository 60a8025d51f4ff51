"""Deliberation: what hearing each other does to a jury, and who gives way.

`topology` says who hears whom; `change` compares a jury before and after, and `changes` holds its parts; `dynamics` are
models of opinion change, and `modelled` lets stored answers go through them without any call.
"""
