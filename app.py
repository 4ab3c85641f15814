"""Serve the demo: python app.py [--host HOST] [--port PORT] [--model NAME] [--share]."""

import argparse
import os


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Options of the command line; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT set the defaults."""
    parser = argparse.ArgumentParser(description="Draw digits with a conditional VAE in the browser.")
    parser.add_argument(
        "--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="address to listen on (%(default)s)"
    )
    parser.add_argument(
        "--port", default=os.environ.get("GRADIO_SERVER_PORT", 7860), type=int, help="port to listen on (%(default)s)"
    )
    parser.add_argument(
        "--model", default="conv", help="a shipped model's name or the path of a checkpoint (%(default)s)"
    )
    parser.add_argument("--share", action="store_true", help="also open a public link through Gradio's tunnel")
    return parser.parse_args(arguments)


def main() -> None:
    options = parse()
    from demo.app import build, launch  # here, so that --help answers at once

    try:
        blocks = build(options.model)
    except (ValueError, OSError) as error:
        raise SystemExit(f"app.py: {error}") from None
    launch(blocks, host=options.host, port=options.port, share=options.share)


if __name__ == "__main__":
    main()
