"""Healthy deployments that look different: nothing about them is wrong, so nothing may turn red.

Switched on like faults, `--fault healthy.codes-are-uuids`; `python -m rehearsal variants` lists them.
"""
