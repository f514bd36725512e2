from . import explore as explore
from . import plots as plots
from . import tables as tables
