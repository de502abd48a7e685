"""A stand-in for GitHub's REST API and for an artefact store, over one repository of the rehearsal.

It is neither. Resources, their fields and their nesting are those of GitHub's OpenAPI description
(github/rest-api-description, API version 2022-11-28), against which selftests hold every answer: no field
that GitHub does not have, and none of another type. Fields that nobody who reads reviews, issues and tags
looks at, such as links to further resources, are left out. It pages (Link, at most 100 entries), answers
conditional requests (ETag, 304), names its limits (x-ratelimit-…), and refuses: 401 for a wrong token, 404
for what a caller without one may not see.
"""
