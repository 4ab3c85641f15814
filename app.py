"""Serve the demo: python app.py [--host HOST] [--port PORT] [--model NAME] [--no-training] [--share]."""

import argparse
import os
from pathlib import Path


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
    parser.add_argument(
        "--no-training",
        action="store_true",
        help="leave the Train tab out, as a public server wants; NO_TRAINING=1 does so too",
    )
    parser.add_argument(
        "--data",
        default="data",
        type=Path,
        help="folder of MNIST for the Train tab, downloaded on demand (%(default)s)",
    )
    parser.add_argument("--runs", default="runs", type=Path, help="folder for what the Train tab writes (%(default)s)")
    return parser.parse_args(arguments)


def main() -> None:
    options = parse()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # pictures are small: threads would take turns, not share the work
    from demo.app import build, launch  # here, so that --help answers at once
    from demo.tabs.train.run import Run, training_is_off

    try:
        run = None if options.no_training or training_is_off(os.environ) else Run(options.runs, options.data)
        if run:
            link = run.owner.link(options.host, options.port)
            print(f"Whoever opens {link} may stop any training here.", flush=True)
        launch(build(options.model, run), host=options.host, port=options.port, share=options.share, run=run)
    except (ValueError, OSError) as error:  # no such model, a port that is taken
        raise SystemExit(f"app.py: {error}") from None


if __name__ == "__main__":
    main()
