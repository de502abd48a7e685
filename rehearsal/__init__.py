"""A copy of Audotics on loopback, from real parts, with faults that can be switched on.

It stands alone: nothing here knows the verification suite, which starts it as a process
(`python -m rehearsal serve`) and reads the facts file that it writes.
"""
