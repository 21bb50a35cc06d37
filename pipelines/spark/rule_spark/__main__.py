"""`python -m rule_spark`: the command."""

import sys

from .cli import main

sys.exit(main())
