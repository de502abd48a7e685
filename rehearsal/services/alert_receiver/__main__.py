"""`python -m rehearsal.services.alert_receiver`: the stand-in, configured by its environment."""

from __future__ import annotations

import sys

from rehearsal.services.alert_receiver.application import application
from rehearsal.services.serving import serve_stand_in

if __name__ == "__main__":
    sys.exit(serve_stand_in(application))
