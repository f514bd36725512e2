"""Fresh figures: what a service has that the tables have not, proposed, shown, then appended.

``retrieve`` asks, ``propose`` compares; the proposal's ``additions`` appends the new rows. Nothing
on file is ever overwritten: a revised value stands beside the old one, with its own source.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
