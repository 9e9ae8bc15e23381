"""What befalls a camera is told once, and told as over once; passwords in an address are told to nobody."""

from __future__ import annotations

from edge.camera.view_health import View
from edge.messages import Event
from edge.node.camera_loop import Blind
from edge.node.troubles import Troubles, corrected, faulty
from edge.vision import Correction


def test_a_camera_that_is_lost_is_told_once_until_it_is_back() -> None:
    troubles = Troubles()
    assert troubles.back("c1") is None
    lost = troubles.lost("c1", "rtsp://user:secret@10.0.0.9/one: no route")
    assert lost is not None
    assert (lost.type, lost.camera) == ("camera_lost", "c1")
    assert "secret" not in lost.detail
    assert "no route" in lost.detail
    assert troubles.lost("c1", "tried again") is None
    assert troubles.lost("c2", "another one") is not None
    assert troubles.back("c1") == Event(type="camera_back", camera="c1")
    assert troubles.back("c1") is None
    assert troubles.lost("c1", "again") is not None


def test_what_has_not_lasted_is_not_told_and_what_changes_is_told_anew() -> None:
    troubles = Troubles()
    assert troubles.blind(Blind("c1", View("ok", "dark"))) is None
    assert troubles.back("c1") is None
    dark = troubles.blind(Blind("c1", View("dark", "dark", "no light")))
    assert dark == Event(type="camera_dark", camera="c1", detail="no light")
    assert troubles.blind(Blind("c1", View("dark", "dark", "no light"))) is None
    assert troubles.blind(Blind("c1", View("covered", "covered", "cloth"))) is not None
    assert troubles.lost("c1", "gone") is not None
    assert troubles.back("c1") is not None


def test_a_damaged_recording_is_told_without_its_password() -> None:
    event = faulty("c1", "rtsp://user:secret@10.0.0.9/one: picture 12 is damaged")
    assert (event.type, event.camera) == ("camera_faulty", "c1")
    assert "secret" not in event.detail


def test_a_correction_of_counts_says_which_and_why() -> None:
    event = corrected("c1", Correction(5.0, "b5", -1, 0, "counted twice"))
    assert event == Event(
        type="counts_corrected",
        camera="c1",
        lane="b5",
        detail={"arrivals": -1, "departures": 0, "why": "counted twice"},
    )
