"""node.yaml: what may be left out, and what a wrong file is told."""

from pathlib import Path

import pytest

from edge.config import load_node
from edge.yamlfile import ConfigError

WHOLE = """\
port: ambassador
node: n07
broker: {url: mqtts://port.example:8883, certificate: c.pem, key: k.pem, ca: ca.pem}
model: vehicles
cameras:
  - id: c1
    source: clip.mp4
    facing: away
    playback: {start_at: 2026-01-31T12:00:00Z, loop: true}
    lanes:
      - id: b5
        kind: booth
        tail:  {line: [[.1,.4],[.4,.4]], toward: [.25,.9], anchor: bottom}
        booth: {line: [[.1,.9],[.5,.9]], toward: [.3,1.0]}
        area: [[.1,.4],[.4,.4],[.5,.9],[.1,.9]]
        area_anchor: bottom
        ground: {image: [[.1,.9],[.5,.9],[.4,.4],[.1,.4]], metres: [[0,0],[3.5,0],[3.5,60],[0,60]]}
        sign: [[.1,.1],[.2,.2]]
"""
SMALLEST = "port: ambassador\nnode: n07\ncameras:\n  - id: c1\n    lanes:\n      - id: b5\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "node.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [WHOLE, SMALLEST], ids=["with every key", "with what must be there"])
def test_a_right_file_is_read(tmp_path: Path, text: str) -> None:
    assert load_node(written(tmp_path, text)).cameras[0].lanes[0].id == "b5"


def test_a_relative_source_lies_beside_the_file(tmp_path: Path) -> None:
    assert load_node(written(tmp_path, WHOLE)).cameras[0].source == str(tmp_path / "clip.mp4")


def test_a_relative_key_file_lies_beside_the_file(tmp_path: Path) -> None:
    broker = load_node(written(tmp_path, WHOLE)).broker
    assert broker is not None
    assert (broker.ca, broker.key) == (tmp_path / "ca.pem", tmp_path / "k.pem")


def test_a_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAM_PASSWORD", "secret")
    text = WHOLE.replace("clip.mp4", "rtsp://user:${CAM_PASSWORD}@10.0.0.9/stream")
    assert load_node(written(tmp_path, text)).cameras[0].source == "rtsp://user:secret@10.0.0.9/stream"


