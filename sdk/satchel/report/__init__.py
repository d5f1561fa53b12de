"""The report of a bundle: one page that tells a person what the model is, what it needs and how good its variants are.

`html` writes elements, `contents` is what is told, the other modules tell a section each, `page` puts them together.
"""
