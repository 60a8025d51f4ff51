import subprocess
import sys

import pytest

import personas


def test_every_public_name_is_there():
    for name in personas.__all__:
        assert getattr(personas, name).__doc__
    assert dir(personas) == sorted(personas.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Juror'"):
        _ = personas.Juror


def test_importing_the_package_and_listing_designs_does_not_wait_for_pandas():
    script = (
        "import sys, personas; from personas.designs import designs; from personas.styles import styles;"
        "from personas import built_in_codebooks, Persona; list(designs), list(styles);"
        "sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
