"""golive: turns a release's deployment checklist into evidence and a verdict."""

__version__ = "0.1.0"
