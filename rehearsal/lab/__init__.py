"""Small special-purpose servers, each with one thing wrong that no production server can be told to do."""
