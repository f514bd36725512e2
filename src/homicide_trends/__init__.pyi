from . import claims as claims
from . import display as display
from . import language as language
from . import methods as methods
from . import rates as rates
from . import reports as reports
from . import series as series
from . import tables as tables
from . import wording as wording
from .display import averted as averted
from .display import change as change
from .display import claim as claim
from .series import annual_series as annual_series
from .series import daily_curve as daily_curve
from .series import monthly_series as monthly_series
from .tables import DataError as DataError
from .tables import load_counts as load_counts
from .tables import load_estimates as load_estimates
from .tables import load_events as load_events
from .tables import load_figures as load_figures
from .tables import load_municipalities as load_municipalities
from .tables import load_places as load_places
from .tables import load_population as load_population
from .tables import load_sources as load_sources
from .tables import place_name as place_name

__version__: str
