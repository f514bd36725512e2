"""What is said of a claim: question, verdict, the one sentence with numbers, and how sure it is.

Every sentence is made from the named values of a ``ClaimResult``; nothing is computed here but
the rounding that a reader needs.
"""

import lazy_loader

# The names are listed in __init__.pyi; each is imported when it is first used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
