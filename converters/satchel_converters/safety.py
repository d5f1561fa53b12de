def scan(path, kind):
    pass