@pytest.mark.parametrize(
    ("case", "old", "new", "says"),
    [
        ("an unknown key", "facing:", "facign:", "node.yaml:8 cameras[0].facign: is not a known key"),
        (
            "the key of a list",
            "cameras:",
            "camaras:",
            "camaras: is not a known key; did you mean `cameras`, which is missing?",
        ),
        ("a key in capitals", "port: ", "PORT: ", "PORT: is not a known key; did you mean `port`"),
        ("a key far from all", "node: n07", "xyz: n07", "node.yaml:2 xyz: is not a known key; `node` is"),
        ("a key of the broker", "url: mqtts", "uri: mqtts", "broker.uri: is not a known key; did you mean"),
        ("and its neighbour", "facing:", "facign:", "did you mean `facing`?"),
        ("pixels", "[.4,.4],[.5,.9]", "[1280,.4],[.5,.9]", "area[1]: 1280 is not a fraction of the width"),
        ("a negative height", "toward: [.25,.9]", "toward: [.25,-1]", "-1 is not a fraction of the height"),
        ("a point nowhere", "[.4,.4],[.5,.9]", "[.nan,.4],[.5,.9]", "must be a finite number"),
        ("a metre without end", "[3.5,0],", "[.inf,0],", "metres[1][0]: must be a finite number"),
        ("half a point", "toward: [.25,.9]", "toward: [.25]", "is not a point"),
        ("toward on the line", "toward: [.25,.9]", "toward: [.25,.4]", "`toward` lies on the line"),
        ("an area of two points", ",[.5,.9],[.1,.9]]\n        area_a", "]\n        area_a", "area"),
        ("a flat ground", "[.4,.4],[.1,.4]], metres", "[.4,.9],[.1,.4]], metres", "three points of `image`"),
        ("ground in two orders", "[.4,.4],[.1,.4]], met", "[.1,.4],[.4,.4]], met", "go round differently"),
        ("a flat area", ",[.5,.9],[.1,.9]]\n        ar", ",[.2,.4]]\n        ar", "encloses nothing"),
        ("a node in capitals", "node: n07", "node: N07", "node.yaml:2 node"),
        ("a number as a name", "id: b5", "id: 5", "lanes[0].id: is no text; put it in quotes"),
        ("no node", "node: n07\n", "", "node: is missing"),
        ("a broker of another kind", "mqtts://port", "http://port", "broker.url"),
        ("a secret that is not set", "clip.mp4", "rtsp://${NO_SUCH_SECRET}@h/",
         "node.yaml:7 cameras[0].source: ${NO_SUCH_SECRET} is not set; set the environment variable"),
        ("a secret that is not set, deeper", "ca: ca.pem}", 'ca: "${NO_SUCH}/ca.pem"}',
         "node.yaml:3 broker.ca: ${NO_SUCH} is not set"),
        ("a word for a number", "model: vehicles", "tick_s: true", "node.yaml:4 tick_s: true is no number"),
        ("a word that is kept", "model: vehicles", "tick_s: &kept true", "node.yaml:4 tick_s: true is no nu"),
        ("another word", "model: vehicles", "tick_s: on", "node.yaml:4 tick_s: must be a valid integer"),
        ("a word for a fraction", "[.1,.4],[.4,.4]], toward", "[.1,true],[.4,.4]], toward",
         "node.yaml:13 cameras[0].lanes[0].tail.line[0][1]: true is no number; write one"),
        ("a word for metres", "[3.5,0],", "[3.5,false],", "ground.metres[1][1]: false is no number"),
        ("no YAML", "cameras:", "cameras: [", "node.yaml:"),
        ("a start without a zone", "12:00:00Z", "12:00:00", "start_at"),
        ("a day that is none", "01-31T12", "01-32T12", "node.yaml:9 is not YAML: day is out of range"),
        ("a start of seconds", "2026-01-31T12:00:00Z", "20260131", "playback.start_at: is no instant"),
        ("no value", "facing: away", "facing:", "node.yaml:8 cameras[0].facing: has no value"),
        ("one camera, no list", "  - id: c1", "    id: c1", "node.yaml:5 cameras: is no list; write it in"),
        ("a word for keys", "{url: mqtts://port.example:8883, certificate: c.pem, key: k.pem, ca: ca.pem}",
         "mqtt://h", "node.yaml:3 broker: holds no keys; write them as `key: value`"),
        ("a line of three points", "[.4,.4]], toward", "[.4,.4],[.5,.5]], toward",
         "tail.line: has 3 items, must have at most 2"),
        ("a number as a path", "ca: ca.pem", "ca: 5", "broker.ca: is no path; put it in quotes"),
        ("a home of nobody", "clip.mp4", "~no-such-user/clip.mp4", "source: ~no-such-user is nobody's home"),
        ("an empty source", "clip.mp4", '""', "node.yaml:7 cameras[0].source: is empty"),
        ("a fault that is merged in", "facing: away", "<<: {facing: up}", "[0].facing: must be 'toward'"),
        ("a number for a key", "node: n07", "node: n07\n7: x", "node.yaml:3 7: is not a known key"),
        ("brackets and no end", "node: n07", "node: " + "[" * 2000, "nested too deep"),
        ("a colon left out", "node: n07", "node n07", "node.yaml:3 is not YAML: could not find expected ':'; "
         "mend that line, or line 2, where it begins"),
        ("a quote left open", "clip.mp4", '"clip.mp4', "mend that line, or line 7, where it begins"),
        ("a brace left open", "port.example:8883,", "port.example:8883,{", "or line 3, where it begins"),
        ("a key that stands twice", "    source: c", "    source: rtsp://u:s3cret@h/\n    source: c",
         'node.yaml:8 is not YAML: found duplicate key "source"; mend that line'),
        ("a bell", "node: n07", "node: n07\x07", "node.yaml:2 is not YAML: it holds the character #x0007"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)  # fmt: skip
def test_a_wrong_file_is_told_where_and_how(tmp_path: Path, case: str, old: str, new: str, says: str) -> None:
    assert old in WHOLE
    with pytest.raises(ConfigError) as told:
        load_node(written(tmp_path, WHOLE.replace(old, new)))
    assert says in str(told.value)
    assert "\n" not in str(told.value)
    assert "s3cret" not in str(told.value)


def test_what_is_a_word_or_a_number_in_the_environment_is_read_as_it_must_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICK_S", "2")
    text = WHOLE.replace("model: vehicles", "tick_s: ${TICK_S}").replace("loop: true", "loop: yes")
    config = load_node(written(tmp_path, text))
    assert config.tick_s == 2
    assert config.cameras[0].playback is not None
    assert config.cameras[0].playback.loop


def test_a_figure_has_one_camera(tmp_path: Path) -> None:
    second = WHOLE[WHOLE.index("  - id: c1") :].replace("id: c1", "id: c2")
    with pytest.raises(ConfigError, match="`tail` of lane 'b5' stands twice"):
        load_node(written(tmp_path, WHOLE + second))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"- 1"], ids=["empty", "not text", "a list"])
def test_something_else_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "node.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"node\.yaml"):
        load_node(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_node(tmp_path / "node.yaml")
