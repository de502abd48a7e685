"""Floor 2: the gate. Item states and verdicts from records; no clock, no I/O."""

from golive.gate.decide import decide, judge_run

__all__ = ["decide", "judge_run"]
