"""The client of the documentation: what stands there is run by a test."""

from __future__ import annotations

CLIENT = """\
import json
from urllib.request import urlopen

with urlopen("{base}feed/v1/wait-times.json", timeout=10) as reply:
    ports = json.load(reply)["ports"]
for port in ports:
    for lane in port["lanes"]:
        wait = lane["expected"]  # None: no figure; never read it as zero
        said = "" if wait is None else f"{wait['low_s']}-{wait['high_s'] or ''} s, {wait['age_s']} s old"
        print(port["name"], lane["direction"], lane["traffic"], lane["class"], lane["state"], said, sep=";")
"""


def client(base_url: str) -> str:
    """Ten lines of Python that read the feed of `base_url` (ends with `/`)."""
    return CLIENT.replace("{base}", base_url)
