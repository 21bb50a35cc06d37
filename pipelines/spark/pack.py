"""Makes the file that executors get: `python pack.py [rule_spark.zip]`.

In it are this package and the host of `examples/python`, which it calls the module by.
The same files give the same bytes.
"""

import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
HOST = HERE.parents[1] / "examples" / "python" / "rule_module.py"


def pack(target: str | Path) -> None:
    package = {f"rule_spark/{file.name}": file for file in (HERE / "rule_spark").glob("*.py")}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted({**package, HOST.name: HOST}.items()):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    pack(*sys.argv[1:2] or ["rule_spark.zip"])
