"""Python, JavaScript, Kotlin and the named libraries agree on random cases: the short run of the search."""

import os
import shutil

import pytest

from parity.search import search


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.filterwarnings("ignore:.*np.object:FutureWarning")
def test_five_hundred_random_cases_agree(capsys):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    counts, refused, wrong = search(count=500, seed=20240711)
    with capsys.disabled():
        print(f"\nparity: {', '.join(f'{name} {number}' for name, number in sorted(counts.items()))}")
    assert wrong == []
    assert sum(counts.values()) == 500
    assert sum(refused.values()) < 100
