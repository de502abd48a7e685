"""Defects of the frontend's build: configuration and code."""

from __future__ import annotations

from rehearsal.faults.base import FrontendFault
from rehearsal.faults.editing import added, changed


class ConfigLocalhost(FrontendFault):
    """The configuration sends Spotify sign-ins back to a developer's machine."""

    name = "frontend.config-localhost"
    expected_failures = ("step.frontend.config",)
    proves = ("test_configuration_names_this_deployment",)

    edit = changed(
        "index.html",
        '"spotifyRedirectUri": "{{api_url}}/',
        '"spotifyRedirectUri": "http://localhost:3000/',
    )


class ConfigStaging(FrontendFault):
    """The configuration names the staging host as the socket's address."""

    name = "frontend.config-staging"
    expected_failures = (
        "step.frontend.config",
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "post.critical",
    )
    proves = ("test_configuration_names_this_deployment",)

    edit = changed(
        "index.html",
        '"socketUrl": "{{socket_url}}"',
        '"socketUrl": "https://api-staging.audotics.test"',
    )


class ApiUrlLocalhost(FrontendFault):
    """The page calls an API on the visitor's own machine."""

    name = "frontend.api-url-localhost"
    expected_failures = (
        "step.frontend.config",
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "post.critical",
    )
    proves = ("test_configuration_names_this_deployment",)
    edit = changed("index.html", '"apiUrl": "{{api_url}}"', '"apiUrl": "http://localhost:3000"')


class BundleLocalhost(FrontendFault):
    """A script was built with the address of a developer's API, for when the page has no configuration."""

    name = "frontend.bundle-localhost"
    expected_failures = ("step.frontend.config",)
    proves = ("test_nothing_that_is_served_names_another_address",)
    edit = added("config.js", '\nexport const FALLBACK = "http://localhost:3000/api";\n')


class BundlePlainSocket(FrontendFault):
    """A script has this deployment's socket without encryption."""

    name = "frontend.bundle-plain-socket"
    expected_failures = ("step.frontend.config",)
    proves = ("test_nothing_that_is_served_names_another_address",)
    edit = added("room.js", "\nexport const SOCKET = 'ws://api.audotics.test/socket.io/';\n")


class BundleStaging(FrontendFault):
    """A script reports errors to the staging deployment's API."""

    name = "frontend.bundle-staging"
    expected_failures = ("step.frontend.config",)
    proves = ("test_nothing_that_is_served_names_another_address",)
    edit = added("main.js", "\nwindow.reportTo = `https://api.staging.audotics.test/errors`;\n")


class BundleExample(FrontendFault):
    """A script still has the API of the documentation that it was copied from."""

    name = "frontend.bundle-example"
    expected_failures = ("step.frontend.config",)
    proves = ("test_nothing_that_is_served_names_another_address",)
    edit = added("config.js", '\nexport const DOCS = { baseURL: "https://api.example.com/v1" };\n')


class SocketRefused(FrontendFault):
    """The page shows the socket no token, is refused, and never hears of anything."""

    name = "frontend.socket-refused"
    expected_failures = (
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "post.critical",
    )
    proves = ("test_page_reaches_api_and_socket",)
    edit = changed("room.js", "{ token: currentTokens()?.access }", "{ token: null }")


class ConsoleError(FrontendFault):
    """Loading the page writes an error to the console."""

    name = "frontend.console-error"
    expected_failures = ("step.frontend.connectivity",)
    proves = ("test_page_loads_without_errors", "test_page_reaches_api_and_socket")

    edit = added("main.js", '\nconsole.error("Uncaught: analytics is not defined");\n')


class AssetMissing(FrontendFault):
    """The page refers to a style sheet that was never uploaded."""

    name = "frontend.asset-missing"
    expected_failures = ("infra.cdn", "step.frontend.assets", "step.frontend.connectivity")
    proves = ("test_every_asset_of_the_build_is_served_right",)
    masks = "whatever reads all that the frontend serves cannot see"

    edit = changed(
        "index.html",
        "</head>",
        '<link rel="stylesheet" crossorigin href="{{assets_url}}/theme-5f1c0a9be2d4.css">\n</head>',
    )


class RecommendationsNotShown(FrontendFault):
    """The page gets recommendations but never shows them."""

    name = "frontend.recommendations-not-shown"
    expected_failures = ("step.smoke.journeys", "post.critical")
    proves = ("test_sign_in_outlives_a_reload_and_ends_with_the_sign_out",)

    edit = changed(
        "recommendations.js",
        "list.replaceChildren(...recommendations.map((track) => recommendation(track, room)));",
        "",
    )


class LiveUpdateNotShown(FrontendFault):
    """The page gets the session's live events but does not show them."""

    name = "frontend.live-update-not-shown"
    expected_failures = ("step.smoke.journeys", "post.critical")
    proves = ("test_two_users_listen_together",)
    edit = changed("room.js", "  receive({ type, data }) {\n", "  receive({ type, data }) {\n    return;\n")


class PreviousBuild(FrontendFault):
    """The page that is served was built from the previous release."""

    name = "frontend.previous-build"
    expected_failures = ("step.frontend.config",)
    proves = ("test_configuration_is_of_the_release_and_public",)
    edit = changed("index.html", '"release": "{{release_version}}"', '"release": "0.9.7"')


class SecretInConfig(FrontendFault):
    """The configuration in the page carries the client secret of the identity provider."""

    name = "frontend.secret-in-config"
    expected_failures = ("step.frontend.config",)
    proves = ("test_configuration_is_of_the_release_and_public",)

    edit = changed(
        "index.html",
        '"spotifyClientId"',
        '"spotifyClientSecret": "not-a-real-one",\n  "spotifyClientId"',
    )


class MixedContent(FrontendFault):
    """The page asks for a script over plain HTTP."""

    name = "frontend.mixed-content"
    case = "H14"
    expected_failures = ("infra.tls", "step.frontend.connectivity")
    proves = ("test_no_http_case_is_met",)
    masks = "the script is not let through over plain HTTP, so that nobody can search it for secrets"

    edit = changed(
        "index.html",
        "</body>",
        '<script src="http://cdn.audotics.test/legacy.js"></script>\n</body>',
    )


class ThirdParty(FrontendFault):
    """The page reports every visit to a host of somebody else."""

    name = "frontend.third-party"
    expected_failures = ("step.frontend.connectivity",)
    proves = ("test_page_loads_without_errors",)

    edit = added("main.js", '\nfetch("https://metrics.example.com/visit").catch(() => {});\n')
