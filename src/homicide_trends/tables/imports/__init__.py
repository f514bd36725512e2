"""Counts out of other people's files, without guessing silently.

``understand`` reads a file of any size and of many layouts, finds out how it writes dates and
numbers, and asks, naming column, value and the option that decides, where that has two answers.
``propose`` says which rows a folder of tables would get from it; they are written all or none.
"""

import lazy_loader

# The command line lists its options without what reads files.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
