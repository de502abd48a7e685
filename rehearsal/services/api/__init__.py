"""The HTTP and Socket.IO API of the rehearsed application, one process per replica."""
