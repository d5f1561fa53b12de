"""The ops of a spec, one module per family. Each function is one op; pipeline.py decides the order."""
