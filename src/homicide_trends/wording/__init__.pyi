from . import descriptions as descriptions
from . import effect_sentences as effect_sentences
from . import formats as formats
from . import sentences as sentences
