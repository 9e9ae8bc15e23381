"""The zones page in Debian's Chromium: from a camera without lanes to a file that counts right."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import Browser, Route, expect

from edge.camera import kept_view
from edge.cli import main
from edge.config import load_node
from tests.conftest import REPOSITORY
from tests.dashboard.browser.visits import violations
from tests.edge.browser.conftest import OpenZones
from tests.edge.browser.desk import AREA, FAR, NEAR

pytestmark = pytest.mark.slow
DEMO = REPOSITORY / "config" / "recordings" / "demo"
FROM_S, TO_S = 30.0, 60.0


@dataclass(frozen=True)
class Clip:
    """A cut of the recording; its first picture is that of `first_s` of the whole."""

    path: Path
    first_s: float


NODE = """\
# the box at booth 1
port: demo
node: n-booth
cameras:
  - id: booth      # over the road
    source: booth.mp4
    facing: toward
    # lanes from here on
outbox: rows.db    # on the second disk
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Half a minute of the demo's booth camera from a key picture on, packets as they are."""
    path = tmp_path_factory.mktemp("clip") / "booth.mp4"
    first_s: float | None = None
    with av.open(str(DEMO / "booth.mp4")) as whole, av.open(str(path), "w") as cut:
        stream = whole.streams.video[0]
        copied = cut.add_stream_from_template(stream)
        for packet in whole.demux(stream):
            at_s = -1.0 if packet.pts is None else float(packet.pts * stream.time_base)
            if first_s is None and packet.is_keyframe and at_s >= FROM_S:
                first_s = at_s
            if first_s is not None and first_s <= at_s < TO_S:
                packet.stream = copied
                cut.mux(packet)
    assert first_s is not None
    return Clip(path, first_s)


@pytest.fixture
def node_yaml(tmp_path: Path, clip: Clip) -> Path:
    (tmp_path / "booth.mp4").symlink_to(clip.path)
    path = tmp_path / "node.yaml"
    path.write_text(NODE)
    return path


