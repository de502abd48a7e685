"""Prometheus, Alertmanager and the database's exporter, started when somebody first asks for them."""
