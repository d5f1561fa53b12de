"""The families of golden vectors: each module but `base` and `library` gives `files()`, the files that it writes."""
