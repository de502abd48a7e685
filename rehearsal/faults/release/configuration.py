"""Configuration files of the release that are wrong, and a replica that runs with others."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from rehearsal.faults.base import Fault
from rehearsal.faults.editing import changed
from rehearsal.stack.plan import StackPlan


class ConfigurationFault(Fault):
    """A defect in the release's configuration, before it is deployed."""

    expected_failures: ClassVar[tuple[str, ...]] = ("code.config",)

    def apply(self, stack: StackPlan) -> None:
        """Have `edit` called on the files before they are written."""
        stack.configuration_edits.append(self.edit)

    @abstractmethod
    def edit(self, files: dict[str, str], /) -> None:
        """Change the files (name -> text) in place."""


class ViolatesSchema(ConfigurationFault):
    """A limit of the API's configuration is a word where a number belongs."""

    name = "configuration.violates-schema"
    proves = ("test_configuration_files_fit_their_schemas",)

    edit = changed("api.json", '"anonymous": 100', '"anonymous": "unlimited"')


class Localhost(ConfigurationFault):
    """The configuration sends sign-ins to an identity provider on the developer's machine."""

    name = "configuration.localhost"
    proves = ("test_configuration_is_meant_for_this_deployment",)

    edit = changed("api.json", "https://accounts.audotics.test/", "http://localhost:8888/")


class StagingOrigin(ConfigurationFault):
    """The API lets pages of staging in, beside those of production."""

    name = "configuration.staging-origin"
    proves = ("test_configured_addresses_are_those_of_the_profile",)

    edit = changed(
        "api.json",
        '"origins": [\n',
        '"origins": [\n   "https://staging.audotics.test",\n',
    )


class DebugOn(ConfigurationFault):
    """Debugging was left switched on."""

    name = "configuration.debug-on"
    proves = ("test_configuration_is_meant_for_this_deployment",)

    edit = changed("api.json", '"debug": false', '"debug": true')


class OneReplicaDiffers(Fault):
    """One replica was started with other variables: somebody looked for an error there, and left it so."""

    name = "configuration.one-replica-differs"
    expected_failures = ("step.backend.environment",)
    proves = ("test_every_replica_runs_with_the_release_configuration",)

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].environment["LOG_LEVEL"] = "debug"
