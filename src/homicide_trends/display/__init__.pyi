from . import explore as explore
from . import plots as plots
from . import tables as tables
from .claims import Claim as Claim
from .claims import claim as claim
from .compared import Compared as Compared
from .compared import averted as averted
from .compared import change as change
