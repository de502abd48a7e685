"""A third deployment of the product by other developers: NestJS over PostgreSQL, one host, one process.

`python -m rehearsal.nest serve --facts FILE` starts it as `golive` starts an environment. Its application, in
`app`, was written from the product's documents alone, and knows nothing of the checks.
"""
