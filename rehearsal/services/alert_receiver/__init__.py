"""Stand-in for whoever is called at night: takes Alertmanager's webhook, and shows what it took.

It also keeps the runbooks, which the alerts link to. It imports nothing of the rest of the rehearsal.
"""
