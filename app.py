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
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name that the app is asked for by, beside its own addresses; .NAME is all that end so, * any",
    )
    parser.add_argument(
        "--embed-in",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a site whose pages may show the app in a frame",
    )
    parser.add_argument("--share", action="store_true", help="also open a public link through Gradio's tunnel")
    parser.add_argument(
        "--forwarded-allow-ips",
        default=os.environ.get("FORWARDED_ALLOW_IPS", ""),
        metavar="LIST",
        help="addresses of proxies whose word on client, scheme and host is believed (none)",
    )
    parser.add_argument("--no-training", action="store_true", help="leave the Train tab out, as a public server wants")
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
    from demo.app import build  # here, so that --help answers at once
    from demo.door.server import TUNNEL, Door, address_of, listen, serve, tunnel
    from demo.tabs.train.run import Run

    door = Door(
        host=options.host,
        port=options.port,
        hosts=[*options.allow_host, *([TUNNEL] if options.share else [])],
        proxies=options.forwarded_allow_ips,
        embedders=options.embed_in,
        root_path=os.environ.get("GRADIO_ROOT_PATH", ""),
    ).in_its_place()
    try:
        run = None if options.no_training else Run(options.runs, options.data)
        app = build(door, options.model, run)
        with listen(door) as listener:
            print(f"Running at {address_of(door, listener)}", flush=True)
            if options.share:
                print(f"and at {tunnel(listener)}", flush=True)
            serve(app, door, listener)
    except (ValueError, OSError) as error:  # no such model, a port that is taken
        raise SystemExit(f"app.py: {error}") from None


if __name__ == "__main__":
    main()
