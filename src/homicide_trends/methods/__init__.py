"""What each method says about a dated intervention, in the tables of a report.

An interrupted time series under several assumptions, change points, joinpoint regression, other
countries, simulated series without an effect, published estimates, and all of them side by side.
Where the numbers do not carry a method its tables have no rows and ``reason`` says why. The
methods themselves are in ``effect``, ``changepoints``, ``joinpoint``, ``synthetic`` and
``false_alarms``. None of them shows what caused a change.
"""

import lazy_loader

# The names are listed in __init__.pyi; each is imported when it is first used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
