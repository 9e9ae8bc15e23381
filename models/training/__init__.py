"""How the model packs are made: start weights, data, training, export, judgement."""
