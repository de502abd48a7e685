"""The parts that surround the application, and the supervisor that starts and ends them."""
