"""Find for which definitions a published figure about homicides is true.

Tables with their sources, rates, counterfactuals, plots and sentences for notebooks:

>>> import homicide_trends as ht
>>> months = ht.monthly_series("SLV", start="2011-01-01", end="2011-12-31")
>>> int(months["deaths"].sum())
4371

Nothing heavy is imported until it is used.
"""

import lazy_loader

__version__ = "0.1.0"

# The names are listed in __init__.pyi; each is imported when it is first used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
