"""What several tests share: where the shared material is, and a place for toy pages."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture
def corpus() -> Path:
    """The toy pages, one a format."""
    return ROOT / "tests" / "corpus"


@pytest.fixture
def shared() -> Path:
    """The shared material; the test is skipped where it is absent, as on a user's machine."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which is not part of the repository")
    return SHARED
