"""Floor 3: renders a run and its verdict. It never decides: every state is the verdict's word."""
