"""Defects that a user meets on the way: signing in, moving about, losing the network, on a phone."""

from __future__ import annotations

from rehearsal.faults.base import FrontendFault
from rehearsal.faults.editing import added, changed, swap

LINES = ("step.smoke.journeys", "post.critical")


class WrongPasswordSilent(FrontendFault):
    """After a wrong password the form says nothing."""

    name = "journeys.wrong-password-silent"
    expected_failures = LINES
    proves = ("test_stranger_sees_the_form_and_a_wrong_password_is_said",)
    edit = changed("dom.js", "alert.textContent = error.message;", "")


class ReloadSignsOut(FrontendFault):
    """A reload of the page signs the user out."""

    name = "journeys.reload-signs-out"
    expected_failures = LINES
    proves = ("test_session_can_be_opened_by_its_address",)
    edit = changed("tokens.js", "sessionStorage.setItem(KEY, JSON.stringify(tokens));", "")


class SignOutKeepsTokens(FrontendFault):
    """After signing out the tokens stay in the browser's storage."""

    name = "journeys.sign-out-keeps-tokens"
    expected_failures = LINES
    proves = ("test_sign_in_outlives_a_reload_and_ends_with_the_sign_out",)
    edit = changed("tokens.js", "sessionStorage.removeItem(KEY);", "")


class BackShowsPrivate(FrontendFault):
    """After signing out the back button shows the account's last page again."""

    name = "journeys.back-shows-private"
    expected_failures = LINES
    proves = ("test_two_users_listen_together",)

    def edit(self, files: dict[str, str]) -> None:
        kept = 'globalThis.kept = [...document.getElementById("main").childNodes];'
        swap(
            files,
            "main.js",
            "  closeRoom();\n  await signOut();",
            f"  closeRoom();\n  {kept}\n  await signOut();",
        )
        again = "() => (!currentTokens() && globalThis.kept ? show(...globalThis.kept) : route())"
        swap(files, "main.js", '"popstate", route', f'"popstate", {again}')


class AddressForgotten(FrontendFault):
    """Whoever opens the address of a session lands on the start page."""

    name = "journeys.address-forgotten"
    expected_failures = LINES
    proves = ("test_session_can_be_opened_by_its_address",)
    edit = changed("main.js", "const id = sessionInAddress();", "const id = undefined;")


class OfflineHangs(FrontendFault):
    """Without a network the form waits for ever and says nothing."""

    name = "journeys.offline-hangs"
    expected_failures = LINES
    proves = ("test_lost_network_is_said_and_can_be_overcome",)

    edit = changed(
        "api.js",
        'throw new ApiError(0, "Audotics cannot be reached. Please try again.");',
        "await new Promise(() => {});",
    )


class TooWideForPhones(FrontendFault):
    """On a phone the page is wider than the screen."""

    name = "journeys.too-wide-for-phones"
    expected_failures = LINES
    proves = ("test_phone_shows_everything",)

    edit = added("app.css", "\n.card { min-width: 32rem; }\n")


class SpotifyVerifierLost(FrontendFault):
    """The page forgets its verifier on the way to Spotify, so nobody comes back signed in."""

    name = "journeys.spotify-verifier-lost"
    expected_failures = LINES
    proves = ("test_spotify_signs_in",)
    edit = changed("spotify.js", "sessionStorage.setItem(KEY, verifier);", "")


class TokenInAddress(FrontendFault):
    """After signing in with Spotify the access token stands in the page's address."""

    name = "journeys.token-in-address"
    expected_failures = LINES
    proves = ("test_spotify_signs_in",)

    def edit(self, files: dict[str, str]) -> None:
        files["spotify.js"] = 'import { currentTokens } from "./tokens.js";\n' + files["spotify.js"]
        leak = 'history.replaceState(null, "", `/?access_token=${currentTokens().access}`);'
        swap(
            files,
            "spotify.js",
            "await finishSpotifySignIn(verifier);",
            f"await finishSpotifySignIn(verifier);\n  {leak}",
        )


class TokenInRequests(FrontendFault):
    """The page sends its access token in the address of every request."""

    name = "journeys.token-in-requests"
    expected_failures = LINES
    proves = ("test_sign_in_outlives_a_reload_and_ends_with_the_sign_out",)

    def edit(self, files: dict[str, str]) -> None:
        sent = (
            'config.apiUrl + path + (token ? `${path.includes("?") ? "&" : "?"}access_token=${token}` : "")'
        )
        swap(files, "api.js", "fetch(config.apiUrl + path, {", f"fetch({sent}, {{")


class DepartureNotShown(FrontendFault):
    """Somebody who has left a session is still listed among its members."""

    name = "journeys.departure-not-shown"
    expected_failures = LINES
    proves = ("test_two_users_listen_together",)
    edit = changed("room-state.js", "if (!member) this.members", "if (member === null) this.members")


class RemovalNotShown(FrontendFault):
    """A track that was taken off the playlist is still shown."""

    name = "journeys.removal-not-shown"
    expected_failures = LINES
    proves = ("test_two_users_listen_together",)
    edit = changed("room-state.js", 'if (data.action === "remove")', "if (false)")


class LateBanner(FrontendFault):
    """A banner comes in late and pushes the whole page down."""

    name = "journeys.late-banner"
    expected_failures = ("post.accessible",)
    proves = ("test_page_is_usable_within_budget",)

    def edit(self, files: dict[str, str]) -> None:
        files["app.css"] += "\n.banner { height: 45vh; }\n"
        banner = 'document.body.prepend(element("div", { class: "banner" }, "New: listen together!"))'
        files["main.js"] += f"\nsetTimeout(() => {banner}, 250);\n"


class SlowPaint(FrontendFault):
    """The page shows what it is about only three seconds after it has loaded."""

    name = "journeys.slow-paint"
    expected_failures = ("post.accessible",)
    proves = ("test_page_is_usable_within_budget",)
    edit = changed("main.js", "\nstart();", "\nsetTimeout(start, 3000);")
