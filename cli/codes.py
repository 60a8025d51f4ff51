"""``--codes 0=no,1=yes``: which code of a table is which alternative."""

from __future__ import annotations

from cli.exits import USAGE, CommandFailed


def read_codes(text: str | None) -> dict[str, str]:
    """Return code -> alternative, in the order given.

    Raises
    ------
    CommandFailed
        For a code without a name.
    """
    pairs = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    bad = [code for code, equals, name in pairs if not equals or not name.strip()]
    if bad:
        raise CommandFailed(
            f"--codes: {bad[0]!r} names no alternative; write code=alternative, for instance 0=no,1=yes", USAGE
        )
    return {code.strip(): name.strip() for code, _, name in pairs}
