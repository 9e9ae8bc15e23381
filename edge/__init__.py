"""Everything beside the lane: cameras in, reports out."""

import os

# Read when numpy and pydantic are imported. Matrices here have eight rows and there are no plugins: threads
# for the ones and a search for the others would take a twentieth of the start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
