"""The only package that imports moto: it installs our behaviour there and gives typed views of its state.

moto reads its settings when it is imported, so they come before anything else here.
"""

from ecslab.cloud.seam import settings

settings.apply()
