"""The release's configuration: files, variables and credentials, none of whose values is ever shown."""
