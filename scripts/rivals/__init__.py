"""The pipelines that `scripts/bench edge` runs beside each other, each in a process of its own.

Each module takes one JSON argument (see scripts/rivals/job.py) and prints one JSON line. `counter` and
`supervised` run in .venv-oracles, which holds ultralytics and supervision and nothing of ours.
"""
