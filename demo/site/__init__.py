"""The demo as a static folder."""
