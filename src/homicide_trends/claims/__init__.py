"""Is a stated figure true: readings, comparisons and the verdict, as numbers without a word.

>>> from homicide_trends import claims
>>> claims.claim("eleven-towns", limits=False).told.verdict.code
'cannot_tell'
"""

import lazy_loader

# The names are listed in __init__.pyi; each is imported when it is first used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
