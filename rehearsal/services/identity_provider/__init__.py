"""A stand-in for Spotify's accounts service: just enough OAuth 2.0 to sign in with.

It is not Spotify and says so on its pages. One person lives here, the rehearsal's listener, whose
sign-in needs one press of a button.
"""
