"""Serve the demo: python app.py [--host HOST] [--port PORT] [--model NAME] [--no-training] [--share]."""

from demo.command import main

if __name__ == "__main__":
    main()
