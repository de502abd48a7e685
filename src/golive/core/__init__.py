"""Pure data: checklist, evidence, run, verdict. No I/O, no clock, no pytest."""
