from . import explore as explore
from . import plots as plots
from . import tables as tables
from .claims import Claim as Claim
from .claims import claim as claim
