"""Stand-ins for the third parties by which Audotics is watched, in one process, with the real APIs' shapes.

None of them is the real thing: they keep what they are sent for the length of a rehearsal, and answer what
the vendors' documents say that the real ones answer.
"""
