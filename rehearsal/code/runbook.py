"""The rollback runbook of the rehearsal's deployment, and the page that it leads to."""

RUNBOOK = """\
# Rolling Audotics back

How the release is taken back to the one before. Who is on duty: [contacts](contacts.md#on-duty).

## When to roll back

- A journey that worked before fails for users, and cannot be fixed within 15 minutes.
- Data is lost, or shown to people whom it is not for.

## Who decides

The deployment lead, as the [contacts](contacts.md) say. Whoever decides announces it first: see
[Communication](#communication).

## Frontend

1. Deploy the previous build from the artefact store, `frontend.tar`, to the asset host.
2. Publish its `manifest.json`, and purge the page.

## Backend

1. Deploy the previous image on one replica, and look at its health.
2. Deploy it on the others, one after another.

## Database

1. Stop the API's writers.
2. Where nobody used group sessions yet, run `down.sql` of the release's migrations, the newest first.
3. Else, and for `20260720083000_interactions`, restore the final backup, and start the API of the
   release before on it.

## Verification

1. Run the smoke phase against the previous version.

## Communication

1. Announce the decision on the status page and in the channel of the deployment.
2. Say when everything is verified.
"""

CONTACTS = """\
# Contacts

## On duty

Lea Lindqvist leads the deployment, Olga Petrova operates, Dario Conti has the database.
"""
