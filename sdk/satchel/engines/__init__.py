"""Engines: one runtime per module, the same two verbs: open a model, run tensors through it."""
