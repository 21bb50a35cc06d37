"""The command, for `spark-submit --py-files rule_spark.zip detect.py`."""

import sys

from rule_spark.cli import main

if __name__ == "__main__":
    sys.exit(main())
