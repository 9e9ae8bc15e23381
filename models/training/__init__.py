"""How the model packs are made: start weights, data, training, export, judgement."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # onnxruntime would tell its maker what runs
