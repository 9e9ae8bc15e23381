"""Moved to edge/camera; these names stay until all that use them have followed."""

from edge.camera.opening import open_source as open_source
from edge.camera.pace import Pace as Pace
from edge.camera.pace import sample as sample
from edge.camera.source import Source as Source
from edge.camera.source import SourceError as SourceError
from edge.camera.source import without_password as without_password
