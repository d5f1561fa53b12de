"""Where a difference comes from: preparation, conversion, quantisation, runtime or reading, and which layer."""
