"""Templates compiled once: kept where Python keeps its own compiled modules, and trusted as much as those."""

import contextlib
import sys
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket


class _Compiled(FileSystemBytecodeCache):
    """Knows a template by name and content, and compiles anew where its file cannot be read or written."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, whole or not at all."""
        if sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read it, where it is there."""
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)


def compiled_templates(module: Path) -> BytecodeCache:
    """Return the cache of the templates that ``module`` renders: they lie where it lies compiled.

    PYTHONDONTWRITEBYTECODE keeps it from being written, as it does for modules.
    """
    place = Path(cache_from_source(str(module))).parent
    return _Compiled(str(place), pattern=f"%s.{sys.implementation.cache_tag}.jinja")
