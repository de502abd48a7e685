"""The way back: the runbook, the previous release's artefacts, scripts that undo."""
