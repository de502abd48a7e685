"""What a deployment may do without: declared with a reason, never left out in silence."""

from golive.profile.base import Absent, Frozen


class Features(Frozen):
    """Abilities of the deployment. One that is not named here is there, and its checks run."""

    registration: Absent | None = None
    """Anybody can make an account."""
    password: Absent | None = None
    """Signing in with an e-mail address and a password."""
    token_answer: Absent | None = None
    """Signing in answers with tokens, which clients then send."""
    refresh: Absent | None = None
    """A refresh token gives a new pair of tokens."""
    spotify: Absent | None = None
    """Signing in with Spotify, at a provider that the suite may press buttons at."""
    administrators: Absent | None = None
    """Routes that only administrators may use."""
    expired_token: Absent | None = None
    """A token that was valid once, to be tried."""
    foreign_token: Absent | None = None
    """A token of another environment, to be tried."""
    forged_tokens: Absent | None = None
    """Access tokens are JWTs, whose forgeries can be tried."""
    forging_key: Absent | None = None
    """The deployment's own signing key, with which rightly signed but wrong tokens are made."""
    identity_provider: Absent | None = None
    """Signing in with somebody else (OAuth 2.0 with PKCE)."""
    identity_approval: Absent | None = None
    """A provider that approves without a person."""
    liveness: Absent | None = None
    """Routes of their own for liveness and readiness."""
    rate_limits: Absent | None = None
    """Every answer names its limit."""
    rate_limit_trial: Absent | None = None
    """The limit itself may be tried."""
    purge: Absent | None = None
    """The suite may have the asset host forget one address."""
    preview: Absent | None = None
    """A recommended track can be listened to in the page."""

    ipv4: Absent | None = None
    """Public hosts have IPv4 addresses, and the outside can be told from the inside there."""
    ipv6: Absent | None = None
    """Public hosts have IPv6 addresses."""
    distribution: Absent | None = None
    """The load balancer spreads the connections of one client over all replicas."""
    replica_trial: Absent | None = None
    """A replica may be put out of service for a while, to see what the load balancer does."""
    firewall_attestation: Absent | None = None
    """The firewall's rule set was reviewed, and its digest attested."""
    watchdog: Absent | None = None
    """An alert that always fires, by which it is seen that alerts get through."""
    alert_drill: Absent | None = None
    """An alert may be sent to those who are called, to see that it reaches them."""
    signed_tag: Absent | None = None
    """The release's tag is signed."""
    undo_trial: Absent | None = None
    """Scripts that undo migrations may be tried on a scratch database."""

    def absent(self) -> dict[str, str]:
        """Feature to reason, for every feature that is declared absent."""
        declared = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: entry.absent for name, entry in declared if entry is not None}


FEATURES_OF_PARTS = {
    "error_tracker": "errors",
    "log_store": "logs",
    "status_page": "status_page",
    "monitoring": "monitoring",
}
"""Feature to the part of the deployment that it is of: absent where the part is declared absent."""
IMPLIED = ("bearer", "polling", "api_budget", *FEATURES_OF_PARTS)
"""Features that other parts of the profile decide: tokens in a header, long polling, a budget, parts."""

FEATURES = frozenset(Features.model_fields) | frozenset(IMPLIED)
"""Every name that a check may need."""
