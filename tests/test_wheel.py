"""An installed wheel finds its pack, its schemas and its recording without the repository."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content and nothing else of ours."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(REPOSITORY)]
    subprocess.run(pip + build, check=True, timeout=120)
    (wheel,) = folder.glob("lanewatch-*.whl")
    target = ["install", "--no-deps", "--no-index", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(pip + target, check=True, timeout=120)
    return folder / "site"


def answer(installed: Path, code: str) -> str:
    """What Python says of the installed wheel, run in an empty folder."""
    empty = installed.parent / "empty"
    empty.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    run = [sys.executable, "-c", code]
    return subprocess.run(run, cwd=empty, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    "code",
    [
        "from edge.detection.packs import find_pack; print(find_pack('vehicles').folder)",
        "from edge.detection.packs import find_pack; print(find_pack('plates').folder)",
        "from dashboard.demo.recording import bundled_recording; print(bundled_recording())",
        "import edge, pathlib; print(pathlib.Path(edge.__file__).parent / '_schema' / 'report.json')",
        "import dashboard.store.store; print(dashboard.store.store.__file__)",
        "from dashboard.web.app import make_app; import dashboard.web.app; print(dashboard.web.app.__file__)",
    ],
    ids=["pack", "plate pack", "recording", "schemas", "store", "web"],
)
def test_it_is_inside_the_wheel(installed: Path, code: str) -> None:
    place = Path(answer(installed, code).strip())
    assert place.exists()
    assert place.is_relative_to(installed)


def test_the_pack_loads_from_the_wheel(installed: Path) -> None:
    code = "from edge.detection.detector import Detector; import numpy; d = Detector.load('vehicles')"
    blank = "; print(len(d.boxes(numpy.full((360, 640, 3), 90, numpy.uint8))))"
    assert answer(installed, code + blank).strip() == "0"