def test_a_lane_from_nothing_counts_as_the_truth_says(
    node_yaml: Path, clip: Clip, open_zones: OpenZones, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_zones(node_yaml)
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Booth line", *NEAR)
    desk.draw("Area", *AREA)
    desk.draw("Ground points", *NEAR, *FAR)
    for point, (across, up) in enumerate([(-6, 0), (-0.6, 0), (-0.6, 30), (-6, 30)]):
        desk.page.get_by_label(f"Point {point + 1}, metres across").fill(str(across))
        desk.page.get_by_label(f"Point {point + 1}, metres up the lane").fill(str(up))
    desk.page.keyboard.press("Tab")
    assert [desk.page.locator(f"#metres-{n}-0").input_value() for n in range(4)] == [
        "-6",
        "-0.6",
        "-0.6",
        "-6",
    ]
    expect(desk.page.locator("#picture text", has_text="10 m")).to_be_visible()
    desk.page.mouse.move(*desk.screen((0.345, 0.69174)))
    expect(desk.page.locator("#cursor")).to_contain_text("0.0 m up")

    shown = desk.write()
    assert "+      - id: b1" in shown
    assert "-" not in [row[:1] for row in shown.splitlines() if not row.startswith("---")]

    text = node_yaml.read_text()
    assert all(line in text for line in NODE.splitlines())
    (backup,) = node_yaml.parent.glob("node.yaml.*.bak")
    assert backup.read_text() == NODE
    (lane,) = load_node(node_yaml).cameras[0].lanes
    assert lane.booth is not None
    assert lane.ground is not None
    assert lane.ground.metres == ((-6, 0), (-0.6, 0), (-0.6, 30), (-6, 30))
    assert lane.booth.toward[1] > 0.7

    out = node_yaml.with_name("counted.json")
    arguments = ["count", str(node_yaml.with_name("booth.mp4")), "--config", str(node_yaml)]
    monkeypatch.setattr(sys, "argv", ["lanewatch-edge", *arguments, "--sample-fps", "4", "--json", str(out)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    truth = json.loads((DEMO / "truth.json").read_text())["crossings"]
    passed = [c for c in truth if (c["camera"], c["line"], c["lane"]) == ("booth", "booth", "b1")]
    expected = sum(clip.first_s + 1 < crossing["t_s"] < TO_S - 1 for crossing in passed)
    assert json.loads(out.read_text())["totals"]["b1"]["departures"] == expected > 0


def test_an_area_that_crosses_itself_is_told_and_not_saved(node_yaml: Path, open_zones: OpenZones) -> None:
    desk = open_zones(node_yaml)
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Area", AREA[0], AREA[2], AREA[1], AREA[3])
    expect(desk.said).to_contain_text("`area` crosses itself")
    cut_off = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
    assert desk.said.locator("button").evaluate_all(cut_off) == [], "what is wrong and how to mend it"
    expect(desk.save).to_be_disabled()
    desk.page.get_by_role("button", name="Undo").click()
    desk.draw("Area", *AREA)
    expect(desk.said).not_to_contain_text("crosses itself")
    expect(desk.save).to_be_enabled()
    assert node_yaml.read_text() == NODE


PAST = """() => [...document.querySelectorAll('header button, #transport button')]
    .filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.id)"""


def test_no_button_lies_beyond_the_window(node_yaml: Path, open_zones: OpenZones) -> None:
    page = open_zones(node_yaml).page
    found = {}
    for width in (390, 1024, 1280, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate(PAST)
    assert not any(found.values()), found


def test_without_scripts_the_page_says_what_it_needs(
    node_yaml: Path, open_zones: OpenZones, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(open_zones(node_yaml).page.url)
    assert "let the browser run them" in page.locator("body").inner_text()
    context.close()


def test_points_move_by_mouse_and_by_keys_and_go_back(node_yaml: Path, open_zones: OpenZones) -> None:
    desk = open_zones(node_yaml)
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Booth line", (0.25, 0.5), (0.5, 0.5))
    end = desk.handle("booth of lane b1, second end")
    desk.drag((0.5, 0.5), (0.6, 0.55))
    desk.page.keyboard.press("Shift+ArrowLeft")
    desk.page.keyboard.press("ArrowLeft")
    desk.page.keyboard.press("ArrowUp")
    expect(end).to_be_focused()

    def line() -> Any:
        return desk.page.evaluate(
            "[...document.querySelectorAll('.handle.booth .dot')]"
            ".map((dot) => [dot.cx.baseVal.value, dot.cy.baseVal.value])"
        )

    assert line()[1] == pytest.approx([0.6 * 640 - 11, 0.55 * 360 - 1], abs=1.5)
    desk.page.keyboard.press("Control+z")
    assert line()[1] == pytest.approx([0.6 * 640, 0.55 * 360], abs=1.5)
    desk.page.keyboard.press("Control+z")
    assert line()[1] == pytest.approx([320, 180], abs=1.5)
    desk.page.keyboard.press("Control+Shift+z")
    assert line()[1] == pytest.approx([0.6 * 640, 0.55 * 360], abs=1.5)


def test_what_the_detector_finds_and_remarks(node_yaml: Path, open_zones: OpenZones) -> None:
    desk = open_zones(node_yaml)
    desk.page.locator("#scrub").fill("20")
    expect(desk.page.locator("#clock")).to_contain_text("0:20")
    desk.page.get_by_role("button", name="Boxes").click()
    expect(desk.page.locator("#picture .box").first).to_be_visible()
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Booth line", (0.3, 0.02), (0.6, 0.02))
    expect(desk.said).to_contain_text("line nearer to the edge than a vehicle: cannot count")
    expect(desk.save).to_be_enabled()
    desk.page.get_by_role("button", name="Play").click()
    expect(desk.page.locator("#clock")).not_to_contain_text("0:20")
    desk.page.get_by_role("button", name="Pause").click()


def test_fields_keep_the_focus_while_they_are_filled_one_after_the_other(
    node_yaml: Path, open_zones: OpenZones
) -> None:
    desk = open_zones(node_yaml)
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Ground points", *NEAR, *FAR)
    desk.page.locator("#metres-0-0").click()
    for value in (1, 2, 3, 4, 5, 6, 7, 8):
        desk.page.keyboard.press("Control+a")
        desk.page.keyboard.type(str(value))
        desk.page.keyboard.press("Tab")
    fields = [desk.page.locator(f"#metres-{n}-{axis}").input_value() for n in range(4) for axis in (0, 1)]
    assert fields == ["1", "2", "3", "4", "5", "6", "7", "8"]
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.page.locator("#metres-3-1")).to_have_value("30")


def test_a_length_on_the_road_is_measured(node_yaml: Path, open_zones: OpenZones) -> None:
    desk = open_zones(node_yaml)
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Ground points", *NEAR, *FAR)
    desk.page.get_by_role("button", name="Measure a length").click()
    for point in NEAR:
        desk.page.mouse.click(*desk.screen(point))
    expect(desk.page.locator("#measured")).to_have_text("3.50 m")
    desk.page.get_by_label("What it really is, in metres").fill("3.2")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#measured")).to_contain_text("+9 %")


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(node_yaml: Path, open_zones: OpenZones) -> None:
    desk = open_zones(node_yaml)
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Area", *AREA)
    node_yaml.write_text(NODE + "tick_s: 2\n")
    expect(desk.save).to_be_enabled()
    desk.save.click()
    desk.page.get_by_role("button", name="Write the file").click()
    expect(desk.said).to_contain_text("was changed by somebody else")
    assert node_yaml.read_text() == NODE + "tick_s: 2\n"


def test_an_answer_about_an_older_drawing_says_nothing_of_the_newer(
    node_yaml: Path, open_zones: OpenZones
) -> None:
    desk = open_zones(node_yaml)
    expect(desk.said).to_have_text("Nothing to complain of.")
    held: list[Route] = []
    desk.page.route("**/api/check", lambda asked: held.append(asked))
    with desk.page.expect_request(lambda asked: '"b1"' in (asked.post_data or "")):  # not one of the start
        desk.page.get_by_role("button", name="Add a lane").click()
    first = len(held) - 1
    with desk.page.expect_request(lambda asked: '"area":[[' in (asked.post_data or "")):
        desk.draw("Area", *AREA)
        with desk.page.expect_response("**/api/check"):
            held[first].continue_()
    expect(desk.save).to_be_disabled()
    held[-1].continue_()
    expect(desk.save).to_be_enabled()


def test_zoom_keeps_the_place_and_panning_moves_it(node_yaml: Path, open_zones: OpenZones) -> None:
    desk = open_zones(node_yaml)
    before = desk.screen((0.5, 0.5))
    desk.page.mouse.move(*before)
    for _ in range(4):
        desk.page.mouse.wheel(0, -100)
    expect(desk.page.locator("#picture")).to_have_class("zoomed")
    assert desk.screen((0.5, 0.5)) == pytest.approx(before, abs=2)
    desk.drag((0.5, 0.5), (0.45, 0.5))
    assert desk.screen((0.5, 0.5))[0] < before[0] - 20
    desk.page.get_by_role("button", name="Fit").click()
    assert desk.screen((0.5, 0.5)) == pytest.approx(before, abs=2)


def test_references_of_a_lane_sign(node_yaml: Path, open_zones: OpenZones) -> None:
    desk = open_zones(node_yaml)
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Lane sign", (0.28, 0.35), (0.45, 0.5))
    desk.page.get_by_label("What the sign shows now").select_option("fast")
    desk.page.get_by_role("button", name="Keep as reference").click()
    expect(desk.page.locator("#sign-reads")).to_contain_text("Read now as FAST (1.00)")
    desk.page.get_by_label("What the sign shows now").select_option("closed")
    desk.page.get_by_role("button", name="Keep as reference").click()
    expect(desk.page.locator("#lane")).to_contain_text("closed and FAST look alike")
    kept = node_yaml.parent / "signs" / "booth-b1"
    assert sorted(path.name for path in kept.iterdir()) == ["closed-1.png", "fast-1.png"]
    desk.page.get_by_role("button", name="Remove the reference closed-1.png").click()
    expect(desk.page.locator("#sign-reads")).to_contain_text("Read now as FAST")
    desk.page.locator("#lane-id").fill("b7")
    desk.page.keyboard.press("Tab")
    desk.write()
    (lane,) = load_node(node_yaml).cameras[0].lanes
    assert (lane.id, lane.sign is not None) == ("b7", True)


def test_the_view_is_kept_as_the_reference(node_yaml: Path, open_zones: OpenZones) -> None:
    desk = open_zones(node_yaml)
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Area", *AREA)
    desk.page.get_by_label("Keep this view as the reference").check()
    assert "+  reference: views/booth.npz" in desk.write().replace("+    ", "+  ")
    expect(desk.page.get_by_label("Keep this view as the reference")).not_to_be_checked()
    (camera,) = load_node(node_yaml).cameras
    assert camera.reference == node_yaml.parent / "views" / "booth.npz"
    assert kept_view.load(camera.reference, camera).known


@pytest.mark.parametrize("touch", [False, True])
def test_axe_finds_nothing(touch: bool, node_yaml: Path, open_zones: OpenZones, axe: Path) -> None:
    desk = open_zones(node_yaml, touch)
    assert violations(desk.page, axe) == []
    desk.page.get_by_role("button", name="Add a lane").click()
    desk.draw("Booth line", *NEAR)
    desk.draw("Area", *AREA)
    desk.draw("Ground points", *NEAR, *FAR)
    assert violations(desk.page, axe) == []
    expect(desk.save).to_be_enabled()
    desk.save.click()
    assert violations(desk.page, axe) == []
