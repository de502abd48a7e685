"""What watches the deployment: metrics, alerts, dashboards, errors, logs, the status page."""
